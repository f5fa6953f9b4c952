package scenario

import (
	"regexp"

	"fairline/engine"
	"fairline/policy/sheet"
)

// Limits of a scenario file.
const (
	CohortsMax   = 32        // cohorts
	CustomersMax = 256       // sources of customers
	TraceMax     = 1_000_000 // rows of a trace, values of an empirical law
	BatchesMax   = 1_000_000 // customers of a count, tickets that wait at the beginning
)

// Names that are not written like most.
var (
	whenNaming = &sheet.Naming{Form: regexp.MustCompile(`^([01][0-9]:[0-5][0-9]|2[0-3]:[0-5][0-9]|([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?)$`),
		Not: "is no time of the scenario", Help: "write 90m or 2h since the beginning, or what the clock shows: 08:00"}
	attrNaming = &sheet.Naming{Form: regexp.MustCompile(`^[a-z][a-z0-9_]*$`), Not: "cannot be a name",
		Help: "an attribute's name begins with a letter a-z and goes on with a-z, 0-9 and _"}
	skillNaming = &sheet.Naming{Form: regexp.MustCompile(`^[^\s@]{1,64}(@[1-5])?$`), Not: "is no skill",
		Help: "write it as `german`, or with a level from 1 to 5: german@2"}
	lengthNaming = &sheet.Naming{Form: regexp.MustCompile(`^(0|[1-9][0-9]{0,6})$`), Not: "is no length",
		Help: "write how many wait: {10: 20%, 30: 100%}"}
)

var (
	aText  = &sheet.Shape{Kind: sheet.Text, Wanted: "a text"}
	aName  = &sheet.Shape{Kind: sheet.Text, Names: sheet.Name, Wanted: "a name"}
	aWhole = &sheet.Shape{Kind: sheet.Whole, Wanted: "a whole number"}
	aSpan  = &sheet.Shape{Kind: sheet.Duration, Wanted: "a duration such as 90s or 1h30m"}
	aTruth = &sheet.Shape{Kind: sheet.Truth, Wanted: "true or false"}
	aValue = &sheet.Shape{Kind: sheet.Value, Wanted: "a value"}
	aShare = &sheet.Shape{Kind: sheet.Own, Check: checkShare, Form: `^[0-9]+(\.[0-9]+)?%$`, Wanted: "a percentage such as 30%"}
	aRate  = &sheet.Shape{Kind: sheet.Own, Check: checkRate, Form: `^[0-9]+(\.[0-9]+)? per (second|minute|hour|day)$`,
		Wanted: "a rate such as 31 per hour"}
	aWhen = &sheet.Shape{Kind: sheet.Own, Check: checkWhen, Form: whenText, Wanted: "a time such as 08:00 or 90m"}
	aDate = &sheet.Shape{Kind: sheet.Own, Check: checkDate, Form: `^[0-9]{4}-[0-9]{2}-[0-9]{2}`,
		Wanted: "a date such as 2026-04-13 08:00"}
	aSkill = &sheet.Shape{Kind: sheet.Text, Names: skillNaming, Wanted: "a skill"}
	names  = listOf(aText, "a list of names", 256)
	values = listOf(aValue, "a list of values", 256)
	set    = &sheet.Shape{Kind: sheet.Table, Names: attrNaming, Elem: aValue, Wanted: "values by attribute", Max: 64}
)

// wholeTo is a whole number within bounds.
func wholeTo(lo, hi int64) *sheet.Shape {
	return &sheet.Shape{Kind: sheet.Whole, Lo: lo, Hi: hi, Wanted: "a whole number"}
}

// oneWord is one of some words.
func oneWord(words ...string) *sheet.Shape {
	return &sheet.Shape{Kind: sheet.Text, Words: words, Wanted: "a word"}
}

// timesTable is a table by time.
func timesTable(elem *sheet.Shape, wanted string) *sheet.Shape {
	return &sheet.Shape{Kind: sheet.Table, Names: whenNaming, Elem: elem, Wanted: wanted, Max: 2000}
}

var scenarioShape = record("a scenario",
	sheet.Must("fairline", aWhole, "Number of the format: 1."),
	sheet.Must("scenario", aName, "Name of the scenario."),
	sheet.May("description", aText, "What is modelled, and where its numbers come from."),
	sheet.May("starts", aDate, "When it begins, as clocks there show it. Default: Monday 2024-01-01 00:00."),
	sheet.May("timezone", aText, "Name of a timezone, such as Europe/Lisbon. Default: UTC."),
	sheet.Must("length", aSpan, "How long customers come."),
	sheet.May("after", aSpan, "How long it goes on when nobody comes any more. Who waits then still waits. Default 0s."),
	sheet.May("period", aSpan, "What reports are cut into; divides the length. Default: 30m where it does, else the length."),
	sheet.May("targets", &sheet.Shape{Kind: sheet.Table, Names: sheet.Name, Elem: aSpan, Wanted: "durations by channel",
		Max: engine.ChannelsMax},
		"Within which wait a ticket of a channel counts as served in time, instead of the policy's target."),
	sheet.May("short", aSpan, "Who leaves within it is a short abandon. Default 0s."),
	sheet.May("need", listOf(aValue, "a list of values", 64),
		"Values of the attribute `need`, the greatest first: what justifies passing somebody."),
	sheet.May("busyness", &sheet.Shape{Kind: sheet.Table, Names: sheet.Name, Elem: plainLaw, Wanted: "laws by name", Max: 64},
		"Random factors of a whole day, of mean 1, which arrivals may share."),
	sheet.Must("customers", &sheet.Shape{Kind: sheet.Table, Names: sheet.Name, Elem: customersShape, Wanted: "customers by name",
		Max: CustomersMax},
		"Who comes: streams of customers of one kind each."),
	sheet.Must("agents", &sheet.Shape{Kind: sheet.Table, Names: sheet.Name, Elem: agentsShape, Wanted: "groups by name",
		Max: 256}, "Who serves: groups of agents who are alike."),
	sheet.May("waiting", listOf(record("{customers: ..., number: 500, age: 60h}",
		sheet.Must("customers", aText, "Whose tickets."),
		sheet.Must("number", wholeTo(1, BatchesMax), "How many."),
		sheet.May("age", aSpan, "How old the oldest is; the others are spread evenly up to the beginning. Default 0s.")),
		"a list of entries", 64),
		"Who waits already when it begins. Default: nobody."),
	sheet.May("cohorts", &sheet.Shape{Kind: sheet.Table, Elem: cohortShape, Wanted: "cohorts by name", Max: CohortsMax},
		"Whom reports tell apart beside channels and classes: tickets that fulfil all conditions."),
)

var customersShape = &sheet.Shape{Kind: sheet.Record, Def: "customers", Wanted: "{channel: phone, arrivals: ..., handling: ...}",
	Keys: []sheet.Key{
		sheet.Must("channel", aText, "The channel on which they come."),
		sheet.May("arrivals", arrivalsShape, "When they come. Default: nobody does but who retries as one of them, or waits at the beginning."),
		sheet.May("busyness", aText, "The busyness of the day that their arrivals are multiplied with. Default: none."),
		sheet.May("batch", plainLaw, "How many come at once, rounded, at least 1. Default 1."),
		sheet.Must("handling", handlingShape, "How long an agent works on a ticket."),
		sheet.May("wrap_up", handlingShape, "How long the agent is busy after the customer has gone. Default 0s."),
		sheet.May("patience", patienceShape, "How long they wait before they leave. Default: without end."),
		sheet.May("balk", &sheet.Shape{Kind: sheet.Table, Names: lengthNaming, Elem: aShare, Wanted: "percentages by length", Max: 100},
			"The probability of not staying where at least so many wait. Default: everybody stays."),
		sheet.May("attributes", &sheet.Shape{Kind: sheet.Table, Names: attrNaming, Elem: attributeShape,
			Wanted: "attributes by name", Max: 64},
			"What their tickets carry."),
		sheet.May("skills", &sheet.Shape{Kind: sheet.Table, Names: skillNaming, Elem: aShare, Wanted: "percentages by skill", Max: 64},
			"How likely a ticket needs a skill: {german: 20%}."),
		sheet.May("known", record("{probability: 70%, of: 500}",
			sheet.Must("probability", aShare, "How likely it is known who the customer is."),
			sheet.May("of", wholeTo(1, 1_000_000_000), "How many customers there are, alike likely. Default: each comes once.")),
			"Whether customers are known. Default: they are not."),
		sheet.May("due", timeLaw, "A date of the ticket's own, that long after its arrival. Default: none."),
		sheet.May("transfer", record("{probability: 10%, handling: ...}",
			sheet.Must("probability", aShare, "How likely the work is handed on when it ends; once."),
			sheet.May("skills", listOf(aSkill, "a list of skills", engine.NeedsMax),
				"What is needed then, instead of what was before. Default: nothing."),
			sheet.Must("handling", handlingShape, "How long the second agent works on it.")), "Work that another agent goes on with."),
		sheet.May("actions", listOf(record("{name: call, share: 90%}",
			sheet.Must("name", aName, "Name of the action."),
			sheet.Must("share", aShare, "How likely it is where customers do not weigh."),
			sheet.May("channel", aText, "The channel that it comes on. Default: that of the customers."),
			sheet.May("set", set, "Attributes that it changes."),
			sheet.May("also", record("{channel: social}",
				sheet.Must("channel", aText, "The channel of the second ticket."),
				sheet.May("set", set, "Attributes that the second ticket has otherwise.")),
				"A second ticket for the same matter. Whichever is served first ends the other."),
			sheet.May("cost", timeLaw, "What it costs the customer, as a wait. Default 0s.")), "a list of actions", 32),
			"What customers may do about their matter. The first is the truthful one."),
	}}

var arrivalsShape = &sheet.Shape{Kind: sheet.Record, Wanted: "one way to arrive, such as {poisson: 31 per hour}", Keys: []sheet.Key{
	sheet.May("poisson", oneOf("a rate, or rates by time", aRate, timesTable(aRate, "rates by time")),
		"By chance, at a rate that stays until the next one begins."),
	sheet.May("points", timesTable(aRate, "rates by time"), "By chance, at a rate that runs straight from point to point."),
	sheet.May("wave", record("{mean: 31 per hour, swing: 50%, every: 24h}",
		sheet.Must("mean", aRate, "The rate in the mean."),
		sheet.Must("swing", aShare, "How far it goes above and below, of the mean."),
		sheet.Must("every", aSpan, "From top to top."),
		sheet.May("shift", aSpan, "How long before the beginning it rose through the mean. Default 0s.")),
		"By chance, at a rate that follows a sine."),
	sheet.May("counts", timesTable(wholeTo(0, BatchesMax), "numbers by time"), "So many in each period, anywhere in it."),
	sheet.May("every", timeLaw, "The time between two."),
	sheet.May("trace", aText, "A CSV file with what was recorded, beside this one: arrived, and maybe handling, patience and attributes."),
}}

var (
	handlingShape = spanShape("handling", "a law, such as 5m or {lognormal: {mean: 5m, sd: 4m}}",
		sheet.May("by_group", &sheet.Shape{Kind: sheet.Table, Names: sheet.Name, Elem: timeLaw, Wanted: "laws by group",
			Max: 256}, "The law with agents of a group, whenever the customer came."))

	patienceShape = spanShape("patience", "a law, such as {exponential: 4m}",
		sheet.May("at_once", aShare, "How likely they leave at once where they would have to wait. Default 0%."),
		sheet.May("retry", listOf(record("{as: mails, probability: 30%, after: ...}",
			sheet.Must("as", aText, "The customers as one of whom they come again: their channel, handling, patience and attributes."),
			sheet.Must("probability", aShare, "How likely they do so."),
			sheet.Must("after", timeLaw, "How long after they left."),
			sheet.May("most", wholeTo(1, 100), "How often one customer does so. Default 1.")), "a list of entries", 16),
			"What they do who have left: the first that happens, asked in this order."))

	attributeShape = oneOf("a value, {one_of: {...}}, or a law of numbers", aValue,
		record("{one_of: {gold: 10%, none: 90%}} or {lognormal: {...}}", append([]sheet.Key{
			sheet.May("one_of", &sheet.Shape{Kind: sheet.Table, Elem: aShare, Wanted: "percentages by value", Max: 256},
				"How likely each value is."),
			sheet.May("factor", aNumber, "-1 to 1: how it goes with the customer's hidden factor, and so with whatever else has one. Default 0: on its own."),
		}, lawKeys(inPlain, plainLaw)...)...))

	cohortShape = record("{channels: [...], where: {...}}",
		sheet.May("customers", names, "Of these customers."),
		sheet.May("channels", names, "On one of these channels."),
		sheet.May("actions", names, "Who chose one of these actions."),
		sheet.May("where", &sheet.Shape{Kind: sheet.Table, Names: attrNaming, Wanted: "{ATTRIBUTE: ...}", Max: 1,
			Elem: oneOf("values, or {at_least: 10000}",
				aValue, values, record("{at_least: 10000}",
					sheet.May("at_least", aWhole, "The least number."),
					sheet.May("at_most", aWhole, "The greatest number.")))},
			"Whose attribute has this value, one of these, or a number within bounds."))

	agentsShape = &sheet.Shape{Kind: sheet.Record, Def: "agents", Wanted: "{agents: 6}", Keys: []sheet.Key{
		sheet.May("agents", oneOf("a number, or numbers by time", wholeTo(0, engine.AgentsMax),
			timesTable(wholeTo(0, engine.AgentsMax), "numbers by time")),
			"How many there are, all the time or from each time on: who stays goes on."),
		sheet.May("shifts", listOf(record("{from: 08:00, to: 16:00, agents: 6}",
			sheet.Must("from", aWhen, "When they come."),
			sheet.May("to", aWhen, "When they go. Default: at the end."),
			sheet.Must("agents", wholeTo(0, engine.AgentsMax), "How many."),
			sheet.May("breaks", listOf(record("{at: 12:00, length: 30m}",
				sheet.Must("at", aWhen, "When it begins. Work in hand goes on."),
				sheet.Must("length", aSpan, "How long nothing is offered.")), "a list of breaks", 64),
				"When nothing is offered to them.")), "a list of shifts", 1000),
			"When how many are there, instead of `agents`."),
		sheet.May("skills", listOf(aSkill, "a list of skills", 64), "What they can: german, or with a level german@2."),
		sheet.May("takes", &sheet.Shape{Kind: sheet.Table, Names: sheet.Name, Elem: wholeTo(1, engine.TakesMax),
			Wanted: "numbers by channel", Max: engine.ChannelsMax},
			"How many tickets of a channel fill one of them; they serve only the channels named. Default: all, as the policy says."),
		sheet.May("answer", timeLaw, "How long an offer rings before it is accepted. Default 0s."),
		sheet.May("misses", aShare, "How likely an offer is not answered. Default 0%."),
		sheet.May("back_after", aSpan, "How long they are on the break that the policy orders for missed offers. Default 1m."),
		sheet.May("faster", aNumber, "Handling takes 1/faster of its time. Default 1."),
		sheet.May("leaving", oneWord("finishing", "handing_back"),
			"What becomes of work in hand at the end of a shift: it is finished (default), or handed back."),
	}}
)
