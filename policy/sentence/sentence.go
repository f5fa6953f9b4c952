// Package sentence says each rule of a policy file as a supervisor would say it.
package sentence

import (
	"fmt"
	"slices"
	"strings"

	"fairline/engine"
	"fairline/policy"
	"fairline/policy/outline"
)

// A Line is one rule in words.
type Line struct {
	Line int // of the rule in the policy file
	Text string
}

// Of returns the rules of a policy in the order of its file.
func Of(p *policy.Policy) []Line {
	s := &speaker{tree: outline.Of(p), policy: p}
	s.time()
	s.never()
	s.channels()
	s.classes()
	for i := range s.tree.Nodes {
		s.node(i)
	}
	s.life()
	slices.SortStableFunc(s.lines, func(a, b Line) int { return a.Line - b.Line })
	return s.lines
}

type speaker struct {
	tree   *outline.Outline
	policy *policy.Policy
	lines  []Line
}

func (s *speaker) say(line int, format string, args ...any) {
	s.lines = append(s.lines, Line{max(line, 1), fmt.Sprintf(format, args...)})
}

// open is what stands behind a wait: of open time, where the line's clock stands still at night.
func (s *speaker) open() string {
	if s.policy.Engine.Clock != nil {
		return " of open time"
	}
	return ""
}

func (s *speaker) span(d int64) string { return outline.Say(engine.Duration(d)) + s.open() }

// at is the line of a key of the file.
func (s *speaker) at(path ...string) int { return s.tree.Line(path...) }

func (s *speaker) time() {
	zone := s.tree.Text("timezone")
	if hours := s.tree.Pairs("hours"); len(hours) > 0 {
		s.say(s.at("hours"), "agents serve %s (%s)", hoursOf(hours), zone)
	}
	if days := s.tree.Texts("closed"); len(days) > 0 {
		s.say(s.at("closed"), "nobody serves on %s", outline.And(days))
	}
	if s.policy.Engine.Clock != nil {
		line := s.at("clock")
		if line == 0 {
			line = s.at("hours")
		}
		s.say(line, "waits, targets and head starts count only while the line is open")
	}
}

func hoursOf(pairs []outline.Pair) string {
	var parts []string
	for _, p := range pairs {
		parts = append(parts, p.Key+" "+p.Text)
	}
	return strings.Join(parts, ", ")
}

func (s *speaker) never() {
	if names := s.tree.Texts("never"); len(names) > 0 {
		s.say(s.at("never"), "the order never depends on %s", outline.And(names))
	}
}

func (s *speaker) channels() {
	for i, c := range s.policy.Engine.Channels {
		line := s.at("channels", c.Name)
		text := fmt.Sprintf("%s: a ticket fills an agent", c.Name)
		if c.Takes > 1 {
			text = fmt.Sprintf("%s: an agent can have %d tickets at once", c.Name, c.Takes)
		}
		offer := c.Offer
		if offer == 0 {
			offer = 20 * engine.Second
		}
		text += fmt.Sprintf(", and has %s to take it", outline.Say(offer))
		if t := s.policy.Channels[i].Target; t.Within > 0 {
			text += fmt.Sprintf("; promised: %d %% within %s", t.Percent, outline.Say(t.Within))
		}
		s.say(line, "%s", text)
		s.presence(line, &c)
	}
}

// presence says what becomes of a customer who is there while waiting.
func (s *speaker) presence(line int, c *engine.Channel) {
	if c.Late > 0 {
		s.say(line, "%s: a sender may say that a ticket came up to %s ago", c.Name, outline.Say(c.Late))
	}
	if c.Grace > 0 {
		s.say(line, "%s: who is cut off and comes back within %s has the old place", c.Name, outline.Say(c.Grace))
	}
	if c.LeaveAfter > 0 {
		s.say(line, "%s: after %s nobody need hold on: an agent calls back, and the place is kept", c.Name, outline.Say(c.LeaveAfter))
	}
	if len(c.Interrupts) > 0 {
		var names []string
		for _, id := range c.Interrupts {
			names = append(names, s.policy.Engine.Channels[id].Name)
		}
		s.say(line, "%s: an agent may put work on %s aside for it", c.Name, outline.And(names))
	}
	switch c.Closed {
	case engine.ClosedRefuse:
		s.say(line, "%s: outside the hours a ticket is refused", c.Name)
	case engine.ClosedCallback:
		s.say(line, "%s: outside the hours a ticket is taken in, and an agent calls back", c.Name)
	}
}

func (s *speaker) classes() {
	for i, c := range s.policy.Engine.Classes {
		text := "every other ticket"
		if when := s.tree.Text("classes", fmt.Sprint(i), "when"); when != "" {
			text = "a ticket for which " + when
		}
		if i == 0 && text == "every other ticket" {
			text = "every ticket"
		}
		s.say(c.Line, "%s is %s", c.Name, text)
		if c.Reason != "" {
			s.say(c.Line, "whom %s passes reads: %q", c.Name, c.Reason)
		}
		if t := s.policy.Classes[i].Target; t.Within > 0 {
			s.say(c.Line, "promised to %s: %d %% within %s", c.Name, t.Percent, outline.Say(t.Within))
		}
		if hours := s.tree.Pairs("classes", fmt.Sprint(i), "hours"); len(hours) > 0 {
			s.say(c.Line, "%s is served %s, whatever the hours of the line", c.Name, hoursOf(hours))
		}
		s.limit(&c)
	}
}

func (s *speaker) limit(c *engine.Class) {
	if c.Limit == 0 {
		return
	}
	beyond := "a further one goes ahead all the same, and is marked"
	if c.Beyond == engine.NextClass {
		beyond = "a further one counts as its next class until there is room again"
	}
	s.say(c.Line, "at most %s of %s in %s may pass somebody; %s", outline.Count(c.Limit, "ticket", "tickets"), c.Name, outline.Say(c.Per), beyond)
}
