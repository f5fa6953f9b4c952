package host

import (
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
}

// A Start is an offer that was accepted and whose work was not given back. The zero Start is none.
type Start struct {
	Offer engine.OfferID
	Agent engine.AgentID
	Seq   uint64 // of the frame that accepted it
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
	misses   int // in a row, until an agent is put on break
	index    ledger.Index
}

func newBook() *Book {
	return &Book{
		tickets: map[engine.TicketID]*Ticket{},
		keys:    map[engine.Key]*Ticket{},
		starts:  map[engine.OfferID]*Ticket{},
		agents:  map[engine.AgentID]string{},
		words:   map[engine.Word]string{},
		texts:   map[string]bool{},
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
	}
	for _, text := range in.Words() {
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
		b.channels, b.misses = ev.Policy.Channels, ev.Policy.BreakAfter
	case engine.Arrived:
		t := b.keys[ev.Key]
		t.Number, t.Seq, t.Arrived = ev.Ticket, seq, ev.Facts.Arrived
		t.Channel = b.channels[ev.Facts.Channel].Name
		b.tickets[t.Number] = t
	case engine.Offered:
		b.tickets[ev.Ticket].Attempts = ev.Attempt
	case engine.Accepted:
		t := b.tickets[ev.Ticket]
		t.Start = Start{Offer: ev.Offer, Agent: ev.Agent, Seq: seq}
		b.starts[ev.Offer] = t
	case engine.Returned:
		b.tickets[ev.Ticket].Start = Start{}
		delete(b.starts, ev.Offer)
	case engine.Ended:
		t := b.tickets[ev.Ticket]
		t.End, t.EndedAt, t.EndSeq, t.Slips = ev.End, ev.At, seq, ev.Slips
		b.ended = append(b.ended, t)
	}
}

// forget drops the tickets that ended long before now.
func (b *Book) forget(now engine.Instant) {
	n := 0
	for n < len(b.ended) && now.Sub(b.ended[n].EndedAt) > keepFor {
		t := b.ended[n]
		delete(b.tickets, t.Number)
		delete(b.starts, t.Start.Offer)
		if b.keys[t.Key] == t {
			delete(b.keys, t.Key)
		}
		n++
	}
	b.ended = b.ended[:copy(b.ended, b.ended[n:])]
}
