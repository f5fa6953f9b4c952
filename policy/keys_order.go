package policy

import (
	"fairline/engine"
	"fairline/policy/sheet"
)

// The shapes of an order and of what protects those who are overtaken.
var (
	orderShape = &sheet.Shape{Kind: sheet.Choice, Wanted: "one discipline, such as {strict: [urgent, others]}", Alts: []*sheet.Shape{
		{Kind: sheet.Text, Words: nameless, Wanted: "arrival"},
		{Kind: sheet.Record, Wanted: "a discipline", Keys: []sheet.Key{
			sheet.May("arrival", membersShape, "First come, first served."),
			sheet.May("head_start", spansShape(nil), "The earliest (arrival - value) is first. A name left out has 0s."),
			sheet.May("due", spansShape([]string{"own", "target"}), "The earliest (arrival + value) is first; own: the ticket's own due; target: the class's or channel's target."),
			sheet.May("strict", names, "The first in the list that has somebody."),
			sheet.May("accumulate", weightsShape, "The greatest (value x wait) is first."),
			sheet.May("cost", &sheet.Shape{Kind: sheet.Table, Wanted: "costs by name", Max: 512, Elem: &sheet.Shape{Kind: sheet.Own, Check: checkPrice, Form: priceForm.String(), Wanted: "a cost such as 4 x wait^2"}},
				"The member is first whose next moment costs most: the slope of its cost, times the speed of the agent."),
			sheet.May("share", &sheet.Shape{Kind: sheet.Choice, Wanted: "weights by name, or equal", Alts: []*sheet.Shape{
				weightsShape, {Kind: sheet.Text, Words: []string{"equal"}, Wanted: "equal"}}},
				"Who got least service for their weight is first."),
			sheet.May("waiting_mix", percentsShape, "The queues are kept in these proportions, together 100%: MORE percent is a LONGER queue."),
			sheet.May("draw", weightsShape, "By lot, with chances in these proportions: a baseline for research."),
			sheet.May("last_in", membersShape, "Last come, first served: a baseline for research."),
			sheet.May("greatest", aText, "The greatest value of an attribute: a baseline for research."),
			sheet.May("by", aText, "The names are values of this field instead of classes.").Beside("due", "head_start", "share"),
			sheet.Must("charge", aCharge, "tickets: a start is charged; minutes: its work is.").Beside("share"),
			sheet.May("half_life", aSpan, "What was got counts half after so long on the line's clock. Default: it is not forgotten.").Beside("share"),
			sheet.May("unknown", &sheet.Shape{Kind: sheet.Text, Words: []string{"alone", "together", "average"}, Wanted: "alone, together or average"},
				"What tickets count as whose value of `by` is not known: each alone, all together, or as far behind as the average.").Beside("share"),
			sheet.May("at", &sheet.Shape{Kind: sheet.Text, Words: []string{"offer", "arrival"}, Wanted: "offer or arrival"},
				"When the turn is fixed: offer (default), or arrival, a baseline for research.").Beside("share"),
			sheet.Must("per", &sheet.Shape{Kind: sheet.Text, Words: []string{"minute", "second", "hour"}, Wanted: "second, minute or hour"}, "The unit of the wait in a cost.").Beside("cost"),
			sheet.Must("of", &sheet.Shape{Kind: sheet.Text, Words: []string{"wait", "queue"}, Wanted: "wait or queue"}, "What costs: how long a ticket has waited, or how many wait.").Beside("cost"),
			sheet.May("lot", &sheet.Shape{Kind: sheet.Text, Words: []string{"member", "ticket"}, Wanted: "member or ticket"},
				"Who draws: each member for the first of its tickets (default), or each ticket for itself.").Beside("draw"),
			sheet.Must("seed", aSeed, "What the lot begins with: the same seed draws the same.").Beside("draw"),
		}},
	}}

	membersShape = &sheet.Shape{Kind: sheet.Choice, Wanted: "a list of members", Alts: []*sheet.Shape{names, aText}}

	protectShape = &sheet.Shape{Kind: sheet.List, Wanted: "a list of protections", Max: 32, Elem: &sheet.Shape{Kind: sheet.Record, Wanted: "a protection", Keys: []sheet.Key{
		sheet.May("overtaken_at_most", countOrTable, "Served next once so many later arrivals were served before it."),
		sheet.May("overtaken_only_within", spanOrTable, "Overtaken only by tickets that arrived less than this after it."),
		sheet.May("first_after", spanOrTable, "From this wait on it goes before the order: not a promise that it is served by then."),
		sheet.May("passed_by_capacity_at_most", countOrTable, "Passed so often for want of room, it is next, and an agent is kept free for it."),
		sheet.May("budget", &sheet.Shape{Kind: sheet.Own, Check: checkOneIn, Form: oneInForm.String(), Wanted: "such as 1 in 4"}, "Of so many starts at most one is out of turn."),
		sheet.May("min_share", &sheet.Shape{Kind: sheet.Choice, Wanted: "a percentage, or percentages by name", Alts: []*sheet.Shape{aPercent, percentsShape}},
			"At least this part of the starts or minutes of the last `over`. A percentage alone is for each member."),
		sheet.May("by", aText, "The names are values of this field instead of classes.").Beside("overtaken_at_most", "overtaken_only_within", "first_after", "passed_by_capacity_at_most"),
		sheet.Must("charge", aCharge, "tickets: a start counts; minutes: its work does.").Beside("min_share"),
		sheet.Must("over", aWait, "How far back is looked, on the line's clock.").Beside("min_share"),
		sheet.May("except", names, "Classes that neither count nor are held back here."),
	}}}

	countOrTable = &sheet.Shape{Kind: sheet.Choice, Wanted: "a number, or numbers by name", Alts: []*sheet.Shape{
		aWhole, {Kind: sheet.Table, Elem: aWhole, Wanted: "numbers by name", Max: 512}}}

	spanOrTable = &sheet.Shape{Kind: sheet.Choice, Wanted: "a duration, or durations by name", Alts: []*sheet.Shape{aWait, spansShape(nil)}}

	aCharge  = &sheet.Shape{Kind: sheet.Text, Words: []string{"tickets", "minutes"}, Wanted: "tickets or minutes"}
	aPercent = &sheet.Shape{Kind: sheet.Percent, Wanted: "a percentage such as 30%"}

	percentsShape = &sheet.Shape{Kind: sheet.Table, Elem: aPercent, Wanted: "percentages by name", Max: 512}
	weightsShape  = &sheet.Shape{Kind: sheet.Table, Wanted: "whole numbers by name", Max: 512,
		Elem: &sheet.Shape{Kind: sheet.Whole, Lo: 1, Hi: engine.WeightMax, Wanted: "a whole number"}}
)

// nameless are the disciplines that can stand alone: their members have no numbers.
var nameless = []string{"arrival", "last_in"}

func spansShape(words []string) *sheet.Shape {
	one := &sheet.Shape{Kind: sheet.Duration, Wait: true, Words: words, Wanted: aSpan.Wanted}
	return &sheet.Shape{Kind: sheet.Table, Elem: one, Wanted: "durations by name", Max: 512}
}
