package policy

import "math"

// A kind is the form of a value in a policy file.
type kind uint8

const (
	text      kind = iota + 1 // a text
	whole                     // a whole number
	percent                   // 30%
	price                     // 4 x wait^2
	oneIn                     // 1 in 4
	span                      // a duration: 90s, 1h30m
	goal                      // 80% within 60s
	rate                      // 3 per 15m
	dayHours                  // 08:00-20:00
	dayDate                   // 2026-12-25
	truth                     // true or false
	takes                     // agent, or 1 of 3
	condition                 // a CEL expression
	scalar                    // one value of any type
	record                    // a mapping with the keys of shape.keys
	table                     // a mapping from names to shape.elem
	list                      // a list of shape.elem
	choice                    // one of shape.alts, told apart by the form
)

// A shape says what may stand at a place of a policy file. The parser and the schema for editors both read the table
// of shapes below, so they cannot differ.
type shape struct {
	kind    kind
	keys    []key    // of a record
	elem    *shape   // of a table or list
	words   []string // words that may stand instead of a span; the only words of a text
	pattern string   // of a text, or of the names of a table
	alts    []*shape // of a choice
	wanted  string   // in words, for messages
	max     int      // most elements of a table or list; 0: no limit
	lo, hi  int64    // the range of a whole number; 0, 0: any
	wait    bool     // of a span: a wait, which `clock: open` counts in open time
}

// A presence says whether a key is there.
type presence struct {
	must   bool     // it must be there; where it stands beside another key, with that
	beside []string // keys of its record, any of which gives it a meaning: `share`, or with a value `choose: random`; nil: it has one
}

var optional, required = presence{}, presence{must: true}

func beside(keys ...string) presence   { return presence{beside: keys} }
func neededBy(keys ...string) presence { return presence{must: true, beside: keys} }

// A key is one key of a record.
type key struct {
	name string
	is   *shape
	need presence
	doc  string
}

// Limits of a policy file. Those of the compiled policy stand in package engine.
const (
	FileMax      = 1 << 20 // bytes
	FileDepthMax = 32      // mappings and lists inside one another
	AttrsMax     = 64      // attributes that a file may declare; rules and orders read at most engine.AttrsMax
	GroupsMax    = 128     // groups
	ExamplesMax  = 1000    // examples
)

// Patterns of names.
const (
	namePattern = `^[a-z][a-z0-9-]*$`
	attrPattern = `^[a-z][a-z0-9_]*$`
	daysPattern = `^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$`
	skillForm   = `^[^\s@]{1,64}$`
	spanPattern = `^([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$`
)

var (
	aText  = &shape{kind: text, wanted: "a text"}
	aName  = &shape{kind: text, pattern: namePattern, wanted: "a name"}
	aWhole = &shape{kind: whole, wanted: "a whole number"}
	aSeed  = &shape{kind: whole, hi: math.MaxInt64, wanted: "a whole number"}
	aSpan  = &shape{kind: span, wanted: "a duration such as 90s or 1h30m"}
	aWait  = &shape{kind: span, wait: true, wanted: "a duration such as 90s or 1h30m"}
	aTruth = &shape{kind: truth, wanted: "true or false"}
	aPlace = &shape{kind: text, words: []string{"keep", "end of the line"}, wanted: "keep, or end of the line"}
	aValue = &shape{kind: scalar, wanted: "a value"}
	names  = &shape{kind: list, elem: aText, wanted: "a list of names", max: 512}

	fileShape = &shape{kind: record, wanted: "a policy", keys: []key{
		{"fairline", aWhole, required, "Number of the format: 1."},
		{"policy", aName, required, "Name of the policy. It stands in every decision."},
		{"description", aText, optional, "What the policy wants, for people."},
		{"timezone", aText, optional, "Name of a timezone, such as Europe/Vienna. Required with hours and closed; no default."},
		{"hours", hoursShape, optional, "When agents serve, by days of the week. Default: always."},
		{"closed", &shape{kind: list, elem: &shape{kind: dayDate, wanted: "a day such as 2026-12-25"}, wanted: "a list of days", max: 2000},
			optional, "Whole days on which the line's hours do not hold. Default: none."},
		{"clock", &shape{kind: text, words: []string{"wall", "open"}, wanted: "open or wall"},
			optional, "What waits and targets count: open is the hours only (default with `hours`), wall is all time (default without)."},
		{"attributes", &shape{kind: table, pattern: attrPattern, elem: attributeShape, wanted: "attributes by name", max: AttrsMax},
			optional, "What a ticket carries, with its type. A rule reads it as ticket.NAME."},
		{"never", names, optional, "Attributes or built-in fields that may not buy or cost a place."},
		{"channels", &shape{kind: table, pattern: namePattern, elem: channelShape, wanted: "channels by name", max: 16},
			required, "Every channel of the line. A ticket of another one is refused."},
		{"classes", &shape{kind: list, elem: classShape, wanted: "a list of classes", max: 256},
			required, "The first class whose `when` is true takes the ticket. The last has no `when`."},
		{"order", orderShape, optional, "Who is first. Default: arrival."},
		{"groups", &shape{kind: table, pattern: namePattern, elem: groupShape, wanted: "groups by name", max: GroupsMax},
			optional, "Groups stand in an order where a class can, and have an order of their own."},
		{"of", names, optional, "Members, where the discipline does not name them."},
		{"reason", aText, optional, "Why members of the line may overtake."},
		{"protect", protectShape, optional, "Rights of those who are overtaken. The first entry that has something to say decides."},
		{"reserve", &shape{kind: list, elem: reserveShape, wanted: "a list of entries", max: 64},
			optional, "Agents kept free for some classes: the only thing that lets an agent idle while somebody waits. Default: nobody."},
		{"skills", &shape{kind: list, elem: skillShape, wanted: "a list of skills", max: 64},
			optional, "What tickets need, added to the needs they arrive with. Default: nothing."},
		{"agents", agentsShape, optional, "How an agent is chosen."},
		{"join", joinShape, optional, "Contacts that become one ticket. Default: the same customer and matter, within 30d."},
		{"place", placeShape, optional, "Who keeps the place. Default: everybody."},
		{"callback", callbackShape, optional, "How often a customer is called back, and what then. Default: without end, every 30m."},
		{"full", &shape{kind: record, wanted: "{at: 2000, say: ...}", keys: []key{
			{"at", aWhole, required, "Tickets that may wait; one more is refused."},
			{"say", aText, required, "The reason given to those who are refused."},
		}}, optional, "When the line is full. Default: 1,000,000 tickets."},
		{"expire", &shape{kind: list, elem: expireShape, wanted: "a list of entries", max: 64},
			optional, "The only way in which a waiting ticket ends without its customer. Default: never."},
		{"examples", &shape{kind: list, elem: exampleShape, wanted: "a list of examples", max: ExamplesMax},
			optional, "Tickets and the class they must get. Run at every check and reload."},
	}}

	attributeShape = &shape{kind: record, wanted: "{type: ...} or {one_of: [...]}", keys: []key{
		{"type", &shape{kind: text, wanted: "a type", words: []string{"string", "int", "bool", "duration", "timestamp", "list"}}, optional, "string, int, bool, duration or timestamp."},
		{"one_of", &shape{kind: list, elem: aText, wanted: "a list of texts", max: 1000}, optional, "A text from this list."},
		{"min", aValue, optional, "The least value, inclusive."},
		{"max", aValue, optional, "The greatest value, inclusive."},
		{"else", aValue, optional, "The value of a ticket that does not carry it. Without it a rule asks has() first."},
		{"from", names, optional, "Attributes that the sender computes it from; `never` follows them."},
		{"asserted_by", names, optional, "Who may say so."},
	}}

	channelShape = &shape{kind: record, wanted: "{takes: ..., ...}", keys: []key{
		{"takes", &shape{kind: takes, wanted: "agent, or 1 of N"}, required, "agent: fills the agent. 1 of N: N at once."},
		{"offer", aSpan, optional, "How long an agent may look at an offer. Default 20s."},
		{"handling", aSpan, optional, "Expected work on a ticket."},
		{"target", &shape{kind: goal, wanted: "such as 80% within 60s"}, optional, "For reports, and for `due: target`."},
		{"late", aSpan, optional, "How far back an arrival may be claimed. Default 0s."},
		{"closed", &shape{kind: text, words: []string{"wait", "refuse", "callback"}, wanted: "wait, refuse or callback"},
			optional, "What a ticket gets that comes outside the hours: wait (default), refuse, or callback."},
		{"live", aTruth, optional, "Somebody is there while waiting. Default true for phone, chat, video and callback, else false."},
		{"grace", aSpan, optional, "How long a caller who was cut off has the old place. Live channels only. Default 0s."},
		{"leave_after", aSpan, optional, "After this wait the caller need not hold on: an agent calls back. Live channels only. Default: never."},
		{"interrupt", names, optional, "Deferred channels whose work in hand a ticket of this one may put aside. Default: none."},
	}}

	classShape = &shape{kind: record, wanted: "{name: ..., when: ...}", keys: []key{
		{"name", aName, required, "Name of the class."},
		{"when", &shape{kind: condition, wanted: "an expression"}, optional, "True for the tickets of the class. Asked when a ticket arrives or changes, never by the clock."},
		{"reason", aText, optional, "Why it may overtake; read by those it overtakes."},
		{"target", &shape{kind: goal, wanted: "such as 95% within 30s"}, optional, "Replaces the channel's."},
		{"limit", &shape{kind: rate, wanted: "such as 3 per 15m"}, optional, "Bounds the starts of the class that overtake somebody. Default: no limit."},
		{"beyond", &shape{kind: text, words: []string{"next class", "go ahead and alarm"}, wanted: "next class, or go ahead and alarm"},
			optional, "Required with limit: what a ticket over it gets."},
		{"hours", hoursShape, optional, "When the class is served, instead of the line's hours and closed days. Default: the line's."},
	}}

	groupShape = &shape{kind: record, wanted: "{order: ..., ...}", keys: []key{
		{"order", orderShape, optional, "Who is first in the group. Default: arrival."},
		{"of", names, optional, "Members, where the discipline does not name them."},
		{"reason", aText, optional, "Why members of the group may overtake."},
		{"protect", protectShape, optional, "Rights that act between tickets inside the group."},
	}}

	exampleShape = &shape{kind: record, wanted: "{ticket: {...}, class: ...}", keys: []key{
		{"ticket", &shape{kind: table, elem: &shape{kind: choice, wanted: "a value", alts: []*shape{aValue, names}}, wanted: "a ticket", max: 128}, required, "Fields and attributes of a ticket, side by side."},
		{"class", aText, required, "The class it must get."},
	}}
)
