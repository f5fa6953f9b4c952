package worst

import (
	"fmt"
	"slices"
	"strings"

	"fairline/engine"
	"fairline/policy"
	"fairline/policy/outline"
)

// A Kind is an answer, from the best to the worst.
type Kind uint8

// The answers.
const (
	None      Kind = iota + 1 // nobody
	Counted                   // so many times
	Within                    // only by those who came less than so long after it
	ByWait                    // only by those who came in the first part of its own wait
	OneIn                     // in at most one of so many starts
	Undecided                 // nothing was proved
	Unbounded                 // a history with any number of overtakings exists
)

// String is the answer in words.
func (k Kind) String() string {
	return [...]string{"", "proved none", "bounded", "bounded", "bounded by its wait", "bounded by turns", "undecided", "unbounded"}[k]
}

// A Term is how some classes can pass.
type Term struct {
	Kind   Kind
	By     []string        // the classes that pass, in the order of the file
	Count  int64           // of Counted: all of By together, at most so often; of OneIn: one in so many
	Within engine.Duration // of Within and ByWait: on the line's clock; of ByWait behind the part
	Part   Part            // of ByWait
	What   string          // what lets them pass or stops them, such as strict or overtaken_at_most
	Line   int             // of that in the policy file
}

// A Case is the worst case of a class.
type Case struct {
	Class string
	Line  int
	Kind  Kind // the worst of the terms
	Terms []Term
	Open  bool // durations count open time only
}

// Of returns the worst case of every class, in the order of the file.
func Of(p *policy.Policy) []Case {
	a := newAnalysis(outline.Of(p))
	var all []Case
	for c, cl := range p.Engine.Classes {
		all = append(all, Case{Class: cl.Name, Line: cl.Line, Kind: None, Open: p.Engine.Clock != nil, Terms: a.terms(engine.ClassID(c))})
	}
	for c := range all {
		k := &all[c]
		if t, ok := a.overLimit(c, all); ok {
			k.Terms = append(k.Terms, t)
		}
		for _, t := range k.Terms {
			k.Kind = max(k.Kind, t.Kind)
		}
	}
	return all
}

const beyond = "over its limit a ticket counts as its next class"

// next reports whether tickets of a class count as a later one of the file while the class is over its limit.
func (a *analysis) next(c int) bool {
	return a.policy.Classes[c].Limit > 0 && a.policy.Classes[c].Beyond == engine.NextClass
}

// overLimit is what can happen to a ticket that counts as a later class and back as its own: whatever can happen to
// either. Protections change with the class, so what they count is no bound.
func (a *analysis) overLimit(c int, all []Case) (Term, bool) {
	t := Term{Kind: Undecided, What: beyond, Line: a.policy.Classes[c].Line}
	if !a.next(c) {
		return t, false
	}
	passes := map[string]bool{}
	for _, k := range all[c:] {
		for _, o := range k.Terms {
			for _, by := range o.By {
				passes[by] = true
			}
		}
	}
	for _, cl := range a.policy.Classes {
		if passes[cl.Name] {
			t.By = append(t.By, cl.Name)
		}
	}
	return t, len(t.By) > 0
}

// withLimited adds the classes whose tickets may count as one of those that pass, in the order of the file.
func (a *analysis) withLimited(by []string) []string {
	var all []string
	for w, cl := range a.policy.Classes {
		counts := slices.Contains(by, cl.Name)
		for _, later := range a.policy.Classes[w+1:] {
			counts = counts || a.next(w) && slices.Contains(by, later.Name)
		}
		if counts {
			all = append(all, cl.Name)
		}
	}
	return all
}

// terms collects how each class can pass c, equal answers together.
func (a *analysis) terms(c engine.ClassID) []Term {
	var terms []Term
	add := func(t Term, w string) {
		i := slices.IndexFunc(terms, func(o Term) bool {
			return o.Kind == t.Kind && o.Count == t.Count && o.Within == t.Within && o.Part == t.Part && o.Line == t.Line && o.What == t.What
		})
		if i < 0 {
			terms, i = append(terms, t), len(terms)
		}
		if !slices.Contains(terms[i].By, w) {
			terms[i].By = append(terms[i].By, w)
		}
	}
	for w, cl := range a.policy.Classes {
		for _, t := range a.pair(c, engine.ClassID(w), 0) {
			add(t, cl.Name)
		}
	}
	for i := range terms {
		all := a.withLimited(terms[i].By)
		if terms[i].Kind != Unbounded {
			terms[i].By = all
			continue
		}
		also := slices.DeleteFunc(all, func(w string) bool { return slices.Contains(terms[i].By, w) })
		if len(also) > 0 { // no history is known in which they do so again and again
			terms = append(terms, Term{Kind: Undecided, By: also, What: beyond, Line: terms[i].Line})
		}
	}
	slices.SortStableFunc(terms, func(x, y Term) int { return int(y.Kind) - int(x.Kind) })
	return terms
}

// String says the worst case in one line.
func (c Case) String() string {
	if len(c.Terms) == 0 {
		return "proved none"
	}
	var parts []string
	for _, t := range c.Terms {
		parts = append(parts, t.say(c))
	}
	return strings.Join(parts, "; ")
}

func (t Term) say(c Case) string {
	who := outline.And(t.By)
	if len(t.By) == 1 && t.By[0] == c.Class {
		who = "others of " + c.Class
	}
	clock := ""
	if c.Open {
		clock = " of open time"
	}
	switch t.Kind {
	case Counted:
		return fmt.Sprintf("bounded by %s by %s (%s)", outline.Count(int(t.Count), "overtaking", "overtakings"), who, t.What)
	case Within:
		return fmt.Sprintf("bounded: by %s only if they came less than %s%s after it (%s)", who, outline.Say(t.Within), clock, t.What)
	case ByWait:
		later := ""
		if t.Within > 0 {
			later = fmt.Sprintf(", or up to %s later", outline.Say(t.Within))
		}
		return fmt.Sprintf("bounded by its wait: by %s only if they came in the first %s of it%s%s (%s)", who, t.Part, later, clock, t.What)
	case OneIn:
		return fmt.Sprintf("bounded by turns: by %s in at most 1 of %d starts (%s)", who, t.Count, t.What)
	}
	return fmt.Sprintf("%s: by %s (%s)", t.Kind, who, t.What)
}
