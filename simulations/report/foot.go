package report

import (
	"fmt"
	"strings"

	"fairline/simulations/measure"
)

// foot explains the marks that were used, and what the intervals promise.
func (p *page) foot() {
	level := percent(p.c.Confidence)
	texts := [marks]string{
		tilde: "~ no difference is shown at " + level + ".",
		small: "¹ real but too small to act on: under " + percent(SmallPart) + " of what it is under " + p.t.Base +
			" (of a percentage, also of the rest to 100 %).",
		touching:  "² shown by Holm's method, though the simultaneous interval still has 0 in it: how large is not shown.",
		fewer:     "³ waits less, and fewer of them are served: who is gone does not wait.",
		undefined: "— not defined: no such tickets.",
		alone:     "±? no interval from fewer than two replications.",
		largest:   "(max) the largest of all replications, without an interval.",
	}
	var said []string
	for mark, used := range p.used {
		if used {
			said = append(said, texts[mark])
		}
	}
	p.say(said...)
	p.say(p.promises()...)
	if p.c.Run.Variant != "" {
		p.say("SL variant: " + p.c.Run.Variant + ".")
	}
	for _, n := range p.t.Notes {
		p.say("Note: " + strings.TrimSuffix(n, ".") + ".")
	}
}

// promises are what holds of how many differences at once.
func (p *page) promises() (list []string) {
	if n := count(p.t.Primary, func(w Row, _ Outcome) bool { return w.Metric.Pool != measure.Maximum }); n > 1 {
		list = append(list, fmt.Sprintf("Primary: tests by Holm's method, intervals of differences by Bonferroni's, "+
			"all %d at once; all others by themselves.", n))
	}
	if n := count(p.t.Who, func(_ Row, o Outcome) bool { return o.Difference.Defined }); n > 1 {
		list = append(list, fmt.Sprintf("Who pays: %d looked at; of so many %s would show a difference by chance.", n,
			number(float64(n)*(1-p.c.Confidence), 1, false)))
	}
	if p.t.Dropped {
		list = append(list, "Policies ran unequally often: each is compared on the replications that the base has too.")
	}
	return list
}

// count returns how many outcomes of rows are such.
func count(rows []Row, such func(Row, Outcome) bool) (n int) {
	for _, w := range rows {
		for _, o := range w.With {
			if such(w, o) {
				n++
			}
		}
	}
	return n
}

// say writes sentences as a paragraph.
func (p *page) say(sentences ...string) {
	if len(sentences) > 0 {
		p.WriteString(fill(strings.Join(sentences, " "), p.textWidth(), 0))
	}
}

// textWidth is that of sentences: not wider than can be read, however wide the terminal.
func (p *page) textWidth() int { return min(p.style.Width, widthDefault) }
