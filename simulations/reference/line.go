package reference

import (
	"fmt"
	"math"
	"strings"

	"fairline/engine"
	"fairline/policy"
	"fairline/simulations/scenario"
)

// A kind is customers of one class.
type kind struct {
	class    int // from 1
	rate     float64
	handling law
	patience *law   // nil: for ever
	need     string // a skill; empty: none
	wave     *wave  // of the rate, nil: it is constant
}

// A wave is the rate x (1 + swing sin(speed t)).
type wave struct{ swing, speed float64 }

// A crew is agents who are alike.
type crew struct {
	name   string
	agents int
	skills []string
}

// A line is a model, made concrete: who comes, who serves, in which order. Times are in the unit of the entry.
type line struct {
	classes int
	kinds   []kind
	crews   []crew
	order   string  // of classes c1, c2 and so on, as a policy file says it
	more    string  // of the policy file: protections, reserves, how agents are chosen
	within  float64 // the target, 0: none
	span    float64 // that stands in the policy, 0: none. It is whole seconds there
}

// agents are all agents.
func (l *line) agents() (n int) {
	for _, c := range l.crews {
		n += c.agents
	}
	return n
}

// rate is the rate of all customers.
func (l *line) rate() (sum float64) {
	for _, k := range l.kinds {
		sum += k.rate
	}
	return sum
}

// load is the work that comes in a unit of time.
func (l *line) load() (sum float64) {
	for _, k := range l.kinds {
		sum += k.rate * k.handling.mean
	}
	return sum
}

// unit is how many seconds the unit of time has: a minute, or about so much that a span in the policy is whole seconds.
func (l *line) unit() float64 {
	if l.span == 0 {
		return 60
	}
	return max(1, math.Round(60*l.span)) / l.span
}

// seconds is the span in the policy.
func (l *line) seconds() string { return fmt.Sprintf("%.0fs", l.span*l.unit()) }

// relaxation is about how long the line takes to forget how it began.
func (l *line) relaxation() (float64, error) {
	work, scv, patience := 0.0, 0.0, 0.0
	for _, k := range l.kinds {
		work, scv = max(work, k.handling.mean), max(scv, k.handling.scv)
		if k.patience != nil {
			patience = max(patience, k.patience.mean)
		}
	}
	if patience > 0 || l.kinds[0].patience != nil {
		return 2 * (work + patience), nil
	}
	if w := l.kinds[0].wave; w != nil {
		return 2 * math.Pi / w.speed, nil
	}
	c := float64(l.agents())
	busy := l.load() / c
	if busy >= 1 {
		return 0, fmt.Errorf("%g of work come where %g can be done, and nobody leaves: there is no steady state", l.load(), c)
	}
	return work + work/c*max(1, (1+scv)/2)/math.Pow(1-math.Sqrt(busy), 2), nil
}

// key tells lines apart that differ in more than the target.
func (l *line) key() string {
	var b strings.Builder
	for _, k := range l.kinds {
		fmt.Fprintf(&b, "c%d %v %s %s", k.class, k.rate, k.handling.name, k.need)
		if k.patience != nil {
			b.WriteString(" leave " + k.patience.name)
		}
		if k.wave != nil {
			fmt.Fprintf(&b, " %v", *k.wave)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "%v\n%s\n%s", l.crews, l.order, l.more)
	return b.String()
}

// policy is the text of the policy file.
func (l *line) policy() string {
	var names, classes []string
	for i := range l.classes {
		name := fmt.Sprintf("c%d", i+1)
		when := fmt.Sprintf("when: 'ticket.level == \"%s\"', ", name)
		if i == l.classes-1 {
			when = ""
		}
		names = append(names, name)
		classes = append(classes, fmt.Sprintf("  - {name: %s, %sreason: By the model}\n", name, when))
	}
	return fmt.Sprintf("fairline: 1\npolicy: reference\nattributes: {level: {one_of: [%s], else: %s}}\n"+
		"channels: {phone: {takes: agent, handling: 1m}}\nclasses:\n%sorder: %s\n%s",
		strings.Join(names, ", "), names[0], strings.Join(classes, ""), l.order, l.more)
}

func (l *line) parsed() (*policy.Policy, error) {
	p, faults := policy.Parse("reference.yaml", []byte(l.policy()))
	if p == nil {
		return nil, fmt.Errorf("%v in\n%s", faults, l.policy())
	}
	return p, nil
}

// scenario makes the line of a length in units.
func (l *line) scenario(length float64) (*scenario.Scenario, error) {
	unit := l.unit()
	s := &scenario.Scenario{Name: "reference", Starts: engine.Instant(engine.Day), Length: nanos(length * unit)}
	if l.within > 0 {
		s.Targets = map[string]engine.Duration{"phone": nanos(l.within * unit)}
	}
	for i, k := range l.kinds {
		src := scenario.Source{Name: fmt.Sprintf("s%d", i+1), Channel: "phone", Busy: -1}
		hourly := k.rate * 3600 / unit
		src.Arrivals.Rates = []scenario.Rate{{PerHour: hourly}}
		if w := k.wave; w != nil {
			every := nanos(2 * math.Pi / w.speed * unit)
			src.Arrivals = scenario.Arrivals{Wave: &scenario.Wave{PerHour: hourly, Swing: w.swing, Every: every}}
		}
		var err error
		if src.Handling.Law, err = k.handling.make(unit); err != nil {
			return nil, err
		}
		if k.patience != nil {
			if src.Patience.Law, err = k.patience.make(unit); err != nil {
				return nil, err
			}
		}
		if l.classes > 1 {
			class := scenario.Weighted{Value: fmt.Sprintf("c%d", k.class), Weight: 1}
			src.Attributes = []scenario.Attribute{{Name: "level", Values: []scenario.Weighted{class}}}
		}
		if k.need != "" {
			src.Skills = []scenario.Chance{{Skill: k.need, Probability: 1}}
		}
		s.Sources = append(s.Sources, src)
	}
	for _, c := range l.crews {
		s.Groups = append(s.Groups, scenario.Group{Name: c.name, Skills: c.skills, Shifts: []scenario.Shift{{Agents: c.agents}}})
	}
	return s, nil
}

func nanos(seconds float64) engine.Duration { return engine.Duration(math.Round(seconds * 1e9)) }
