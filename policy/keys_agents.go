package policy

import "fairline/engine"

// The shapes of what a policy says about agents.
var (
	agentsShape = &shape{kind: record, wanted: "a mapping", keys: []key{
		{"choose", &shape{kind: text, wanted: "a way to choose", words: chooseWords}, optional, "Who of the agents with room gets the ticket. Ties, and the default: longest_idle."},
		{"list", names, neededBy("choose: ordered_list"), "The agents in the order in which they are asked. Who is not in it comes last."},
		{"seed", aSeed, neededBy("choose: random"), "What the lot begins with: the same seed draws the same."},
		{"caps", &shape{kind: list, elem: capShape, wanted: "a list of entries", max: 64}, optional, "How many tickets an agent starts in a while. Default: no limit."},
		{"known", aText, optional, "Attribute with an agent's name: the ticket waits for that agent first."},
		{"known_for", aWait, optional, "How long it waits for that agent alone. Default 5m."},
		{"reconnect", aSpan, optional, "How long an agent who was cut off keeps the work in hand. Default 2m."},
		{"break_after", aWhole, optional, "Offers declined or missed in a row before the agent is put on break. Default 2."},
	}}

	capShape = &shape{kind: record, wanted: "{starts: 6, per: 1h}", keys: []key{
		{"starts", &shape{kind: whole, lo: 1, hi: RateMax, wanted: "a whole number"}, required, "Tickets that one agent may start."},
		{"per", aSpan, required, "In any time so long, in plain time. An open offer counts."},
		{"classes", names, optional, "Classes or groups that count together. Default: all."},
	}}

	reserveShape = &shape{kind: record, wanted: "{agents: 1, skill: nurse, for: [danger]}", keys: []key{
		{"agents", &shape{kind: whole, lo: 1, hi: 1000, wanted: "a whole number"}, required, "How many who have nothing in hand are kept free."},
		{"skill", &shape{kind: text, pattern: skillForm, wanted: "a skill"}, required, "The skill that they have."},
		{"for", names, required, "Classes or groups that may have them all the same."},
	}}
)

// chooseWords are the names of the rules.
var chooseWords = []string{engine.LongestIdle: "longest_idle", engine.LeastOccupied: "least_occupied", engine.MostFreeCapacity: "most_free_capacity",
	engine.FullestFirst: "fullest_first", engine.FewestSkills: "fewest_skills", engine.Fastest: "fastest", engine.OrderedList: "ordered_list",
	engine.IdlenessRatio: "idleness_ratio", engine.ByLot: "random"}
