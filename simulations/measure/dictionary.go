package measure

import "strconv"

func number(i int) string { return strconv.Itoa(i) }

// counts are how many tickets came and what became of them.
func counts() []Metric {
	return []Metric{
		{"offered", "tickets", Neither, "tickets that entered the line", Mean, "", tickets(everywhere, count(offered))},
		{"answered", "tickets", Neither, "tickets whose service started", Mean, "", tickets(everywhere, count(answered))},
		{"served", "%", More, "served to the end / entered", Ratio, "", tickets(everywhere, over(of(served), of(offered)))},
		{"abandoned", "%", Less, "B/O: left while waiting for the first start / entered", Ratio, "",
			tickets(everywhere, over(of(left), of(offered)))},
		{"abandoned-ended", "%", Less, "B/(A+B): left / answered and left", Ratio, "",
			tickets(everywhere, over(of(left), of(answered, left)))},
		{"abandoned-minus-short", "%", Less, "(B-B_s)/(O-B_s): left, without the short / entered, without the short", Ratio, "",
			tickets(everywhere, func(_ *Collector, g *group) Fact {
				return Fact{g.sums[left] - g.sums[leftShort], g.sums[offered] - g.sums[leftShort]}
			})},
		{"short-abandoned", "%", Neither, "left within the short limit / entered", Ratio, "",
			tickets(everywhere, over(of(leftShort), of(offered)))},
		{"closed", "%", Neither, "ended while waiting, neither served nor abandoned / entered", Ratio, "",
			tickets(everywhere, over(of(shut), of(offered)))},
		{"dropped", "%", Less, "started, and gone before served / answered", Ratio, "",
			tickets(everywhere, over(of(dropped), of(answered)))},
		{"still-waiting", "%", Less, "waiting for the first start when the replication ends / entered", Ratio, "",
			tickets(everywhere, over(of(remain), of(offered)))},
		{"blocked", "%", Less, "refused by a full or closed line / came", Ratio, "",
			tickets(everywhere, over(of(blocked), of(came)))},
		{"balked", "%", Less, "did not stay when they saw the line / came", Ratio, "",
			tickets(everywhere, over(of(balked), of(came)))},
		// Of customers there is no metric by group: who comes again may do so in another one.
		{"attempts", "1", Less, "tickets that came, retries among them / first attempts", Ratio, "",
			tickets(all, over(of(attempts), of(customers)))},
		{"customers-served", "%", More, "served, at whatever attempt / first attempts", Ratio, "",
			tickets(all, over(of(served), of(customers)))},
	}
}

// quantile reads a quantile of some of the waits.
func quantile(p float64, of func(*group) *spread) reading {
	return func(_ *Collector, g *group) Fact { return value(of(g).quantile(p)) }
}

// unbounded reads the i-th quantile of the offered wait.
func unbounded(i int) reading {
	return func(_ *Collector, g *group) Fact { return value(g.offeredWaits()[i]) }
}

// quantiles are those that are shown, the least first.
var quantiles = [...]struct {
	name string
	p    float64
}{{"p50", .5}, {"p90", .9}, {"p95", .95}, {"p99", .99}, {"p999", .999}}

// sampled adds the kinds whose waits are kept in the collector's mode.
func sampled(read reading) func(*Collector) []figure {
	return func(c *Collector) []figure {
		if c.shape.Exact {
			return tickets(everywhere, read)(c)
		}
		return tickets(lasting, read)(c)
	}
}

func ended(s *sums) float64   { return s[answered] + s[left] }
func entered(s *sums) float64 { return s[answered] + s[left] + s[shut] + s[remain] }

func squares(s *sums) float64 { return s[waitAnswered2] + s[waitLeft2] }

// variance is that of the waits that ended, with n in the denominator.
func variance(s *sums) float64 {
	n := ended(s)
	mean := (s[waitAnswered] + s[waitLeft]) / n
	return max(0, squares(s)/n-mean*mean)
}

func waits() []Metric {
	list := []Metric{
		{"wait", "s", Less, "wait until the first start or until leaving, of answered and abandoned", Ratio, "",
			tickets(everywhere, over(of(waitAnswered, waitLeft), ended))},
		{"asa", "s", Less, "average speed of answer: wait of the answered", Ratio, "",
			tickets(everywhere, over(of(waitAnswered), of(answered)))},
		{"wait-served", "s", Less, "wait of those whose service started: the same as asa", Ratio, "",
			tickets(everywhere, over(of(waitAnswered), of(answered)))},
		{"wait-abandoned", "s", Neither, "wait of those who left, until they left", Ratio, "",
			tickets(everywhere, over(of(waitLeft), of(left)))},
		{"wait-waiting", "s", Less, "wait so far of those who wait when the replication ends", Ratio, "",
			tickets(everywhere, over(of(waitRemain), of(remain)))},
		{"wait-all", "s", Less, "wait of everybody who entered, as far as it went: until started, left, closed, or the end", Ratio, "",
			tickets(everywhere, over(of(waitAnswered, waitLeft, waitShut, waitRemain), entered))},
		{"customer-wait", "s", Less, "wait over all attempts / first attempts", Ratio, "",
			tickets(all, over(of(waitAnswered, waitLeft, waitShut, waitRemain), of(customers)))},
		{"delayed", "%", Less, "wait above 0 / entered", Ratio, "", tickets(everywhere, over(of(delayed), entered))},
		{"wait-square", "s^2", Less, "second moment of wait", Ratio, "", tickets(everywhere, over(squares, ended))},
		{"wait-variance", "s^2", Less, "variance of wait in a replication, n in the denominator", Mean, "Kingman 1962",
			tickets(everywhere, func(_ *Collector, g *group) Fact { return value(variance(&g.sums)) })},
		{"wait-scv", "1", Less, "squared coefficient of variation of wait in a replication: variance / mean^2", Mean, "",
			tickets(everywhere, func(_ *Collector, g *group) Fact {
				mean := (g.sums[waitAnswered] + g.sums[waitLeft]) / ended(&g.sums)
				return value(variance(&g.sums) / (mean * mean))
			})},
		{"max-wait", "s", Less, "longest wait of anybody who entered, as far as it went", Maximum, "",
			tickets(everywhere, most(maxWait))},
		{"lateness", "s", Less, "wait beyond the target, 0 in time / answered, abandoned and waiting with a target", Ratio, "",
			tickets(everywhere, over(of(lateSum), of(answeredT, leftT, remainT)))},
		{"late-sum", "s", Less, "sum of wait beyond the target, of answered, abandoned and waiting", Mean, "",
			tickets(everywhere, count(lateSum))},
	}
	for i, q := range quantiles {
		share := strconv.FormatFloat(100*q.p, 'g', -1, 64) + " %"
		list = append(list,
			Metric{q.name, "s", Less, "wait that " + share + " of the answered do not exceed", Mean, "Hyndman & Fan 1996, type 7",
				sampled(quantile(q.p, func(g *group) *spread { return &g.answered }))},
			Metric{q.name + "-all", "s", Less, "wait that " + share + " of all who entered do not exceed, as far as it went", Mean,
				"Hyndman & Fan 1996, type 7", sampled(quantile(q.p, (*group).all))},
			Metric{q.name + "-offered", "s", Less, "wait that " + share + " would not exceed if nobody left: others than the answered are " +
				"censored", Mean, "Kaplan & Meier 1958", tickets(all|channel|class, unbounded(i))})
	}
	return list
}

func levels() []Metric {
	list := []Metric{{"service-level", "%", More, "in time by the variant of the experiment", Ratio, "",
		tickets(everywhere, func(c *Collector, g *group) Fact { return c.shape.Variant.level(&g.sums) })}}
	for v := range variants {
		list = append(list, Metric{"service-level-" + v.String(), "%", More, v.Formula(), Ratio, "",
			tickets(everywhere, func(_ *Collector, g *group) Fact { return v.level(&g.sums) })})
	}
	return list
}

// perSpan is a time average over the window.
func perSpan(q quantity) reading {
	return func(c *Collector, g *group) Fact { return Fact{g.sums[q], c.span()} }
}

func work() []Metric {
	return []Metric{
		{"aht", "s", Neither, "average handle time: handling and wrap-up / served", Ratio, "",
			tickets(everywhere, over(of(handled, wrapped), of(served)))},
		{"handling", "s", Neither, "handling without wrap-up / served", Ratio, "",
			tickets(everywhere, over(of(handled), of(served)))},
		{"sojourn", "s", Less, "time in the system of the served", Ratio, "", tickets(everywhere, over(of(sojourn), of(served)))},
		{"queue-length", "tickets", Less, "time average of the number waiting for the first start", Ratio, "",
			tickets(lasting, perSpan(lineArea))},
		{"in-system", "tickets", Less, "time average of the number in the system", Ratio, "", tickets(lasting, perSpan(houseArea))},
		{"throughput", "/h", More, "served inside the window / its hours", Ratio, "",
			tickets(lasting, scaled(3600, perSpan(finished)))},
		{"backlog", "tickets", Less, "waiting for the first start when the period ends; of all periods: the window", Mean, "",
			backlogs},
	}
}

// backlogs are how many waited at the end of each period.
func backlogs(c *Collector) (list []figure) {
	n := len(c.waits)
	at := func(by, name string, period, first, last int) {
		list = append(list, figure{Key{By: by, Group: name}, func() Fact {
			var sum int64
			for _, w := range c.backlog[period*n+first : period*n+last] {
				sum += w
			}
			return Fact{float64(sum), 1}
		}})
	}
	end := len(c.backlog)/n - 1
	at("", "", end, 0, n)
	for i, name := range c.shape.Channels {
		at(ByChannel, name, end, i, i+1)
	}
	for p := range c.byPeriod {
		at(ByPeriod, number(p), p, 0, n)
	}
	for p := range c.byPeriod {
		for i, name := range c.shape.Channels {
			at(ByChannelPeriod, name+"+"+number(p), p, i, i+1)
		}
	}
	return list
}
