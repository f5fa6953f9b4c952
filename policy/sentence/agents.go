package sentence

import (
	"fmt"

	"fairline/engine"
	"fairline/policy/outline"
)

// reserve says for whom a free agent is kept.
func (s *speaker) reserve() {
	for i, r := range s.policy.Engine.Reserve {
		who := outline.And(s.classNames(r.For))
		skill := s.tree.Text("reserve", fmt.Sprint(i), "skill")
		free := fmt.Sprintf("no more than %d agents with %s are free and have nothing in hand, they are", r.Agents, skill)
		if r.Agents == 1 {
			free = fmt.Sprintf("only 1 agent with %s is free and has nothing in hand, that agent is", skill)
		}
		s.say(r.Line, "while %s kept for %s: others wait although an agent is free", free, who)
	}
}

func (s *speaker) classNames(ids []engine.ClassID) []string {
	var names []string
	for _, c := range ids {
		names = append(names, s.policy.Engine.Classes[c].Name)
	}
	return names
}

// caps says how many tickets an agent starts in a while.
func (s *speaker) caps() {
	for _, c := range s.policy.Engine.Caps {
		who := " of " + outline.And(s.classNames(c.Classes))
		if len(c.Classes) == len(s.policy.Engine.Classes) {
			who = ""
		}
		s.say(c.Line, "an agent starts at most %s%s in any %s; then none of these until there is room again, whoever waits",
			outline.Count(c.Starts, "ticket", "tickets"), who, outline.Say(c.Per))
	}
}

// choices are the ways to choose one of several agents.
var choices = map[engine.ChoiceRule]string{
	engine.LongestIdle:      "whose last work ended first",
	engine.LeastOccupied:    "who worked the smallest part of the time on duty in the last 8 to 16 hours",
	engine.MostFreeCapacity: "who has most room left",
	engine.FullestFirst:     "who has least room left, if it is enough",
	engine.FewestSkills:     "who has fewest skills, each level counted",
	engine.Fastest:          "who has been quickest with tickets of that channel",
	engine.OrderedList:      "who stands first in the list",
	engine.IdlenessRatio:    "of whose kind, by skills and channels, most are idle for their number",
	engine.ByLot:            "that is drawn by lot",
}

// choose says which of several agents gets a ticket.
func (s *speaker) choose() {
	line := s.at("agents", "choose")
	if line == 0 {
		return
	}
	c := s.policy.Engine.Choose
	tie := "; of those who are alike, to the one " + choices[engine.LongestIdle]
	list := ""
	switch c.Rule {
	case engine.LongestIdle, engine.ByLot:
		tie = ""
	case engine.OrderedList:
		list = ", " + outline.And(s.tree.Texts("agents", "list"))
	}
	s.say(line, "of several agents who could take a ticket it is offered to the one %s%s%s", choices[c.Rule], list, tie)
}
