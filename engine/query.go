package engine

// A TicketView is a copy of what the line knows of a ticket.
type TicketView struct {
	Ticket   TicketID
	Key      Key
	State    string // "waiting", "offered", "serving" or "held"
	Class    ClassID
	Channel  ChannelID
	Needs    []Word
	Place    Place
	Due      Instant
	Attempt  uint32
	Slips    int // how often it was overtaken so far; under an offer, as if that failed now
	Decliner int // how many different agents missed it
	Agent    AgentID
	Offer    OfferID

	Head       TicketID   // the ticket it is a contact of; its own number when it is one
	Contacts   []TicketID // of a ticket with more than one: all that are there, its own first
	Why        Cause      // held: by what
	Until      Instant    // held: its end
	Closed     bool       // its class is not served now
	CalledBack bool       // its customer does not hold on: an agent calls back
	Gone       bool       // this contact left; the ticket's others remain
	Moved      bool       // a supervisor wants it next
	Only       AgentID    // for whom it is held; 0: for nobody
	Customer   Word
	Matter     Word
}

// Ticket returns what the line knows of a ticket that has not ended.
func (e *Engine) Ticket(id TicketID) (TicketView, bool) {
	h := e.tickets.find(id)
	if h == 0 {
		return TicketView{}, false
	}
	return e.view1(h), true
}

// Lookup returns the number of the ticket with a Key, as long as the Key is remembered.
func (e *Engine) Lookup(k Key) (TicketID, bool) {
	id, ok := e.known[k]
	return id, ok
}

func (e *Engine) view1(h handle) TicketView {
	t := e.tickets.at(h)
	d := e.skills.demands[t.demand]
	v := TicketView{Ticket: t.place.Seq, Key: t.id, Class: t.class, Channel: d.channel, Needs: d.needs, Place: t.place,
		Due: t.due, Attempt: t.attempt, Slips: int(t.slips[0]), Decliner: int(e.main(t).decline)}
	m := e.main(t)
	v.Head, v.Closed, v.CalledBack, v.Gone, v.Moved = m.place.Seq, e.tree.leaves[t.class].shut, t.called, t.gone, m.moved
	v.Only, v.Customer, v.Matter = d.only, t.who, t.matter
	if m.state == held {
		v.Why, v.Until = m.why, m.until
	}
	if t.head == 0 && t.mate != 0 {
		v.Contacts = e.contacts(h)
	}
	if t.indexed {
		v.Slips = int(e.slips(t, e.tree.leaves[t.class], 0))
	}
	v.State = [...]string{waiting: "waiting", offered: "offered", serving: "serving", held: "held"}[t.state]
	if t.state == offered || t.state == serving {
		o := e.offers.at(t.offer)
		v.Agent, v.Offer = e.agents.list[o.agent].name, o.id
	}
	return v
}

// contacts returns those of the ticket h that are there.
func (e *Engine) contacts(h handle) (list []TicketID) {
	for m := h; m != 0; m = e.tickets.at(m).mate {
		if !e.tickets.at(m).gone {
			list = append(list, e.tickets.at(m).place.Seq)
		}
	}
	return list
}

// Arrivals returns the tickets that wait or are under offer, by the place of the contact that counts, at most limit of
// them.
func (e *Engine) Arrivals(limit int) []TicketView {
	var list []TicketView
	for _, h := range e.index.slots[:e.index.end] {
		if h != 0 && e.tickets.at(h).counts && len(list) < limit {
			list = append(list, e.view1(h))
		}
	}
	return list
}

// An AgentView is a copy of what the line knows of an agent.
type AgentView struct {
	Agent  AgentID
	State  string // "available", "busy", "on break", "lost" or "off duty"
	Skills []Word
	Takes  [ChannelsMax]uint8
	Since  Instant // idle since
	Missed int
	Lease  Duration // how long it may not be heard of; 0: for ever
	Until  Instant  // lost: when its work in hand goes back
	Offers []OfferView
}

// An OfferView is a copy of what the line knows of an offer that rings, is worked on, or is being wrapped up.
type OfferView struct {
	Offer   OfferID
	Ticket  TicketID
	Agent   AgentID
	Attempt uint32
	State   string // "ringing", "working", "aside" or "wrapping"
	Until   Instant
	Since   Instant // ringing: of the offer; else of its acceptance
}

// Agents returns all agents in the order in which they first signed in.
func (e *Engine) Agents() []AgentView {
	var list []AgentView
	for i := 1; i < len(e.agents.list); i++ {
		a := &e.agents.list[i]
		p := e.skills.profiles[a.profile]
		v := AgentView{Agent: a.name, Skills: p.skills, Takes: p.takes, Since: a.since, Missed: a.missed, Lease: a.lease,
			State: [...]string{offDuty: "off duty", onDuty: "available", onBreak: "on break", lost: "lost"}[a.state]}
		if a.state == lost {
			v.Until = a.until
		}
		if a.state == onDuty && a.free <= 0 {
			v.State = "busy"
		}
		for _, x := range a.offers {
			v.Offers = append(v.Offers, e.offer1(x))
		}
		list = append(list, v)
	}
	return list
}

// Offer returns an offer that is not over.
func (e *Engine) Offer(id OfferID) (OfferView, bool) {
	x := e.offers.find(id)
	if x == 0 {
		return OfferView{}, false
	}
	return e.offer1(x), true
}

// Ringing returns all offers that wait for an answer, in no particular order.
func (e *Engine) Ringing() []OfferView {
	var list []OfferView
	for _, x := range e.offers.ringing {
		list = append(list, e.offer1(x))
	}
	return list
}

func (e *Engine) offer1(x uint32) OfferView {
	o := e.offers.at(x)
	v := OfferView{Offer: o.id, Ticket: o.place.Seq, Agent: e.agents.list[o.agent].name, Until: o.until, Since: o.since,
		State: [...]string{ringing: "ringing", working: "working", aside: "aside", wrapping: "wrapping"}[o.state]}
	if o.ticket != 0 {
		v.Attempt = e.tickets.at(o.ticket).attempt
	}
	return v
}

// Counts returns how many are where, and what happened so far.
func (e *Engine) Counts() Counts { return e.count }

// Policy returns the policy in force, or nil.
func (e *Engine) Policy() *Policy { return e.policy }

// Now returns the time of the last command or event.
func (e *Engine) Now() Instant { return e.now }

// Demand returns the channel and the needs that a DemandID stands for. The needs belong to the engine.
func (e *Engine) Demand(d DemandID) (ChannelID, []Word) {
	return e.skills.demands[d].channel, e.skills.demands[d].needs
}

// Only returns the agent who alone may be asked for tickets of a demand; 0 is anybody.
func (e *Engine) Only(d DemandID) AgentID { return e.skills.demands[d].only }

// Nodes returns the nodes of a policy by NodeID.
func (p *Policy) Nodes() []*Node {
	var list []*Node
	var walk func(n *Node)
	walk = func(n *Node) {
		list = append(list, n)
		for _, m := range n.Members {
			if m.Group != nil {
				walk(m.Group)
			}
		}
	}
	walk(p.Root)
	return list
}

// OrderDigest returns a hash of the queue: everybody who waits or is under offer, in order of arrival, with class,
// demand, and slips. Under one policy equal digests mean the same order of service. It costs O(n).
func (e *Engine) OrderDigest() uint64 {
	h := uint64(0)
	for _, s := range e.index.slots[:e.index.end] {
		if s == 0 {
			continue
		}
		t := e.tickets.at(s)
		h = mix(h, uint64(t.place.Seq))
		h = mix(h, uint64(t.place.Arrived))
		h = mix(h, uint64(t.class)<<16|uint64(t.demand))
		for i := range e.tree.leaves[t.class].counters {
			h = mix(h, uint64(e.slips(t, e.tree.leaves[t.class], i)))
		}
	}
	return h
}
