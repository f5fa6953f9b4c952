package measure

import (
	"fmt"
	"math"
	"slices"

	"fairline/simulations/statistics"
)

func overtaking() []Metric {
	return []Metric{
		{"slips", "1", Less, "times overtaken / entered", Ratio, "Gordon 1987, Larson 1987",
			tickets(everywhere, over(of(slips), of(offered)))},
		{"slips-served", "1", Less, "times overtaken, of those whose service started", Ratio, "",
			tickets(everywhere, over(of(slipsServed), of(answered)))},
		{"slips-abandoned", "1", Less, "times overtaken, of those who left", Ratio, "",
			tickets(everywhere, over(of(slipsLeft), of(left)))},
		{"slips-waiting", "1", Less, "times overtaken so far, of those who wait when the replication ends", Ratio, "",
			tickets(everywhere, over(of(slipsRemain), of(remain)))},
		{"skips", "1", Neither, "tickets overtaken / answered", Ratio, "Gordon 1987, Larson 1987",
			tickets(everywhere, over(of(skips), of(answered)))},
		{"overtaken", "%", Less, "overtaken once or more / entered", Ratio, "",
			tickets(everywhere, over(of(overtaken), of(offered)))},
		{"jumped", "%", Neither, "overtook somebody / answered", Ratio, "Natvig 1975",
			tickets(everywhere, over(of(jumped), of(answered)))},
		{"politeness", "%", Neither, "overtook nobody / answered", Ratio, "Natvig 1975",
			tickets(everywhere, func(_ *Collector, g *group) Fact {
				return Fact{g.sums[answered] - g.sums[jumped], g.sums[answered]}
			})},
		{"max-slips", "1", Less, "most times a ticket was overtaken", Maximum, "", tickets(everywhere, most(maxSlips))},
		{"max-skips", "1", Neither, "most tickets one overtook", Maximum, "", tickets(everywhere, most(maxSkips))},
		{"overtakings", "per 100", Less, "tickets overtaken / 100 answered; by reason: those charged to it", Ratio, "", overtakings},
		{"unjustified", "per 100", Less, "overtakings without a reason in the policy, or by somebody's wish / 100 answered", Ratio, "",
			tickets(everywhere, scaled(100, over(of(unjustified), of(answered))))},
		{"passed-by-skill", "1", Neither, "earlier tickets passed because the agent lacked a skill / answered", Ratio, "",
			tickets(everywhere, over(of(bySkill), of(answered)))},
		{"passed-by-room", "1", Neither, "earlier tickets passed because they did not fit what was free / answered", Ratio, "",
			tickets(everywhere, over(of(byRoom), of(answered)))},
		{"overtake-minutes", "min", Less, "handling of who went ahead / agents on duty, once for each overtaken / served", Ratio, "",
			tickets(everywhere, scaled(1.0/60, over(of(minutes), of(served))))},
		{"overtake-gap", "s", Neither, "how much later than the overtaken arrived who went ahead / pairs", Ratio, "",
			paired(tickets(everywhere, over(of(gapSum), of(gaps))))},
		{"max-overtake-gap", "s", Less, "the most of it", Maximum, "", paired(tickets(everywhere, most(maxGap)))},
		{"envy", "1", Less, "times overtaken by tickets of no greater need / entered", Ratio, "",
			paired(tickets(everywhere, over(of(envy), of(offered))))},
		{"max-envy", "1", Less, "most of a ticket: the order is EF-k, envy-free but for k", Maximum, "",
			paired(tickets(everywhere, most(maxEnvy)))},
		{"inversions", "1", Less, "all earlier tickets passed, also for want of skill or room / pairs of tickets", Ratio, "",
			tickets(all, func(_ *Collector, g *group) Fact { return Fact{passedOver(&g.sums), pairs(&g.sums)} })},
		{"kendall-tau", "1", More, "order of start against order of arrival: 1 - 2 inversions", Ratio, "Kendall 1938",
			tickets(all, func(_ *Collector, g *group) Fact {
				return Fact{pairs(&g.sums) - 2*passedOver(&g.sums), pairs(&g.sums)}
			})},
		{"displacement", "1", Less, "square of rank in start less rank in arrival, among those who had not left / answered", Ratio,
			"Avi-Itzhak & Levy 2004", tickets(everywhere, over(of(shift2), of(answered)))},
		{"departure-overtakes", "1", Neither, "earlier tickets still there at the end of service / served", Ratio, "Kim & Lim 2016",
			tickets(everywhere, over(of(departs), of(served)))},
		{"overtake-matrix", "1", Neither, "times overtaken by tickets of the other group / entered of the first", Ratio, "",
			matrices},
		{"advantage", "1", Neither, "share of all skips / share of all who entered: 1 is neutral", Mean, "",
			tickets(parts, func(c *Collector, g *group) Fact {
				return value(g.sums[skips] / c.all.sums[skips] / (g.sums[offered] / c.all.sums[offered]))
			})},
	}
}

func passedOver(s *sums) float64 { return s[skips] + s[bySkill] + s[byRoom] }

func pairs(s *sums) float64 { return s[offered] * (s[offered] - 1) / 2 }

// overtakings are by group of who went ahead, and by what they are charged to.
func overtakings(c *Collector) []figure {
	list := tickets(everywhere, scaled(100, over(of(skips), of(answered))))(c)
	add := func(name string, n *float64) {
		list = append(list, figure{Key{By: ByReason, Group: name}, func() Fact { return Fact{100 * *n, c.all.sums[answered]} }})
	}
	for i, n := range c.shape.Nodes {
		add(n.Name, &c.passes.nodes[i][0])
		seen := map[string]int{}
		for k, guard := range n.Guards {
			name := n.Name + "/" + guard
			if seen[guard]++; seen[guard] > 1 {
				name = fmt.Sprintf("%s#%d", name, seen[guard])
			}
			add(name, &c.passes.nodes[i][k+1])
		}
	}
	for _, x := range causes {
		add(x.name, &c.passes.causes[x.cause])
	}
	return list
}

// matrices say who was overtaken by whom.
func matrices(c *Collector) (list []figure) {
	add := func(by string, names []string, groups []group, counts []float64) {
		for i, under := range names {
			for j, ahead := range names {
				list = append(list, figure{Key{By: by, Group: under + ">" + ahead}, func() Fact {
					return Fact{counts[i*len(names)+j], groups[i].sums[offered]}
				}})
			}
		}
	}
	add(ByClasses, c.shape.Classes, c.classes, c.passes.classes)
	add(ByChannels, c.shape.Channels, c.channels, c.passes.channels)
	return list
}

func fairness() []Metric {
	list := []Metric{
		{"raqfm", "s", Neither, "D: service given less service due; of served and left", Ratio, "Raz, Levy & Avi-Itzhak 2004",
			tickets(everywhere, over(of(fair), of(fairCount)))},
		{"raqfm-square", "s^2", Less, "square of D; of served and left", Ratio, "Raz, Levy & Avi-Itzhak 2004",
			tickets(everywhere, over(of(fair2), of(fairCount)))},
		{"raqfm-left", "s", Neither, "D of those who left without a start", Ratio, "Raz, Levy & Avi-Itzhak 2004",
			tickets(everywhere, over(of(fairLeft), of(left, shut)))},
		{"sqf", "s^2", Less, "square of time in the system less its part in proportion to handling, of the served", Mean,
			"Avi-Itzhak, Brosh & Levy 2007", tickets(everywhere, slowdownSpread)},
		{"slowdown", "1", Less, "time in the system / handling, of the served", Ratio, "Wierman & Harchol-Balter 2003", slowdowns},
		{"discrimination", "1", Less, "of the served: who came later, or had no less work left, and was gone before", Ratio, "Sandmann 2005",
			paired(tickets(everywhere, over(of(differs), of(served))))},
		{"jain", "1", More, "Jain's index of the waits of all who entered, as far as they went", Mean, "Jain, Chiu & Hawe 1984",
			tickets(everywhere, func(_ *Collector, g *group) Fact { return value(jain(&g.sums)) })},
		{"gini", "1", Less, "Gini coefficient of the waits of all who entered, as far as they went", Mean, "Gini 1912",
			sampled(func(_ *Collector, g *group) Fact { return value(g.all().gini()) })},
		{"theil", "1", Less, "Theil's index of the waits of all who entered, as far as they went", Mean, "Theil 1967",
			sampled(func(_ *Collector, g *group) Fact { return value(g.all().theil()) })},
	}
	for _, k := range []struct {
		name   string
		groups func(*Collector) []*group
	}{
		{"channel", func(c *Collector) []*group { return pointers(c.channels) }},
		{"class", func(c *Collector) []*group { return pointers(c.classes) }},
		{"source", func(c *Collector) []*group { return pointers(c.sources) }},
		{"cohort", func(c *Collector) []*group { return c.cohorts }},
	} {
		list = append(list, between(k.name, k.groups)...)
	}
	return list
}

func pointers(groups []group) (list []*group) {
	for i := range groups {
		list = append(list, &groups[i])
	}
	return list
}

// between are measures of how the groups of a kind differ from one another. Groups without tickets are left out.
func between(kind string, groups func(*Collector) []*group) []Metric {
	figures := func(read func(*group) float64, sum func([]float64) float64) func(*Collector) []figure {
		return func(c *Collector) []figure {
			return []figure{{Key{}, func() Fact {
				var list []float64
				for _, g := range groups(c) {
					if v := read(g); !math.IsNaN(v) {
						list = append(list, v)
					}
				}
				return value(sum(list))
			}}}
		}
	}
	wait := func(g *group) float64 { return (g.sums[waitAnswered] + g.sums[waitLeft]) / ended(&g.sums) }
	return []Metric{
		{kind + "-ratio", "1", Less, "greatest mean wait of a " + kind + " / least", Mean, "", figures(wait, ratioOf)},
		{kind + "-ratio-p95", "1", Less, "greatest p95 of a " + kind + " / least", Mean, "",
			figures(func(g *group) float64 { return g.answered.quantile(.95) }, ratioOf)},
		{kind + "-jain", "1", More, "Jain's index of the mean waits by " + kind, Mean, "Jain, Chiu & Hawe 1984",
			figures(wait, statistics.Jain)},
		{kind + "-target-error", "1", Less, "farthest mean wait / target of a " + kind + " from their mean, of those with a target", Mean,
			"", figures(func(g *group) float64 { return g.sums[targetSum] / of(answeredT, leftT, remainT)(&g.sums) }, farthest)},
	}
}

// ratioOf is the greatest over the least; not a number of none, or where the least is 0.
func ratioOf(list []float64) float64 {
	if len(list) == 0 || slices.Min(list) == 0 {
		return math.NaN()
	}
	return slices.Max(list) / slices.Min(list)
}

// farthest is how far the farthest is from the mean; not a number of none.
func farthest(list []float64) float64 {
	sum := 0.0
	for _, v := range list {
		sum += v
	}
	mean := sum / float64(len(list))
	if len(list) == 0 {
		return math.NaN()
	}
	return max(slices.Max(list)-mean, mean-slices.Min(list))
}

func everyWait(s *sums) (n, sum, square float64) {
	return entered(s), of(waitAnswered, waitLeft, waitShut, waitRemain)(s), of(waitAnswered2, waitLeft2, waitShut2, waitRemain2)(s)
}

// jain is Jain's index from sums. Waits of nothing but 0 are equal.
func jain(s *sums) float64 {
	n, sum, square := everyWait(s)
	if n > 0 && sum == 0 {
		return 1
	}
	return sum * sum / (n * square)
}

// slowdownSpread is E(T - kS)^2, with k = E(T)/E(S) of all the served.
func slowdownSpread(c *Collector, g *group) Fact {
	k, s := c.all.sums[sojourn]/c.all.sums[handled], &g.sums
	return value(max(0, s[sojourn2]-2*k*s[sojournHandled]+k*k*s[handled2]) / s[served])
}

// slowdowns are by group of tickets, and by length of handling: the profile.
func slowdowns(c *Collector) []figure {
	list := tickets(everywhere, over(of(sojourn), of(handled)))(c)
	for i, name := range binNames {
		list = append(list, figure{Key{By: ByService, Group: name}, func() Fact { return Fact{c.slow[i].stay, c.slow[i].work} }})
	}
	return list
}
