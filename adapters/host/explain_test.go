package host

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"

	"fairline/engine"
	"fairline/engine/journal"
	"fairline/engine/ledger"
)

// asked gives the answer to a question, decoded.
func asked[T any](t *testing.T, s *site, what string, payload string) (answer T) {
	t.Helper()
	text := s.send("fl.ask.main."+what, payload)
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		t.Fatalf("%s %s: %s: %v", what, payload, text, err)
	}
	return answer
}

// TestExplanationsAndPagesAgree lets a host live through random histories and compares three ways to the same numbers: the
// pages of the ledger with all pairs, the explanation of each ticket, and the engine's counts. Then it asks again after a
// restart.
func TestExplanationsAndPagesAgree(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { explanationsAgree(t, seed) })
		})
	}
}

func explanationsAgree(t *testing.T, seed uint64) {
	memory := journal.NewMemory()
	weekday := func(cfg *Config) { cfg.PolicyFile, cfg.PolicySource = "weekday.yaml", shippedPolicy(t, "weekday") }
	customers := 0
	if seed == 2 { // contacts are joined, held, moved and so on
		customers = 12
	}
	s := startSite(t, memory, weekday)
	lively(t, s, rand.New(rand.NewPCG(seed, 7)), 900, customers)
	first := compareAnswers(t, s)
	s.close()
	s = startSite(t, memory.Reopen(), weekday)
	if again := compareAnswers(t, s); again != first {
		t.Errorf("after a restart %s, before it %s", again, first)
	}
	s.close()
	r, err := Recount(t.Context(), memory.Reopen(), &journal.Chain{Generation: 1})
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%d entries, %d pairs", r.Entries, r.Pairs); got != first {
		t.Errorf("Recount finds %s, the pages %s", got, first)
	}
}

// compareAnswers returns how many entries and pairs there are.
func compareAnswers(t *testing.T, s *site) string {
	t.Helper()
	overtaken := map[engine.TicketID]int{}
	entries, pairs := uint64(0), 0
	for from := uint64(1); from != 0; {
		page := asked[LedgerPage](t, s, "ledger", fmt.Sprintf(`{"from":%d,"limit":7,"pairs":true}`, from))
		if len(page.Entries) > 7 {
			t.Fatalf("a page of 7 has %d entries", len(page.Entries))
		}
		for _, e := range page.Entries {
			if entries++; e.Entry != entries {
				t.Fatalf("entry %d stands where %d is wanted", e.Entry, entries)
			}
			pairs += int(e.Count)
			if e.Missed {
				overtaken[e.Ticket.Ticket] += int(e.Count)
			}
			for _, r := range e.Rows {
				if len(r.Pairs) != int(r.Count) {
					t.Fatalf("entry %d: a row counts %d and names %+v", e.Entry, r.Count, r.Pairs)
				}
				for _, p := range r.Pairs {
					overtaken[p.Ticket.Ticket]++
				}
			}
		}
		if from = page.Next; from == 0 && (page.Total != entries || page.Overtakings != uint64(pairs)) {
			t.Fatalf("%d entries and %d pairs on the pages, the line says %d and %d", entries, pairs, page.Total, page.Overtakings)
		}
	}
	for n := engine.TicketID(1); s.host.book.Ticket(n) != nil; n++ {
		x := asked[Explanation](t, s, "explain", fmt.Sprintf(`{"ticket":%d}`, n))
		steps := 0
		for _, step := range x.Steps {
			if step.Entry != 0 {
				steps += step.Count
			}
		}
		if kin := s.host.book.index.Contacts(n); len(kin) > 1 {
			compareKin(t, n, kin, steps, overtaken)
			continue
		}
		if steps != overtaken[n] {
			t.Errorf("ticket %d is overtaken %d times by its explanation, %d by the ledger", n, steps, overtaken[n])
		}
		mine := asked[LedgerPage](t, s, "ledger", fmt.Sprintf(`{"ticket":%d,"limit":1000}`, n))
		for _, e := range mine.Entries {
			if e.Ticket.Ticket != n && !e.Missed {
				steps--
			} else if e.Missed {
				steps -= int(e.Count)
			}
		}
		if steps != 0 {
			t.Errorf("ticket %d: %d overtakings of its explanation are not among its entries", n, steps)
		}
	}
	return fmt.Sprintf("%d entries, %d pairs", entries, pairs)
}

// compareKin compares the overtakings that a ticket of several contacts is explained with: all of the contact that was asked
// about, and no more than all of them have.
func compareKin(t *testing.T, n engine.TicketID, kin []engine.TicketID, steps int, overtaken map[engine.TicketID]int) {
	all := 0
	for _, k := range kin {
		all += overtaken[k]
	}
	if steps < overtaken[n] || steps > all {
		t.Errorf("ticket %d, of the contacts %d, is overtaken %d times by its explanation, %d by the ledger, all of them %d times",
			n, kin, steps, overtaken[n], all)
	}
}

// TestScanStops reads a journal with a bound on the events, and says how far it came.
func TestScanStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := journal.NewMemory()
		s := startSite(t, memory, nil)
		live(t, s, rand.New(rand.NewPCG(1, 7)), 100)
		s.close()
		last, _ := memory.Last()
		for most, whole := range map[int]bool{10: false, 1 << 20: true} {
			x := scan{watch: ledger.NewWatch(), most: most, begin: func(uint64) bool { return true },
				hear: func(*engine.Event, *ledger.Entry, []*ledger.Passing) {}}
			full, err := x.run(memory.Reopen(), 1)
			if err != nil || full != whole || whole != (x.last == last) || x.read < min(most, 10) {
				t.Errorf("run, at most %d events: full %t, %v, read %d to frame %d of %d", most, full, err, x.read, x.last, last)
			}
		}
	})
}

// TestRecountFindsWhatWasChanged takes a row out of a stored frame, and changes what another counts.
func TestRecountFindsWhatWasChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := journal.NewMemory()
		s := startSite(t, memory, nil)
		live(t, s, rand.New(rand.NewPCG(1, 7)), 600)
		s.close()
		for name, change := range map[string]func(*engine.Event) bool{
			"a row is missing":      func(ev *engine.Event) bool { return ev.Kind == engine.Passed },
			"a row counts one more": func(ev *engine.Event) bool { ev.Count++; return false },
		} {
			if _, err := Recount(t.Context(), changed(t, memory, change), &journal.Chain{Generation: 1}); !errors.Is(err, ErrLedger) {
				t.Errorf("%s: Recount: %v, want ErrLedger", name, err)
			}
		}
	})
}

// changed is a journal whose chain is right and in which one event of the kind Passed was changed, or dropped.
func changed(t *testing.T, m *journal.Memory, change func(*engine.Event) bool) *journal.Memory {
	t.Helper()
	to := journal.NewMemory()
	done := false
	err := journal.Replay(t.Context(), m.Reopen(), &journal.Chain{Generation: 1}, func(_ uint64, f *journal.Frame) error {
		var events [][]byte
		for _, item := range f.Events {
			ev, err := engine.DecodeEvent(item)
			if err != nil {
				return err
			}
			if ev.Kind == engine.Passed && !done {
				if done = true; change(&ev) {
					continue
				}
				item = engine.AppendEvent(nil, &ev)
			}
			events = append(events, item)
		}
		f.Events, f.HasDigest, f.Digest = events, false, 0
		_, f.Prev = to.Last()
		b, err := f.AppendBinary(nil)
		if err == nil {
			_, err = to.Append(t.Context(), b)
		}
		return err
	})
	if err != nil || !done {
		t.Fatalf("nothing was changed: %v", err)
	}
	return to.Reopen()
}
