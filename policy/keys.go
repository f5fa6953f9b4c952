package policy

import (
	"math"
	"regexp"

	"fairline/policy/sheet"
)

// Limits of a policy file. Those of the compiled policy stand in package engine.
const (
	FileMax      = sheet.FileMax      // bytes
	FileDepthMax = sheet.FileDepthMax // mappings and lists inside one another
	AttrsMax     = 64                 // attributes that a file may declare; rules and orders read at most engine.AttrsMax
	GroupsMax    = 128                // groups
	ExamplesMax  = 1000               // examples
	DurationMax  = sheet.DurationMax  // the longest duration
)

// Names that are not written like most.
var (
	attrNaming = &sheet.Naming{Form: regexp.MustCompile(`^[a-z][a-z0-9_]*$`), Not: "cannot be a name",
		Help: "an attribute's name begins with a letter a-z and goes on with a-z, 0-9 and _"}
	daysNaming = &sheet.Naming{Form: regexp.MustCompile(`^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$`), Not: "is no day",
		Help: "write mon, tue, wed, thu, fri, sat, sun, or days from one to another: mon-fri"}
	skillNaming = &sheet.Naming{Form: regexp.MustCompile(`^[^\s@]{1,64}$`), Not: "cannot be a name",
		Help: "a skill has no blank and no @: its level stands in `level`"}
)

var (
	aText  = &sheet.Shape{Kind: sheet.Text, Wanted: "a text"}
	aName  = &sheet.Shape{Kind: sheet.Text, Names: sheet.Name, Wanted: "a name"}
	aWhole = &sheet.Shape{Kind: sheet.Whole, Wanted: "a whole number"}
	aSeed  = &sheet.Shape{Kind: sheet.Whole, Hi: math.MaxInt64, Wanted: "a whole number"}
	aSpan  = &sheet.Shape{Kind: sheet.Duration, Wanted: "a duration such as 90s or 1h30m"}
	aWait  = &sheet.Shape{Kind: sheet.Duration, Wait: true, Wanted: "a duration such as 90s or 1h30m"}
	aTruth = &sheet.Shape{Kind: sheet.Truth, Wanted: "true or false"}
	aPlace = &sheet.Shape{Kind: sheet.Text, Words: []string{"keep", "end of the line"}, Wanted: "keep, or end of the line"}
	aValue = &sheet.Shape{Kind: sheet.Value, Wanted: "a value"}
	names  = &sheet.Shape{Kind: sheet.List, Elem: aText, Wanted: "a list of names", Max: 512}

	fileShape = &sheet.Shape{Kind: sheet.Record, Wanted: "a policy", Keys: []sheet.Key{
		sheet.Must("fairline", aWhole, "Number of the format: 1."),
		sheet.Must("policy", aName, "Name of the policy. It stands in every decision."),
		sheet.May("description", aText, "What the policy wants, for people."),
		sheet.May("timezone", aText, "Name of a timezone, such as Europe/Vienna. Required with hours and closed; no default."),
		sheet.May("hours", hoursShape, "When agents serve, by days of the week. Default: always."),
		sheet.May("closed", &sheet.Shape{Kind: sheet.List, Elem: &sheet.Shape{Kind: sheet.Own, Check: checkDayDate, Form: dayText, Wanted: "a day such as 2026-12-25"}, Wanted: "a list of days", Max: 2000},
			"Whole days on which the line's hours do not hold. Default: none."),
		sheet.May("clock", &sheet.Shape{Kind: sheet.Text, Words: []string{"wall", "open"}, Wanted: "open or wall"},
			"What waits and targets count: open is the hours only (default with `hours`), wall is all time (default without)."),
		sheet.May("attributes", &sheet.Shape{Kind: sheet.Table, Names: attrNaming, Elem: attributeShape, Wanted: "attributes by name", Max: AttrsMax},
			"What a ticket carries, with its type. A rule reads it as ticket.NAME."),
		sheet.May("never", names, "Attributes or built-in fields that may not buy or cost a place."),
		sheet.Must("channels", &sheet.Shape{Kind: sheet.Table, Names: sheet.Name, Elem: channelShape, Wanted: "channels by name", Max: 16},
			"Every channel of the line. A ticket of another one is refused."),
		sheet.Must("classes", &sheet.Shape{Kind: sheet.List, Elem: classShape, Wanted: "a list of classes", Max: 256},
			"The first class whose `when` is true takes the ticket. The last has no `when`."),
		sheet.May("order", orderShape, "Who is first. Default: arrival."),
		sheet.May("groups", &sheet.Shape{Kind: sheet.Table, Names: sheet.Name, Elem: groupShape, Wanted: "groups by name", Max: GroupsMax},
			"Groups stand in an order where a class can, and have an order of their own."),
		sheet.May("of", names, "Members, where the discipline does not name them."),
		sheet.May("reason", aText, "Why members of the line may overtake."),
		sheet.May("protect", protectShape, "Rights of those who are overtaken. The first entry that has something to say decides."),
		sheet.May("reserve", &sheet.Shape{Kind: sheet.List, Elem: reserveShape, Wanted: "a list of entries", Max: 64},
			"Agents kept free for some classes: the only thing that lets an agent idle while somebody waits. Default: nobody."),
		sheet.May("skills", &sheet.Shape{Kind: sheet.List, Elem: skillShape, Wanted: "a list of skills", Max: 64},
			"What tickets need, added to the needs they arrive with. Default: nothing."),
		sheet.May("agents", agentsShape, "How an agent is chosen."),
		sheet.May("join", joinShape, "Contacts that become one ticket. Default: the same customer and matter, within 30d."),
		sheet.May("place", placeShape, "Who keeps the place. Default: everybody."),
		sheet.May("callback", callbackShape, "How often a customer is called back, and what then. Default: without end, every 30m."),
		sheet.May("full", &sheet.Shape{Kind: sheet.Record, Wanted: "{at: 2000, say: ...}", Keys: []sheet.Key{
			sheet.Must("at", aWhole, "Tickets that may wait; one more is refused."),
			sheet.Must("say", aText, "The reason given to those who are refused."),
		}}, "When the line is full. Default: 1,000,000 tickets."),
		sheet.May("expire", &sheet.Shape{Kind: sheet.List, Elem: expireShape, Wanted: "a list of entries", Max: 64},
			"The only way in which a waiting ticket ends without its customer. Default: never."),
		sheet.May("examples", &sheet.Shape{Kind: sheet.List, Elem: exampleShape, Wanted: "a list of examples", Max: ExamplesMax},
			"Tickets and the class they must get. Run at every check and reload."),
	}}

	attributeShape = &sheet.Shape{Kind: sheet.Record, Wanted: "{type: ...} or {one_of: [...]}", Keys: []sheet.Key{
		sheet.May("type", &sheet.Shape{Kind: sheet.Text, Wanted: "a type", Words: []string{"string", "int", "bool", "duration", "timestamp", "list"}}, "string, int, bool, duration or timestamp."),
		sheet.May("one_of", &sheet.Shape{Kind: sheet.List, Elem: aText, Wanted: "a list of texts", Max: 1000}, "A text from this list."),
		sheet.May("min", aValue, "The least value, inclusive."),
		sheet.May("max", aValue, "The greatest value, inclusive."),
		sheet.May("else", aValue, "The value of a ticket that does not carry it. Without it a rule asks has() first."),
		sheet.May("from", names, "Attributes that the sender computes it from; `never` follows them."),
		sheet.May("asserted_by", names, "Who may say so."),
	}}

	channelShape = &sheet.Shape{Kind: sheet.Record, Wanted: "{takes: ..., ...}", Keys: []sheet.Key{
		sheet.Must("takes", &sheet.Shape{Kind: sheet.Own, Check: checkTakes, Form: `^(agent|1 of [1-9][0-9]?)$`, Wanted: "agent, or 1 of N"}, "agent: fills the agent. 1 of N: N at once."),
		sheet.May("offer", aSpan, "How long an agent may look at an offer. Default 20s."),
		sheet.May("handling", aSpan, "Expected work on a ticket."),
		sheet.May("target", &sheet.Shape{Kind: sheet.Own, Check: checkGoal, Form: `^[0-9]{1,3}% within [0-9]+[wdhms]`, Wanted: "such as 80% within 60s"}, "For reports, and for `due: target`."),
		sheet.May("late", aSpan, "How far back an arrival may be claimed. Default 0s."),
		sheet.May("closed", &sheet.Shape{Kind: sheet.Text, Words: []string{"wait", "refuse", "callback"}, Wanted: "wait, refuse or callback"},
			"What a ticket gets that comes outside the hours: wait (default), refuse, or callback."),
		sheet.May("live", aTruth, "Somebody is there while waiting. Default true for phone, chat, video and callback, else false."),
		sheet.May("grace", aSpan, "How long a caller who was cut off has the old place. Live channels only. Default 0s."),
		sheet.May("leave_after", aSpan, "After this wait the caller need not hold on: an agent calls back. Live channels only. Default: never."),
		sheet.May("interrupt", names, "Deferred channels whose work in hand a ticket of this one may put aside. Default: none."),
	}}

	classShape = &sheet.Shape{Kind: sheet.Record, Wanted: "{name: ..., when: ...}", Keys: []sheet.Key{
		sheet.Must("name", aName, "Name of the class."),
		sheet.May("when", &sheet.Shape{Kind: sheet.Own, Check: checkWhen, JSON: []string{"string", "boolean"}, Wanted: "an expression"}, "True for the tickets of the class. Asked when a ticket arrives or changes, never by the clock."),
		sheet.May("reason", aText, "Why it may overtake; read by those it overtakes."),
		sheet.May("target", &sheet.Shape{Kind: sheet.Own, Check: checkGoal, Form: `^[0-9]{1,3}% within [0-9]+[wdhms]`, Wanted: "such as 95% within 30s"}, "Replaces the channel's."),
		sheet.May("limit", &sheet.Shape{Kind: sheet.Own, Check: checkRate, Form: `^[1-9][0-9]* per [0-9]+([wdhms]|ms)`, Wanted: "such as 3 per 15m"}, "Bounds the starts of the class that overtake somebody. Default: no limit."),
		sheet.May("beyond", &sheet.Shape{Kind: sheet.Text, Words: []string{"next class", "go ahead and alarm"}, Wanted: "next class, or go ahead and alarm"},
			"Required with limit: what a ticket over it gets."),
		sheet.May("hours", hoursShape, "When the class is served, instead of the line's hours and closed days. Default: the line's."),
	}}

	groupShape = &sheet.Shape{Kind: sheet.Record, Wanted: "{order: ..., ...}", Keys: []sheet.Key{
		sheet.May("order", orderShape, "Who is first in the group. Default: arrival."),
		sheet.May("of", names, "Members, where the discipline does not name them."),
		sheet.May("reason", aText, "Why members of the group may overtake."),
		sheet.May("protect", protectShape, "Rights that act between tickets inside the group."),
	}}

	exampleShape = &sheet.Shape{Kind: sheet.Record, Wanted: "{ticket: {...}, class: ...}", Keys: []sheet.Key{
		sheet.Must("ticket", &sheet.Shape{Kind: sheet.Table, Elem: &sheet.Shape{Kind: sheet.Choice, Wanted: "a value", Alts: []*sheet.Shape{aValue, names}}, Wanted: "a ticket", Max: 128}, "Fields and attributes of a ticket, side by side."),
		sheet.Must("class", aText, "The class it must get."),
	}}
)
