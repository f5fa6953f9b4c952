package engine

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
)

// A policy of a script may have any name, where its lines say what the order is:
//
//	order line share calls=1 letters=1 charge=tickets
//	order calls strict a b
//	order letters accumulate c=1
//	protect line budget=5 except=a
//	protect line min-share=b:20,c:10 over=1h charge=minutes
//	handling phone=4m email=10m
//
// A member of one letter is a class, another one a group. What stands behind it is its weight, rate, credit or target.

// tree reads a line that is about the order. It returns false where the line is not.
func (w *wording) tree(words []string) bool {
	if len(words) < 2 {
		return false
	}
	switch words[0] {
	case "order":
		w.order(words[1], words[2], words[3:])
	case "protect":
		n := w.node(words[1])
		n.Protect = append(n.Protect, w.protection(words[2:]))
	case "handling":
		for _, word := range words[1:] {
			channel, v, _ := strings.Cut(word, "=")
			w.p.Channels[w.p.channel(channel)].Handling = span(w.t, v)
		}
	default:
		return false
	}
	return true
}

// node returns the node of a name, which may be spoken of before it is told.
func (w *wording) node(name string) *Node {
	if name == w.p.Root.Name {
		return w.p.Root
	}
	if w.nodes == nil {
		w.nodes = map[string]*Node{}
	}
	if w.nodes[name] == nil {
		w.nodes[name] = &Node{Name: name}
	}
	return w.nodes[name]
}

func (w *wording) order(name, discipline string, words []string) {
	n := w.node(name)
	n.Members = nil
	var share Share
	var values []string
	for _, word := range words {
		key, v, _ := strings.Cut(word, "=")
		switch {
		case key == "charge":
			share.Minutes = v == "minutes"
		case key == "half-life":
			share.HalfLife = span(w.t, v)
		case len(key) == 1:
			n.Members, values = append(n.Members, Member{Class: ClassID(key[0] - 'a')}), append(values, v)
		default:
			n.Members, values = append(n.Members, Member{Group: w.node(key)}), append(values, v)
		}
	}
	switch discipline {
	case "arrival":
		n.Order = Arrival{}
	case "strict":
		n.Order = Strict{}
	case "head_start":
		n.Order = HeadStart{Credit: w.spans(values)}
	case "due":
		n.Order = Due{Target: w.spans(values)}
	case "accumulate":
		n.Order = Accumulate{Rate: w.numbers(values)}
	case "share":
		share.Weight = w.numbers(values)
		n.Order = share
	default:
		w.t.Fatalf("order %s: no such word", discipline)
	}
}

func (w *wording) spans(values []string) (list []Duration) {
	for _, v := range values {
		list = append(list, span(w.t, v))
	}
	return list
}

func (w *wording) numbers(values []string) (list []int64) {
	for _, v := range values {
		list = append(list, int64(number(w.t, v)))
	}
	return list
}

// protection reads one entry, such as budget=5 except=a,b.
func (w *wording) protection(words []string) (g Protection) {
	for _, word := range words {
		switch key, v, _ := strings.Cut(word, "="); key {
		case "except":
			for _, class := range strings.Split(v, ",") {
				g.Except = append(g.Except, ClassID(class[0]-'a'))
			}
		case "budget":
			g.Kind, g.Every = Budget, int64(number(w.t, v))
		case "most":
			g.Kind, g.Limit = OvertakenAtMost, fill(3, int64(number(w.t, v)))
		case "min-share":
			g.Kind = MinShare
			for _, part := range strings.Split(v, ",") {
				class, percent, _ := strings.Cut(part, ":")
				g.Parts = append(g.Parts, Part{Name: class, Classes: []ClassID{ClassID(class[0] - 'a')}, Percent: int64(number(w.t, percent))})
			}
		case "over":
			g.Over = span(w.t, v)
		case "charge":
			g.Minutes = v == "minutes"
		case "first":
			g.Kind, g.Limit = FirstAfter, fill(3, int64(span(w.t, v)))
		default:
			w.t.Fatalf("protect %s: no such word", key)
		}
	}
	return g
}

// shares says what the members of each share were given against their weights.
func (s *script) shares(*testing.T, *datadriven.TestData) string {
	var b strings.Builder
	for _, r := range s.e.Shares() {
		for _, m := range r.Members {
			got := fmt.Sprint(m.Got, " tickets")
			if r.Minutes {
				got = time.Duration(m.Got * int64(Millisecond)).String()
			}
			fmt.Fprintf(&b, "%s: %s of weight %d got %s\n", r.Node, m.Name, m.Weight, got)
		}
	}
	return orNothing(b.String())
}

// moved writes a key of an order that ranks tickets anew at each decision; it returns "" for the others.
func moved(o Order, k int64) string {
	switch o := o.(type) {
	case Accumulate:
		return "rate x wait " + time.Duration(-k).String()
	case Share:
		if o.Minutes {
			return "start " + time.Duration(k/o.unit()*int64(Millisecond)).String()
		}
		return fmt.Sprintf("start %.4g", float64(k)/float64(o.unit()))
	}
	return ""
}
