package policy

import (
	"fairline/engine"
	"fairline/policy/sheet"
)

// The shapes of what a policy says about agents.
var (
	agentsShape = &sheet.Shape{Kind: sheet.Record, Wanted: "a mapping", Keys: []sheet.Key{
		sheet.May("choose", &sheet.Shape{Kind: sheet.Text, Wanted: "a way to choose", Words: chooseWords}, "Who of the agents with room gets the ticket. Ties, and the default: longest_idle."),
		sheet.Must("list", names, "The agents in the order in which they are asked. Who is not in it comes last.").Beside("choose: ordered_list"),
		sheet.Must("seed", aSeed, "What the lot begins with: the same seed draws the same.").Beside("choose: random"),
		sheet.May("caps", &sheet.Shape{Kind: sheet.List, Elem: capShape, Wanted: "a list of entries", Max: 64}, "How many tickets an agent starts in a while. Default: no limit."),
		sheet.May("known", aText, "Attribute with an agent's name: the ticket waits for that agent first."),
		sheet.May("known_for", aWait, "How long it waits for that agent alone. Default 5m."),
		sheet.May("reconnect", aSpan, "How long an agent who was cut off keeps the work in hand. Default 2m."),
		sheet.May("break_after", aWhole, "Offers declined or missed in a row before the agent is put on break. Default 2."),
	}}

	capShape = &sheet.Shape{Kind: sheet.Record, Wanted: "{starts: 6, per: 1h}", Keys: []sheet.Key{
		sheet.Must("starts", &sheet.Shape{Kind: sheet.Whole, Lo: 1, Hi: RateMax, Wanted: "a whole number"}, "Tickets that one agent may start."),
		sheet.Must("per", aSpan, "In any time so long, in plain time. An open offer counts."),
		sheet.May("classes", names, "Classes or groups that count together. Default: all."),
	}}

	reserveShape = &sheet.Shape{Kind: sheet.Record, Wanted: "{agents: 1, skill: nurse, for: [danger]}", Keys: []sheet.Key{
		sheet.Must("agents", &sheet.Shape{Kind: sheet.Whole, Lo: 1, Hi: 1000, Wanted: "a whole number"}, "How many who have nothing in hand are kept free."),
		sheet.Must("skill", &sheet.Shape{Kind: sheet.Text, Names: skillNaming, Wanted: "a skill"}, "The skill that they have."),
		sheet.Must("for", names, "Classes or groups that may have them all the same."),
	}}
)

// chooseWords are the names of the rules.
var chooseWords = []string{engine.LongestIdle: "longest_idle", engine.LeastOccupied: "least_occupied", engine.MostFreeCapacity: "most_free_capacity",
	engine.FullestFirst: "fullest_first", engine.FewestSkills: "fewest_skills", engine.Fastest: "fastest", engine.OrderedList: "ordered_list",
	engine.IdlenessRatio: "idleness_ratio", engine.ByLot: "random"}
