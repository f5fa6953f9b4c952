package engine

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// A vector is one scenario of testdata/fair_queueing.txt.
type vector struct {
	name            string
	weights         []int64
	jobs            []job
	sfq, stride     []int
	starts, passing []float64
}

func vectors(t *testing.T) (all []vector) {
	t.Helper()
	f, err := os.Open("testdata/fair_queueing.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var v vector
	for lines := bufio.NewScanner(f); lines.Scan(); {
		key, rest, _ := strings.Cut(lines.Text(), " ")
		words := strings.Fields(rest)
		switch key {
		case "name":
			v = vector{name: rest}
		case "weights":
			for _, w := range words {
				var flow string
				n := int64(0)
				scan(t, strings.ReplaceAll(w, "=", " "), &flow, &n)
				v.weights = append(v.weights, n)
			}
		case "arrivals":
			for _, w := range words {
				v.jobs = append(v.jobs, readJob(t, w))
			}
		case "SFQ":
			v.sfq = numbersOf[int](t, words)
		case "S":
			v.starts = numbersOf[float64](t, words)
		case "STRIDE":
			v.stride = numbersOf[int](t, words)
		case "pass":
			v.passing = numbersOf[float64](t, words)
			all = append(all, v)
		}
	}
	return all
}

func readJob(t *testing.T, word string) job {
	t.Helper()
	var id, cost int
	var at float64
	var flow string
	scan(t, strings.ReplaceAll(word, ":", " "), &id, &at, &flow, &cost)
	k := int(flow[0] - 'A')
	return job{at: Instant(at * float64(Second)), takes: Instant(cost) * Instant(Second), class: ClassID(k), channel: ChannelID(k)}
}

func scan(t *testing.T, s string, to ...any) {
	t.Helper()
	if _, err := fmt.Sscan(s, to...); err != nil {
		t.Fatalf("%q: %v", s, err)
	}
}

func numbersOf[T any](t *testing.T, words []string) (list []T) {
	t.Helper()
	for _, w := range words {
		var n T
		scan(t, w, &n)
		list = append(list, n)
	}
	return list
}

// flowsPolicy has a class and a channel for each weight; the work of a channel's tickets is that of the scenario.
func flowsPolicy(o Order, v *vector) *Policy {
	p := &Policy{Name: "flows", Attrs: []string{"class", "loud"}, Classify: func(f *Facts) ClassID { return ClassID(f.Attrs[0]) },
		Root: &Node{Name: "line", Order: o}}
	for i := range v.weights {
		c := Channel{Name: fmt.Sprint("channel", i), Takes: 1}
		for _, j := range v.jobs {
			if j.class == ClassID(i) {
				c.Handling = Duration(j.takes)
			}
		}
		p.Channels = append(p.Channels, c)
		p.Classes = append(p.Classes, Class{Name: fmt.Sprint("flow", i), Reason: "Its share"})
		p.Root.Members = append(p.Root.Members, Member{Class: ClassID(i)})
	}
	return p
}

// TestFairQueueing holds start-time fair queueing and the stride at the enqueue to the reference vectors: the order of starts
// and every tag.
func TestFairQueueing(t *testing.T) {
	all := vectors(t)
	if len(all) != 4 {
		t.Fatalf("%d scenarios, want 4", len(all))
	}
	for _, v := range all {
		for _, o := range []Share{{Weight: v.weights, Minutes: true}, {Weight: v.weights, AtArrival: true}} {
			e := New()
			var tags []float64
			offers := OfferID(1)
			e.watch = func() {
				if e.nextOffer > offers {
					offers = e.nextOffer
					tags = append(tags, float64(slices.Max(e.tree.nodes[0].sharing.times))/float64(e.tree.nodes[0].sharing.unit))
				}
			}
			order, _ := dayWith(t, e, flowsPolicy(o, &v), 1, v.jobs)
			want, wantTags, scale := v.sfq, v.starts, 1000.0 // milliseconds
			if o.AtArrival {
				want, wantTags, scale = v.stride, v.passing, 1.0/1000
			}
			if !slices.Equal(order, want) {
				t.Errorf("%s, at arrival %v: served %v, want %v", v.name, o.AtArrival, order, want)
			}
			for i, n := range order {
				if got := tags[i] / scale; got != wantTags[n] {
					t.Errorf("%s, at arrival %v: ticket %d has the tag %v, want %v", v.name, o.AtArrival, n, got, wantTags[n])
				}
			}
		}
	}
}
