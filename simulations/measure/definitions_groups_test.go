package measure

import (
	"fmt"
	"math"
	"strings"

	"fairline/engine"
)

// groupFairness is how groups differ from one another.
func groupFairness(g crowd) map[string]func() float64 {
	all := map[string]func() float64{}
	for kind, names := range map[string][]string{ByChannel: g.w.shape.Channels, ByClass: g.w.shape.Classes, BySource: g.w.shape.Sources,
		ByCohort: g.w.shape.Cohorts} {
		each := func(read func(crowd) float64) (list []float64) {
			for _, name := range names {
				if v := read(g.w.crowd(Key{By: kind, Group: name})); !math.IsNaN(v) {
					list = append(list, v)
				}
			}
			return list
		}
		wait := func(g crowd) float64 { return g.mean(finishedOne, waitOf) }
		all[kind+"-ratio"] = func() float64 { return greatestOverLeast(each(wait)) }
		all[kind+"-ratio-p95"] = func() float64 {
			return greatestOverLeast(each(func(g crowd) float64 { return order(g.values(answeredOne, waitOf), .95) }))
		}
		all[kind+"-jain"] = func() float64 { return jainOf(each(wait)) }
		all[kind+"-target-error"] = func() float64 {
			list := each(func(g crowd) float64 {
				return g.mean(func(m *matter) bool { return g.w.targetOf(m) > 0 && !shutOne(m) },
					func(m *matter) float64 { return waitOf(m) / g.w.targetOf(m) })
			})
			most, sum := 0.0, 0.0
			for _, v := range list {
				sum += v
			}
			if len(list) == 0 {
				return math.NaN()
			}
			for _, v := range list {
				most = max(most, v-sum/float64(len(list)), sum/float64(len(list))-v)
			}
			return most
		}
	}
	return all
}

func greatestOverLeast(list []float64) float64 {
	if len(list) == 0 {
		return math.NaN()
	}
	least, greatest := list[0], list[0]
	for _, v := range list {
		least, greatest = min(least, v), max(greatest, v)
	}
	if least == 0 {
		return math.NaN()
	}
	return greatest / least
}

// specials are what is not about a group of tickets.
func (w *world) specials() map[string]func(Key) float64 {
	all := map[string]func(Key) float64{
		"backlog":         w.backlogOf,
		"overtake-matrix": w.overtakenBy,
		"overtakings":     w.chargedTo,
		"slowdown":        w.profile,
		"idle-while-waiting": func(k Key) float64 {
			return map[string]float64{"": 8, "reserve": 5}[k.Group]
		},
		"idle-unattributed": func(Key) float64 { return 3 },
		"occupancy-gini":    func(k Key) float64 { return giniOf(w.occupancies(k)) },
		"idle-spread": func(k Key) float64 {
			list := w.occupancies(k)
			if len(list) == 0 {
				return math.NaN()
			}
			least, greatest := list[0], list[0]
			for _, v := range list {
				least, greatest = min(least, v), max(greatest, v)
			}
			return greatest - least
		},
		"occupancy":   func(k Key) float64 { return w.time(k, busy) / w.time(k, ready) },
		"utilisation": func(k Key) float64 { return w.time(k, ready) / w.time(k, paid) },
		"concurrency": func(k Key) float64 { return w.time(k, inHand) / w.time(k, busy) },
		"staff": func(k Key) float64 {
			from, to := w.window()
			return w.time(k, paid) / float64(to-from)
		},
	}
	return all
}

func (w *world) overtakenBy(k Key) float64 {
	under, over, _ := strings.Cut(k.Group, ">")
	by := map[string]string{ByClasses: ByClass, ByChannels: ByChannel}[k.By]
	n := 0.0
	for _, p := range w.pairs {
		n += float64(truth(w.seen(p.over) && w.in(Key{By: by, Group: over}, p.over) && w.in(Key{By: by, Group: under}, p.under)))
	}
	return n / w.crowd(Key{By: by, Group: under}).number(anyone)
}

// reasonOf names what a pair is charged to.
func reasonOf(p pair) string {
	switch {
	case p.row.Why == engine.ByPull:
		return "pull"
	case p.row.Why == engine.ByReserve:
		return "reserve"
	case p.row.Why == engine.ByGuard:
		return "line/budget#2"
	}
	return []string{"line", "rest"}[p.row.Node]
}

func (w *world) chargedTo(k Key) float64 {
	n := 0.0
	for _, p := range w.pairs {
		n += float64(truth(w.seen(p.over) && reasonOf(p) == k.Group))
	}
	return 100 * n / w.crowd(Key{}).number(answeredOne)
}

func (w *world) profile(k Key) float64 {
	var least, most float64
	switch k.Group {
	case "<15s":
		most = 15
	case "15s-1m":
		least, most = 15, 60
	default:
		return math.NaN() // nothing takes so long here
	}
	g := w.crowd(Key{})
	in := func(m *matter) bool { return servedOne(m) && workOf(m) >= least && workOf(m) < most }
	return g.sum(in, stayOf) / g.sum(in, workOf)
}

func busy(a *worker, t int) int  { return truth(a.work[t] > 0) }
func ready(a *worker, t int) int { return truth(a.work[t] > 0 || a.duty[t] > 0 && a.onBreak[t] == 0) }
func paid(a *worker, t int) int  { return truth(a.work[t] > 0 || a.duty[t] > 0) }

func inHand(a *worker, t int) int { return a.work[t] }

// time sums something over the agents and the seconds of a key.
func (w *world) time(k Key, of func(a *worker, t int) int) (sum float64) {
	from, to := w.window()
	if k.By == ByPeriod {
		p := 0
		_, _ = fmt.Sscan(k.Group, &p)
		from += p * int(w.shape.Period/1e9)
		to = min(to, from+int(w.shape.Period/1e9))
	}
	for i, a := range w.agents {
		if k.By == ByAgent && w.shape.Agents[i].Name != k.Group || k.By == ByGroup && w.shape.Groups[i%2] != k.Group {
			continue
		}
		for t := from; t < to; t++ {
			sum += float64(of(a, t))
		}
	}
	return sum
}

func (w *world) occupancies(k Key) (list []float64) {
	for i := range w.agents {
		name := w.shape.Agents[i].Name
		if k.By == ByGroup && w.shape.Groups[i%2] != k.Group {
			continue
		}
		if one := (Key{By: ByAgent, Group: name}); w.time(one, ready) > 0 {
			list = append(list, w.time(one, busy)/w.time(one, ready))
		}
	}
	return list
}
