package run

import (
	"math/rand/v2"
	"slices"
	"testing"

	"fairline/engine"
)

// TestCalendarIsInOrder pops what was pushed by time, and what falls together by the order in which it was put down.
func TestCalendarIsInOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var c calendar
		var want []entry
		for seq := range uint64(1 + r.IntN(80)) {
			x := entry{at: engine.Instant(r.IntN(9)), seq: seq, who: int32(r.IntN(3))}
			c.push(x)
			want = append(want, x)
		}
		c.keep(func(x entry) bool { return x.who > 0 })
		want = slices.DeleteFunc(want, func(x entry) bool { return x.who == 0 })
		slices.SortStableFunc(want, func(a, b entry) int { return int(a.at - b.at) })
		for i, x := range want {
			if got := c.pop(); got != x {
				t.Fatalf("entry %d is %+v, want %+v", i, got, x)
			}
		}
		if len(c) > 0 {
			t.Fatalf("%d entries are left", len(c))
		}
	}
}

// TestTableKnowsWhoIsIn compares it with a map, with numbers that collide and go in any order.
func TestTableKnowsWhoIsIn(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var x table
	in := map[uint64]int32{}
	for n := range 200_000 {
		key := uint64(1+r.IntN(300)) * uint64(1+63*r.IntN(2))
		_, there := in[key]
		switch {
		case !there && len(in) < 120:
			x.put(key, int32(n))
			in[key] = int32(n)
		case there && r.IntN(2) == 0:
			x.drop(key)
			delete(in, key)
		}
		want, there := in[key]
		if !there {
			want = -1
		}
		if got := x.get(key); got != want || x.used != len(in) {
			t.Fatalf("step %d: %d is in slot %d of %d, want %d of %d", n, key, got, x.used, want, len(in))
		}
	}
	if x.get(0) != -1 {
		t.Error("there is a ticket 0")
	}
}
