package ledger

import (
	"fmt"
	"strings"

	"fairline/engine"
)

// A Rule is the place in a policy file that let somebody be passed.
type Rule struct {
	Policy string // name@hash
	Line   int    // in the file; 0 where no line of it did
	Node   string // the name of the group, "line" for the whole
	What   string // the discipline or the protection, by its key in the file; else, where neither did, see below

	// Of What "pull" and "move": who asked for the ticket, an agent or a supervisor, and the reason given.
	Asker  engine.AgentID
	Reason engine.Word
}

// What a Rule says where no line of the policy decided.
const (
	CoolOff     = "cool-off"     // the agent had just missed the one who was passed
	MissedOffer = "missed offer" // an offer of the one who was passed rang in vain
	Pull        = "pull"         // the agent asked for the one who went ahead
	Move        = "move"         // a supervisor wanted the one who went ahead next
	Preference  = "preferred agent"
	Interrupt   = "interrupt" // deferred work was put aside for the one who went ahead
	Drain       = "drain"     // the agent was kept free for the one who went ahead
	Reserve     = "reserve"   // the agent was kept for classes that the one who was passed is not of
	Cap         = "cap"       // the agent had started as many like the one who was passed as it may in a while
)

// whats are the causes that are no line of the policy.
var whats = map[engine.Cause]string{engine.ByCoolOff: CoolOff, engine.ByMiss: MissedOffer, engine.ByPull: Pull,
	engine.ByMove: Move, engine.ByPreference: Preference, engine.ByDrain: Drain,
	engine.ByInterrupt: Interrupt, engine.ByReserve: Reserve, engine.ByCap: Cap}

// String writes a rule as name:line@hash.
func (r Rule) String() string {
	name, hash, _ := strings.Cut(r.Policy, "@")
	if r.Line == 0 {
		return r.What
	}
	return fmt.Sprintf("%s:%d@%s", name, r.Line, hash)
}

// protections are the keys of protections in a policy file.
var protections = map[engine.ProtectionKind]string{
	engine.OvertakenAtMost:        "overtaken_at_most",
	engine.OvertakenOnlyWithin:    "overtaken_only_within",
	engine.FirstAfter:             "first_after",
	engine.PassedByCapacityAtMost: "passed_by_capacity_at_most",
	engine.Budget:                 "budget",
	engine.MinShare:               "min_share",
}

// RuleOf returns the place in p that a row is charged to. Who was passed because the agent had just declined them, or
// because somebody asked for another, is charged to no line of the policy.
func RuleOf(p *engine.Policy, n engine.NodeID, guard int8, why engine.Cause) Rule {
	r := Rule{Policy: PolicyName(p), What: whats[why]}
	if r.What != "" {
		return r
	}
	node := nodeOf(p, n)
	if node == nil {
		return r
	}
	r.Node, r.Line, r.What = node.Name, node.Line, node.Order.Name()
	if guard >= 0 && int(guard) < len(node.Protect) {
		g := &node.Protect[guard]
		r.Line, r.What = g.Line, protections[g.Kind]
	}
	return r
}

// Rule returns the place in the policy that a row of e is charged to.
func (e *Entry) Rule(r *Row) Rule {
	rule := RuleOf(e.Policy, r.Node, r.Guard, r.Why)
	if r.Why == engine.ByPull || r.Why == engine.ByMove {
		rule.Asker, rule.Reason = e.Asker, e.Wish
	}
	return rule
}

// nodeOf returns a node of a policy, or nil.
func nodeOf(p *engine.Policy, id engine.NodeID) *engine.Node {
	if nodes := p.Nodes(); int(id) < len(nodes) {
		return nodes[id]
	}
	return nil
}

// ReasonOf returns the reason that the policy file gives for a row of e: that of the class that went ahead, else that of
// the group that decided. Where the group showed somebody else than the one who was served, whose class a row does not
// have, and where both are of one class, the group's comes first. It is empty where the file gives none, and where no line of it decided.
func (e *Entry) ReasonOf(r *Row) string {
	if whats[r.Why] != "" {
		return ""
	}
	class, group := e.Policy.Classes[e.Class].Reason, ""
	if node := nodeOf(e.Policy, r.Node); node != nil {
		group = node.Reason
	}
	if r.Winner != e.Ticket || r.Class == e.Class {
		class, group = group, class
	}
	if class != "" {
		return class
	}
	return group
}

// A KeyKind says what the keys of a discipline are.
type KeyKind string

// The kinds of keys.
const (
	KeyNone    KeyKind = ""         // nothing was compared: a protection or a cool-off decided
	KeyInstant KeyKind = "instant"  // nanoseconds since 1970: the earlier goes first
	KeyLatest  KeyKind = "latest"   // nanoseconds since 1970: the later goes first
	KeyMember  KeyKind = "member"   // a member of the group: the one listed first goes first
	KeyValue   KeyKind = "value"    // a number: the greater goes first
	KeyWait    KeyKind = "weighted" // nanoseconds, a wait as often as its rate says: the greater goes first
	KeyCost    KeyKind = "cost"     // the slope of a cost, see engine.Cost, in nanoseconds: the greater goes first
	KeyExcess  KeyKind = "excess"   // hundredths of a ticket over its part of the queue: the greater goes first
	KeyTurn    KeyKind = "turn"     // the start of a flow, see engine.Share: the least goes first
	KeyLot     KeyKind = "lot"      // drawn: the least goes first, and it means nothing else
)

// Keys are what was compared at the node that a row is charged to: of its winner, and of the ticket that those passed stood
// behind.
type Keys struct {
	Kind      KeyKind
	Won, Lost int64  // as they are read: values with their own sign
	WonName   string // of members
	LostName  string
	Order     string // the discipline

	// Of instants: how much earlier the winner's is, on the clock of the line. Where that clock stands still at times Won
	// and Lost are the first instants at which it shows what was compared; engine.None: it never does.
	Lead engine.Duration
}

// KeysOf reads the keys of a row.
func (e *Entry) KeysOf(r *Row) Keys {
	if r.Why != engine.ByOrder {
		return Keys{}
	}
	return KeysAt(e.Policy, r.Node, r.KeyWon, r.KeyLost)
}

// HeadStart returns the head start that the one who went ahead had, where it was the winner at a node that gives head
// starts.
func (e *Entry) HeadStart(r *Row) (engine.Duration, bool) {
	node := nodeOf(e.Policy, r.Node)
	if r.Why != engine.ByOrder || r.Winner != e.Ticket || node == nil {
		return 0, false
	}
	_, ok := node.Order.(engine.HeadStart)
	return e.Policy.Clock.Opened(e.Place.Arrived) - engine.Duration(r.KeyWon), ok
}

// KeysAt reads the keys that were compared at a node of p.
func KeysAt(p *engine.Policy, id engine.NodeID, won, lost int64) Keys {
	node := nodeOf(p, id)
	if node == nil {
		return Keys{}
	}
	k := Keys{Kind: KeyInstant, Won: won, Lost: lost, Order: node.Order.Name()}
	switch node.Order.(type) {
	case engine.Strict:
		k.Kind, k.WonName, k.LostName = KeyMember, memberName(p, node, won), memberName(p, node, lost)
	case engine.Greatest:
		k.Kind, k.Won, k.Lost = KeyValue, -won, -lost
	case engine.LastIn:
		k.Kind, k.Won, k.Lost = KeyLatest, -won, -lost
	case engine.Accumulate:
		k.Kind, k.Won, k.Lost = KeyWait, -won, -lost
	case engine.Cost:
		k.Kind, k.Won, k.Lost = KeyCost, -won, -lost
	case engine.WaitingMix:
		k.Kind, k.Won, k.Lost = KeyExcess, -won, -lost
	case engine.Share:
		k.Kind = KeyTurn
	case engine.Draw:
		k.Kind = KeyLot
	default:
		k.Lead = engine.Duration(lost - won)
		k.Won, k.Lost = int64(p.Clock.When(engine.Duration(won))), int64(p.Clock.When(engine.Duration(lost)))
	}
	return k
}

// memberName is the name of the i-th member of a node.
func memberName(p *engine.Policy, n *engine.Node, i int64) string {
	if i < 0 || i >= int64(len(n.Members)) {
		return ""
	}
	if m := n.Members[i]; m.Group != nil {
		return m.Group.Name
	}
	return p.Classes[n.Members[i].Class].Name
}
