package metrics

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"fairline/engine"
	"fairline/policy"
)

// TestDayIsCounted follows a short day by hand.
func TestDayIsCounted(t *testing.T) {
	l := newLine(t, "one-line")
	first := l.arrive("phone", nil)
	wantSamples(t, l.r, map[string]float64{
		`tickets{channel="phone",state="waiting"}`:                                             1,
		`service_level_live{channel="phone"}`:                                                  math.NaN(), // nobody was answered, nobody is overdue
		`service_level_target{channel="phone",within="60"}`:                                    0.8,
		`policy_info{hash="` + fmt.Sprintf("%x", l.p.Engine.Hash[:3]) + `",policy="one-line"}`: 1,
	})
	l.pass(30 * engine.Second)
	danger := l.arrive("chat", map[string]any{"need": "medical"})
	l.pass(10 * engine.Second)
	l.signIn("ana") // chat leaves room for two more; danger is offered first, then phone does not fit
	wantSamples(t, l.r, map[string]float64{
		`oldest_wait_seconds{channel="phone"}`:                      40,
		`tickets{channel="chat",state="offered"}`:                   1,
		`agents{state="working"}`:                                   1,
		`agents{state="available"}`:                                 0,
		`tickets_arrived_total{channel="chat",class="life-safety"}`: 1,
	})
	l.answer(engine.Accept, danger)
	l.pass(25 * engine.Second) // phone is overdue: 65 s
	wantSamples(t, l.r, map[string]float64{
		`overtakings_total{channel="chat",over="phone",reason="life-safety"}`: 1,
		`tickets_overdue{channel="phone"}`:                                    1,
		`service_level_live{channel="phone"}`:                                 0, // 0 / (0 + 0 - 0 + 1)
		`service_level_live{channel="chat"}`:                                  1,
		`wait_seconds_count{channel="chat",class="life-safety"}`:              1,
		`wait_seconds_sum{channel="chat",class="life-safety"}`:                10,
	})
	l.answer(engine.Finish, danger)
	l.answer(engine.Accept, first)
	wantSamples(t, l.r, map[string]float64{
		`tickets_overdue{channel="phone"}`:                               0,
		`tickets_answered_total{channel="phone"}`:                        1,
		`tickets_served_total{channel="chat"}`:                           1,
		`wait_seconds_bucket{channel="phone",class="everyone",le="60"}`:  0,
		`wait_seconds_bucket{channel="phone",class="everyone",le="120"}`: 1,
		`service_level_live{channel="phone"}`:                            0,
		`offers_total{channel="phone",outcome="accepted"}`:               1,
	})
	soon := l.arrive("phone", nil)
	l.pass(5 * engine.Second)
	l.must(engine.Command{Kind: engine.Leave, Ticket: soon}) // short: it does not count
	later := l.arrive("phone", nil)
	l.pass(6 * engine.Second)
	l.must(engine.Command{Kind: engine.Leave, Ticket: later})
	l.answer(engine.Finish, first)
	quick := l.arrive("phone", nil)
	l.answer(engine.Accept, quick)
	wantSamples(t, l.r, map[string]float64{
		`tickets_abandoned_total{channel="phone"}`:        2,
		`tickets_abandoned_short_total{channel="phone"}`:  1,
		`tickets_answered_in_time_total{channel="phone"}`: 1,
		`service_level_live{channel="phone"}`:             1.0 / 3, // 1 / (2 + 2 - 1 + 0)
		`journal_sequence`:                                float64(l.turns),
		`journal_append_seconds_count`:                    float64(l.turns),
	})
	l.pass(31 * engine.Minute)
	wantSamples(t, l.r, map[string]float64{`service_level_live{channel="phone"}`: math.NaN()})
}

// TestMissedByThree counts tickets that three different agents missed, and forced breaks.
func TestMissedByThree(t *testing.T) {
	l := newLine(t, "one-line")
	id := l.arrive("phone", nil)
	for i := range 3 {
		name := fmt.Sprint("agent", i)
		agent := l.signIn(name)
		l.answer(engine.Decline, id)
		l.must(engine.Command{Kind: engine.SignOut, Agent: agent})
		want := 0.0
		if i == 2 {
			want = 1
		}
		wantSamples(t, l.r, map[string]float64{`tickets_missed{channel="phone"}`: want})
	}
	wantSamples(t, l.r, map[string]float64{
		`offers_total{channel="phone",outcome="declined"}`: 3,
		`agents{state="off-duty"}`:                         3,
	})
	l.must(engine.Command{Kind: engine.Leave, Ticket: id})
	wantSamples(t, l.r, map[string]float64{`tickets_missed{channel="phone"}`: 0})

	agent := l.signIn("eva")
	for range 2 {
		l.arrive("phone", nil)
		l.pass(21 * engine.Second)
		l.must(engine.Command{Kind: engine.Tick})
	}
	wantSamples(t, l.r, map[string]float64{
		`breaks_forced_total`: 1, `agents{state="on-break"}`: 1,
		`offers_total{channel="phone",outcome="expired"}`: 2,
	})
	// Signing in with other skills does not end a break.
	l.must(engine.Command{Kind: engine.SignIn, Agent: agent, Profile: &engine.Profile{Skills: []engine.Word{1}, Takes: l.p.Engine.Takes()}})
	wantSamples(t, l.r, map[string]float64{`agents{state="on-break"}`: 1})
	l.must(engine.Command{Kind: engine.Ready, Agent: agent})
	wantSamples(t, l.r, map[string]float64{`agents{state="on-break"}`: 0})
}

// TestAdoption changes the policy under waiting tickets: overdue is counted anew by its targets.
func TestAdoption(t *testing.T) {
	l := newLine(t, "one-line")
	l.arrive("phone", nil)
	l.pass(5 * engine.Minute)
	wantSamples(t, l.r, map[string]float64{`tickets_overdue{channel="phone"}`: 1})
	src, _ := policy.Shipped("one-line")
	src = bytes.Replace(src, []byte("target: 80% within 60s"), []byte("target: 90% within 10m"), 1)
	p, faults := policy.Parse("later.yaml", src)
	if p == nil {
		t.Fatal(faults)
	}
	l.r.Adopt(p)
	l.must(engine.Command{Kind: engine.Adopt, Policy: p.Engine})
	wantSamples(t, l.r, map[string]float64{
		`tickets_overdue{channel="phone"}`:                   0,
		`service_level_target{channel="phone",within="600"}`: 0.9,
	})
	l.pass(6 * engine.Minute)
	wantSamples(t, l.r, map[string]float64{
		`tickets_overdue{channel="phone"}`:     1,
		`oldest_wait_seconds{channel="phone"}`: 660,
	})
}

// TestClockSteps counts each Resumed but that of the start.
func TestClockSteps(t *testing.T) {
	l := newLine(t, "one-line")
	l.must(engine.Command{Kind: engine.Resume})
	wantSamples(t, l.r, map[string]float64{`clock_steps_total`: 1})
	again := New("main", nil)
	again.Adopt(l.p)
	again.Replay(&l.all[0])
	resumed := []engine.Event{{Kind: engine.Resumed, At: l.now}}
	again.Observe(Turn{Events: resumed})
	wantSamples(t, again, map[string]float64{`clock_steps_total`: 0})
	again.Observe(Turn{Events: resumed})
	wantSamples(t, again, map[string]float64{`clock_steps_total`: 1})
}

// TestAgainstTheEngine follows random histories: the gauges are what the engine counts, W_T and the oldest wait what
// counting by hand gives; and a Recorder that is told the same as a replay has the same gauges.
func TestAgainstTheEngine(t *testing.T) {
	for seed := range uint64(20) {
		l := newLine(t, []string{"one-line", "weekday", "loudest-first"}[seed%3])
		l.history(rand.New(rand.NewPCG(seed, 1)), 400, func() { agrees(t, l, seed) })
		again := New("main", func() time.Time { return time.Unix(0, int64(l.now)) })
		again.Adopt(l.p)
		for i := range l.all {
			again.Replay(&l.all[i])
		}
		again.Observe(Turn{Seq: l.turns, At: l.r.last})
		again.heard = l.r.heard
		want, got := scrape(t, l.r), scrape(t, again)
		for _, family := range []string{"tickets{", "tickets_held{", "tickets_overdue{", "tickets_missed{", "oldest_wait_seconds{", "agents{"} {
			for name, v := range want {
				if strings.HasPrefix(name, "fairline_"+family) && got[name] != v {
					t.Errorf("seed %d: replayed, %s is %v, live %v", seed, name, got[name], v)
				}
			}
		}
		if t.Failed() {
			return
		}
	}
}

func agrees(t *testing.T, l *line, seed uint64) {
	t.Helper()
	l.r.gauges() // as a scrape does
	counts := l.e.Counts()
	sums := [4]int{}
	for _, c := range l.r.channels {
		for s, n := range c.states {
			sums[s] += n
		}
	}
	if sums != [4]int{counts.Waiting, counts.Offered, counts.Serving, counts.Held} {
		t.Fatalf("seed %d: %v waiting, offered, serving, held; the engine has %+v", seed, sums, counts)
	}
	now := l.r.instant()
	overdue, oldest := map[string]int{}, map[string]engine.Duration{}
	seen := map[*ticket]bool{}
	for _, v := range l.e.Arrivals(math.MaxInt) {
		head := l.r.of(v.Ticket) // of the contacts of a ticket one counts: its channel, and its arrival
		if seen[head] {
			continue
		}
		seen[head] = true
		channel := l.p.Channels[slices.IndexFunc(l.p.Channels, func(c policy.Channel) bool { return c.Name == head.channel.name })]
		wait := now.Sub(head.arrived)
		if wait > channel.Target.Within {
			overdue[channel.Name]++
		}
		oldest[channel.Name] = max(oldest[channel.Name], wait)
	}
	for _, c := range l.r.channels {
		if c.overdue != overdue[c.name] || c.oldestWait(now) != oldest[c.name] {
			t.Fatalf("seed %d: %s has %d overdue and the oldest waits %v; by hand %d and %v", seed, c.name, c.overdue,
				time.Duration(c.oldestWait(now)), overdue[c.name], time.Duration(oldest[c.name]))
		}
	}
	duties := map[string]int{"available": 0, "working": 0, "on-break": 0, "lost": 0, "off-duty": 0}
	for _, a := range l.e.Agents() {
		switch {
		case a.State == "off duty":
			duties["off-duty"]++
		case a.State == "lost":
			duties["lost"]++
		case a.State == "on break":
			duties["on-break"]++
		case len(a.Offers) > 0:
			duties["working"]++
		default:
			duties["available"]++
		}
	}
	for state, n := range l.r.duties() {
		if duties[state] != n {
			t.Fatalf("seed %d: %d agents %s, the engine has %d", seed, n, state, duties[state])
		}
	}
}

// TestQueuesStaySmall serves many tickets while one waits for ever and nobody scrapes.
func TestQueuesStaySmall(t *testing.T) {
	l := newLine(t, "one-line")
	l.signIn("ana")
	l.arrive("phone", nil, "a skill that nobody has")
	for range 5000 {
		id := l.arrive("phone", nil)
		l.answer(engine.Accept, id)
		l.answer(engine.Finish, id)
	}
	if c := l.r.byName["phone"]; len(c.oldest) > 2*slack || len(c.fresh) > 2*slack {
		t.Errorf("one ticket waits, the queues have %d and %d places", len(c.oldest), len(c.fresh))
	}
	if n := len(l.r.tickets); n != 1 {
		t.Errorf("%d tickets are known, want the one that waits", n)
	}
}

// BenchmarkObserve is what the host's loop pays for an event.
func BenchmarkObserve(b *testing.B) {
	l := newLine(b, "one-line")
	l.history(rand.New(rand.NewPCG(1, 1)), 5000, func() {})
	b.ReportAllocs()
	events := 0
	for b.Loop() {
		b.StopTimer()
		r := New("main", nil)
		r.Adopt(l.p)
		b.StartTimer()
		r.Observe(Turn{Events: l.all})
		events += len(l.all)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(events), "ns/event")
}

// TestAnsweredOnce gives work back: the ticket is answered once, however often it is started.
func TestAnsweredOnce(t *testing.T) {
	l := newLine(t, "one-line")
	agent := l.signIn("ana")
	id := l.arrive("phone", nil)
	l.answer(engine.Accept, id)
	l.must(engine.Command{Kind: engine.SignOut, Agent: agent})
	l.signIn("ana")
	l.answer(engine.Accept, id)
	wantSamples(t, l.r, map[string]float64{
		`tickets_answered_total{channel="phone"}`:              1,
		`wait_seconds_count{channel="phone",class="everyone"}`: 1,
		`tickets_returned_total{channel="phone"}`:              1,
		`offers_total{channel="phone",outcome="accepted"}`:     2,
		`service_level_live{channel="phone"}`:                  1,
	})
}
