package host

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"fairline/engine/journal"
)

// TestWhatIsSaidAgainHasItsName ends a line whose publisher had stored nothing since a frame: the next says all of it again under
// the names that it had, and only the open offer, with its new deadline, under a new one.
func TestWhatIsSaidAgainHasItsName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := journal.NewMemory()
		s := startSite(t, memory, nil)
		s.send("fl.agent.main.ana.sign-in", "")
		s.send("fl.in.main.pbx.ticket", `{"id":"1","data":{"channel":"chat"}}`)
		s.heard()
		s.unstored = s.host.chain.Head.Seq + 1
		s.send("fl.agent.main.ana.accept", `{"offer":1}`)
		s.send("fl.in.main.pbx.ticket", `{"id":"2","data":{"channel":"chat"}}`)
		s.send("fl.agent.main.ana.finish", `{"offer":1}`)
		said := s.heard()
		names := map[string]bool{}
		for _, m := range said {
			if names[nameOf(m)] || m.index < 0 {
				t.Errorf("%s is said twice, or has no frame's number", nameOf(m))
			}
			names[nameOf(m)] = true
		}
		if len(said) < 4 {
			t.Fatalf("said %v, want an acceptance, an end and the next offer to two", said)
		}
		s.stop()
		if err := <-s.done; err != nil {
			t.Fatal(err)
		}
		next := startSite(t, memory.Reopen(), nil)
		again := next.heard()
		for i := range said {
			if i >= len(again) || list(again[i:i+1]) != list(said[i:i+1]) {
				t.Fatalf("said again:\n%s\nwant first:\n%s", list(again), list(said))
			}
		}
		for _, m := range again[len(said):] {
			if names[nameOf(m)] || m.index >= 0 {
				t.Errorf("%s: what is new has an old name", nameOf(m))
			}
		}
		if len(again) != len(said)+2 {
			t.Errorf("said again:\n%s\nwant the open offer twice behind what was said", list(again))
		}
		next.unstored = 0
		next.close()
		last := startSite(t, memory.Reopen(), nil)
		if again := last.heard(); len(again) != 2 {
			t.Errorf("behind a clean stop:\n%s\nwant the open offer alone", list(again))
		}
		last.close()
	})
}

func nameOf(m saying) string { return fmt.Sprintf("%d.%d", m.seq, m.index) }

func list(says []saying) string {
	var b strings.Builder
	for _, m := range says {
		fmt.Fprintf(&b, "%s %s %s\n", nameOf(m), m.subject, m.data)
	}
	return b.String()
}
