package policy

import "fairline/policy/sheet"

// The shapes of what a policy says about a ticket's life, from the hours to its end.
var (
	hoursShape = &sheet.Shape{Kind: sheet.Table, Names: daysNaming, Wanted: "hours by day: {mon-fri: 08:00-20:00}", Max: 7, Elem: &sheet.Shape{
		Kind: sheet.Choice, Wanted: "hours such as 08:00-20:00", Alts: []*sheet.Shape{
			aDayHours, {Kind: sheet.List, Elem: aDayHours, Wanted: "a list of hours", Max: 24}}}}

	aDayHours = &sheet.Shape{Kind: sheet.Own, Check: checkDayHours, Form: hoursForm.String(), Wanted: "hours such as 08:00-20:00"}

	skillShape = &sheet.Shape{Kind: sheet.Record, Wanted: "{need: ...}", Keys: []sheet.Key{
		sheet.Must("need", &sheet.Shape{Kind: sheet.Text, Names: skillNaming, Wanted: "a skill"}, "Name of the skill."),
		sheet.May("from", aText, "Attribute whose value is the skill: de is language:de. A ticket without it needs nothing."),
		sheet.May("level", aWhole, "1 to 5: the agent has at least this. Default 1."),
		sheet.May("relax", &sheet.Shape{Kind: sheet.List, Elem: relaxShape, Wanted: "a list of steps", Max: 16}, "What is asked for less, by time since the needs were set. Default: never relaxed."),
		sheet.May("classes", names, "Classes or groups whose tickets need it. Default: all."),
	}}

	relaxShape = &sheet.Shape{Kind: sheet.Record, Wanted: "{after: 90s, level: 2}", Keys: []sheet.Key{
		sheet.Must("after", aWait, "Since the needs were set (arrival, or a change), not since the step before."),
		sheet.May("level", aWhole, "From then on this level is enough."),
		sheet.May("drop", aTruth, "true: from then on nothing is asked for."),
	}}

	joinShape = &sheet.Shape{Kind: sheet.Record, Wanted: "{same: [customer, matter], within: 72h}", Keys: []sheet.Key{
		sheet.Must("same", names, "Fields that both contacts have with the same value: customer, matter, attributes."),
		sheet.May("within", aSpan, "How long after its first contact a ticket takes others in, in plain time. Default 30d."),
	}}

	placeShape = &sheet.Shape{Kind: sheet.Record, Wanted: "{transfer: keep, ...}", Keys: []sheet.Key{
		sheet.May("transfer", aPlace, "keep (default), or end of the line."),
		sheet.May("callback", aPlace, "keep (default), or end of the line."),
		sheet.May("reopened", aPlace, "keep (default), or end of the line."),
		sheet.May("reopened_within", aSpan, "How long after its end a ticket is reopened by a new contact, in plain time. Default 0s: never."),
	}}

	callbackShape = &sheet.Shape{Kind: sheet.Record, Wanted: "{attempts: 2, apart: 30m, then: close, reason: ...}", Keys: []sheet.Key{
		sheet.May("attempts", aWhole, "Calls that may fail. Default: no limit."),
		sheet.May("apart", aSpan, "Between two of them, in plain time. Default 30m."),
		sheet.May("then", &sheet.Shape{Kind: sheet.Text, Words: []string{"close"}, Wanted: "close"}, "What comes after the last: close."),
		sheet.May("reason", aText, "Required with attempts: why the ticket is closed."),
	}}

	expireShape = &sheet.Shape{Kind: sheet.Record, Wanted: "{classes: [...], after: 30d, reason: ...}", Keys: []sheet.Key{
		sheet.Must("classes", names, "Classes or groups."),
		sheet.Must("after", aSpan, "Since the arrival, in plain time."),
		sheet.Must("reason", aText, "Why it is closed; the customer is told."),
	}}
)
