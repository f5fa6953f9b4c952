package phone

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
)

var latencyCalls = flag.Int("phone-latency", 100, "calls of TestLatency, 50 a second; 3000 is the size of docs/channels-phone.md")

// delays are how long things took.
type delays struct {
	mutex sync.Mutex
	began map[string]time.Time
	took  []time.Duration
}

func (d *delays) begin(what string) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if d.began == nil {
		d.began = map[string]time.Time{}
	}
	d.began[what] = time.Now()
}

// end notes how long something took, once.
func (d *delays) end(what string, now time.Time) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if began, open := d.began[what]; open {
		d.took = append(d.took, now.Sub(began))
		delete(d.began, what)
	}
}

func (d *delays) count() int {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	return len(d.took)
}

func (d *delays) String() string {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	slices.Sort(d.took)
	at := func(percent int) time.Duration {
		return d.took[(len(d.took)-1)*percent/100].Round(10 * time.Microsecond)
	}
	return fmt.Sprintf("p50 %v, p99 %v, max %v of %d", at(50), at(99), at(100), len(d.took))
}

// each has a function see every message of a handset until the test ends.
func (h *handset) each(see func(sip.Message, time.Time)) {
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case m := <-h.in:
				see(m, time.Now())
			case <-quit:
				return
			}
		}
	}()
	h.t.Cleanup(func() { close(quit); <-done })
}

// TestLatency calls 50 times a second, and measures how long a caller waits for 182 and an agent's phone for its INVITE after the
// line's word. The agent declines, and the caller hangs up. The line answers at once: what is measured is the phone.
func TestLatency(t *testing.T) {
	r, caller, agent := agentRig(t, nil)
	var queued, rung delays
	var calls sync.Map // by Call-ID, which is the caller's number too
	var offer atomic.Uint64
	caller.each(func(m sip.Message, now time.Time) {
		res, ok := m.(*sip.Response)
		if !ok || res.StatusCode != 182 || res.Reason != "Queued" {
			return
		}
		id := res.CallID().Value()
		queued.end(id, now)
		d, _ := calls.Load(id)
		req, err := sip.ParseMessage([]byte(d.(*dialed).text("INVITE", id, sdpOfCaller)))
		if err != nil {
			t.Error(err)
			return
		}
		rung.begin(id)
		r.offer(contactID(req.(*sip.Request), "t"), offer.Add(1), "ana")
	})
	agent.each(func(m sip.Message, now time.Time) {
		if req, ok := m.(*sip.Request); ok && req.Method == sip.INVITE {
			id := req.From().Address.User
			rung.end(id, now)
			agent.reply(req, 486, "Busy", "")
			d, _ := calls.Load(id)
			caller.send(d.(*dialed).text("CANCEL", id, ""))
		}
	})
	for n, tick := 0, time.NewTicker(20*time.Millisecond); n < *latencyCalls; n++ {
		<-tick.C
		id := fmt.Sprintf("c%06d", n)
		d := &dialed{h: caller, id: id, tag: "t", branch: sip.GenerateBranch(), cseq: 1, to: "<sip:line@127.0.0.1>"}
		calls.Store(id, d)
		text := d.text("INVITE", id, sdpOfCaller)
		queued.begin(id)
		caller.send(text)
	}
	eventually(t, "the last call", func() bool { return queued.count() == *latencyCalls && rung.count() == *latencyCalls })
	t.Logf("from INVITE to 182: %v; from the line's word to the agent's INVITE: %v", &queued, &rung)
	eventually(t, "an empty phone", func() bool { return r.empty() })
	if s := r.Stats(); s.Calls != uint64(*latencyCalls) || strings.Contains(r.log.String(), "level=ERROR") {
		t.Errorf("%+v", s)
	}
}
