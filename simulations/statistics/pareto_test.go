package statistics

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// policies returns a sample for each mean: what days have in common, and a little of their own.
func policies(random *rand.Rand, means ...float64) []Sample {
	samples := make([]Sample, len(means))
	for range 20 {
		day := 10 * random.NormFloat64()
		for i, m := range means {
			samples[i].Add(m+day+random.NormFloat64(), 1)
		}
	}
	return samples
}

func TestFrontOfWaitAndFairness(t *testing.T) {
	random := rand.New(rand.NewPCG(71, 1))
	// The first waits least, the second is fairest, the third lies between, the fourth is behind the second and third by
	// both, the fifth is as the second but for chance, and the sixth waits as long and is less fair.
	wait := policies(random, 10, 40, 25, 50, 40, 40)
	fair := policies(random, 20, 80, 50, 40, 80, 60)
	for _, c := range []struct {
		name   string
		margin float64
		want   [][]int
	}{
		{"strictly", 0, [][]int{nil, nil, nil, {1, 2, 4, 5}, nil, nil}},
		{"what two seconds do not matter", 2, [][]int{nil, nil, nil, {1, 2, 4, 5}, nil, {1, 4}}},
	} {
		got := Pareto([]Criterion{{Smaller, c.margin, wait}, {Larger, 0, fair}}, 0.05)
		if !slices.EqualFunc(got, c.want, slices.Equal) {
			t.Errorf("%s: dominated by %v, want %v", c.name, got, c.want)
		}
	}
}

func TestFrontOfLittle(t *testing.T) {
	a := MeanOf([]float64{1, 2, 3})
	less := MeanOf([]float64{0, 1, 2})
	for _, c := range []struct {
		name     string
		criteria []Criterion
		want     [][]int
	}{
		{"no criteria", nil, nil},
		{"no policies", []Criterion{{}}, [][]int{}},
		{"one", []Criterion{{Samples: []Sample{a}}}, [][]int{nil}},
		{"the same twice", []Criterion{{Samples: []Sample{a, a}}}, [][]int{nil, nil}},
		{"less is better", []Criterion{{Samples: []Sample{a, less}}}, [][]int{{1}, nil}},
		{"and all else the same", []Criterion{{Samples: []Sample{a, less}}, {Samples: []Sample{a, a}}}, [][]int{{1}, nil}},
		{"or not known", []Criterion{{Samples: []Sample{a, less}}, {Samples: []Sample{{}, {}}}}, [][]int{nil, nil}},
	} {
		if got := Pareto(c.criteria, 0.05); !slices.EqualFunc(got, c.want, slices.Equal) || (got == nil) != (c.want == nil) {
			t.Errorf("%s: dominated by %v, want %v", c.name, got, c.want)
		}
	}
	panics(t, "give all by each", func() { Pareto([]Criterion{{Samples: []Sample{a}}, {}}, 0.05) })
}

// TestNobodyIsDominatedByChance counts how often equal policies are said to differ by both.
func TestNobodyIsDominatedByChance(t *testing.T) {
	random, wrong := rand.New(rand.NewPCG(72, 1)), 0
	for range 400 {
		criteria := []Criterion{{Smaller, 1e9, policies(random, 5, 5, 5)}, {Larger, 0, policies(random, 5, 5, 5)}}
		for _, by := range Pareto(criteria, 0.05) {
			if len(by) > 0 {
				wrong++
				break
			}
		}
	}
	t.Logf("%d of 400 wrong", wrong)
	if wrong == 0 || wrong > 20 { // half of the 5 % belongs to the other criterion
		t.Errorf("%d of 400 wrong", wrong)
	}
}
