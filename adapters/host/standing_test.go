package host

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fairline/engine"
	"fairline/engine/journal"
)

// place asks for the place of a ticket.
func (s *site) place(ticket int) placeAnswer {
	s.t.Helper()
	var a placeAnswer
	text := s.send("fl.ask.main.place", fmt.Sprintf(`{"ticket":%d}`, ticket))
	if err := json.Unmarshal([]byte(text), &a); err != nil || a.Ticket == 0 {
		s.t.Fatalf("place of %d: %s", ticket, text)
	}
	return a
}

// arrive hands in a call, urgent or not.
func (s *site) arrive(id, need string, skills ...string) {
	needs, _ := json.Marshal(skills)
	s.send("fl.in.main.pbx.ticket", fmt.Sprintf(`{"id":%q,"data":{"channel":"phone","attributes":{"need":%q},"needs":%s}}`, id, need, needs))
}

// TestPlaceSaysWhyItGotWorse asks three times, while others come and go.
func TestPlaceSaysWhyItGotWorse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := startSite(t, journal.NewMemory(), nil)
		for i := range 3 {
			s.arrive(fmt.Sprint("early", i), "other")
		}
		first := s.place(3)
		if first.Place != 3 || first.Of != 3 || first.Told != nil || first.Text != "Place 3 of 3" {
			t.Errorf("the first answer is %+v", first)
		}
		s.arrive("danger1", "safety")
		s.arrive("danger2", "safety")
		s.arrive("late", "other")
		second := s.place(3)
		want := []aheadAnswer{{Class: "life-safety", Reason: "Danger to life or health", How: "stands", Count: 2}}
		if second.Place != 5 || fmt.Sprint(second.Ahead) != fmt.Sprint(want) || second.Told.Place != 3 ||
			second.Text != "Place 5 of 6; 2 came ahead: Danger to life or health" {
			t.Errorf("the second answer is %+v, want %v", second, want)
		}
		s.arrive("danger3", "safety")
		s.arrive("other skill", "other", "PS")
		serve(s, "ana", 3, "")                     // the three in danger
		serve(s, "ben", 1, `{"skills":["PS"]}`)    // early0
		s.send("fl.agent.main.ben.sign-out", "{}") // nobody is left to take another
		third := s.place(3)
		want = []aheadAnswer{{Class: "life-safety", Reason: "Danger to life or health", How: "went", Count: 1}}
		if third.Place != 2 || fmt.Sprint(third.Ahead) != fmt.Sprint(want) {
			t.Errorf("the third answer is %+v, want %v: the others stood before it already", third, want)
		}
		if text := s.place(3).Text; text != "Place 2 of 4" {
			t.Errorf("nothing has changed: %q", text)
		}
		s.close()
	})
}

// serve lets an agent who is free take n tickets, and go.
func serve(s *site, agent string, n int, profile string) {
	s.t.Helper()
	s.send("fl.agent.main."+agent+".sign-in", profile)
	for range n {
		var offer uint64
		for _, said := range s.heard() {
			if strings.HasSuffix(said.subject, "."+agent+".offered") {
				var o offeredToAgent
				if err := json.Unmarshal(said.data, &o); err != nil {
					s.t.Fatal(err)
				}
				offer = uint64(o.Offer)
			}
		}
		s.send("fl.agent.main."+agent+".accept", fmt.Sprintf(`{"offer":%d}`, offer))
		s.send("fl.agent.main."+agent+".finish", fmt.Sprintf(`{"offer":%d}`, offer))
	}
	s.send("fl.agent.main."+agent+".sign-out", "")
}

// TestPromisesAreKept tells an expected wait three times, and holds it against the start.
func TestPromisesAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var made []Promise
		s := startSite(t, journal.NewMemory(), func(cfg *Config) {
			cfg.Estimate = func(e *engine.Engine, ticket engine.TicketID) (p50, p90 engine.Duration, ok bool) {
				_, here := e.Ticket(ticket)
				_, err := e.Do(engine.Command{Kind: engine.Leave, At: e.Now(), Ticket: ticket}) // only in the copy
				return engine.Minute, 2 * engine.Minute, here && err == nil && ticket != 2
			}
			cfg.Promised = func(p Promise) { made = append(made, p) }
		})
		s.arrive("a", "other")
		s.arrive("b", "other")
		if a := s.place(1); a.Expect == nil || *a.Expect != (expectAnswer{P50MS: 60_000, P90MS: 120_000}) {
			t.Errorf("the answer is %+v, want 1 min and 2 min", a)
		}
		if b := s.place(2); b.Expect != nil || b.Place != 2 {
			t.Errorf("the answer is %+v, want no expectation: the estimate does not know", b)
		}
		s.pass(40 * time.Second)
		s.place(1)
		s.pass(60 * time.Second)
		s.place(1)
		s.pass(30 * time.Second)
		serve(s, "ana", 2, "")
		want := []Promise{{Kept: false, Off: 70 * engine.Second}, {Kept: true, Off: 30 * engine.Second}, {Kept: true, Off: -30 * engine.Second}}
		if fmt.Sprint(made) != fmt.Sprint(want) {
			t.Errorf("promises %v, want %v", made, want)
		}
		s.close()
	})
}

// TestEstimatesDoNotHoldUpTheLine asks more than can be estimated: the line goes on, and everybody is answered.
func TestEstimatesDoNotHoldUpTheLine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := make(chan struct{})
		s := startSite(t, journal.NewMemory(), func(cfg *Config) {
			cfg.Estimate = func(*engine.Engine, engine.TicketID) (p50, p90 engine.Duration, ok bool) {
				<-begin
				return engine.Minute, engine.Minute, true
			}
		})
		s.arrive("a", "other")
		answers := make(chan string, 100)
		const asked = estimatesMax + 10
		for range asked {
			s.host.Handle("fl.ask.main.place", []byte(`{"ticket":1}`), func(b []byte) { answers <- string(b) })
		}
		synctest.Wait()
		if n := len(answers); n != asked-estimatesMax-1 {
			t.Errorf("%d are answered without an estimate, want %d", n, asked-estimatesMax-1)
		}
		if got := s.send("fl.ask.main.status", ""); got == "" {
			t.Error("the line stands still")
		}
		close(begin)
		s.close()
		with := 0
		for range asked {
			if strings.Contains(<-answers, "expect") {
				with++
			}
		}
		if with != estimatesMax+1 {
			t.Errorf("%d are answered with an estimate, want %d", with, estimatesMax+1)
		}
	})
}

// TestToldForgets tells more tickets than are remembered.
func TestToldForgets(t *testing.T) {
	var told toldPlaces
	for round := range 3 {
		for id := range engine.TicketID(toldMax + 10) {
			told.remember(id, &lastTold{place: round})
		}
	}
	if len(told.of) != toldMax || len(told.order) > 2*toldMax || told.of[0] != nil || told.of[toldMax+9].place != 2 {
		t.Errorf("%d places are remembered in %d entries, want the last %d", len(told.of), len(told.order), toldMax)
	}
	for i := range startsMax + 5 {
		told.start(started{ticket: engine.TicketID(i)})
	}
	if last := told.since(startsMax); len(last) != 5 || last[0].ticket != startsMax {
		t.Errorf("since the first %d: %v", startsMax, last)
	}
	if n := len(told.since(0)); n != startsMax {
		t.Errorf("%d starts are remembered, want %d", n, startsMax)
	}
}
