package statistics

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestKNConstantsOfThePaper(t *testing.T) {
	seen := 0
	for _, e := range theory(t).Entries {
		if e.Quantity != "eta" && e.Quantity != "h^2" {
			continue
		}
		eta := NewKN(e.Params.K, e.Params.N0, e.Params.Alpha, 1, Larger).eta()
		got := map[string]float64{"eta": eta, "h^2": 2 * eta * float64(e.Params.N0-1)}[e.Quantity]
		near(t, e.ID, got, e.Value, e.AbsAcc)
		seen++
	}
	if seen != 5 {
		t.Errorf("%d constants checked, want 5", seen)
	}
}

// TestKNByHand follows two policies with differences of 1 and 3 at first, so S² = 2, then always of 2.
func TestKNByHand(t *testing.T) {
	const alpha, delta = 0.05, 0.6
	eta := (1/(2*alpha*2*alpha) - 1) / 2 // n0 is 2: the exponent is -2
	h2 := 2 * eta
	s := NewKN(2, 2, alpha, delta, Larger)
	want := 0 // the first n, from 2, with 2n > δ/2·(h²·2/δ² − n)
	for n := 2; want == 0; n++ {
		if 2*float64(n) > delta/2*(h2*2/(delta*delta)-float64(n)) {
			want = n
		}
	}
	for n := 1; !s.Done(); n++ {
		x := []float64{0, 2}
		if n == 1 {
			x[1] = 1
		} else if n == 2 {
			x[1] = 3
		}
		if s.Add(x); s.N() != n || n > 1000 {
			t.Fatalf("%d replications, %d counted", n, s.N())
		}
	}
	if s.N() != want || s.Best() != 1 || !slices.Equal(s.Left(), []int{1}) {
		t.Errorf("%d chosen after %d replications, want 1 after %d", s.Best(), s.N(), want)
	}
	s.Add([]float64{1e9, 0})
	if s.N() != want || s.Best() != 1 {
		t.Error("a selection that is done goes on")
	}
}

func TestKNEndsOnEquals(t *testing.T) {
	s := NewKN(3, 5, 0.05, 1, Smaller)
	for range 5 {
		if s.Done() {
			t.Fatal("done too early")
		}
		s.Add([]float64{7, 4, 4})
	}
	if !s.Done() || s.Best() != 1 {
		t.Errorf("left %v, want the first of the equals that are best", s.Left())
	}
}

func TestKNSelectsTheBest(t *testing.T) {
	for _, c := range []struct {
		better Direction
		common float64 // what policies have in common, as a standard deviation
		most   float64 // replications, on average
	}{{Larger, 0, 45}, {Smaller, 3, 45}} {
		random, right, runs := rand.New(rand.NewPCG(61, uint64(c.better))), 0, 0
		for range experiments / 4 { // the hardest case: all others equal, the best ahead by no more than delta
			s := NewKN(5, 20, 0.05, 0.5, c.better)
			for !s.Done() {
				x, day := make([]float64, 5), c.common*random.NormFloat64()
				for i := range x {
					x[i] = day + random.NormFloat64()
				}
				x[3] += c.better.gain(0.5)
				s.Add(x)
			}
			right, runs = right+one(s.Best() == 3), runs+s.N()
		}
		t.Logf("%.3f right, %.0f replications", float64(right)*4/experiments, float64(runs)*4/experiments)
		if right < experiments/4*94/100 || float64(runs)*4/experiments > c.most {
			t.Errorf("%d of %d right, %d runs", right, experiments/4, runs)
		}
	}
}

func TestKNRefusesWhatItCannotPromise(t *testing.T) {
	for want, f := range map[string]func(){
		"take at least 2 of either": func() { NewKN(1, 10, 0.05, 1, Larger) },
		"from 1 replications":       func() { NewKN(3, 1, 0.05, 1, Larger) },
		"between 0 and 0.5":         func() { NewKN(2, 10, 0.5, 1, Larger) },
		"worth finding, above 0":    func() { NewKN(2, 10, 0.05, 0, Larger) },
		"give one for each":         func() { NewKN(2, 10, 0.05, 1, Larger).Add([]float64{1}) },
		"give one of each a policy": func() { OCBA([]float64{1, 2}, []float64{1}, []int{1, 1}, 5, 1, Larger) },
		"an indifference of 0":      func() { OCBA([]float64{1}, []float64{1}, []int{1}, 5, 0, Larger) },
	} {
		panics(t, want, f)
	}
}

func TestOCBAHasTheProportionsOfThePaper(t *testing.T) {
	means, sds := []float64{10, 12, 14, 11}, []float64{2, 2, 3, 1}
	next := OCBA(means, sds, make([]int, 4), 100_000, 1e-9, Smaller)
	if total := next[0] + next[1] + next[2] + next[3]; total != 100_000 {
		t.Errorf("%v: %d in all", next, total)
	}
	n := func(i int) float64 { return float64(next[i]) }
	near(t, "second to third", n(1)/n(2), math.Pow((2./2)/(3./4), 2), 0.001)
	near(t, "second to fourth", n(1)/n(3), math.Pow((2./2)/(1./1), 2), 0.001)
	near(t, "best", n(0), 2*math.Sqrt(n(1)*n(1)/4+n(2)*n(2)/9+n(3)*n(3)/1), 3)
}

func TestOCBAOnTheWay(t *testing.T) {
	for _, c := range []struct {
		name       string
		means, sds []float64
		done       []int
		add        int
		delta      float64
		better     Direction
		want       []int
	}{
		{"nobody", nil, nil, nil, 5, 1, Larger, []int{}},
		{"nothing to add", []float64{1, 2}, []float64{1, 1}, []int{5, 5}, 0, 1, Larger, []int{0, 0}},
		{"two alike in spread share alike", []float64{1, 2}, []float64{1, 1}, []int{5, 5}, 10, 0.1, Larger, []int{5, 5}},
		{"who had too many gets none", []float64{1, 2}, []float64{1, 1}, []int{15, 5}, 10, 0.1, Larger, []int{0, 10}},
		{"who does not vary gets none", []float64{1, 2, 3}, []float64{1, 0, 1}, []int{5, 5, 5}, 10, 0.1, Smaller, []int{5, 0, 5}},
		{"none varies", []float64{1, 2, 3}, []float64{0, 0, 0}, []int{5, 5, 5}, 6, 0.1, Smaller, []int{2, 2, 2}},
		{"the first goes where most is due", []float64{2, 1.1, 1}, []float64{1, 1, 1}, []int{0, 0, 0}, 1, 0.01, Smaller, []int{0, 0, 1}},
		{"a tie counts as apart by delta", []float64{1, 1, 2}, []float64{1, 1, 1}, []int{0, 0, 0}, 30, 1, Smaller, []int{12, 9, 9}},
	} {
		if got := OCBA(c.means, c.sds, c.done, c.add, c.delta, c.better); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
