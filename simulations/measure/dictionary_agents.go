package measure

import (
	"math"
	"slices"

	"fairline/simulations/statistics"
)

// crew makes a figure of the time of all agents, of each group and each agent; and of each period, where that is asked for.
func crew(byPeriod bool, read func(c *Collector, w worktime) Fact) func(*Collector) []figure {
	return func(c *Collector) (list []figure) {
		a := &c.agents
		add := func(by, name string, of func() worktime) {
			list = append(list, figure{Key{By: by, Group: name}, func() Fact { return read(c, of()) }})
		}
		add("", "", func() worktime { return a.total(c.closed, -1) })
		for i, name := range c.shape.Groups {
			add(ByGroup, name, func() worktime { return a.total(c.closed, i) })
		}
		for i := range c.shape.Agents {
			add(ByAgent, c.shape.Agents[i].Name, func() worktime { return a.list[i].worktime })
		}
		for p := range a.periods {
			if byPeriod {
				add(ByPeriod, number(p), func() worktime { return a.of(p) })
			}
		}
		return list
	}
}

// among makes a figure of how something differs among all agents, and among those of each group.
func among(read func(idle []float64) float64) func(*Collector) []figure {
	return func(c *Collector) (list []figure) {
		add := func(by, name string, group int) {
			list = append(list, figure{Key{By: by, Group: name}, func() Fact { return value(read(c.occupancies(group))) }})
		}
		add("", "", -1)
		for i, name := range c.shape.Groups {
			add(ByGroup, name, i)
		}
		return list
	}
}

// occupancies are those of the agents of a group who were ready at all; -1: of all groups.
func (c *Collector) occupancies(group int) (list []float64) {
	for i := range c.agents.list {
		p := &c.agents.list[i]
		if p.ready > 0 && (group < 0 || c.shape.Agents[i].Group == group) {
			list = append(list, float64(p.occupied)/float64(p.ready))
		}
	}
	return list
}

func widest(list []float64) float64 {
	if len(list) == 0 {
		return math.NaN()
	}
	return slices.Max(list) - slices.Min(list)
}

func agentMetrics() []Metric {
	ratio := func(num, den int64) Fact { return Fact{float64(num) / 1e9, float64(den) / 1e9} }
	return []Metric{
		{"occupancy", "%", Neither, "time with work in hand, wrap-up included / that and time available", Ratio, "",
			crew(true, func(_ *Collector, w worktime) Fact { return ratio(w.occupied, w.ready) })},
		{"utilisation", "%", Neither, "time with work in hand or available / time on duty, breaks included", Ratio, "",
			crew(true, func(_ *Collector, w worktime) Fact { return ratio(w.ready, w.paid) })},
		{"concurrency", "tickets", Neither, "tickets in hand of an agent who has any", Ratio, "",
			crew(true, func(_ *Collector, w worktime) Fact { return ratio(w.inHand, w.occupied) })},
		{"staff", "agents", Neither, "time average of agents on duty", Ratio, "",
			crew(false, func(c *Collector, w worktime) Fact { return Fact{float64(w.paid) / 1e9, c.span()} })},
		{"occupancy-gini", "1", Less, "Gini coefficient of the occupancies of agents", Mean, "Gini 1912", among(statistics.Gini)},
		{"idle-spread", "1", Less, "greatest less least part of their ready time that agents were without work", Mean, "",
			among(widest)},
		{"idle-while-waiting", "s", Less, "agent-seconds beside a ticket that the agent could have served and was not offered", Mean, "",
			idling},
		{"idle-unattributed", "s", Less, "of these, what nothing is known to have caused: 0 unless something is wrong", Mean, "",
			func(c *Collector) []figure {
				return []figure{{Key{}, func() Fact { return Fact{c.passes.idle[0], 1} }}}
			}},
	}
}

func idling(c *Collector) []figure {
	list := []figure{{Key{}, func() Fact {
		sum := 0.0
		for _, s := range c.passes.idle {
			sum += s
		}
		return Fact{sum, 1}
	}}}
	for _, x := range causes {
		list = append(list, figure{Key{By: ByCause, Group: x.name}, func() Fact { return Fact{c.passes.idle[x.cause], 1} }})
	}
	return list
}
