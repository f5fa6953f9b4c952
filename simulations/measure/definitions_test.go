package measure

import (
	"math"
	"strconv"
	"strings"
)

func ticketCounts(g crowd) map[string]func() float64 {
	came := func(which func(*matter) bool) float64 {
		n := 0.0
		for _, m := range g.came {
			n += float64(truth(which(m)))
		}
		return n
	}
	first := func() float64 { return came(func(m *matter) bool { return m.Attempt == 0 }) }
	short := func(m *matter) bool { return leftOne(m) && g.short(m) }
	return map[string]func() float64{
		"offered":         func() float64 { return g.number(anyone) },
		"answered":        func() float64 { return g.number(answeredOne) },
		"served":          func() float64 { return g.part(servedOne, anyone) },
		"abandoned":       func() float64 { return g.part(leftOne, anyone) },
		"abandoned-ended": func() float64 { return g.part(leftOne, finishedOne) },
		"abandoned-minus-short": func() float64 {
			return (g.number(leftOne) - g.number(short)) / (g.number(anyone) - g.number(short))
		},
		"short-abandoned": func() float64 { return g.part(short, anyone) },
		"closed":          func() float64 { return g.part(shutOne, anyone) },
		"dropped": func() float64 {
			return g.part(func(m *matter) bool { return !servedOne(m) && m.endNo >= 0 }, answeredOne)
		},
		"still-waiting":    func() float64 { return g.part(remains, anyone) },
		"blocked":          func() float64 { return came(func(m *matter) bool { return m.how == Blocked }) / came(anyone) },
		"balked":           func() float64 { return came(func(m *matter) bool { return m.how == Balked }) / came(anyone) },
		"attempts":         func() float64 { return came(anyone) / first() },
		"customers-served": func() float64 { return g.number(servedOne) / first() },
		"customer-wait":    func() float64 { return g.sum(anyone, waitOf) / first() },
		"service-level":    func() float64 { return g.level(g.w.shape.Variant) },
	}
}

func ticketWaits(g crowd) map[string]func() float64 {
	square := func(m *matter) float64 { return waitOf(m) * waitOf(m) }
	variance := func() float64 {
		mean := g.mean(finishedOne, waitOf)
		return g.mean(finishedOne, func(m *matter) float64 { return (waitOf(m) - mean) * (waitOf(m) - mean) })
	}
	targeted := func(m *matter) bool { return g.w.targetOf(m) > 0 && !shutOne(m) }
	late := func(m *matter) float64 { return max(0, waitOf(m)-g.w.targetOf(m)) }
	all := map[string]func() float64{
		"wait":           func() float64 { return g.mean(finishedOne, waitOf) },
		"asa":            func() float64 { return g.mean(answeredOne, waitOf) },
		"wait-served":    func() float64 { return g.mean(answeredOne, waitOf) },
		"wait-abandoned": func() float64 { return g.mean(leftOne, waitOf) },
		"wait-waiting":   func() float64 { return g.mean(remains, waitOf) },
		"wait-all":       func() float64 { return g.mean(anyone, waitOf) },
		"delayed":        func() float64 { return g.part(func(m *matter) bool { return waitOf(m) > 0 }, anyone) },
		"wait-square":    func() float64 { return g.mean(finishedOne, square) },
		"wait-variance":  variance,
		"wait-scv":       func() float64 { return variance() / math.Pow(g.mean(finishedOne, waitOf), 2) },
		"max-wait":       func() float64 { return g.most(waitOf) },
		"lateness":       func() float64 { return g.mean(targeted, late) },
		"late-sum":       func() float64 { return g.sum(targeted, late) },
		"jain":           func() float64 { return jainOf(g.values(anyone, waitOf)) },
		"gini":           func() float64 { return giniOf(g.values(anyone, waitOf)) },
		"theil":          func() float64 { return theilOf(g.values(anyone, waitOf)) },
	}
	for name, q := range map[string]float64{"p50": .5, "p90": .9, "p95": .95, "p99": .99, "p999": .999} {
		all[name] = func() float64 { return order(g.values(answeredOne, waitOf), q) }
		all[name+"-all"] = func() float64 { return order(g.values(anyone, waitOf), q) }
		all[name+"-offered"] = func() float64 { return g.kaplanMeier(q) }
	}
	return all
}

// average is the time average of the tickets of the group for which something holds at a second, whenever they arrived.
func (g crowd) average(holds func(m *matter, t int) bool) float64 {
	from, to := g.w.window()
	n := 0.0
	for t := from; t < to; t++ {
		for _, m := range g.w.list {
			n += float64(truth(g.w.in(g.key, m) && holds(m, t)))
		}
	}
	return n / float64(to-from)
}

func inLine(m *matter, t int) bool { return m.here[t] && (m.firstStart < 0 || t < m.firstStart) }

func ticketWork(g crowd) map[string]func() float64 {
	from, to := g.w.window()
	ends := int((g.w.shape.Ends - epoch) / 1e9)
	return map[string]func() float64{
		"aht": func() float64 {
			return g.mean(servedOne, func(m *matter) float64 { return workOf(m) + seconds(m.Wrapped) })
		},
		"handling":     func() float64 { return g.mean(servedOne, workOf) },
		"sojourn":      func() float64 { return g.mean(servedOne, stayOf) },
		"slowdown":     func() float64 { return g.sum(servedOne, stayOf) / g.sum(servedOne, workOf) },
		"queue-length": func() float64 { return g.average(inLine) },
		"in-system":    func() float64 { return g.average(func(m *matter, t int) bool { return m.here[t] }) },
		"throughput": func() float64 {
			n := 0.0
			for _, m := range g.w.list {
				n += float64(truth(g.w.in(g.key, m) && servedOne(m) && m.gone >= from && m.gone < ends))
			}
			return n / (float64(to-from) / 3600)
		},
		"departure-overtakes": func() float64 {
			return g.mean(servedOne, func(m *matter) float64 { return float64(m.stillAtFinish) })
		},
		"displacement": func() float64 {
			return g.mean(answeredOne, func(m *matter) float64 { return float64(m.rankAtStart * m.rankAtStart) })
		},
		"overtake-minutes": func() float64 {
			return g.mean(servedOne, func(m *matter) float64 {
				return float64(m.Skips) * workOf(m) / float64(m.firstCrew) / 60
			})
		},
	}
}

// backlog is how many of a channel, or of all, waited in the second before an instant.
func (w *world) backlog(name string, t int) (n float64) {
	for _, m := range w.list {
		n += float64(truth((name == "" || w.shape.Channels[m.Channel] == name) && inLine(m, t-1)))
	}
	return n
}

func (w *world) backlogOf(k Key) float64 {
	from, to := w.window()
	name, period, split := strings.Cut(k.Group, "+")
	switch k.By {
	case "":
		name, period = "", ""
	case ByChannel:
		period = ""
	case ByPeriod:
		name, period, split = "", k.Group, true
	}
	if !split || period == "" {
		return w.backlog(name, to)
	}
	p, _ := strconv.Atoi(period)
	return w.backlog(name, min(to, from+(p+1)*int(w.shape.Period/1e9)))
}

func ticketPasses(g crowd) map[string]func() float64 {
	count := func(of func(*Ticket) uint32) func(*matter) float64 {
		return func(m *matter) float64 { return float64(of(&m.Ticket)) }
	}
	slips := count(func(t *Ticket) uint32 { return t.Slips })
	skips := count(func(t *Ticket) uint32 { return t.Skips })
	skill, room := count(func(t *Ticket) uint32 { return t.BySkill }), count(func(t *Ticket) uint32 { return t.ByRoom })
	rate := func(of func(*matter) float64, which func(*matter) bool) func() float64 {
		return func() float64 { return g.sum(anyone, of) / g.number(which) }
	}
	all := func() float64 { return g.sum(anyone, skips) + g.sum(anyone, skill) + g.sum(anyone, room) }
	pairs := func() float64 { n := g.number(anyone); return n * (n - 1) / 2 }
	jumped := func() float64 { return g.number(func(m *matter) bool { return m.Skips > 0 }) / g.number(answeredOne) }
	return map[string]func() float64{
		"slips":            rate(slips, anyone),
		"slips-served":     func() float64 { return g.mean(answeredOne, slips) },
		"slips-abandoned":  func() float64 { return g.mean(leftOne, slips) },
		"slips-waiting":    func() float64 { return g.mean(remains, slips) },
		"skips":            rate(skips, answeredOne),
		"overtaken":        func() float64 { return g.part(func(m *matter) bool { return m.Slips > 0 }, anyone) },
		"jumped":           jumped,
		"politeness":       func() float64 { return 1 - jumped() },
		"max-slips":        func() float64 { return g.most(slips) },
		"max-skips":        func() float64 { return g.most(skips) },
		"overtakings":      func() float64 { return 100 * g.sum(anyone, skips) / g.number(answeredOne) },
		"passed-by-skill":  rate(skill, answeredOne),
		"passed-by-room":   rate(room, answeredOne),
		"inversions":       func() float64 { return all() / pairs() },
		"kendall-tau":      func() float64 { return 1 - 2*all()/pairs() },
		"envy":             func() float64 { return g.sum(anyone, g.w.envyOf) / g.number(anyone) },
		"max-envy":         func() float64 { return g.most(g.w.envyOf) },
		"overtake-gap":     func() float64 { return g.gaps(false) },
		"max-overtake-gap": func() float64 { return g.gaps(true) },
		"unjustified":      func() float64 { return 100 * g.without() / g.number(answeredOne) },
		"advantage": func() float64 {
			all := g.w.crowd(Key{})
			return g.sum(anyone, skips) / all.sum(anyone, skips) / (g.number(anyone) / all.number(anyone))
		},
	}
}

func (w *world) envyOf(m *matter) (n float64) {
	for _, p := range w.pairs {
		n += float64(truth(p.under == m && p.over.Need >= m.Need))
	}
	return n
}

func (g crowd) gaps(most bool) float64 {
	n, sum, greatest := 0.0, 0.0, 0.0
	for _, p := range g.w.pairs {
		if gap := float64(p.over.comes - p.under.comes); g.w.seen(p.over) && g.w.in(g.key, p.over) {
			n, sum, greatest = n+1, sum+gap, max(greatest, gap)
		}
	}
	if most && len(g.all) > 0 {
		return greatest
	}
	return sum / n
}

// without is how many overtakings by tickets of the group have no reason: a wish, or a node whose order has none for the class.
func (g crowd) without() (n float64) {
	for _, p := range g.w.pairs {
		where := reasonOf(p)
		reasoned := where == "reserve" || where == "line/budget#2" || where == "line" && p.over.Class == 0
		n += float64(truth(g.w.seen(p.over) && g.w.in(g.key, p.over) && !reasoned))
	}
	return n
}

func ticketFairness(g crowd) map[string]func() float64 {
	out := func(m *matter) bool { return m.endNo >= 0 }
	square := func(m *matter) float64 { return math.Pow(g.w.unfairness(m), 2) }
	all := map[string]func() float64{
		"raqfm":        func() float64 { return g.mean(out, g.w.unfairness) },
		"raqfm-square": func() float64 { return g.mean(out, square) },
		"raqfm-left": func() float64 {
			return g.mean(func(m *matter) bool { return leftOne(m) || shutOne(m) }, g.w.unfairness)
		},
		"sqf": func() float64 {
			a := g.w.crowd(Key{})
			k := a.sum(servedOne, stayOf) / a.sum(servedOne, workOf)
			return g.mean(servedOne, func(m *matter) float64 { return math.Pow(stayOf(m)-k*workOf(m), 2) })
		},
	}
	if !g.w.transfers {
		all["discrimination"] = func() float64 { return g.mean(servedOne, g.w.discriminated) }
	}
	return all
}

// discriminated is DF of a ticket among the served that arrived in the window.
func (w *world) discriminated(m *matter) (n float64) {
	later := false
	for _, x := range w.list {
		if x == m {
			later = true
			continue
		}
		rest := 0.0
		for t := m.comes; t < w.length; t++ {
			rest += float64(truth(x.inService[t]))
		}
		switch {
		case !w.seen(x) || !servedOne(x) || x.gone > m.gone:
		case later:
			n++
		case m.comes < x.gone && rest >= workOf(m):
			n++
		}
	}
	return n
}
