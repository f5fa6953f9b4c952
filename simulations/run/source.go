package run

import (
	"fmt"
	"math"

	"fairline/engine"
	"fairline/policy"
	"fairline/simulations/dist"
	"fairline/simulations/scenario"
	"fairline/simulations/stream"
)

// A source is a scenario.Source made ready for a policy.
type source struct {
	spec     *scenario.Source
	channel  uint8
	facts    engine.Facts // of a ticket before anything is drawn
	attrs    []attribute
	skills   []need
	transfer []engine.Word
	actions  []action
	rows     [][]setting // of a trace: what it says of each customer
	coupled  bool        // something goes with the hidden factor
	need     int         // the attribute that says how great the need is, -1: none
	plain    bool        // nothing is drawn for a ticket but handling and patience
}

// An attribute is what a customer carries, as Facts hold it.
type attribute struct {
	spec    *scenario.Attribute
	slot    policy.Slot
	numbers []int64 // of Values
	has     []bool
	upTo    []float64 // of Values: the sum of weights so far
	needs   []uint8   // of Values: the rank of the need, where this attribute is the need
}

type need struct {
	word engine.Word
	p    float64
}

// An action is what customers may do, as Facts hold it.
type action struct {
	spec    *scenario.Action
	channel uint8
	sets    []setting
	also    int // the channel of the second ticket, -1: none
	alsoSet []setting
}

// A setting is an attribute that an action changes.
type setting struct {
	name  string
	value string
	index int
	num   int64
	has   bool
}

func (m *Model) source(i int) (s source, err error) {
	s = source{spec: &m.Scenario.Sources[i], need: -1}
	if s.channel, err = m.channel(s.spec.Channel); err != nil {
		return s, err
	}
	r := m.Policy.Ticket(policy.Ticket{Channel: s.spec.Channel})
	if err := r.Err(); err != nil {
		return s, err
	}
	s.facts = r.Facts
	s.coupled = s.spec.Handling.Factor != 0 || s.spec.Patience.Factor != 0
	for j := range s.spec.Attributes {
		a, err := m.attribute(&s.spec.Attributes[j])
		if err != nil {
			return s, err
		}
		if a.spec.Name == "need" {
			s.need = j
		}
		s.coupled = s.coupled || a.spec.Factor != 0
		s.attrs = append(s.attrs, a)
	}
	for _, c := range s.spec.Skills {
		s.skills = append(s.skills, need{engine.WordOf(c.Skill), c.Probability})
	}
	if len(s.skills) > engine.NeedsMax || len(s.spec.Transfer.Skills) > engine.NeedsMax {
		return s, fmt.Errorf("a ticket may need %d skills", engine.NeedsMax)
	}
	s.transfer = skills(s.spec.Transfer.Skills, false)
	if t := s.spec.Arrivals.Trace; t != nil {
		for i := range t.Rows {
			sets, err := m.settings(t.Rows[i].Values)
			if err != nil {
				return s, fmt.Errorf("%s: customer %d: %w", t.File, i+1, err)
			}
			s.rows = append(s.rows, sets)
		}
	}
	s.plain = s.rows == nil && len(s.skills)+len(s.spec.Actions) == 0 && s.spec.Known == 0 && s.spec.Due == nil
	return s, m.actions(&s)
}

// row returns which recorded customer makes a visit, -1: none.
func (s *source) row(v visit) int {
	if v.attempt > 0 || v.index >= uint64(len(s.rows)) {
		return -1
	}
	return int(v.index)
}

// said returns what was not drawn of an attribute of a ticket, nil: it was.
func (s *source) said(v visit, x *slot, name string) *setting {
	var lists [2][]setting
	if s.actions != nil {
		lists[0] = s.actions[x.Action].sets
	}
	if r := s.row(v); r >= 0 {
		lists[1] = s.rows[r]
	}
	for _, list := range lists {
		for k := range list {
			if list[k].name == name {
				return &list[k]
			}
		}
	}
	return nil
}

func (m *Model) attribute(spec *scenario.Attribute) (a attribute, err error) {
	a.spec = spec
	var declared bool
	if a.slot, declared = m.Policy.Slot(spec.Name); !declared {
		a.slot.Index = -1 // carried, and not kept: as at the door
	}
	sum := 0.0
	for _, v := range spec.Values {
		sum += v.Weight
		var num int64
		var has bool
		if declared {
			if num, has, err = a.slot.Number(v.Value); err != nil {
				return a, err
			}
		}
		a.numbers, a.has, a.upTo = append(a.numbers, num), append(a.has, has), append(a.upTo, sum)
		a.needs = append(a.needs, m.rank(v.Value))
	}
	if declared && spec.Law != nil {
		_, _, err = a.slot.Whole(0)
	}
	return a, err
}

// rank is how great a need is, 0 for the greatest. What the scenario does not list comes last.
func (m *Model) rank(value string) uint8 {
	for i, n := range m.Scenario.Needs {
		if n == value {
			return uint8(i)
		}
	}
	return uint8(len(m.Scenario.Needs))
}

func (m *Model) actions(s *source) (err error) {
	for i := range s.spec.Actions {
		spec := &s.spec.Actions[i]
		a := action{spec: spec, channel: s.channel, also: -1}
		if spec.Channel != "" {
			if a.channel, err = m.channel(spec.Channel); err != nil {
				return err
			}
		}
		if a.sets, err = m.settings(spec.Set); err != nil {
			return err
		}
		if spec.Also != "" {
			c, err := m.channel(spec.Also)
			if err != nil {
				return err
			}
			a.also = int(c)
			if a.alsoSet, err = m.settings(spec.AlsoSet); err != nil {
				return err
			}
		}
		s.actions = append(s.actions, a)
	}
	return nil
}

func (m *Model) settings(set map[string]string) (list []setting, err error) {
	for name, value := range set { // each sets another slot: the order does not matter
		slot, declared := m.Policy.Slot(name)
		x := setting{name: name, value: value, index: -1}
		if declared {
			if x.num, x.has, err = slot.Number(value); err != nil {
				return nil, err
			}
			x.index = slot.Index
		}
		list = append(list, x)
	}
	return list, nil
}

// law returns the law of a span for a ticket that arrived so long after the beginning, with agents of a group.
func law(s *scenario.Span, group string, arrived engine.Duration) dist.Law {
	if s.ByGroup != nil {
		if l, ok := s.ByGroup[group]; ok {
			return l
		}
	}
	l := s.Law
	for i := range s.Periods {
		if s.Periods[i].From > max(0, arrived) { // who waits from the beginning is as who comes then
			break
		}
		l = s.Periods[i].Law
	}
	return l
}

// seconds turns a draw into a span, rounded to a nanosecond. What is too long for the clock is a hundred years.
func seconds(x float64) engine.Duration {
	const most = 36_525 * 86_400
	if !(x < most) {
		x = most
	}
	return engine.Duration(x*1e9 + 0.5)
}

// coupled moves u by the hidden factor of a customer, whose normal quantile is z: the marginal law stays as it is.
func coupled(u, z, factor float64) float64 {
	if factor == 0 {
		return u
	}
	v := dist.Phi(factor*z + math.Sqrt(1-factor*factor)*dist.Normal01(u))
	return min(max(v, 0x1p-53), 1-0x1p-53)
}

// A flow is the streams of a source in a replication.
type flow [purposes]stream.Base

func (p *Player) flow(name string) (f flow) {
	for i := range f {
		f[i] = stream.Of(p.model.options.Seed, p.replication, name, uint64(i))
	}
	return f
}
