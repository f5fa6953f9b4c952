package ledger

import (
	"fmt"

	"fairline/engine"
)

// A Number counts the entries of a line's ledger, from 1.
type Number uint64

// An Entry is one start that went ahead of somebody, or one miss during which somebody was passed. It is complete and
// never changes.
type Entry struct {
	Number   Number
	Decided  uint64          // the frame with the decision, where the Book was told of frames
	Entered  uint64          // the frame that entered it, likewise
	Offered  engine.Instant  // when it was decided; of a miss: when the offer that was missed was made
	Accepted engine.Instant  // when it was entered
	Policy   *engine.Policy  // that decided
	Ticket   engine.TicketID // the contact that was reached
	Class    engine.ClassID
	Channel  engine.ChannelID
	Place    engine.Place
	Agent    engine.AgentID
	Offer    engine.OfferID
	Count    uint32 // overtakings: the sum of the rows' counts, or the miss's
	Skill    uint32 // earlier tickets that the agent lacks a skill for: no overtakings
	Room     uint32 // earlier tickets that would fit the agent, but not what was free: no overtakings
	Rows     []Row
	Beyond   uint32          // the start went ahead although its class had so many, this one included, and is over its limit
	Why      engine.Cause    // ByPull or ByMove: somebody asked for this ticket; else what Offered says
	Asker    engine.AgentID  // who did, an agent or a supervisor
	Wish     engine.Word     // the reason that was given
	Missed   bool            // Ticket was passed while Offer to Agent rang in vain; there are no rows
	Rival    engine.TicketID // Missed: the one who passed it, 0 where it was Count starts already accepted
}

// A Row says whom a start passed and why, for tickets that are alike: see the package. With ByCoolOff it is about Ticket
// alone.
type Row struct {
	Ticket  engine.TicketID
	Class   engine.ClassID
	Demand  engine.DemandID
	Channel engine.ChannelID
	Needs   []engine.Word
	Only    engine.AgentID // whom they were held for
	Node    engine.NodeID
	Guard   int8 // index into the node's protections where one decided; else -1
	Why     engine.Cause
	Count   uint32
	From    engine.Place // inclusive
	Before  engine.Place // exclusive
	Winner  engine.TicketID
	KeyWon  int64
	KeyLost int64
}

// PolicyName is the policy that decided, as name@hash with the first six digits of the hash.
func (e *Entry) PolicyName() string { return PolicyName(e.Policy) }

// PolicyName writes a policy as name@hash with the first six digits of the hash; nil is the empty text.
func PolicyName(p *engine.Policy) string {
	if p == nil {
		return ""
	}
	return fmt.Sprintf("%s@%x", p.Name, p.Hash[:3])
}

// rowOf copies what an event says of those who were passed.
func rowOf(ev *engine.Event, d demand) Row {
	return Row{Ticket: ev.Ticket, Class: ev.Class, Demand: ev.Demand, Channel: d.channel, Needs: d.needs, Only: d.only, Node: ev.Node,
		Guard: ev.Guard, Why: ev.Why, Count: ev.Count, From: ev.From, Before: ev.Before, Winner: ev.Rival,
		KeyWon: ev.KeyWon, KeyLost: ev.KeyLost}
}

// about reports whether a row may be about a waiting ticket that has none of its own.
func (r *Row) about(c engine.ClassID, d engine.DemandID, p engine.Place) bool {
	return r.Why != engine.ByCoolOff && r.Class == c && r.Demand == d && !p.Before(r.From) && p.Before(r.Before)
}
