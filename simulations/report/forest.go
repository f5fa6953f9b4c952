package report

import (
	"math"
	"slices"
	"strings"

	"fairline/simulations/statistics"
)

// The picture of differences has an odd number of columns, with 0 in the middle.
const (
	halfMax = 20 // columns on either side of 0
	halfMin = 8
)

// forest draws the differences of primary metrics and of those who pay and gain, better to the left and worse to the right of 0,
// each unit on a scale of its own. Figures that are neither are left out.
func (p *page) forest() {
	rows := slices.Clone(p.t.Primary)
	for _, w := range p.t.Who {
		if p.style.All || w.shown() {
			rows = append(rows, w)
		}
	}
	var list []interval
	for _, w := range rows {
		list = append(list, p.intervals(w)...)
	}
	if len(list) == 0 {
		return
	}
	p.WriteString("\n")
	names, figures := 0, 0
	for _, x := range list {
		names, figures = max(names, columns(x.label)), max(figures, columns(x.text))
	}
	names = min(names, max(labelMin, p.style.Width-figures-2*gutter-2*halfMin-1))
	half := max(halfMin, min(halfMax, (p.style.Width-names-figures-2*gutter-1)/2))
	scale := map[string]float64{}
	for _, x := range list {
		scale[x.unit] = max(scale[x.unit], math.Abs(x.worse-x.half), math.Abs(x.worse+x.half))
	}
	p.WriteString(strings.Repeat(" ", names+gutter) + "better ◄" + strings.Repeat("─", half-columns("better ◄")) + "┼" +
		strings.Repeat("─", half-columns("► worse")) + "► worse\n")
	for _, x := range list {
		gap := strings.Repeat(" ", gutter)
		p.WriteString(left(cut(x.label, names), names) + gap + x.draw(half, scale[x.unit]) + gap + x.text + "\n")
	}
	p.WriteString("\n")
}

// An interval is a difference in a picture; what is worse lies to the right.
type interval struct {
	label, unit, text string
	worse, half       float64
	shown             bool
}

// intervals returns the differences of a row that have an interval and a direction.
func (p *page) intervals(w Row) (list []interval) {
	way, ok := w.Metric.Better.Direction()
	if !ok {
		return nil
	}
	u := w.form()
	for i, o := range w.With {
		d := o.Difference
		if !d.Defined {
			continue
		}
		x := interval{label: w.Label, unit: w.Metric.Unit, worse: d.Value, half: d.Half, shown: o.Shown}
		if len(w.With) > 1 {
			x.label = w.Label + ", " + p.t.With[i]
		}
		if way == statistics.Larger {
			x.worse = -d.Value
		}
		n := max(0, u.placesOf(d))
		x.text = number(d.Value*u.factor, n, true) + u.apart + "  [" + number(d.Low()*u.factor, n, true) + ", " +
			number(d.High()*u.factor, n, true) + "]"
		list = append(list, x)
	}
	return list
}

// draw draws an interval on 2·half+1 columns.
func (x interval) draw(half int, scale float64) string {
	at := func(v float64) int {
		if scale == 0 {
			return half
		}
		return half + int(math.Round(v/scale*float64(half)))
	}
	row := []rune(strings.Repeat(" ", 2*half+1))
	row[half] = '│'
	low, mid, high := at(x.worse-x.half), at(x.worse), at(x.worse+x.half)
	for i := low; i <= high; i++ {
		row[i] = '─'
	}
	row[low], row[high] = '├', '┤'
	if row[mid] = '●'; !x.shown {
		row[mid] = '○'
	}
	return string(row)
}
