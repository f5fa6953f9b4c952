package recorded

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Gap is how long an agent may be without a call before it is taken to be away. With 5 min the two days
// studied, in arrival order with the bank's head start of 90 s, give the waits that the log has to
// within a fifth (4 March 1999: 67 s against 80 s; 7 February: 38 s against 34 s); with 20 min the
// agents inferred are a fifth more and wait where the real ones were away (48 s and 25 s).
const Gap = 5 * time.Minute

// unnamed begins the names of agents that the log does not name; no name of the log begins so.
const unnamed = "unnamed-"

// An AgentName is who served, as the log writes it, or "unnamed-1" and so on.
type AgentName string

// A Shift is a time on duty, from midnight of the day. Invariant: From <= To.
type Shift struct {
	From, To time.Duration
}

// An Agent is somebody who served. Skills are sorted; Shifts are in order, more than the gap apart.
type Agent struct {
	Name   AgentName
	Skills []Type
	Shifts []Shift
}

// A Staff is who was there on one day.
type Staff struct {
	Agents   []Agent       `json:"-"` // by name
	Named    int           `json:"named"`
	Unnamed  int           `json:"unnamed"`  // agents
	Services int           `json:"services"` // that unnamed agents gave
	Shifts   int           `json:"shifts"`
	OnDuty   time.Duration `json:"on_duty_ns"`
	Overlaps int           `json:"overlaps"` // services that began over 3 s before the same agent's last one ended
}

type span struct{ from, to time.Duration }

// Infer returns the staff that the served calls of one day show. Every type that was served that day has
// somebody who can serve it. An agent on two calls at once is one agent, and is counted in Overlaps.
func Infer(calls []Call, gap time.Duration) Staff {
	by := map[AgentName][]Call{}
	var nameless []Call
	for _, c := range calls {
		switch {
		case c.Outcome != Served:
		case c.Agent == "":
			nameless = append(nameless, c)
		default:
			by[c.Agent] = append(by[c.Agent], c)
		}
	}
	s := Staff{Named: len(by), Services: len(nameless)}
	for _, name := range slices.Sorted(maps.Keys(by)) {
		s.add(name, by[name], gap)
	}
	for i, own := range pack(nameless) {
		s.Unnamed++
		s.add(AgentName(fmt.Sprintf("%s%d", unnamed, i+1)), own, 0)
	}
	return s
}

// add infers one agent from its calls.
func (s *Staff) add(name AgentName, calls []Call, gap time.Duration) {
	byStart(calls)
	a := Agent{Name: name}
	for _, c := range calls {
		at := c.service()
		if !slices.Contains(a.Skills, c.Type) {
			a.Skills = append(a.Skills, c.Type)
		}
		n := len(a.Shifts)
		if n == 0 || at.from > a.Shifts[n-1].To+gap {
			a.Shifts = append(a.Shifts, Shift{From: at.from, To: at.to})
			continue
		}
		last := &a.Shifts[n-1]
		if at.from < last.To-early {
			s.Overlaps++
		}
		last.To = max(last.To, at.to)
	}
	slices.Sort(a.Skills)
	s.Agents = append(s.Agents, a)
	s.Shifts += len(a.Shifts)
	for _, shift := range a.Shifts {
		s.OnDuty += shift.To - shift.From
	}
}

// pack deals services to as few hands as possible, none of which has two at once: taken by their
// beginning, each to the first hand that is free.
func pack(calls []Call) (hands [][]Call) {
	byStart(calls)
	for _, c := range calls {
		free := slices.IndexFunc(hands, func(own []Call) bool {
			return own[len(own)-1].service().to < c.service().from
		})
		if free < 0 {
			hands = append(hands, nil)
			free = len(hands) - 1
		}
		hands[free] = append(hands[free], c)
	}
	return hands
}

func byStart(calls []Call) {
	slices.SortFunc(calls, func(a, b Call) int {
		return cmp.Or(cmp.Compare(a.service().from, b.service().from), cmp.Compare(a.row, b.row))
	})
}
