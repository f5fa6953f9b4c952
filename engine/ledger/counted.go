package ledger

import (
	"maps"
	"slices"

	"fairline/engine"
)

// full is an agent's whole capacity, in units that 1 of N divides for each N up to 16.
const full = 720720

// An asked is an offer as a census keeps it.
type asked struct {
	id       engine.OfferID
	ticket   *contact // that was reached
	place    engine.Place
	agent    engine.AgentID
	why      engine.Cause
	at       engine.Instant
	took     int32
	aside    bool   // it gave its room to another
	beyond   uint32 // so many starts of its class, more than it may have; 0: it is within its limit, or has none
	state    offerState
	accepted engine.Instant
	ended    engine.Instant // of the work
	skill    uint32
	room     uint32
	before   []seen     // who waited earlier, when it was made
	pairs    []*passing // whom its start overtakes: those who waited, then those under other offers
	under    []*passing // who passed its ticket while it rang
	entered  []*passing // those of the ledger whose cost is to come
}

type offerState uint8

const (
	ringing offerState = iota
	started
	failed
	gone // the customer left while it rang
	over
)

// A seen is a contact as it waited when a decision was made.
type seen struct {
	ticket *contact
	class  engine.ClassID
	number engine.DemandID
	away   bool     // it was held for an agent who could not take it
	kept   bool     // the agent was kept for other classes
	capped bool     // the agent had started as many of its class as it may
	pair   *passing // nil: the agent could not have served it
}

// A passing is a pair that may come to be.
type passing struct {
	pair  Pair
	by    *asked
	under *asked // the offer that the overtaken was under; nil: it waited
}

// A cooling is that an agent missed a ticket a moment ago.
type cooling struct {
	ticket engine.TicketID
	agent  engine.AgentID
}

func (c *Census) adopt(ev *engine.Event) {
	was := c.lives.policy
	c.paths = paths(ev.Policy)
	if was == nil {
		c.offers, c.used, c.cool = map[engine.OfferID]*asked{}, map[engine.AgentID]int32{}, map[cooling]bool{}
		c.moved, c.drained = map[engine.TicketID]bool{}, map[engine.AgentID]engine.TicketID{}
		return
	}
	c.roster.adopt(was, ev.Policy)
	c.forget(was, ev.Policy, ev.At)
}

// paths are the nodes above each class.
func paths(p *engine.Policy) map[engine.ClassID][]engine.NodeID {
	list := map[engine.ClassID][]engine.NodeID{}
	nodes := p.Nodes()
	var walk func(n *engine.Node, above []engine.NodeID)
	walk = func(n *engine.Node, above []engine.NodeID) {
		here := append(slices.Clone(above), engine.NodeID(slices.Index(nodes, n)))
		for _, m := range n.Members {
			if m.Group != nil {
				walk(m.Group, here)
			} else {
				list[m.Class] = here
			}
		}
	}
	walk(p.Root, nil)
	return list
}

func sortedOffers(m map[engine.OfferID]*asked) []engine.OfferID { return slices.Sorted(maps.Keys(m)) }

// reprice lets what agents have in hand take of them what they take at once now.
func (c *Census) reprice() {
	for _, o := range c.offers {
		n := c.takes(o.agent, o.ticket)
		if o.state != ringing && o.state != started || n == 0 {
			continue
		}
		if !o.aside {
			c.used[o.agent] += n - o.took
		}
		o.took = n
	}
}
