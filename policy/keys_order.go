package policy

import (
	"fairline/engine"
)

// The shapes of an order and of what protects those who are overtaken.
var (
	orderShape = &shape{kind: choice, wanted: "one discipline, such as {strict: [urgent, others]}", alts: []*shape{
		{kind: text, words: nameless, wanted: "arrival"},
		{kind: record, wanted: "a discipline", keys: []key{
			{"arrival", membersShape, optional, "First come, first served."},
			{"head_start", spansShape(nil), optional, "The earliest (arrival - value) is first. A name left out has 0s."},
			{"due", spansShape([]string{"own", "target"}), optional, "The earliest (arrival + value) is first; own: the ticket's own due; target: the class's or channel's target."},
			{"strict", names, optional, "The first in the list that has somebody."},
			{"accumulate", weightsShape, optional, "The greatest (value x wait) is first."},
			{"cost", &shape{kind: table, wanted: "costs by name", max: 512, elem: &shape{kind: price, wanted: "a cost such as 4 x wait^2"}},
				optional, "The member is first whose next moment costs most: the slope of its cost, times the speed of the agent."},
			{"share", &shape{kind: choice, wanted: "weights by name, or equal", alts: []*shape{
				weightsShape, {kind: text, words: []string{"equal"}, wanted: "equal"}}},
				optional, "Who got least service for their weight is first."},
			{"waiting_mix", percentsShape, optional, "The queues are kept in these proportions, together 100%: MORE percent is a LONGER queue."},
			{"draw", weightsShape, optional, "By lot, with chances in these proportions: a baseline for research."},
			{"last_in", membersShape, optional, "Last come, first served: a baseline for research."},
			{"greatest", aText, optional, "The greatest value of an attribute: a baseline for research."},
			{"by", aText, beside("due", "head_start", "share"), "The names are values of this field instead of classes."},
			{"charge", aCharge, neededBy("share"), "tickets: a start is charged; minutes: its work is."},
			{"half_life", aSpan, beside("share"), "What was got counts half after so long on the line's clock. Default: it is not forgotten."},
			{"unknown", &shape{kind: text, words: []string{"alone", "together", "average"}, wanted: "alone, together or average"},
				beside("share"), "What tickets count as whose value of `by` is not known: each alone, all together, or as far behind as the average."},
			{"at", &shape{kind: text, words: []string{"offer", "arrival"}, wanted: "offer or arrival"},
				beside("share"), "When the turn is fixed: offer (default), or arrival, a baseline for research."},
			{"per", &shape{kind: text, words: []string{"minute", "second", "hour"}, wanted: "second, minute or hour"}, neededBy("cost"), "The unit of the wait in a cost."},
			{"of", &shape{kind: text, words: []string{"wait", "queue"}, wanted: "wait or queue"}, neededBy("cost"), "What costs: how long a ticket has waited, or how many wait."},
			{"lot", &shape{kind: text, words: []string{"member", "ticket"}, wanted: "member or ticket"},
				beside("draw"), "Who draws: each member for the first of its tickets (default), or each ticket for itself."},
			{"seed", aSeed, neededBy("draw"), "What the lot begins with: the same seed draws the same."},
		}},
	}}

	membersShape = &shape{kind: choice, wanted: "a list of members", alts: []*shape{names, aText}}

	protectShape = &shape{kind: list, wanted: "a list of protections", max: 32, elem: &shape{kind: record, wanted: "a protection", keys: []key{
		{"overtaken_at_most", countOrTable, optional, "Served next once so many later arrivals were served before it."},
		{"overtaken_only_within", spanOrTable, optional, "Overtaken only by tickets that arrived less than this after it."},
		{"first_after", spanOrTable, optional, "From this wait on it goes before the order: not a promise that it is served by then."},
		{"passed_by_capacity_at_most", countOrTable, optional, "Passed so often for want of room, it is next, and an agent is kept free for it."},
		{"budget", &shape{kind: oneIn, wanted: "such as 1 in 4"}, optional, "Of so many starts at most one is out of turn."},
		{"min_share", &shape{kind: choice, wanted: "a percentage, or percentages by name", alts: []*shape{aPercent, percentsShape}},
			optional, "At least this part of the starts or minutes of the last `over`. A percentage alone is for each member."},
		{"by", aText, beside("overtaken_at_most", "overtaken_only_within", "first_after", "passed_by_capacity_at_most"), "The names are values of this field instead of classes."},
		{"charge", aCharge, neededBy("min_share"), "tickets: a start counts; minutes: its work does."},
		{"over", aWait, neededBy("min_share"), "How far back is looked, on the line's clock."},
		{"except", names, optional, "Classes that neither count nor are held back here."},
	}}}

	countOrTable = &shape{kind: choice, wanted: "a number, or numbers by name", alts: []*shape{
		aWhole, {kind: table, elem: aWhole, wanted: "numbers by name", max: 512}}}

	spanOrTable = &shape{kind: choice, wanted: "a duration, or durations by name", alts: []*shape{aWait, spansShape(nil)}}

	aCharge  = &shape{kind: text, words: []string{"tickets", "minutes"}, wanted: "tickets or minutes"}
	aPercent = &shape{kind: percent, wanted: "a percentage such as 30%"}

	percentsShape = &shape{kind: table, elem: aPercent, wanted: "percentages by name", max: 512}
	weightsShape  = &shape{kind: table, wanted: "whole numbers by name", max: 512,
		elem: &shape{kind: whole, lo: 1, hi: engine.WeightMax, wanted: "a whole number"}}
)

// nameless are the disciplines that can stand alone: their members have no numbers.
var nameless = []string{"arrival", "last_in"}

func spansShape(words []string) *shape {
	one := &shape{kind: span, wait: true, words: words, wanted: aSpan.wanted}
	return &shape{kind: table, elem: one, wanted: "durations by name", max: 512}
}
