package report

import (
	"fmt"
	"slices"
	"strings"
)

// namesMax is how many groups or figures a sentence names on a side.
const namesMax = 4

// words writes in sentences what the table says.
func (p *page) words() {
	for i := range p.t.With {
		for _, s := range p.t.Sentences(i) {
			p.say(s)
		}
	}
	if p.t.Front != nil {
		p.say(p.t.Front.Sentence())
	}
	if p.t.Selection != nil {
		p.say(p.t.selection(p.c.Run))
	}
}

// Sentences say who gains and who pays under policy With[i], and what becomes better and worse. Differences that are too small to
// act on are left out. Where there is gain and loss both are told together.
func (t *Table) Sentences(i int) []string {
	who, figures := slices.Clone(t.Who), []Row(nil)
	for _, w := range t.Primary {
		if w.Key.Metric == whoMetric && w.Key.By != "" {
			w.Label = whoLabel(w.Key)
			who = append(who, w)
		} else {
			figures = append(figures, w)
		}
	}
	bySize(who, func(w Row) float64 { return w.With[i].size() })
	list := []string{fmt.Sprintf("In words: %s instead of %s", t.With[i], t.Base) + t.waits(who, i)}
	better, worse, _ := t.sides(append(figures, t.Context...), i)
	switch {
	case len(better) > 0 && len(worse) > 0:
		list = append(list, "A trade. Better: "+enough(better)+". Worse: "+enough(worse)+".")
	case len(better) > 0:
		list = append(list, "Better: "+enough(better)+". None of these figures is shown to be worse"+byEnough)
	case len(worse) > 0:
		list = append(list, "Worse: "+enough(worse)+". None of these figures is shown to be better"+byEnough)
	default:
		list = append(list, "None of the other figures is shown to be better or worse"+byEnough)
	}
	return list
}

const byEnough = " by enough to act on."

// waits ends the sentence on groups: who waits less, and at whose cost.
func (t *Table) waits(who []Row, i int) (text string) {
	gain, pay, same := t.sides(who, i)
	switch {
	case len(who) == 0:
		return "."
	case len(gain) > 0 && len(pay) > 0:
		text = ": less waiting for " + enough(gain) + " is paid with more waiting for " + enough(pay) + "."
	case len(gain) > 0:
		text = ": less waiting for " + enough(gain) + "; no group is shown to wait longer" + byEnough
	case len(pay) > 0:
		text = ": more waiting for " + enough(pay) + "; no group is shown to wait less" + byEnough
	default:
		return ": no group is shown to wait less or longer" + byEnough
	}
	if len(same) > 0 {
		text += " No difference is shown for " + enough(same) + "."
	}
	return text
}

// sides names the rows in which a policy is shown to be better, shown to be worse, and not shown to differ.
func (t *Table) sides(rows []Row, i int) (better, worse, same []string) {
	for _, w := range rows {
		o := w.With[i]
		if o.Difference.Known && !o.Shown {
			same = append(same, w.Label)
		}
		if o.Gain == 0 || o.Small {
			continue
		}
		d := w.form().difference(o.Difference).value
		if o.Fewer {
			d += ", but fewer of them are served"
		}
		text := w.Label + held(" ("+d+")")
		if o.Gain > 0 {
			better = append(better, text)
		} else {
			worse = append(worse, text)
		}
	}
	return better, worse, same
}

// enough lists the first of some names in words.
func enough(list []string) string {
	between := ", "
	if strings.Contains(strings.Join(list, ""), ",") {
		between = "; "
	}
	if more := len(list) - namesMax; more > 1 {
		return strings.Join(list[:namesMax], between) + fmt.Sprintf("%sand %d more", between, more)
	}
	if n := len(list); n > 1 {
		return strings.Join(list[:n-1], between) + " and " + list[n-1]
	}
	return strings.Join(list, "")
}

// selection says which policy was selected.
func (t *Table) selection(r *Run) string {
	s := t.Selection
	u := unitOf(r.metric(s.Metric.Metric).Unit, s.Delta)
	matters := number(s.Delta*u.factor, plain(s.Delta*u.factor), false) + u.apart
	how := fmt.Sprintf("%s (Kim & Nelson 2001; less than %s does not matter, chance of a wrong choice %s, %d observations)",
		t.selected, matters, percent(s.Error), s.Observations)
	if len(s.Left) > 1 {
		return fmt.Sprintf("Not selected yet by %s: %s are left, %s is ahead.", how, enough(s.Left), s.Best)
	}
	return fmt.Sprintf("Selected as best by %s: %s.", how, s.Best)
}
