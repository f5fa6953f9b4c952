package ledger

import (
	"fmt"
	"maps"
	"slices"

	"fairline/engine"
)

// full is an agent's whole capacity, in units that 1 of N divides for each N up to 16.
const full = 720720

// A counted is a ticket of the line as a census keeps it.
type counted struct {
	id     engine.TicketID
	place  engine.Place
	class  engine.ClassID
	number engine.DemandID
	facts  engine.Facts
	offer  *asked                  // it is under offer or in service
	cool   map[engine.AgentID]bool // who missed it a moment ago
}

func (t *counted) waits() bool { return t.offer == nil }

func (t *counted) demand() demand {
	return demand{channel: t.facts.Channel, needs: t.facts.Needs[:t.facts.NeedsLen]}
}

// An asked is an offer as a census keeps it.
type asked struct {
	id       engine.OfferID
	ticket   *counted
	place    engine.Place
	agent    engine.AgentID
	at       engine.Instant
	took     int32
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

// A seen is a ticket as it waited when a decision was made.
type seen struct {
	ticket *counted
	class  engine.ClassID
	number engine.DemandID
	pair   *passing // nil: the agent could not have served it
}

// A passing is a pair that may come to be.
type passing struct {
	pair  Pair
	by    *asked
	under *asked // the offer that the overtaken was under; nil: it waited
}

func (c *Census) adopt(p *engine.Policy) {
	was := c.policy
	c.policy, c.paths = p, paths(p)
	if was == nil {
		c.byID, c.offers = map[engine.TicketID]*counted{}, map[engine.OfferID]*asked{}
		c.used = map[engine.AgentID]int32{}
		return
	}
	c.demands.adopt(was, p)
	c.roster.adopt(was, p)
	for _, t := range c.tickets {
		t.facts = translated(&t.facts, was, p)
		t.class = p.Classify(&t.facts)
	}
}

// translated are the facts of a ticket as another policy reads them: by name, as far as the first one kept them.
func translated(f *engine.Facts, was, now *engine.Policy) engine.Facts {
	to := *f
	to.Channel, to.Has, to.Attrs = carried(f.Channel, was, now), 0, [engine.AttrsMax]int64{}
	for i, name := range now.Attrs {
		if k := slices.Index(was.Attrs, name); k >= 0 && f.Has>>k&1 != 0 {
			to.Attrs[i] = f.Attrs[k]
			to.Has |= 1 << i
		}
	}
	return to
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

func (c *Census) arrive(ev *engine.Event) error {
	if c.byID[ev.Ticket] != nil {
		return fmt.Errorf("ticket %d arrives twice", ev.Ticket)
	}
	t := &counted{id: ev.Ticket, place: ev.From, class: ev.Class, facts: *ev.Facts, number: c.demands.of(ev.Facts),
		cool: map[engine.AgentID]bool{}}
	c.tickets, c.byID[t.id] = append(c.tickets, t), t
	return nil
}

func (c *Census) change(ev *engine.Event) error {
	t := c.byID[ev.Ticket]
	if t == nil {
		return fmt.Errorf("ticket %d changes and is not in the line", ev.Ticket)
	}
	t.class, t.facts, t.number = ev.Class, *ev.Facts, c.demands.of(ev.Facts)
	return nil
}

func (c *Census) end(ev *engine.Event) error {
	t := c.byID[ev.Ticket]
	if t == nil {
		return fmt.Errorf("ticket %d ends and is not in the line", ev.Ticket)
	}
	delete(c.byID, t.id)
	i := slices.Index(c.tickets, t)
	c.tickets = slices.Delete(c.tickets, i, i+1)
	return nil
}

func sortedOffers(m map[engine.OfferID]*asked) []engine.OfferID { return slices.Sorted(maps.Keys(m)) }
