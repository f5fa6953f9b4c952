package run

import (
	"strings"
	"testing"

	"fairline/engine"
	"fairline/simulations/dist"
	"fairline/simulations/measure"
	"fairline/simulations/scenario"
)

// patient is a source of a level whose customers wait so many seconds in the mean.
func patient(name, of string, perHour, seconds float64) scenario.Source {
	s := level(calls(name, perHour, 2), of)
	s.Patience.Law = must(dist.Exponential(seconds))
	return s
}

// ringing has the agents of a shop take a while to answer, or miss the offer.
func ringing(s *scenario.Scenario, seconds, misses float64) *scenario.Scenario {
	for i := range s.Groups {
		s.Groups[i].Answer, s.Groups[i].Misses = must(dist.Exponential(seconds)), misses
	}
	return s
}

// TestOffersThatFailKeepTheLaws has offers ring while customers leave, and ring in vain: each slip is a skip, or one of an offer
// that failed, to the last.
func TestOffersThatFailKeepTheLaws(t *testing.T) {
	strict, steadfast := mixed, "agents: {break_after: 1000}\n"+mixed
	for name, c := range map[string]struct {
		policy string
		shop   *scenario.Scenario
		after  engine.Duration
	}{
		"customers leave":   {strict, ringing(shop(4, 8*engine.Hour, patient("a", "high", 60, 60), patient("b", "low", 60, 60)), 15, 0), engine.Hour},
		"agents miss":       {steadfast, ringing(shop(3, 6*engine.Hour, calls("a", 36, 2)), 0.001, 0.05), 0},
		"they miss more":    {steadfast, ringing(shop(4, 6*engine.Hour, calls("a", 110, 2)), 15, 0.1), 20 * engine.Hour},
		"both":              {steadfast, ringing(shop(4, 6*engine.Hour, patient("a", "high", 60, 60), patient("b", "low", 60, 60)), 15, 0.2), 0},
		"agents rest":       {strict, ringing(shop(4, 6*engine.Hour, patient("a", "high", 60, 60), patient("b", "low", 60, 60)), 15, 0.2), 0},
		"the line is hurry": {strict, ringing(shop(2, 6*engine.Hour, patient("a", "high", 120, 20), patient("b", "low", 60, 20)), 30, 0.3), 0},
	} {
		c.shop.After = c.after
		for r := range uint64(12) {
			if err := modelOf(t, c.shop, c.policy, Options{Seed: 7}).Player().Play(Play{Replication: r}); err != nil {
				t.Errorf("%s, replication %d: %v", name, r, err)
				break
			}
		}
	}
}

// TestEveryMixOfFeaturesKeepsTheLaws plays each of 7 features with and without each other.
func TestEveryMixOfFeaturesKeepsTheLaws(t *testing.T) {
	for mask := range 128 {
		has := func(bit int) bool { return mask>>bit&1 != 0 }
		call, mail, chat := patient("calls", "low", 40, 120), calls("mails", 20, 5), calls("chats", 30, 6)
		mail.Channel, chat.Channel, call.Known, call.Customers = "email", "chat", 1, 30
		phone := "phone: {takes: agent"
		if has(0) {
			phone += ", grace: 3m"
		}
		if has(1) {
			phone += ", interrupt: [email]"
		}
		if has(2) {
			call.Actions = []scenario.Action{{Name: "a", Share: 0.5}, {Name: "b", Share: 0.5, Also: "chat"}}
		}
		if has(3) {
			call.Transfer = scenario.Transfer{Probability: 0.2, Handling: scenario.Span{Law: must(dist.Exponential(100))}}
		}
		if has(4) {
			call.Patience.Retry = []scenario.Retry{{Probability: 0.5, After: must(dist.Exponential(100)), As: 0, Most: 2}}
		}
		sc := shop(3, 6*engine.Hour, call, mail, chat)
		if has(5) {
			sc.Groups[0].Leaving = scenario.HandingBack
			sc.Groups[0].Shifts = []scenario.Shift{{Agents: 3, To: 4 * engine.Hour, Breaks: []scenario.Break{{At: engine.Hour, Length: engine.Hour}}},
				{Agents: 3, From: 4 * engine.Hour}}
		}
		if has(6) {
			sc = ringing(sc, 20, 0.1)
		}
		m := modelOf(t, sc, strings.Replace(mixed, "phone: {takes: agent", phone, 1), Options{Seed: 9})
		if err := m.Player().Play(Play{}); err != nil {
			t.Errorf("features %07b: %v", mask, err)
		}
	}
}

// TestPairsWhileOffersRing are of those who were there when the offer was made: who has left since is nobody's.
func TestPairsWhileOffersRing(t *testing.T) {
	sc := ringing(shop(4, 8*engine.Hour, patient("a", "high", 60, 60), patient("b", "low", 60, 60)), 15, 0)
	m, pairs := modelOf(t, sc, mixed, Options{Seed: 2, Pairs: true}), 0
	for r := range uint64(10) {
		err := m.Player().Play(Play{Replication: r, Watch: Watch{Paired: func(_ engine.Instant, over, under *measure.Ticket, row *engine.Event) {
			pairs++
			if under.Arrived > over.Arrived || under.Class != uint16(row.Class) || under.ID == 0 {
				t.Fatalf("ticket %d of class %d, which arrived at %d, is said to be overtaken by %d of %d, in a row of class %d", under.ID, under.Class,
					under.Arrived, over.ID, over.Arrived, row.Class)
			}
		}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	if pairs < 100 {
		t.Errorf("%d pairs", pairs)
	}
}
