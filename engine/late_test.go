package engine

import (
	"fmt"
	"testing"
)

// TestWhatIsLeftOverIsThere fills one command with more events than it may yield. What it announces as due must have
// something to do, because a Tick without events leaves no trace in a journal: once nothing is left over, nothing is due.
func TestWhatIsLeftOverIsThere(t *testing.T) {
	for _, urgent := range []int{16, 20} {
		p := twoClasses(Strict{})
		p.Channels[0].Takes = TakesMax
		e := New()
		do := func(c Command) int {
			t.Helper()
			c.At = nine
			events, err := e.Do(c)
			if err != nil {
				t.Fatal(err)
			}
			return len(events)
		}
		do(Command{Kind: Adopt, Policy: p})
		profile := &Profile{Takes: p.Takes()}
		for i := range SkillsMax {
			f := &Facts{NeedsLen: 1, Needs: [NeedsMax]Word{WordOf(fmt.Sprint("skill ", i))}}
			f.Attrs[0] = 1
			profile.Skills = append(profile.Skills, f.Needs[0])
			do(Command{Kind: Arrive, Facts: f})
		}
		sortWords(profile.Skills)
		for range urgent {
			do(Command{Kind: Arrive, Facts: &Facts{}})
		}
		if n := do(Command{Kind: SignIn, Agent: 1, Profile: profile}); n < EventsMax {
			t.Fatalf("%d events, want at least %d for this test to mean anything", n, EventsMax)
		}
		for n := 0; e.Due() != 0 && e.Due() <= nine; n++ {
			if do(Command{Kind: Tick}) == 0 || n > 10 {
				t.Fatalf("%d urgent: a Tick was announced as due and had nothing to do", urgent)
			}
		}
	}
}
