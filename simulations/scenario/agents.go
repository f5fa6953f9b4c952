package scenario

import (
	"cmp"
	"fmt"
	"slices"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/sheet"
	"fairline/policy/spelling"
)

func (r *reader) readAgents() {
	all := sheet.Entries(r.val("agents"))
	if n := r.val("agents"); n != nil && n.Kind == yaml.MappingNode && len(all) == 0 {
		r.Wrong("FL0102", n, "agents", "somebody has to serve", "", "write `desk: {agents: 6}`")
	}
	for _, e := range all {
		r.s.Groups = append(r.s.Groups, r.readGroup(e))
	}
}

func (r *reader) readGroup(e sheet.Entry) Group {
	g, n, field := Group{Name: e.Key.Value}, e.Val, "agents."+e.Key.Value
	number, shifts := sheet.Get(n, "agents"), sheet.Get(n, "shifts")
	switch {
	case n.Kind != yaml.MappingNode:
	case number.Key != nil && shifts.Key != nil:
		r.Report(sheet.Fault{Severity: sheet.Error, Code: "FL0104", Span: r.SpanOf(shifts.Key), Field: field,
			Message: "`agents` and `shifts` say the same in two ways",
			Help:    "take one of the two out", Also: &sheet.Related{Span: r.SpanOf(number.Key), Label: "first here"}})
	case number.Key != nil:
		g.Shifts = r.staffed(number.Val, field+".agents")
	case shifts.Key != nil:
		for i, s := range sheet.Items(shifts.Val) {
			g.Shifts = append(g.Shifts, r.readShift(s, sheet.Element(field+".shifts", i)))
		}
	default:
		r.Wrong("FL0102", e.Key, field, "nothing says how many there are", "", "write `agents: 6`, or `shifts`")
	}
	for _, s := range sheet.Items(sheet.Get(n, "skills").Val) {
		g.Skills = append(g.Skills, sheet.Str(s))
	}
	for _, t := range sheet.Entries(sheet.Get(n, "takes").Val) {
		if g.Takes == nil {
			g.Takes = map[string]int{}
		}
		g.Takes[t.Key.Value] = whole(t.Val, 1)
		r.note(field+".takes."+t.Key.Value, t.Key)
	}
	g.Answer = r.law(sheet.Get(n, "answer").Val, inTime, field+".answer")
	g.Misses = share(sheet.Get(n, "misses").Val)
	if after := sheet.Get(n, "back_after").Val; after != nil {
		g.BackAfter = max(1, span(after)) // 0 stands for the default
	}
	g.Faster = r.faster(sheet.Get(n, "faster").Val, field+".faster")
	if sheet.Str(sheet.Get(n, "leaving").Val) == "handing_back" {
		g.Leaving = HandingBack
	}
	return g
}

func (r *reader) faster(n *yaml.Node, field string) float64 {
	v, ok := parseNumber(sheet.Plain(n))
	if ok && (v < 0.01 || v > 100) {
		r.Wrong("FL0106", n, field, n.Value+" is out of range", "",
			"write a number from 0.01 to 100: 2 halves the time, 0.5 doubles it")
	}
	return v
}

// staffed turns numbers by time into shifts: whoever is wanted on in the next period stays.
func (r *reader) staffed(n *yaml.Node, field string) (shifts []Shift) {
	if v := sheet.Plain(n); v != "" {
		return []Shift{{Agents: whole(n, 0)}}
	}
	var steps []Shift
	r.timed(n, field, r.s.Length+r.s.After, func(at engine.Duration, e sheet.Entry, _ string) {
		if k := len(steps); k > 0 {
			steps[k-1].To = at
		}
		steps = append(steps, Shift{From: at, Agents: whole(e.Val, 0)})
	})
	return layered(steps)
}

// layered cuts steps of staffing that follow one another into shifts of those who come and go together. Who came last
// goes first.
func layered(steps []Shift) (shifts []Shift) {
	var on []Shift // who is there, by when they came
	there := 0
	for i := 0; i <= len(steps); i++ {
		wanted, at := 0, engine.Duration(0)
		if i < len(steps) {
			wanted, at = steps[i].Agents, steps[i].From
		}
		for there > wanted {
			last := &on[len(on)-1]
			going := min(there-wanted, last.Agents)
			shifts = append(shifts, Shift{From: last.From, To: at, Agents: going})
			there -= going
			if last.Agents -= going; last.Agents == 0 {
				on = on[:len(on)-1]
			}
		}
		if wanted > there {
			on = append(on, Shift{From: at, Agents: wanted - there})
			there = wanted
		}
	}
	slices.SortStableFunc(shifts, func(a, b Shift) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(uint64(b.To-1), uint64(a.To-1))) // To 0, the end, is the longest
	})
	return shifts
}

func (r *reader) readShift(n *yaml.Node, field string) Shift {
	s := Shift{Agents: whole(sheet.Get(n, "agents").Val, 0)}
	from, to := sheet.Get(n, "from").Val, sheet.Get(n, "to").Val
	ends := r.s.Length + r.s.After
	if at, ok := r.when(sheet.Plain(from)); ok && r.inside(from, at, ends, field+".from") {
		s.From = at
	}
	if at, ok := r.when(sheet.Plain(to)); ok {
		s.To = at
		if _, clock := parseClock(to.Value); clock && at <= s.From {
			s.To += engine.Day // of the next day
		}
		switch {
		case s.To <= s.From:
			r.Wrong("FL0503", to, field+".to", "the shift ends before it begins", "",
				"write a later time; a shift over midnight ends on the next day: 22:00 to 06:00")
		case !r.bad && s.To > ends:
			r.Wrong("FL0503", to, field+".to", fmt.Sprintf("`%s` is %s after the beginning, and the scenario ends at %s",
				to.Value, sheet.ShowDuration(s.To), sheet.ShowDuration(ends)), "",
				"leave `to` out: they stay to the end")
		}
	}
	for i, b := range sheet.Items(sheet.Get(n, "breaks").Val) {
		r.readBreak(&s, b, sheet.Element(field+".breaks", i), ends)
	}
	return s
}

func (r *reader) readBreak(s *Shift, n *yaml.Node, field string, ends engine.Duration) {
	node := sheet.Get(n, "at").Val
	at, ok := r.when(sheet.Plain(node))
	b := Break{At: at, Length: span(sheet.Get(n, "length").Val)}
	if _, clock := parseClock(sheet.Plain(node)); clock && at < s.From {
		b.At += engine.Day
	}
	to := s.To
	if to == 0 {
		to = ends
	}
	switch last := len(s.Breaks) - 1; {
	case !ok || r.bad || b.Length == 0:
		return
	case b.At < s.From || b.At+b.Length > to:
		r.Wrong("FL0503", node, field+".at", "the break is not within its shift", "",
			fmt.Sprintf("the shift lasts from %s to %s after the beginning", sheet.ShowDuration(s.From), sheet.ShowDuration(to)))
		return
	case last >= 0 && b.At < s.Breaks[last].At+s.Breaks[last].Length:
		r.Wrong("FL0503", node, field+".at", "the break begins before the one above it is over", "",
			"write the breaks in their order, each after the other")
		return
	}
	s.Breaks = append(s.Breaks, b)
}

// checkSkills reports skills that a ticket needs and no agent has: it would wait for ever.
func (r *reader) checkSkills() {
	var has []string
	for _, g := range r.s.Groups {
		for _, skill := range g.Skills {
			name, _ := split(skill)
			has = append(has, name)
		}
	}
	able := func(skill string) bool {
		name, level := split(skill)
		return slices.ContainsFunc(r.s.Groups, func(g Group) bool {
			return slices.ContainsFunc(g.Skills, func(s string) bool { n, l := split(s); return n == name && l >= level })
		})
	}
	check := func(skill, field string) {
		if !skillNaming.Form.MatchString(skill) || able(skill) || r.s.places[field].Line == 0 {
			return
		}
		name, _ := split(skill)
		help := "give it to a group of agents"
		if near := spelling.DidYouMean(name, has); near != "" {
			help = near
		} else if slices.Contains(has, name) {
			help = "give a group of agents this level"
		}
		r.Report(sheet.Fault{Severity: sheet.Error, Code: "FL0505", Span: r.s.places[field], Field: field,
			Message: "no agent has `" + skill + "`: who needs it would wait for ever", Help: help})
	}
	for _, src := range r.s.Sources {
		field := "customers." + src.Name
		for _, c := range src.Skills {
			check(c.Skill, field+".skills."+c.Skill)
		}
		for i, skill := range src.Transfer.Skills {
			check(skill, sheet.Element(field+".transfer.skills", i))
		}
	}
}
