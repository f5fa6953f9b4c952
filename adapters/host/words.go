package host

import (
	"cmp"
	"fmt"

	"fairline/engine"
	"fairline/engine/ledger"
)

// What explanations and pages of the ledger are made of. Times are RFC 3339 in UTC; spans are whole milliseconds.
type (
	// A Who is a ticket, by its number and by what its adapter calls it where the line still knows that.
	Who struct {
		Ticket  engine.TicketID `json:"ticket"`
		Adapter string          `json:"adapter,omitempty"`
		ID      string          `json:"id,omitempty"`
	}

	// A Rule is the place in a policy file to which something is charged.
	Rule struct {
		Policy string `json:"policy"` // name@hash
		Line   int    `json:"line,omitempty"`
		Group  string `json:"group,omitempty"`
		What   string `json:"what"`           // the discipline or protection; "cool-off", "missed offer", "pull", "move" and so on
		Text   string `json:"text"`           // such as bank:16@3f9c21, or pull by ana: reason
		Says   string `json:"says,omitempty"` // of a protection, a reserve or a cap: what it was about, in words
	}

	// Keys are what was compared there. The winner's first.
	Keys struct {
		Order string `json:"order"`
		Kind  string `json:"kind"` // instant, latest, member, value, weighted, cost, excess, turn or lot
		Won   string `json:"won"`
		Lost  string `json:"lost"`           // of an instant: "never" where the line is not open so long any more
		Text  string `json:"text,omitempty"` // in words, where won and lost do not say it

		LeadMS      int64 `json:"lead_ms,omitempty"`       // of instants: how much earlier the winner's is, in open time
		HeadStartMS int64 `json:"head_start_ms,omitempty"` // the winner's, in open time
	}
)

// who names a ticket.
func (b *Book) who(id engine.TicketID) *Who {
	if id == 0 {
		return nil
	}
	w := &Who{Ticket: id}
	if t := b.Ticket(id); t != nil {
		w.Adapter, w.ID = t.Adapter, t.ID
	}
	return w
}

// person names an agent or a supervisor.
func (b *Book) person(id engine.AgentID) string { return cmp.Or(b.Agent(id), b.Word(id)) }

// rule writes a rule: one that is somebody's wish with the name and the reason.
func (b *Book) rule(r ledger.Rule) *Rule {
	to := &Rule{Policy: r.Policy, Line: r.Line, Group: r.Node, What: r.What, Text: r.String()}
	if r.Asker != 0 {
		to.Text += " by " + b.person(r.Asker)
	}
	if reason := b.Word(r.Reason); reason != "" {
		to.Text += ": " + reason
	}
	return to
}

// keys writes what was compared where a row is charged to; nil where nothing was.
func keys(e *ledger.Entry, r *ledger.Row) *Keys {
	won := -1
	if r.Winner == e.Ticket {
		won = int(e.Class)
	}
	to := keysIn(e.Policy, r.Node, e.KeysOf(r), won, int(r.Class))
	if start, ok := e.HeadStart(r); ok && to != nil {
		to.HeadStartMS = millis(start)
	}
	return to
}

// orNever writes an instant that may never come.
func orNever(i int64) string {
	if i == engine.None {
		return "never"
	}
	return stamp(engine.Instant(i))
}

// keysOf writes keys as payloads have them; nil where nothing was compared.
func keysOf(k ledger.Keys) *Keys {
	to := &Keys{Order: k.Order, Kind: string(k.Kind)}
	switch k.Kind {
	case ledger.KeyInstant:
		to.Won, to.Lost, to.LeadMS = orNever(k.Won), orNever(k.Lost), millis(k.Lead)
	case ledger.KeyLatest:
		to.Won, to.Lost = stamp(engine.Instant(k.Won)), stamp(engine.Instant(k.Lost))
	case ledger.KeyMember:
		to.Won, to.Lost = k.WonName, k.LostName
	case ledger.KeyValue, ledger.KeyWait, ledger.KeyCost, ledger.KeyExcess, ledger.KeyTurn, ledger.KeyLot:
		to.Won, to.Lost = fmt.Sprint(k.Won), fmt.Sprint(k.Lost)
	default:
		return nil
	}
	return to
}

// millis are the whole milliseconds of a span.
func millis(d engine.Duration) int64 { return int64(d / engine.Millisecond) }

// costFormula says what a cost is; the package ledger says why.
const costFormula = "time from acceptance to finish of the one who went ahead / agents on duty at the offer who could serve the one passed"
