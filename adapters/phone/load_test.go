package phone

import (
	"flag"
	"runtime"
	"strconv"
	"testing"
	"time"
)

var loadCalls = flag.Int("phone-load", 300, "callers of TestLoad who wait at once; 3000 is the size of docs/channels-phone.md")

// TestLoad has sipp call 400 times a second until all wait at once, and loses none of them.
func TestLoad(t *testing.T) {
	calls := *loadCalls
	r, _ := sippRig(t, Redirect)
	var before, during runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	wait := sipp(t, "redirect", r.Addr("udp"), freePort(t), "-m", strconv.Itoa(calls), "-r", "400", "-l", strconv.Itoa(calls), "-timeout", "120s",
		"-recv_timeout", "60000")
	began := time.Now()
	for r.Stats().Calls < uint64(calls) && time.Since(began) < time.Minute {
		time.Sleep(10 * time.Millisecond)
	}
	all := time.Since(began)
	for r.Stats().Told < uint64(2*calls) && time.Since(began) < time.Minute {
		time.Sleep(10 * time.Millisecond)
	}
	told := time.Since(began)
	runtime.GC()
	runtime.ReadMemStats(&during)
	routines := runtime.NumGoroutine()
	given := time.Now()
	for i, c := range r.line.Contacts() {
		r.offer(c.ID, uint64(i+1), "ana")
	}
	wait()
	t.Logf("%d waited after %v, had heard their place after %v; %d MB, %d goroutines; all given over in %v", calls, all.Round(time.Millisecond),
		told.Round(time.Millisecond), (during.HeapInuse+during.StackInuse-before.HeapInuse-before.StackInuse)>>20, routines,
		time.Since(given).Round(time.Millisecond))
	if s := r.Stats(); s.Served != uint64(calls) || s.Calls != uint64(calls) || s.Abandoned != 0 {
		t.Errorf("%+v", s)
	}
	eventually(t, "an empty phone", func() bool { return r.empty() })
}
