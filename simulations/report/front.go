package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"fairline/simulations/measure"
	"fairline/simulations/statistics"
)

// DefaultPareto are the metrics of the front where none are named: the wait of everybody against the share of tickets that were
// overtaken.
var DefaultPareto = []measure.Key{{Metric: whoMetric}, {Metric: "overtaken"}}

// A Front is the policies that no other beats: none is shown to be better by one of the metrics and not to be worse by any, but
// for what is too small to act on (see SmallPart), all at once with the confidence.
type Front struct {
	Metrics []measure.Key
	Labels  []string
	Best    []string
	Beaten  []Beaten
	Even    [][2]string // pairs that beat each other, by what is too small to act on; this counts for neither
}

// A Beaten policy and those that beat it.
type Beaten struct {
	Policy string
	By     []string
}

// front finds the front of all policies of a table.
func (r *Run) front(t *Table, p *pairing, o Options, confidence float64) error {
	metrics := o.Pareto
	if metrics == nil {
		if len(t.With) < 2 || !r.has(DefaultPareto) {
			return nil
		}
		metrics = DefaultPareto
	}
	if len(metrics) < 2 {
		return fmt.Errorf("a front of %d metric: name two or more, such as %s", len(metrics), keyText(DefaultPareto[0]))
	}
	f := &Front{Metrics: metrics}
	var criteria []statistics.Criterion
	for _, k := range metrics {
		c, err := p.criterion(k, confidence)
		if err != nil {
			return fmt.Errorf("front: %w", err)
		}
		f.Labels = append(f.Labels, p.label(k))
		criteria = append(criteria, c)
	}
	f.read(append([]string{t.Base}, t.With...), statistics.Pareto(criteria, 1-confidence))
	t.Front = f
	return nil
}

// has reports whether all keys were measured.
func (r *Run) has(keys []measure.Key) bool {
	return !slices.ContainsFunc(keys, func(k measure.Key) bool { return !slices.Contains(r.Keys, k) })
}

func (p *pairing) criterion(k measure.Key, confidence float64) (statistics.Criterion, error) {
	i, err := p.run.key(k)
	if err != nil {
		return statistics.Criterion{}, err
	}
	m := p.run.metric(k.Metric)
	way, ok := m.Better.Direction()
	if !ok || m.Pool == measure.Maximum {
		return statistics.Criterion{}, fmt.Errorf("metric %q: nobody can be beaten by it; choose one of which less, or more, "+
			"is better, and that has an interval", keyText(k))
	}
	c := statistics.Criterion{Better: way, Margin: math.Max(0, trifle(m, p.value(0, i, m, confidence)))}
	n := p.samples[0][i].N()
	for _, samples := range p.samples {
		n = min(n, samples[i].N())
	}
	for _, samples := range p.samples {
		c.Samples = append(c.Samples, cutTo(samples[i], n))
	}
	return c, nil
}

// read turns what dominates what into names.
func (f *Front) read(policies []string, dominated [][]int) {
	for i, by := range dominated {
		b := Beaten{Policy: policies[i]}
		for _, j := range by {
			if !slices.Contains(dominated[j], i) {
				b.By = append(b.By, policies[j])
			} else if i < j {
				f.Even = append(f.Even, [2]string{policies[i], policies[j]})
			}
		}
		if len(b.By) == 0 {
			f.Best = append(f.Best, b.Policy)
		} else {
			f.Beaten = append(f.Beaten, b)
		}
	}
}

// Sentence says the front in words.
func (f *Front) Sentence() string {
	var b strings.Builder
	fmt.Fprintf(&b, "By %s: not beaten by any: %s; beaten: ", strings.Join(f.Labels, " against "), orNone(f.Best))
	var list []string
	for _, x := range f.Beaten {
		list = append(list, x.Policy+" by "+strings.Join(x.By, " and "))
	}
	b.WriteString(orNone(list))
	for _, e := range f.Even {
		fmt.Fprintf(&b, "; %s and %s are as good as each other", e[0], e[1])
	}
	return b.String() + "."
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}
