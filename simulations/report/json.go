package report

import (
	"encoding/json"
	"io"

	"fairline/simulations/statistics"
)

// Schema names the form of what WriteJSON writes.
const Schema = "fairline.compare/1"

type comparisonJSON struct {
	Schema       string      `json:"schema"`
	Experiment   string      `json:"experiment"`
	Confidence   float64     `json:"confidence"`
	Coupling     string      `json:"coupling"`
	ServiceLevel string      `json:"service_level"`
	SmallPart    float64     `json:"small_part"`
	Comparisons  []tableJSON `json:"comparisons"`
}

type tableJSON struct {
	Scenario     string         `json:"scenario"`
	Staffing     string         `json:"staffing"`
	Policies     []armJSON      `json:"policies"` // the base first
	Base         string         `json:"base"`
	With         []string       `json:"with"`
	Replications int            `json:"replications"` // pairs of them, where antithetic
	Antithetic   bool           `json:"antithetic"`
	Tickets      float64        `json:"tickets"` // in a replication, under the base
	Primary      []rowJSON      `json:"primary"`
	Who          []rowJSON      `json:"who_pays_who_gains"`
	Context      []rowJSON      `json:"context"`
	Others       []rowJSON      `json:"others,omitempty"`
	Words        [][]string     `json:"words"` // by policy of with
	Front        *frontJSON     `json:"pareto,omitempty"`
	Selection    *selectionJSON `json:"selected,omitempty"`
	Notes        []string       `json:"notes"`
}

type armJSON struct {
	Policy string  `json:"policy"`
	Hash   string  `json:"hash"`
	Warmup float64 `json:"warmup_seconds"`
}

type rowJSON struct {
	Metric string        `json:"metric"`
	By     string        `json:"by,omitempty"`
	Group  string        `json:"group,omitempty"`
	Label  string        `json:"label"`
	Unit   string        `json:"unit"` // % are parts of 1
	Better string        `json:"better"`
	Base   estimateJSON  `json:"base"`
	With   []outcomeJSON `json:"with"`
}

type outcomeJSON struct {
	Policy     string       `json:"policy"`
	Value      estimateJSON `json:"value"`
	Difference estimateJSON `json:"difference"`
	P          float64      `json:"p"`
	Adjusted   float64      `json:"p_adjusted"`
	Shown      bool         `json:"shown"`
	Touches    bool         `json:"interval_has_zero,omitempty"`
	Small      bool         `json:"too_small_to_act_on"`
	Fewer      bool         `json:"fewer_served,omitempty"`
	Gain       int          `json:"gain"` // 1: better, -1: worse, 0: not shown, or neither
}

// An estimateJSON has null for what is not known or has no interval.
type estimateJSON struct {
	Value      *float64 `json:"value"`
	Half       *float64 `json:"half_width"`
	SE         *float64 `json:"standard_error"`
	DF         int      `json:"degrees_of_freedom"`
	N          int      `json:"n"`
	Confidence float64  `json:"confidence"`
}

type frontJSON struct {
	Metrics []string            `json:"metrics"`
	Best    []string            `json:"not_beaten"`
	Beaten  map[string][]string `json:"beaten"` // by whom
	Even    [][2]string         `json:"as_good_as_each_other,omitempty"`
}

type selectionJSON struct {
	Metric       string   `json:"metric"`
	Delta        float64  `json:"delta"`
	Error        float64  `json:"error"`
	Best         string   `json:"best"`
	Left         []string `json:"left"`
	Observations int      `json:"observations"`
}

// WriteJSON writes a comparison for programs, with all digits. Its form is named by Schema. all: also every other key of the run,
// which may be thousands.
func (c *Comparison) WriteJSON(w io.Writer, all bool) error {
	out := comparisonJSON{Schema: Schema, Experiment: c.Run.Name, Confidence: c.Confidence, Coupling: c.Run.Coupling,
		ServiceLevel: c.Run.Variant, SmallPart: SmallPart}
	for _, t := range c.Tables {
		table := t.json(c.Run)
		if all {
			table.Others = t.rowsJSON(t.Rest)
		}
		out.Comparisons = append(out.Comparisons, table)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(out)
}

func (t *Table) json(r *Run) tableJSON {
	out := tableJSON{Scenario: t.Scenario, Staffing: t.Staffing, Base: t.Base, With: t.With, Replications: t.Replications,
		Antithetic: r.Antithetic, Tickets: t.Tickets, Primary: t.rowsJSON(t.Primary), Who: t.rowsJSON(t.Who),
		Context: t.rowsJSON(t.Context), Notes: append([]string{}, t.Notes...)}
	for _, a := range t.arms {
		out.Policies = append(out.Policies, armJSON{a.Policy, a.Hash, a.Warmup})
	}
	for i := range t.With {
		var words []string
		for _, s := range t.Sentences(i) {
			words = append(words, loose(s))
		}
		out.Words = append(out.Words, words)
	}
	if f := t.Front; f != nil {
		out.Front = &frontJSON{Best: append([]string{}, f.Best...), Beaten: map[string][]string{}, Even: f.Even}
		for _, k := range f.Metrics {
			out.Front.Metrics = append(out.Front.Metrics, keyText(k))
		}
		for _, b := range f.Beaten {
			out.Front.Beaten[b.Policy] = b.By
		}
	}
	if s := t.Selection; s != nil {
		out.Selection = &selectionJSON{keyText(s.Metric), s.Delta, s.Error, s.Best, s.Left, s.Observations}
	}
	return out
}

func (t *Table) rowsJSON(rows []Row) []rowJSON {
	list := []rowJSON{}
	for _, w := range rows {
		out := rowJSON{Metric: w.Key.Metric, By: w.Key.By, Group: w.Key.Group, Label: w.Label, Unit: w.Metric.Unit,
			Better: string(w.Metric.Better), Base: estimateOf(w.Base)}
		for i, o := range w.With {
			out.With = append(out.With, outcomeJSON{Policy: t.With[i], Value: estimateOf(o.Value),
				Difference: estimateOf(o.Difference), P: o.P, Adjusted: o.Adjusted, Shown: o.Shown,
				Touches: o.Touches, Small: o.Small, Fewer: o.Fewer, Gain: o.Gain})
		}
		list = append(list, out)
	}
	return list
}

func estimateOf(e statistics.Estimate) (out estimateJSON) {
	out = estimateJSON{DF: e.DF, N: e.N, Confidence: e.Confidence}
	if e.Known {
		out.Value = &e.Value
	}
	if e.Defined {
		out.Half, out.SE = &e.Half, &e.SE
	}
	return out
}
