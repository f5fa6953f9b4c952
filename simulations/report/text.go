package report

import (
	"fmt"
	"io"
	"strings"

	"fairline/simulations/measure"
	"fairline/simulations/statistics"
)

// A Style says how a comparison is written for people.
type Style struct {
	Width  int  // columns to keep to; 0: 100. Half widths of values go first, then policies stand under one another
	Color  bool // gains and losses in green and red, beside their words
	All    bool // also groups whose wait did not change, and all other figures of all and by channel
	Forest bool // a picture of the differences
}

const widthDefault = 100

// WriteText writes a comparison for people: two policies side by side, more of them under one another.
func (c *Comparison) WriteText(w io.Writer, s Style) error {
	if s.Width <= 0 {
		s.Width = widthDefault
	}
	var b strings.Builder
	for i, t := range c.Tables {
		if i > 0 {
			b.WriteString("\n")
		}
		p := &page{Builder: &b, c: c, t: t, style: s}
		p.head()
		p.table()
		p.foot()
		if s.Forest {
			p.forest()
		}
		p.words()
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// A page is a table while it is written.
type page struct {
	*strings.Builder
	c     *Comparison
	t     *Table
	style Style
	used  [marks]bool // marks that need a line in the foot
}

// The marks beside differences.
const (
	tilde = iota
	small
	touching
	fewer
	undefined
	alone // one replication
	largest
	marks
)

var signs = [marks]string{tilde: "~", small: "¹", touching: "²", fewer: "³"}

// head says what is compared and how.
func (p *page) head() {
	t, r := p.t, p.c.Run
	parts := []string{r.Name}
	if t.Scenario != "" && t.Scenario != r.Name {
		parts = append(parts, t.Scenario)
	}
	if t.Staffing != "" {
		parts = append(parts, "staffing "+t.Staffing)
	}
	each, many := "a run", "replications"
	if r.Days {
		each = "a day"
	}
	if r.Antithetic {
		many = "antithetic pairs of replications"
	}
	if t.Tickets > 0 {
		parts = append(parts, thousands(t.Tickets)+" tickets "+each)
	}
	parts = append(parts, fmt.Sprintf("%s %s", thousands(float64(t.Replications)), many))
	if w := t.warmup(); w != "" {
		parts = append(parts, w)
	}
	if r.Coupling != "" {
		parts = append(parts, r.Coupling)
	}
	parts = append(parts, percent(p.c.Confidence)+" intervals, paired")
	for i := range parts {
		parts[i] = held(parts[i])
	}
	p.WriteString(fill(strings.Join(parts, " · "), p.style.Width, 2))
}

// warmup says what was left out at the beginning of replications.
func (t *Table) warmup() string {
	least, most := t.arms[0].Warmup, t.arms[0].Warmup
	for _, a := range t.arms {
		least, most = min(least, a.Warmup), max(most, a.Warmup)
	}
	switch {
	case most == 0:
		return ""
	case least == most:
		return "warm-up of " + span(most) + " left out"
	}
	return "warm-up of " + span(least) + " to " + span(most) + " left out"
}

// A line of a table: a title, or a row.
type line struct {
	label string
	cells []cell
	word  string // what the difference means
	gain  int
}

// table writes the blocks: two policies side by side where that fits, else under one another.
func (p *page) table() {
	if len(p.t.With) == 1 {
		if g := newGrid(p.lines((*page).beside), p.style.Width); g.width() <= p.style.Width {
			g.write(p)
			return
		}
	}
	newGrid(p.lines((*page).under), p.style.Width).write(p)
}

// lines lays out all blocks. A layout gives the head where there is no row.
func (p *page) lines(layout func(*page, *Row) []line) []line {
	list := layout(p, nil)
	block := func(title string, rows []Row) {
		if len(rows) > 0 {
			list = append(list, line{label: title})
		}
		for i := range rows {
			list = append(list, layout(p, &rows[i])...)
		}
	}
	block("primary (Holm)", p.t.Primary)
	who := p.t.Who
	if !p.style.All {
		who = shownRows(who)
	}
	block("who pays, who gains (wait of all who entered)", who)
	block("context", p.t.Context)
	if p.style.All {
		block("others", wholeRows(p.t.Rest))
	}
	return list
}

// beside lays out two policies in columns.
func (p *page) beside(w *Row) []line {
	if w == nil {
		return []line{{cells: []cell{{value: p.t.Base}, {value: p.t.With[0]}, {value: "difference"}}}}
	}
	o, f := w.With[0], w.form()
	return []line{{"  " + w.Label, []cell{f.value(w.Base), f.value(o.Value), p.difference(w, o, f)}, word(o), o.Gain}}
}

// under lays out policies in lines.
func (p *page) under(w *Row) []line {
	if w == nil {
		return []line{{cells: []cell{{value: "value"}, {value: "difference"}}}}
	}
	f := w.form()
	list := []line{{label: "  " + w.Label}, {"    " + p.t.Base, []cell{f.value(w.Base), {}}, "", 0}}
	for i, o := range w.With {
		list = append(list, line{"    " + p.t.With[i], []cell{f.value(o.Value), p.difference(w, o, f)}, word(o), o.Gain})
	}
	return list
}

// difference writes how far apart two policies are, with its mark; a tilde where that is not shown.
func (p *page) difference(w *Row, o Outcome, f form) cell {
	c := f.difference(o.Difference)
	switch {
	case !w.Base.Known && !o.Value.Known, !o.Difference.Known:
		p.used[undefined] = true
	case w.Metric.Pool == measure.Maximum:
		p.used[largest] = true
		c.half = "(max)"
	case !o.Difference.Defined:
		p.used[alone] = true
		c.half = "±?"
	case !o.Shown:
		p.used[tilde] = true
		return cell{value: "~"}
	}
	for _, m := range []struct {
		is   bool
		mark int
	}{{o.Small, small}, {o.Touches, touching}, {o.Fewer, fewer}} {
		if m.is {
			p.used[m.mark] = true
			c.half = strings.TrimSpace(c.half + " " + signs[m.mark])
		}
	}
	return c
}

// word says whether a difference is for the better.
func word(o Outcome) string { return [...]string{"worse", "", "better"}[o.Gain+1] }

// estimates are all values of a row, for those who look for one that is not there.
func (w Row) estimates() (list []statistics.Estimate) {
	list = append(list, w.Base)
	for _, o := range w.With {
		list = append(list, o.Value)
	}
	return list
}

func shownRows(rows []Row) (list []Row) {
	for _, w := range rows {
		if w.shown() {
			list = append(list, w)
		}
	}
	return list
}

// shown reports whether a policy of the row differs from the base.
func (w Row) shown() bool {
	for _, o := range w.With {
		if o.Shown {
			return true
		}
	}
	return false
}

// wholeRows are those of all tickets and of channels that are defined under some policy.
func wholeRows(rows []Row) (list []Row) {
	for _, w := range rows {
		if w.Key.By != "" && w.Key.By != measure.ByChannel {
			continue
		}
		for _, e := range w.estimates() {
			if e.Known {
				list = append(list, w)
				break
			}
		}
	}
	return list
}

// thousands writes a number without a fraction, with a comma between each three digits.
func thousands(x float64) string {
	text := fmt.Sprintf("%.0f", x)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
