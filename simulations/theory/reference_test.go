package theory

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
)

// An entry is one value of testdata/theory.json, which others computed.
type entry struct {
	ID, Model, Quantity, Formula string
	Params                       map[string]any
	Value                        float64
	AbsAcc                       float64        `json:"abs_acc"`
	solved                       map[string]any // models that entries before had, of all entries
}

// solve solves a model once for all entries that have its parameters.
func solve[T any](e entry, f func() (T, error)) (T, error) {
	key := e.Model + fmt.Sprint(e.Params)
	if v, ok := e.solved[key].(T); ok {
		return v, nil
	}
	v, err := f()
	if err == nil {
		e.solved[key] = v
	}
	return v, err
}

// n is a parameter that is a number.
func (e entry) n(name string) float64 {
	v, ok := e.Params[name].(float64)
	if !ok {
		panic(fmt.Sprintf("%s: no number %s among %v", e.ID, name, e.Params))
	}
	return v
}

// i is a parameter that counts.
func (e entry) i(name string) int { return int(e.n(name)) }

// list is a parameter that is a list of numbers.
func (e entry) list(name string) (list []float64) {
	for _, v := range e.Params[name].([]any) {
		list = append(list, v.(float64))
	}
	return list
}

// has reports whether the quantity has a part.
func (e entry) has(part string) bool { return strings.Contains(e.Quantity, part) }

// queue is the M/M/c of the parameters; c is 1 where it is not said.
func (e entry) queue() Queue {
	q := Queue{Arrivals: e.n("lam"), Service: e.n("mu"), Agents: 1}
	if _, ok := e.Params["c"]; ok {
		q.Agents = e.i("c")
	}
	return q
}

func (e entry) pair() Pair {
	p := Pair{First: e.n("lam1"), Second: e.n("lam2"), Service: e.n("mu"), Agents: 1}
	if _, ok := e.Params["c"]; ok {
		p.Agents = e.i("c")
	}
	return p
}

func (e entry) classes() (Classes, error) { return SharedAgents(e.list("lams"), e.n("mu"), e.i("c")) }

// class picks the fate of the class of the entry.
func (e entry) class(fates []Fate, err error) (float64, error) {
	if err != nil {
		return 0, err
	}
	f := fates[e.i("cls")-1]
	switch {
	case e.has("E[wait class k]"):
		return f.Wait, nil
	case e.has("E[slips"):
		return f.Slips, nil
	case e.has("E[skips"):
		return f.Skips, nil
	}
	return 0, errNoFunction
}

var errNoFunction = fmt.Errorf("no function for this quantity")

// pick returns the value of a quantity by its name.
func pick(e entry, values map[string]float64, err error) (float64, error) {
	v, ok := values[e.Quantity]
	if err == nil && !ok {
		err = errNoFunction
	}
	return v, err
}

// byModel finds the function for a model, by the longest name in it that the model begins with.
var byModel = map[string]func(entry) (float64, error){
	"M/M/1": viaQueue, "M/M/c": viaQueue, "M/M/c/c": viaErlangB, "M/G/1": viaSingle, "M/D/c": viaFixed,
	"M/M/n+M (Erlang A)": viaErlangA, "M/M/n+G": viaPatience,
	"M/M/c non-preemptive priority": viaPriority, "M/M/c accumulating priority": viaAccumulating, "M/M/c per-ticket lottery": viaLottery,
	"M/M/1 non-preemptive priority, class-dependent mu": viaStreams, "M/M/c head-start": viaHeadStart,
	"M/M/c 2-class NP priority with count bound k": viaCountBound, "M/M/c V-model": viaRule, "M/M/c+M 2-class": viaImpatientPriority,
	"M/M/c threshold reservation": viaReservation, "N-model": viaSkills, "M/M/1 2-class NP priority": viaDiscrimination,
	"switching premium": viaPremium, "rant equilibrium": viaEquilibrium, "staffing Erlang C": viaStaffing, "staffing Erlang A theta=": viaStaffingA,
	"Halfin-Whitt": viaHalfinWhitt, "Halfin-Whitt inverse": viaHalfinWhittBeta, "Garnett-Mandelbaum-Reiman": viaGarnett,
	"M_t/M/inf": viaSinusoid, "KN": viaKimNelson, "Student t": viaStudent, "normal": viaNormal, "regularised incomplete beta": viaBeta,
}

// compute finds the function for an entry, and the value.
func compute(e entry) (float64, error) {
	best := ""
	for _, name := range slices.Sorted(maps.Keys(byModel)) {
		if strings.HasPrefix(e.Model, name) && len(name) > len(best) {
			best = name
		}
	}
	if best == "" {
		return 0, fmt.Errorf("no function for this model")
	}
	return byModel[best](e)
}

func reference(t *testing.T) []entry {
	t.Helper()
	text, err := os.ReadFile("testdata/theory.json")
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Entries []entry }
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	solved := map[string]any{}
	for i := range all.Entries {
		all.Entries[i].solved = solved
	}
	return all.Entries
}

// TestReference computes every entry, and wants each within 1e-9 of its value, or within the entry's own accuracy.
func TestReference(t *testing.T) {
	entries, byName, worst := reference(t), map[string]int{}, 0.0
	for _, e := range entries {
		got, err := compute(e)
		if err != nil {
			t.Errorf("%s: %s: %s %v: %v", e.ID, e.Model, e.Quantity, e.Params, err)
			continue
		}
		off := math.Abs(got - e.Value)
		if !(off <= max(1e-9*max(1, math.Abs(e.Value)), e.AbsAcc)) {
			t.Errorf("%s: %s: %s %v: %.15g, want %.15g, off by %.2g", e.ID, e.Model, e.Quantity, e.Params, got, e.Value, off)
			continue
		}
		byName[e.Model]++
		worst = max(worst, off/max(1, math.Abs(e.Value)))
	}
	right := 0
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		right += byName[name]
		t.Logf("%4d %s", byName[name], name)
	}
	t.Logf("%d of %d entries, the worst off by %.2g", right, len(entries), worst)
	if len(entries) != 515 || right != len(entries) {
		t.Errorf("%d of %d entries are right, want all 515", right, len(entries))
	}
}
