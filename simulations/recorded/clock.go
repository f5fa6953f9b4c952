package recorded

import (
	"strconv"
	"strings"
	"time"
)

// A clock holds the times of one row, counted from midnight of its date.
type clock struct {
	at       [tailLen]time.Duration // of vruEntry, vruExit, qStart, qExit, serStart, serExit
	waited   time.Duration          // q_time
	took     time.Duration          // ser_time
	queued   bool                   // whether the log has any time of a queue
	served   bool                   // whether the log has any time of a service
	midnight bool                   // whether a time lies on the next day
}

// readClock reads the times of a row. The log writes 0:00:00 for a time that is not there, but midnight
// is a time too: a group of three is absent only if all three are zero.
func readClock(tail []string) (clock, bool) {
	var k clock
	for _, f := range []int{vruEntry, vruExit, qStart, qExit, serStart, serExit} {
		t, ok := timeOfDay(tail[f])
		if !ok {
			return clock{}, false
		}
		k.at[f] = t
	}
	var ok1, ok2 bool
	k.waited, ok1 = seconds(tail[qTime])
	k.took, ok2 = seconds(tail[serTime])
	if !ok1 || !ok2 {
		return clock{}, false
	}
	k.queued = k.at[qStart] != 0 || k.at[qExit] != 0 || k.waited != 0
	k.served = k.at[serStart] != 0 || k.at[serExit] != 0 || k.took != 0
	k.unroll(true, vruExit)
	k.unroll(k.queued, qStart, qExit)
	k.unroll(k.served, serStart, serExit)
	return k, true
}

// unroll moves times that are much earlier than the entry to the next day. Much is half a day: a clock
// that went back by minutes, which the log also has, is no midnight.
func (k *clock) unroll(present bool, fields ...int) {
	for _, f := range fields {
		if present && k.at[f] < k.at[vruEntry]-12*time.Hour {
			k.at[f] += 24 * time.Hour
			k.midnight = true
		}
	}
}

// timeOfDay reads h:mm:ss.
func timeOfDay(s string) (time.Duration, bool) {
	part := strings.Split(s, ":")
	if len(part) != 3 || len(part[1]) != 2 || len(part[2]) != 2 {
		return 0, false
	}
	h, err1 := strconv.ParseUint(part[0], 10, 5)
	m, err2 := strconv.ParseUint(part[1], 10, 6)
	sec, err3 := strconv.ParseUint(part[2], 10, 6)
	if err1 != nil || err2 != nil || err3 != nil || h > 23 || m > 59 || sec > 59 {
		return 0, false
	}
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(sec)*time.Second, true
}

// seconds reads a duration of less than a day in whole seconds.
func seconds(s string) (time.Duration, bool) {
	n, err := strconv.ParseUint(s, 10, 17)
	d := time.Duration(n) * time.Second
	return d, err == nil && d < 24*time.Hour
}
