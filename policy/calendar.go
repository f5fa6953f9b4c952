package policy

import (
	"fmt"
	"time"

	"fairline/engine"
)

const daySeconds = 86_400

// A stretch is a part of a day, in seconds of the clock on the wall: from included, to not.
type stretch struct{ from, to int64 }

// A week is when somebody serves, by time.Weekday. The stretches of a day are in order and do not overlap.
type week [7][]stretch

// always is a week without a closed minute.
func always() week {
	var w week
	for d := range w {
		w[d] = []stretch{{0, daySeconds}}
	}
	return w
}

// key is equal for equal weeks.
func (w week) key() string { return fmt.Sprint([7][]stretch(w)) }

// begins is how often a week opens, at most: stretches that do not go on from the day before.
func (w week) begins() (n int) {
	for d, day := range w {
		before := w[(d+6)%7]
		for _, s := range day {
			if k := len(before); s.from > 0 || k == 0 || before[k-1].to < daySeconds {
				n++
			}
		}
	}
	return n
}

// spans are the instants at which the clock on the wall of the zone shows a time of the week, on a day that is not
// closed. So an hour that the clock skips in spring is in no span, and one that it shows twice in autumn is in it twice.
// The cost is about 30,000 days.
func (z *Zone) spans(w week, closed map[int64]bool) []engine.Span {
	out := make([]engine.Span, 0, w.begins()*(ZoneUntil-ZoneFrom)/(7*daySeconds)+len(z.Turns))
	for i, turn := range z.Turns {
		until := int64(ZoneUntil)
		if i+1 < len(z.Turns) {
			until = z.Turns[i+1].From
		}
		// Between two turns local time runs evenly.
		first, last := turn.From+turn.Offset, until+turn.Offset
		for day := dayOf(first); day*daySeconds < last; day++ {
			if len(closed) > 0 && closed[day] {
				continue
			}
			for _, s := range w[weekday(day)] {
				from, to := max(day*daySeconds+s.from, first), min(day*daySeconds+s.to, last)
				if from < to {
					out = extend(out, instant(from-turn.Offset), instant(to-turn.Offset))
				}
			}
		}
	}
	return out
}

// extend appends a span, or makes the last one longer where the two meet.
func extend(out []engine.Span, from, to engine.Instant) []engine.Span {
	if n := len(out); n > 0 && out[n-1].To == from {
		out[n-1].To = to
		return out
	}
	return append(out, engine.Span{From: from, To: to})
}

func instant(seconds int64) engine.Instant { return engine.Instant(seconds * int64(engine.Second)) }

// dayOf is the number of the day since 1970 in which a second after 1970 falls.
func dayOf(seconds int64) int64 { return seconds / daySeconds }

// weekday of a day since 1970, which began with a Thursday.
func weekday(day int64) time.Weekday { return time.Weekday((day + int64(time.Thursday)) % 7) }
