package run

import (
	"testing"

	"fairline/engine"
	"fairline/simulations/dist"
	"fairline/simulations/measure"
	"fairline/simulations/scenario"
)

// joining is mixed, where all that a customer writes and posts is one matter.
const joining = mixed + "join: {same: [customer]}\n"

// TestContactsOfOneTicket has a customer post twice while the only agent talks: the earlier contact is reached, and the other
// ends with it.
func TestContactsOfOneTicket(t *testing.T) {
	call, mail, post := recorded("calls", 0), recorded("mails", 1), recorded("posts", 2, 3)
	call.Handling.Law = must(dist.Constant(600))
	mail.Channel, mail.Known, mail.Customers, post.Channel, post.Known, post.Customers = "email", 1, 1, "email", 1, 1
	s := shop(1, engine.Hour, call, mail, post)
	alone := fates(played(t, modelOf(t, s, mixed, Options{}), Play{}))
	if len(alone) != 4 || alone[3].how != measure.Served {
		t.Fatalf("apart: %+v", alone)
	}
	same(t, fates(played(t, modelOf(t, s, joining, Options{}), Play{})), []fate{{0, 0, 0, 0, 10, measure.Served, 0}, {0, 0, 1, 10, 11, measure.Served, 1},
		{1, 0, 3, -1, 11, measure.Closed, 1}, {0, 0, 2, 11, 12, measure.Served, 1}})
}

// TestFamiliesKeepTheLaws has few customers write, post and leave all day: the laws of the path hold, and nobody is forgotten.
func TestFamiliesKeepTheLaws(t *testing.T) {
	some := func(name, of string) scenario.Source {
		s := level(calls(name, 20, 2), of)
		s.Channel, s.Known, s.Customers = "email", 0.9, 4
		s.Patience = scenario.Patience{Span: scenario.Span{Law: must(dist.Exponential(900))}}
		return s
	}
	for r := range uint64(30) {
		left, joined, open := 0, 0, 0
		for _, x := range played(t, modelOf(t, shop(1, 10*engine.Hour, some("a", "high"), some("b", "low")), joining, Options{Seed: 3, Pairs: r%2 == 0}), Play{Replication: r}) {
			switch x.Outcome {
			case measure.Abandoned:
				left++
			case measure.Closed:
				joined++
			case measure.Open:
				open++
			}
		}
		if left == 0 || joined < 20 || open > 0 {
			t.Errorf("replication %d: %d left, %d ended with another contact, %d are still there", r, left, joined, open)
		}
	}
}

// TestASecondTicketThatIsJoined ends with the first, once.
func TestASecondTicketThatIsJoined(t *testing.T) {
	s := recorded("mails", 0, 1)
	s.Channel, s.Known, s.Handling.Law = "email", 1, must(dist.Constant(600))
	s.Actions = []scenario.Action{{Name: "write", Share: 0}, {Name: "twice", Share: 1, Also: "email"}}
	same(t, fates(played(t, modelOf(t, shop(1, engine.Hour, s), joining, Options{}), Play{})), []fate{{0, 0, 0, 0, 10, measure.Served, 1},
		{1, 0, 1, -1, 10, measure.Closed, 1}, {1, 0, 1, 10, 20, measure.Served, 1}})
}
