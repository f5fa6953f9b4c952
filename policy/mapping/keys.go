package mapping

import (
	"regexp"
	"slices"

	"fairline/policy/sheet"
)

// EventsMax bounds the entries of a file, and each table in one.
const EventsMax = 64

// eachMax bounds the pointers of an entry.
const eachMax = 16

var kinds = []string{"bluesky", "instagram", "linkedin", "mail", "mastodon", "messenger", "tel", "telegram", "twilio", "whatsapp", "x", "zendesk"}

// Kinds are the kinds of identities that mappings, and the channels beside them, have customers by.
func Kinds() []string { return slices.Clone(kinds) }

// clocks are how a time may stand in an event.
var clocks = []string{"epoch", "seconds", "milliseconds", "microseconds", "rfc3339", "rfc1123", "x"}

var (
	fieldNaming = &sheet.Naming{Form: regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`), Not: "cannot be a name",
		Help: "a name begins with a letter a-z and goes on with a-z, 0-9 and _"}
	skillNaming = &sheet.Naming{Form: regexp.MustCompile(`^[^\s@]{1,64}(@[1-5])?$`), Not: "is no skill",
		Help: "write it as `german`, or with a level from 1 to 5: german@2"}
)

const sourceWanted = "a JSON pointer such as /user/id, or an expression in CEL"

var (
	aText   = &sheet.Shape{Kind: sheet.Text, Wanted: "a text"}
	aName   = &sheet.Shape{Kind: sheet.Text, Names: sheet.Name, Wanted: "a name"}
	aSource = &sheet.Shape{Kind: sheet.Text, Wanted: sourceWanted}
	isTrue  = &sheet.Shape{Kind: sheet.Text, Wanted: "an expression that is true or false, in quotes"}

	plainShape = &sheet.Shape{Kind: sheet.Choice, Wanted: sourceWanted + ", or {plain: ...}", Alts: []*sheet.Shape{aSource,
		{Kind: sheet.Record, Wanted: "{plain: ...}", Keys: []sheet.Key{
			sheet.Must("plain", aSource, "It stands in the contact as it is, not as a hash: for numbers in which nobody's name is."),
		}}}}
	timeShape = &sheet.Shape{Kind: sheet.Choice, Wanted: "a pointer to a date of RFC 3339, or {at: ..., as: ...}", Alts: []*sheet.Shape{aSource,
		{Kind: sheet.Record, Wanted: "{at: ..., as: ...}", Keys: []sheet.Key{
			sheet.Must("at", aSource, "Where the time stands."),
			sheet.Must("as", &sheet.Shape{Kind: sheet.Text, Words: clocks, Wanted: "how a time is written"}, "How it is written; the first four since 1970, and epoch is seconds, milliseconds or microseconds, by its size."),
		}}}}

	eachShape = &sheet.Shape{Kind: sheet.Choice, Wanted: "a JSON pointer such as /entry/*/messaging/*, or a list of pointers", Alts: []*sheet.Shape{
		{Kind: sheet.Text, Wanted: "a JSON pointer"},
		{Kind: sheet.List, Elem: &sheet.Shape{Kind: sheet.Text, Wanted: "a JSON pointer"}, Wanted: "a list of JSON pointers", Max: eachMax}}}

	eventShape = &sheet.Shape{Kind: sheet.Record, Wanted: "{name: ..., id: ..., ...}", Keys: []sheet.Key{
		sheet.Must("name", aName, "Name of the entry: it stands in counts."),
		sheet.May("each", eachShape, "JSON pointer to the events in the body, with * for every element of a list: /entry/*/messaging/*; or several, where events of the same form stand. Default: the body is one event."),
		sheet.May("when", isTrue, "Which of them the entry takes. Default: all that no entry above it took."),
		sheet.May("channel", aName, "The policy's channel: the event is a contact."),
		sheet.May("ends", aText, "The event takes a contact back, with this reason: `deleted`."),
		sheet.May("skip", aText, "The event is passed over, and this says why."),
		sheet.May("id", aSource, "What tells the contact from all others of the platform. It is kept as a hash.").Beside("channel", "ends"),
		sheet.May("line", aSource, "Name of the line, where it is not the adapter's own; or an expression for it.").Beside("channel", "ends"),
		sheet.May("customer", &sheet.Shape{Kind: sheet.Record, Wanted: "{kind: ..., id: ...}", Keys: []sheet.Key{
			sheet.Must("kind", &sheet.Shape{Kind: sheet.Text, Words: kinds, Wanted: "a kind of identity"}, "What the id is an id of."),
			sheet.Must("id", aSource, "The platform's stable id of the account, or a number in E.164. No display name."),
			sheet.May("verified", isTrue, "Whether the platform vouches for it. Default: it does."),
		}}, "Who it is. Default: nobody known.").Beside("channel"),
		sheet.May("matter", plainShape, "What contacts of one customer have in common, such as a thread. It is kept as a hash.").Beside("channel"),
		sheet.May("ref", plainShape, "Where the content is. Kept as a hash. Default: that of `id`.").Beside("channel"),
		sheet.May("reply_to", aSource, "Where the platform takes an answer that nobody but the customer reads: an account, a chat. Default: no answer is sent.").Beside("channel"),
		sheet.May("arrived", timeShape, "Since when it waits. Default: since the program has it.").Beside("channel"),
		sheet.May("due", timeShape, "Until when an answer is of use: `within 24h` after the arrival, or a time in the event. Default: none.").Beside("channel"),
		sheet.May("origin", aSource, "`direct` (default), `overheard`: nobody addressed us; or an expression that is one of the two.").Beside("channel"),
		sheet.May("filter", isTrue, "Which overheard events become contacts. What it drops is counted. Default: all.").Beside("channel"),
		sheet.May("needs", &sheet.Shape{Kind: sheet.Table, Names: skillNaming, Elem: isTrue, Wanted: "skills, each with an expression", Max: EventsMax},
			"Skills that the contact needs where the expression is true.").Beside("channel"),
		sheet.May("attributes", &sheet.Shape{Kind: sheet.Table, Names: fieldNaming, Elem: aSource, Wanted: "attributes by name", Max: EventsMax},
			"What goes with the contact where the policy declares it and does not forbid it.").Beside("channel"),
	}}

	fileShape = &sheet.Shape{Kind: sheet.Record, Wanted: "a mapping", Keys: []sheet.Key{
		sheet.Must("fairline", &sheet.Shape{Kind: sheet.Whole, Wanted: "a whole number"}, "Number of the format: 1."),
		sheet.Must("mapping", aName, "Name of the mapping. It stands in the ID of every contact; another name makes other contacts."),
		sheet.May("description", aText, "What it is for, for people."),
		sheet.Must("verify", &sheet.Shape{Kind: sheet.Text, Words: schemes, Wanted: "a scheme"}, "How an event proves where it comes from."),
		sheet.May("answer", &sheet.Shape{Kind: sheet.Record, Wanted: "{type: ..., body: ...}", Keys: []sheet.Key{
			sheet.Must("type", aText, "Content type of the answer."),
			sheet.Must("body", aText, "The answer. It is the same for every event."),
		}}, "What the sender is answered where its events were stored. Default: nothing but status 200."),
		sheet.May("variables", &sheet.Shape{Kind: sheet.Table, Names: fieldNaming, Elem: &sheet.Shape{Kind: sheet.Text, Wanted: "an expression"}, Wanted: "expressions by name", Max: EventsMax},
			"Expressions that others may name. Each may use those above it."),
		sheet.Must("events", &sheet.Shape{Kind: sheet.List, Elem: eventShape, Wanted: "a list of entries", Max: EventsMax},
			"The first entry that takes an event says what becomes of it."),
	}}
)

// Schema returns a JSON Schema (draft 2020-12) of mapping files, for editors. It is made from the table of keys that Parse
// goes by; it does not read expressions and pointers.
func Schema() []byte { return sheet.Schema("fairline mapping", fileShape) }
