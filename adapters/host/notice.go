package host

import "fairline/engine"

// What the line says; see docs/bus.md.
type (
	offeredToAgent struct {
		Offer    engine.OfferID `json:"offer"`
		Attempt  uint32         `json:"attempt"`
		Adapter  string         `json:"adapter"`
		ID       string         `json:"id"`
		Channel  string         `json:"channel"`
		Arrived  string         `json:"arrived"`
		Deadline string         `json:"deadline"`
		Ref      string         `json:"ref,omitempty"`
	}
	withdrawn struct {
		Offer engine.OfferID `json:"offer"`
		Why   string         `json:"why"`
	}
	onBreak struct {
		Why string `json:"why"`
	}
	withAgent struct {
		ID      string          `json:"id"`
		Ticket  engine.TicketID `json:"ticket"`
		Offer   engine.OfferID  `json:"offer"`
		Attempt uint32          `json:"attempt"`
		Agent   string          `json:"agent"`
		For     engine.TicketID `json:"for,omitempty"` // the contact that the agent was offered, where it is another of the ticket
		// CallBack says that the customer does not hold on: an agent calls back.
		CallBack bool `json:"call_back,omitempty"`
	}
	offeredOut  withAgent
	acceptedOut withAgent
	returned    struct {
		ID      string          `json:"id"`
		Ticket  engine.TicketID `json:"ticket"`
		Offer   engine.OfferID  `json:"offer"`
		Attempt uint32          `json:"attempt"`
		Why     string          `json:"why"`
	}
	hasEnded struct {
		ID     string          `json:"id"`
		Ticket engine.TicketID `json:"ticket"`
		End    string          `json:"end"`
		Reason string          `json:"reason,omitempty"` // as the policy or somebody gives it
	}
	isHeld struct {
		ID     string          `json:"id"`
		Ticket engine.TicketID `json:"ticket"`
		Why    string          `json:"why"`
		// Offer and Attempt are of the work in hand that was held; none: nobody had it in hand.
		Offer   engine.OfferID `json:"offer,omitempty"`
		Attempt uint32         `json:"attempt,omitempty"`
		Until   string         `json:"until,omitempty"`
		Reason  string         `json:"reason,omitempty"`
	}
	released struct {
		ID     string          `json:"id"`
		Ticket engine.TicketID `json:"ticket"`
		Why    string          `json:"why"`
	}
	joinedTo struct {
		ID     string          `json:"id"`
		Ticket engine.TicketID `json:"ticket"` // its own number
		To     engine.TicketID `json:"to"`
	}
	unlinked struct {
		ID     string          `json:"id"`
		Ticket engine.TicketID `json:"ticket"`
		From   engine.TicketID `json:"from"`
	}
	calledBack struct {
		ID     string          `json:"id"`
		Ticket engine.TicketID `json:"ticket"`
		Why    string          `json:"why"`
	}
	movedOut struct {
		ID     string          `json:"id"`
		Ticket engine.TicketID `json:"ticket"`
		Line   string          `json:"line"`
	}
	putAside struct {
		Offer engine.OfferID `json:"offer"`
	}
	takenUp   putAside
	attention struct {
		Ticket   engine.TicketID `json:"ticket"`
		Adapter  string          `json:"adapter"`
		ID       string          `json:"id"`
		MissedBy []string        `json:"missed_by"`
	}
	overLimit struct {
		Ticket  engine.TicketID `json:"ticket"`
		Adapter string          `json:"adapter"`
		ID      string          `json:"id"`
		Class   string          `json:"class"`
		Count   uint32          `json:"count"` // starts of the class in its window, this one included
	}
	agentLost struct {
		Agent string `json:"agent"`
		Until string `json:"until"` // until then its work in hand is kept
	}
	agentFound struct {
		Agent string `json:"agent"`
	}
	lineClosed struct {
		Class  string `json:"class,omitempty"` // none: the line
		Why    string `json:"why"`
		By     string `json:"by,omitempty"`
		Reason string `json:"reason,omitempty"`
	}
	lineOpened lineClosed
	adopted    struct {
		Policy string `json:"policy"` // name@hash
	}
)

// A notice is a payload that the line says of itself. Its kind is the door and the last token of its subject.
type notice interface {
	kind() (door, what string)
}

// notices has one of each kind.
var notices = []notice{
	offeredToAgent{}, withdrawn{}, onBreak{}, offeredOut{}, acceptedOut{}, returned{}, hasEnded{},
	isHeld{}, released{}, joinedTo{}, unlinked{}, calledBack{}, movedOut{}, putAside{}, takenUp{},
	attention{}, overLimit{}, agentLost{}, agentFound{}, lineClosed{}, lineOpened{}, adopted{},
}

func (offeredToAgent) kind() (string, string) { return "agent", "offered" }
func (withdrawn) kind() (string, string)      { return "agent", "withdrawn" }
func (onBreak) kind() (string, string)        { return "agent", "on-break" }
func (offeredOut) kind() (string, string)     { return "out", "offered" }
func (acceptedOut) kind() (string, string)    { return "out", "accepted" }
func (returned) kind() (string, string)       { return "out", "returned" }
func (hasEnded) kind() (string, string)       { return "out", "ended" }

func (isHeld) kind() (string, string)     { return "out", "held" }
func (released) kind() (string, string)   { return "out", "released" }
func (joinedTo) kind() (string, string)   { return "out", "joined" }
func (unlinked) kind() (string, string)   { return "out", "unlinked" }
func (calledBack) kind() (string, string) { return "out", "called-back" }
func (movedOut) kind() (string, string)   { return "out", "moved" }
func (putAside) kind() (string, string)   { return "agent", "put-aside" }
func (takenUp) kind() (string, string)    { return "agent", "taken-up" }
func (attention) kind() (string, string)  { return "say", "attention" }
func (overLimit) kind() (string, string)  { return "say", "over-limit" }
func (agentLost) kind() (string, string)  { return "say", "lost" }
func (agentFound) kind() (string, string) { return "say", "found" }
func (lineClosed) kind() (string, string) { return "say", "closed" }
func (lineOpened) kind() (string, string) { return "say", "opened" }
func (adopted) kind() (string, string)    { return "say", "adopted" }
