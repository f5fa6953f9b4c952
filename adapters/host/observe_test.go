package host

import (
	"slices"
	"testing"
	"testing/synctest"

	"fairline/engine"
	"fairline/engine/journal"
	"fairline/policy"
)

// TestObserversHearTheJournalAgain runs a line twice: what is heard of the replay is what was heard live, and each
// policy is heard of before its event.
func TestObserversHearTheJournalAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := journal.NewMemory()
		var live, replayed []engine.EventKind
		policies := 0
		observe := func(cfg *Config) {
			cfg.Observe = func(turn *Turn) {
				for _, ev := range turn.Events {
					if ev.Kind == engine.Adopted && policies == 0 {
						t.Error("a policy's event came before the policy")
					}
					live = append(live, ev.Kind)
				}
			}
			cfg.Replayed = func(ev *engine.Event) { replayed = append(replayed, ev.Kind) }
			cfg.Adopted = func(p *policy.Policy) {
				policies++
				if p.Engine.Name == "" {
					t.Error("a policy without a name")
				}
			}
		}
		s := startSite(t, log, observe)
		s.send("fl.agent.main.ana.sign-in", "")
		s.send("fl.in.main.pbx.ticket", `{"id":"1","data":{"channel":"phone"}}`)
		s.close()
		if len(replayed) != 0 || policies != 1 {
			t.Errorf("of a new journal %v is replayed, %d policies adopted", replayed, policies)
		}
		want := slices.Clone(live)
		s = startSite(t, log.Reopen(), observe)
		s.close()
		if !slices.Equal(replayed, want) || len(want) < 4 {
			t.Errorf("replayed %v, live it was %v", replayed, want)
		}
		if policies != 2 {
			t.Errorf("%d policies heard of, want one live and the same replayed", policies)
		}
	})
}
