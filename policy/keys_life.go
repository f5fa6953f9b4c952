package policy

// The shapes of what a policy says about a ticket's life, from the hours to its end.
var (
	hoursShape = &shape{kind: table, pattern: daysPattern, wanted: "hours by day: {mon-fri: 08:00-20:00}", max: 7, elem: &shape{
		kind: choice, wanted: "hours such as 08:00-20:00", alts: []*shape{
			aDayHours, {kind: list, elem: aDayHours, wanted: "a list of hours", max: 24}}}}

	aDayHours = &shape{kind: dayHours, wanted: "hours such as 08:00-20:00"}

	skillShape = &shape{kind: record, wanted: "{need: ...}", keys: []key{
		{"need", &shape{kind: text, pattern: skillForm, wanted: "a skill"}, required, "Name of the skill."},
		{"from", aText, optional, "Attribute whose value is the skill: de is language:de. A ticket without it needs nothing."},
		{"level", aWhole, optional, "1 to 5: the agent has at least this. Default 1."},
		{"relax", &shape{kind: list, elem: relaxShape, wanted: "a list of steps", max: 16}, optional,
			"What is asked for less, by time since the needs were set. Default: never relaxed."},
		{"classes", names, optional, "Classes or groups whose tickets need it. Default: all."},
	}}

	relaxShape = &shape{kind: record, wanted: "{after: 90s, level: 2}", keys: []key{
		{"after", aWait, required, "Since the needs were set (arrival, or a change), not since the step before."},
		{"level", aWhole, optional, "From then on this level is enough."},
		{"drop", aTruth, optional, "true: from then on nothing is asked for."},
	}}

	joinShape = &shape{kind: record, wanted: "{same: [customer, matter], within: 72h}", keys: []key{
		{"same", names, required, "Fields that both contacts have with the same value: customer, matter, attributes."},
		{"within", aSpan, optional, "How long after its first contact a ticket takes others in, in plain time. Default 30d."},
	}}

	placeShape = &shape{kind: record, wanted: "{transfer: keep, ...}", keys: []key{
		{"transfer", aPlace, optional, "keep (default), or end of the line."},
		{"callback", aPlace, optional, "keep (default), or end of the line."},
		{"reopened", aPlace, optional, "keep (default), or end of the line."},
		{"reopened_within", aSpan, optional, "How long after its end a ticket is reopened by a new contact, in plain time. Default 0s: never."},
	}}

	callbackShape = &shape{kind: record, wanted: "{attempts: 2, apart: 30m, then: close, reason: ...}", keys: []key{
		{"attempts", aWhole, optional, "Calls that may fail. Default: no limit."},
		{"apart", aSpan, optional, "Between two of them, in plain time. Default 30m."},
		{"then", &shape{kind: text, words: []string{"close"}, wanted: "close"}, optional, "What comes after the last: close."},
		{"reason", aText, optional, "Required with attempts: why the ticket is closed."},
	}}

	expireShape = &shape{kind: record, wanted: "{classes: [...], after: 30d, reason: ...}", keys: []key{
		{"classes", names, required, "Classes or groups."},
		{"after", aSpan, required, "Since the arrival, in plain time."},
		{"reason", aText, required, "Why it is closed; the customer is told."},
	}}
)
