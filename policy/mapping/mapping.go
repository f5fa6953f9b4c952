package mapping

import (
	"time"

	"cel.dev/cel-go/cel"

	"fairline/policy"
	"fairline/policy/sheet"
)

// A Scheme is how a platform proves that an event comes from it.
type Scheme string

// The schemes. Stream is for events that the program fetches itself over a connection of its own.
const (
	Meta     Scheme = "meta"
	X        Scheme = "x"
	Telegram Scheme = "telegram"
	LinkedIn Scheme = "linkedin"
	Twilio   Scheme = "twilio"
	Zendesk  Scheme = "zendesk"
	Standard Scheme = "standard"
	Loopback Scheme = "none-on-loopback" // nothing is proved: from the same machine only, and nobody is verified
	Stream   Scheme = "stream"
)

var schemes = []string{string(Meta), string(X), string(Telegram), string(LinkedIn), string(Twilio), string(Zendesk),
	string(Standard), string(Loopback), string(Stream)}

// A Mapping is a mapping file without an error, compiled. It is read-only and may be shared.
type Mapping struct {
	Name        string // it stands in the ID of each contact: another name makes other contacts
	File        string
	Description string
	Scheme      Scheme
	Answer      Answer // what a sender is answered where its events were stored

	variables []variable
	events    []*event
	policy    *policy.Policy // nil: of no policy
	src       []byte
}

// An Answer is the body of an answer that never differs. Empty: none.
type Answer struct{ Type, Body string }

// Under is the same mapping held to another policy; nil, with the faults that it has there, where one is an Error. The mapping
// itself stays as it is.
func (m *Mapping) Under(p *policy.Policy) (*Mapping, sheet.Faults) { return Parse(m.File, m.src, p) }

// Events are the names of the entries, in file order.
func (m *Mapping) Events() []string {
	var names []string
	for _, e := range m.events {
		names = append(names, e.name)
	}
	return names
}

// A variable is an expression with a name.
type variable struct {
	name  string
	prg   cel.Program
	reads []path // beside what it is
	is    []path // the places whose value it is, where it is nothing else
}

// An event is one entry of a mapping: which events it takes, and what becomes of them.
type event struct {
	name string
	each [][]string // pointers to the events; one of no step is the body
	when *source

	channel  string // of a contact
	ends     string // the reason with which the contact of id ends
	skip     string // why it is passed over
	id       *source
	kind     string
	customer *source
	verified *source
	matter   named
	ref      named
	replyTo  *source
	arrived  instant
	due      instant
	origin   *source // nil: direct
	filter   *source
	line     *source
	needs    []output
	attrs    []output
}

// A named is something that stands in a contact as a hash, or where it is plain as it is.
type named struct {
	*source
	plain bool
}

// An instant is a time in an event.
type instant struct {
	*source
	as     string
	within time.Duration // after the arrival; 0: the source says
}

// An output is a source with its name.
type output struct {
	name string
	*source
}

// An Input is one body that came.
type Input struct {
	Body  any      // as Decode gives it
	Kind  string   // of a stream's event: update, notification, ...
	Us    string   // our own account, as the platform names it
	Words []string // what posts are looked for, in lower case
	Now   time.Time
}

// A Contact is what a mapping makes of an event.
type Contact struct {
	Event      string // name of the entry
	Line       string // empty: the adapter's own
	ID         string
	Channel    string
	Kind       string // of the identity: whatsapp, tel, ...
	Identity   string // for the vault only; empty: nobody known
	Verified   bool   // never of what is overheard: what is learned there reaches no other ticket of theirs
	Matter     string
	Arrived    time.Time // zero: now
	Due        time.Time // zero: none
	Needs      []string
	Attributes map[string]any
	Overheard  bool
	Ref        string
	Kept       []string // attributes that are not handed on, each with why, sorted
	ReplyTo    string   // for who answers only; empty: nobody may
	Content    any      // the event: what the customer wrote, for a store of contents only
}

// An Ending is a contact that its customer took back.
type Ending struct {
	Event  string `json:"event"`
	Line   string `json:"line,omitempty"`
	ID     string `json:"id"`
	Reason string `json:"reason"`
}

// Filtered is why an event is dropped that an entry's filter did not take.
const Filtered = "the filter does not take it"

// A Drop is an event that became nothing.
type Drop struct {
	Event string `json:"event"`
	ID    string `json:"id,omitempty"`
	Why   string `json:"why"`
	// Content is the event, as a Contact has it, where it is Filtered.
	Content any `json:"-"`
}

// A Result is what a mapping makes of a body. Contacts come before endings.
type Result struct {
	Contacts []Contact
	Endings  []Ending
	Drops    []Drop
	Others   int // events that no entry takes; 1 where the body has no event at all
	Errors   int // expressions that gave no answer, such as for a key that is not there: they count as no
}
