package reference

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"fairline/simulations/theory"
)

// models are how a model is built, by what its name begins with; the longest counts.
var models = map[string]func(*form) line{
	"M/M/1": one, "M/M/c": one, "M/M/c/c": loss, "M/G/1": one, "M/D/c": one, "M/M/n+M (Erlang A)": impatient, "M/M/n+G": impatient,
	"M/M/c non-preemptive priority": priority, "M/M/1 non-preemptive priority, class-dependent mu": priority,
	"M/M/1 2-class NP priority": priority, "M/M/c 2-class NP priority with count bound": countBound,
	"M/M/c accumulating priority": accumulating, "M/M/c per-ticket lottery": ticketLottery, "M/M/c head-start": headStart,
	"M/M/c V-model, fixed queue ratio": queueRatio, "M/M/c V-model, longest queue": longestQueue,
	"M/M/c V-model, class lottery": classLottery, "M/M/c V-model, generalised c-mu on queue": queueCost,
	"M/M/c+M 2-class": priority, "M/M/c threshold reservation": reservation, "N-model": nModel,
	"switching premium": premium, "rant equilibrium": equilibrium, "staffing Erlang C": staffing, "staffing Erlang A": staffing,
	"M_t/M/inf": wavy,
}

// others are models that no run can try, and why.
var others = map[string]string{
	"M/M/1 LCFS-P":                "preemptive: who comes last puts the work in hand aside, which no policy does",
	"Halfin-Whitt":                "a limit of ever greater lines, none of which has the value",
	"Garnett-Mandelbaum-Reiman":   "a limit of ever greater lines, none of which has the value",
	"KN":                          "a constant of a statistical procedure",
	"Student t":                   "a function of statistics",
	"normal":                      "a function of statistics",
	"regularised incomplete beta": "a function of statistics",
}

// model finds a model by what its name begins with.
func model[T any](of map[string]T, name string) (found T, length int) {
	for prefix, x := range of {
		if strings.HasPrefix(name, prefix) && len(prefix) > length {
			found, length = x, len(prefix)
		}
	}
	return found, length
}

// lineOf builds the line of an entry, or says why there is none.
func lineOf(e Entry) (l line, why string, err error) {
	build, can := model(models, e.Model)
	reason, cannot := model(others, e.Model)
	switch {
	case cannot >= can && cannot > 0:
		return l, reason, nil
	case can == 0:
		return l, "", fmt.Errorf("%s: no model is called %q", e.ID, e.Model)
	case strings.HasPrefix(e.Quantity, "min c") || strings.HasPrefix(e.Quantity, "min n"):
		return l, "the result of a search over formulas; the level that it comes to is tried", nil
	}
	f := &form{Entry: e}
	if l = build(f); f.err != nil {
		return l, "", fmt.Errorf("%s: %w", e.ID, f.err)
	}
	return l, "", nil
}

// desk is a line with one crew.
func desk(agents int, order string, kinds ...kind) line {
	l := line{kinds: kinds, crews: []crew{{name: "desk", agents: agents}}, order: order}
	for _, k := range kinds {
		l.classes = max(l.classes, k.class)
	}
	return l
}

// one has one class, and the order that its name says.
func one(f *form) line {
	order := "{arrival: [c1]}"
	switch {
	case strings.Contains(f.Model, "LCFS"):
		order = "{last_in: [c1]}"
	case strings.Contains(f.Model, "ROS"):
		order = "{draw: {c1: 1}, lot: ticket, seed: 1}"
	}
	l := desk(f.servers(), order, kind{class: 1, rate: f.n("lam"), handling: f.handling()})
	l.within = f.or("T", 0)
	return l
}

// handling is exponential with rate mu, unless it has a law in words, or the length D.
func (f *form) handling() law {
	switch {
	case f.has("S"):
		return f.service()
	case f.has("D"):
		return constant(f.n("D"))
	}
	return exponential(1 / f.n("mu"))
}

// loss has customers who leave at once where they would have to wait.
func loss(f *form) line {
	l, none := one(f), constant(0)
	l.kinds[0].patience = &none
	return l
}

func impatient(f *form) line {
	l := one(f)
	patience := f.patience()
	l.kinds[0].patience = &patience
	return l
}

// customers are those of several classes: lists, or two by number.
func (f *form) customers() (list []kind) {
	if f.has("lams") {
		for i, rate := range f.list("lams") {
			mu := 0.0
			if f.has("mus") {
				mu = f.list("mus")[min(i, len(f.list("mus"))-1)]
			} else {
				mu = f.n("mu")
			}
			list = append(list, kind{class: i + 1, rate: rate, handling: exponential(1 / mu)})
		}
		return list
	}
	for i := range 2 {
		k := kind{class: i + 1, rate: f.n(fmt.Sprintf("lam%d", i+1)), handling: exponential(1 / f.n("mu"))}
		if theta := fmt.Sprintf("theta%d", i+1); f.has(theta) {
			patience := exponential(1 / f.n(theta))
			k.patience = &patience
		}
		list = append(list, k)
	}
	return list
}

// strict is strict order of so many classes.
func strict(classes int) string {
	var names []string
	for i := range classes {
		names = append(names, fmt.Sprintf("c%d", i+1))
	}
	return "{strict: [" + strings.Join(names, ", ") + "]}"
}

func priority(f *form) line {
	kinds := f.customers()
	return desk(f.servers(), strict(len(kinds)), kinds...)
}

func countBound(f *form) line {
	l := priority(f)
	l.more = atMost(f.i("k"))
	return l
}

func atMost(k int) string { return fmt.Sprintf("protect: [{overtaken_at_most: %d, except: []}]\n", k) }

// weighed is a discipline with whole numbers in the proportion of weights.
func (f *form) weighed(discipline string, weights []float64, more string) string {
	var parts []string
	for i, w := range f.whole(weights, 1000) {
		parts = append(parts, fmt.Sprintf("c%d: %d", i+1, w))
	}
	return fmt.Sprintf("{%s: {%s}%s}", discipline, strings.Join(parts, ", "), more)
}

// whole are the least whole numbers in the proportion of weights.
func (f *form) whole(weights []float64, most int) (list []int) {
	least := slices.Min(append([]float64{math.Inf(1)}, weights...))
	for n := 1; n <= most && least > 0; n++ {
		list = list[:0]
		for _, w := range weights {
			x := w / least * float64(n)
			if math.Abs(x-math.Round(x)) > 1e-9*x || x > float64(most)+0.5 {
				break
			}
			list = append(list, int(math.Round(x)))
		}
		if len(list) == len(weights) {
			return list
		}
	}
	f.wrong("the weights %v are in the proportion of no whole numbers up to %d", weights, most)
	return nil
}

func accumulating(f *form) line {
	l := priority(f)
	l.order = f.weighed("accumulate", f.list("slopes"), "")
	return l
}

func ticketLottery(f *form) line {
	l := priority(f)
	l.order = f.weighed("draw", f.list("weights"), ", lot: ticket, seed: 1")
	return l
}

func classLottery(f *form) line {
	l := priority(f)
	l.order = f.weighed("draw", []float64{f.n("w1"), f.n("w2")}, ", lot: member, seed: 1")
	return l
}

// headStart measures against the head start, too: E min(W, h) = E W - E max(W - h, 0).
func headStart(f *form) line {
	l := priority(f)
	l.ahead(f.n("h"))
	l.within = f.n("h")
	return l
}

// ahead gives class 1 a head start.
func (l *line) ahead(h float64) {
	l.span = h
	l.order = fmt.Sprintf("{head_start: {c1: %s, c2: 0s}}", l.seconds())
}

// queueRatio serves who is most above its part of the queue. Ties go to class 1, as in the model, since its part is 1 % less
// than said: that decides otherwise than said only where more than about 20 wait, and seldom there.
func queueRatio(f *form) line {
	l, part := priority(f), 100*f.n("r1")
	if math.Abs(part-math.Round(part)) > 1e-9 || part < 1.5 {
		l.order = f.slopes(f.n("r2"), f.n("r1"))
		return l
	}
	l.order = fmt.Sprintf("{waiting_mix: {c1: %.0f%%, c2: %.0f%%}}", part-1, 101-part)
	return l
}

func longestQueue(f *form) line {
	l := priority(f)
	l.order = f.slopes(1, 1)
	return l
}

func queueCost(f *form) line {
	l := priority(f)
	l.order = f.slopes(f.n("g1"), f.n("g2"))
	return l
}

// slopes serves the greatest slope x queue. Ties go to class 1, as in the models, since its slope is a trifle greater: that
// decides otherwise than said only where hundreds wait.
func (f *form) slopes(first, second float64) string {
	w := f.whole([]float64{first, second}, 999)
	if w == nil {
		return ""
	}
	times := 999 / max(w[0], w[1])
	return fmt.Sprintf("{cost: {c1: %d x queue^2, c2: %d x queue^2}, of: queue, per: minute}", times*w[0]+1, times*w[1])
}

func reservation(f *form) line {
	l := priority(f)
	l.crews[0].skills = []string{"desk"}
	if free := f.i("c") - f.i("cutoff2"); free > 0 {
		l.more = fmt.Sprintf("reserve: [{agents: %d, skill: desk, for: [c1]}]\n", free)
	}
	return l
}

// nModel has agents A for class 1, who are asked first, and B for both.
func nModel(f *form) line {
	kinds := f.customers()
	kinds[1].need = "second"
	l := desk(0, strict(2), kinds...)
	l.crews = []crew{{name: "A", agents: f.i("sA")}, {name: "B", agents: f.i("sB"), skills: []string{"second"}}}
	if f.i("B_prefers") == 2 {
		l.order = "{strict: [c2, c1]}"
	}
	l.more = "agents: {choose: fewest_skills}\n"
	return l
}

// rant has a part of the customers who rant, class 1, and quiet ones, class 2, by a policy in words. Where there are few of a
// class, probes join it: tickets whose handling takes no time, so that they delay nobody and wait as one of the class would.
func (f *form) rant(p float64, policy string) line {
	const few, probes = 0.002, 1
	rate, work, beta, h, k := f.n("lam"), exponential(1/f.n("mu")), 0.0, 0.0, 0
	var kinds []kind
	for i, part := range []float64{p, 1 - p} {
		if part > 0 {
			kinds = append(kinds, kind{class: i + 1, rate: rate * part, handling: work})
		}
		if part < few && !(i == 0 && strings.HasPrefix(policy, "count")) { // probes that overtake would count
			kinds = append(kinds, kind{class: i + 1, rate: rate * probes, handling: constant(0)})
		}
	}
	l := desk(f.servers(), strict(2), kinds...)
	switch {
	case scan(policy, "apq%g", &beta):
		l.order = f.weighed("accumulate", []float64{1, beta}, "")
	case scan(policy, "headstart %g", &h):
		l.ahead(h)
	case scan(policy, "count %d", &k):
		l.more = atMost(k)
	case policy != "prio":
		f.wrong("no policy towards those who rant is called %q", policy)
	}
	if len(kinds) < 2 {
		f.wrong("nobody is in one of the classes")
	}
	return l
}

func premium(f *form) line {
	policy := "prio"
	switch {
	case strings.Contains(f.Model, "count bound"):
		policy = fmt.Sprintf("count %d", f.i("k"))
	case strings.Contains(f.Model, "APQ"):
		policy = fmt.Sprintf("apq%g", f.n("beta"))
	case strings.Contains(f.Model, "head start"):
		policy = fmt.Sprintf("headstart %g", f.n("h"))
	}
	return f.rant(f.n("p"), policy)
}

// equilibrium plays the line with the share of those who rant that is said to be a fixed point.
func equilibrium(f *form) line { return f.rant(f.Value, f.text("policy")) }

// staffing has the agents that a search over formulas yields.
func staffing(f *form) line {
	q, found := theory.Queue{Arrivals: f.n("lam"), Service: f.n("mu")}, 0
	f.Params = maps.Clone(f.Params)
	if f.has("theta") {
		s, err := theory.Impatient{Queue: q, Patience: f.n("theta")}.StaffWithin(f.n("T"), f.n("target"))
		if found = s.Agents; err != nil {
			f.wrong("%w", err)
		}
		f.Params["c"] = float64(found)
		return impatient(f)
	}
	s, err := q.StaffWithin(f.n("T"), f.n("target"))
	if found = s.Agents; err != nil {
		f.wrong("%w", err)
	}
	f.Params["c"] = float64(found)
	return one(f)
}

// wavy has so many agents that nobody waits.
func wavy(f *form) line {
	peak := f.n("lb") * (1 + f.n("A")) / f.n("mu")
	k := kind{class: 1, rate: f.n("lb"), handling: exponential(1 / f.n("mu")), wave: &wave{f.n("A"), f.n("g")}}
	return desk(int(peak+10*math.Sqrt(peak)), "{arrival: [c1]}", k)
}
