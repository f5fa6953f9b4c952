package measure

import (
	"slices"
	"sync"

	"fairline/simulations/statistics"
)

// A Key says what a Fact is about: a metric, of a group of a kind.
type Key struct {
	Metric string
	By     string // the kind: a constant such as ByChannel; empty: all
	Group  string // its name. Periods are numbered from 0; of ByChannelPeriod "phone+3"; of pairs "overtaken>overtaker"
}

// A Fact is the value of a metric in one replication: Num/Den, undefined where Den is 0. See Metric.Pool for what becomes of
// those of several replications.
type Fact struct{ Num, Den float64 }

// The kinds of groups.
const (
	ByChannel       = "channel"
	ByClass         = "class"
	BySource        = "source"
	ByCohort        = "cohort"
	ByPeriod        = "period"          // in which they arrived
	ByChannelPeriod = "channel+period"  // both
	ByGroup         = "group"           // of agents
	ByAgent         = "agent"           //
	ByReason        = "reason"          // a node of the policy, "node/protection", or what is no line of it, such as "pull"
	ByCause         = "cause"           // what kept agents from tickets
	ByService       = "service"         // how long the handling took
	ByClasses       = "class>class"     // who was overtaken > who went ahead
	ByChannels      = "channel>channel" // the same
)

// A Pool says how the values of replications become one.
type Pool string

// The pools.
const (
	Ratio   Pool = "ratio" // the sum of Num over the sum of Den
	Mean    Pool = "mean"  // the mean of Num over those replications in which it is defined: its Den is 1
	Maximum Pool = "max"   // the greatest Num
)

// A Better says which values of a metric are better.
type Better string

// The directions.
const (
	Less    Better = "less"
	More    Better = "more"
	Neither Better = "neither" // it describes
)

// Direction is b for the functions of package statistics; ok is false of Neither.
func (b Better) Direction() (d statistics.Direction, ok bool) {
	if b == More {
		return statistics.Larger, true
	}
	return statistics.Smaller, b == Less
}

// A Metric is an entry of the data dictionary.
type Metric struct {
	Name    string // stable: it stands in experiment files
	Unit    string // s, %, 1, tickets, agents, s^2, min, /h, "per 100". A value in % is a fraction: the reader shows it times 100
	Better  Better
	Formula string // in words
	Pool    Pool
	Source  string // of the measure; empty: common in the field

	figures func(*Collector) []figure
}

// A figure is a key with how its value is found, once the replication is closed.
type figure struct {
	Key
	fact func() Fact
}

// A scope is a set of kinds of groups of tickets.
type scope uint8

const (
	all scope = 1 << iota
	channel
	class
	source
	cohort
	period
	channelPeriod

	parts      = channel | class | source | cohort
	lasting    = all | parts // what is measured over time is not split by the period of arrival
	everywhere = lasting | period | channelPeriod
)

var registry = sync.OnceValue(func() (list []Metric) {
	for _, part := range [][]Metric{counts(), waits(), levels(), work(), overtaking(), fairness(), agentMetrics()} {
		list = append(list, part...)
	}
	return list
})

// Metrics returns the registry of all metrics, in the order in which they are shown: the data dictionary.
func Metrics() []Metric { return slices.Clone(registry()) }

// MetricOf returns the metric of a name.
func MetricOf(name string) (Metric, bool) {
	for _, m := range registry() {
		if m.Name == name {
			return m, true
		}
	}
	return Metric{}, false
}

// plan lists what a collector yields.
func (c *Collector) plan() (list []figure) {
	for _, m := range registry() {
		for _, f := range m.figures(c) {
			f.Metric = m.Name
			list = append(list, f)
		}
	}
	return list
}

// Keys returns what the facts are about, in an order that depends on the shape alone.
func (c *Collector) Keys() []Key {
	keys := make([]Key, len(c.figures))
	for i := range c.figures {
		keys[i] = c.figures[i].Key
	}
	return keys
}

// Facts appends the facts of the replication to dst, one for each of Keys, in that order. It comes after Close.
func (c *Collector) Facts(dst []Fact) []Fact {
	for i := range c.figures {
		dst = append(dst, c.figures[i].fact())
	}
	return dst
}

// A reading is how a metric is read from a group.
type reading func(c *Collector, g *group) Fact

// tickets makes a figure for each group of tickets in a scope.
func tickets(in scope, read reading) func(*Collector) []figure {
	return func(c *Collector) (list []figure) {
		add := func(kind scope, by, name string, g *group) {
			if in&kind != 0 {
				list = append(list, figure{Key{By: by, Group: name}, func() Fact { return read(c, g) }})
			}
		}
		add(all, "", "", &c.all)
		s := &c.shape
		for i, name := range s.Channels {
			add(channel, ByChannel, name, &c.channels[i])
		}
		for i, name := range s.Classes {
			add(class, ByClass, name, &c.classes[i])
		}
		for i, name := range s.Sources {
			add(source, BySource, name, &c.sources[i])
		}
		for i, name := range s.Cohorts {
			add(cohort, ByCohort, name, c.cohorts[i])
		}
		for i := range c.byPeriod {
			add(period, ByPeriod, number(i), &c.byPeriod[i])
		}
		for i, g := range c.periods {
			add(channelPeriod, ByChannelPeriod, s.Channels[i%len(s.Channels)]+"+"+number(i/len(s.Channels)), g)
		}
		return list
	}
}

// of sums quantities.
func of(list ...quantity) func(*sums) float64 {
	return func(s *sums) (sum float64) {
		for _, q := range list {
			sum += s[q]
		}
		return sum
	}
}

// over is a ratio of sums of quantities.
func over(num, den func(*sums) float64) reading {
	return func(_ *Collector, g *group) Fact { return Fact{num(&g.sums), den(&g.sums)} }
}

// scaled multiplies what is read.
func scaled(by float64, read reading) reading {
	return func(c *Collector, g *group) Fact {
		f := read(c, g)
		return Fact{by * f.Num, f.Den}
	}
}

// most is a maximum; undefined where there were no tickets.
func most(q quantity) reading {
	return func(_ *Collector, g *group) Fact {
		if g.sums[offered] == 0 {
			return Fact{}
		}
		return Fact{g.sums[q], 1}
	}
}

// count is a number of tickets in a replication.
func count(q quantity) reading {
	return func(_ *Collector, g *group) Fact { return Fact{g.sums[q], 1} }
}

// paired keeps figures where the run tells of pairs.
func paired(f func(*Collector) []figure) func(*Collector) []figure {
	return func(c *Collector) []figure {
		if !c.shape.Pairs {
			return nil
		}
		return f(c)
	}
}
