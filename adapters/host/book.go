package host

import (
	"maps"

	"fairline/engine"
	"fairline/engine/ledger"
)

// Limits of the book.
const (
	// wordsMax bounds the texts of Words that the book keeps. Beyond it a text is in the journal alone.
	wordsMax = 1 << 16
	// keepFor is how long an ended ticket stays in the book: as long as the engine knows its key, and an
	// hour more, so that the engine never speaks of a ticket that the book has lost.
	keepFor = 7*engine.Day + engine.Hour
)

// A Ticket is what the book knows of one.
type Ticket struct {
	Origin
	Number   engine.TicketID
	Key      engine.Key
	Seq      uint64 // of the frame that accepted it
	Start    Start
	Channel  string // its name, in the policy that was in force
	Arrived  engine.Instant
	Attempts uint32         // offers so far
	End      engine.EndKind // 0: it has not ended
	EndedAt  engine.Instant
	EndSeq   uint64 // of the frame that ended it
	Slips    uint32 // at its end

	Head       engine.TicketID   // the ticket it was joined to; 0: it is a ticket of its own
	Contacts   []engine.TicketID // those that were joined to it
	Related    []engine.TicketID // of the same customer, and live like this one
	Unverified bool              // its customer is what somebody said
	Left       bool              // its customer gave up on this contact, while others remain
	CalledBack bool              // its customer need not hold on
	Hold       Hold
	away       bool             // its customer does not hold on: see callsBack
	turns      []uint32         // the offers, by attempt, from which an agent calls back, and from which not any more, in turn
	given      []givenBack      // work in hand that was taken from agents
	missers    []engine.AgentID // different agents who missed it, up to alarmAt
	alarm      engine.OfferID   // the miss that made it so many
	moving     handed
	offered    started // its last offer, while the host runs
	aliases    []alias // other names by which it is found
}

// A Hold says why a ticket is not offered. The zero Hold is none.
type Hold struct {
	Why    engine.Cause
	Since  engine.Instant
	Until  engine.Instant // 0: until it is told
	Reason engine.Word
}

// An alias is the key of a contact that stands for a ticket whose customer came back.
type alias struct {
	key engine.Key
	seq uint64 // of the frame that brought the customer back
}

// handed is what another line was handed in a ticket's place.
type handed struct{ line, message string }

// alarmAt is how many different agents miss a ticket before supervisors are told.
const alarmAt = 3

// A Start is an offer that was accepted and whose work was not given back. The zero Start is none.
type Start struct {
	Offer engine.OfferID
	Agent engine.AgentID
	Seq   uint64 // of the frame that accepted it

	Attempt uint32
}

// A Book is a projection of the journal: what numbers and Words stand for, and what became of the tickets
// that the engine has forgotten. It is built from inputs and events alone, in the order of the journal, so
// it is the same after a restart. It is not safe for concurrent use.
type Book struct {
	tickets  map[engine.TicketID]*Ticket
	keys     map[engine.Key]*Ticket
	starts   map[engine.OfferID]*Ticket
	agents   map[engine.AgentID]string
	words    map[engine.Word]string
	texts    map[string]bool // those of words, to find without hashing
	ended    []*Ticket       // in the order of their ends
	channels []engine.Channel
	classes  []engine.Class
	misses   int // in a row, until an agent is put on break
	index    ledger.Index

	customers map[string][]*Ticket // those that have not ended
	held      map[engine.TicketID]*Ticket
	leased    map[engine.AgentID]engine.Duration // the lengths of leases; who is off duty keeps it for the next sign-in
	closed    map[engine.ClassID]engine.Instant  // since when; AllClasses: the line
	adoption  adoption                           // of the policy in force
}

// An adoption is what the journal says of the policy in force.
type adoption struct {
	file, by string
	at       engine.Instant
	seq      uint64
}

func newBook() *Book {
	return &Book{
		tickets: map[engine.TicketID]*Ticket{},
		keys:    map[engine.Key]*Ticket{},
		starts:  map[engine.OfferID]*Ticket{},
		agents:  map[engine.AgentID]string{},
		words:   map[engine.Word]string{},
		texts:   map[string]bool{},

		customers: map[string][]*Ticket{},
		held:      map[engine.TicketID]*Ticket{},
		leased:    map[engine.AgentID]engine.Duration{},
		closed:    map[engine.ClassID]engine.Instant{},
	}
}

// Word gives the text of a Word, or "" when the book does not have it.
func (b *Book) Word(w engine.Word) string { return b.words[w] }

// Agent gives the name of an agent, or "" for one that never signed in.
func (b *Book) Agent(id engine.AgentID) string { return b.agents[id] }

// Ticket gives the ticket with the number, or nil.
func (b *Book) Ticket(number engine.TicketID) *Ticket { return b.tickets[number] }

// TicketOf gives the ticket that an adapter calls id, or nil.
func (b *Book) TicketOf(adapter, id string) *Ticket {
	if t := b.keys[engine.KeyOf(adapter, id)]; t != nil && t.Number != 0 {
		return t
	}
	return nil
}

// startOf gives the ticket that an agent started with an offer, or nil.
func (b *Book) startOf(agent engine.AgentID, offer engine.OfferID) *Ticket {
	if t := b.starts[offer]; t != nil && t.Start.Agent == agent {
		return t
	}
	return nil
}

// note learns the texts of an input, before its events are applied.
func (b *Book) note(in *Input) {
	switch in.Command.Kind {
	case engine.Arrive:
		b.keys[in.Command.Key] = &Ticket{Origin: in.Origin(), Key: in.Command.Key}
	case engine.SignIn:
		b.agents[in.Command.Agent] = in.Texts[0]
	case engine.Adopt:
		b.adoption.file, b.adoption.by = in.Texts[0], in.By()
	case engine.Depart:
		if t := b.tickets[in.Command.Ticket]; t != nil {
			t.moving = handed{line: in.Texts[0], message: in.Texts[1]}
		}
	}
	b.learn(in.Words())
}

// learn keeps the texts of Words.
func (b *Book) learn(texts []string) {
	for _, text := range texts {
		if !b.texts[text] && len(b.words) < wordsMax {
			b.texts[text] = true
			b.words[engine.WordOf(text)] = text
		}
	}
}

// apply follows one event of the frame at seq.
func (b *Book) apply(ev *engine.Event, seq uint64) {
	b.index.Add(seq, ev)
	switch ev.Kind {
	case engine.Adopted:
		b.channels, b.classes, b.misses = ev.Policy.Channels, ev.Policy.Classes, ev.Policy.BreakAfter
		maps.DeleteFunc(b.closed, func(c engine.ClassID, _ engine.Instant) bool { return c != engine.AllClasses })
		b.adoption.at, b.adoption.seq = ev.At, seq
	case engine.Arrived:
		b.arrive(ev, seq)
	case engine.Offered:
		b.offer(b.tickets[ev.Ticket], ev.Attempt)
	case engine.Accepted:
		t := b.tickets[ev.Ticket]
		t.Start = Start{Offer: ev.Offer, Agent: ev.Agent, Seq: seq, Attempt: ev.Attempt}
		b.starts[ev.Offer] = t
	case engine.Withdrawn:
		if ev.Why == engine.ByDecline || ev.Why == engine.ByExpiry {
			b.tickets[ev.Ticket].miss(ev)
		}
	case engine.Returned, engine.Transferred:
		b.giveBack(ev)
	case engine.Ended:
		t := b.tickets[ev.Ticket]
		t.Slips = ev.Slips
		for _, c := range b.contacts(t) {
			b.end(c, ev, seq)
		}
	case engine.Leased:
		b.leased[ev.Agent] = engine.Duration(ev.Until)
	case engine.Closed:
		b.closed[ev.Class] = ev.At
	case engine.Opened:
		delete(b.closed, ev.Class)
	default:
		b.applyLife(ev, seq)
	}
}

// forget drops the tickets that ended long before now.
func (b *Book) forget(now engine.Instant) {
	n := 0
	for n < len(b.ended) && now.Sub(b.ended[n].EndedAt) > keepFor {
		t := b.ended[n]
		delete(b.tickets, t.Number)
		delete(b.starts, t.Start.Offer)
		for _, a := range append(t.aliases, alias{key: t.Key}) {
			if b.keys[a.key] == t {
				delete(b.keys, a.key)
			}
		}
		n++
	}
	b.ended = b.ended[:copy(b.ended, b.ended[n:])]
}
