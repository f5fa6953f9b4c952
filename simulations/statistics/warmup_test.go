package statistics

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestMSER5OfTheory(t *testing.T) {
	g := theory(t).MSER5
	truncate, ok, statistic := MSER5(g.Y)
	if truncate != g.Truncate || ok { // the minimum is at half the run
		t.Errorf("%d %v, want %d, too short", truncate, ok, g.Truncate)
	}
	if len(statistic) != len(g.Statistic) {
		t.Fatalf("%d values, want %d", len(statistic), len(g.Statistic))
	}
	for d := range statistic {
		near(t, "statistic", statistic[d], g.Statistic[d], 1e-15)
	}
	longer := g.Y // the settled half once more, then again
	for range 2 {
		longer = append(longer[:len(longer):len(longer)], g.Y[60:]...)
	}
	if truncate, ok, _ := MSER5(longer); !ok || truncate < 40 || truncate > 70 {
		t.Errorf("twice as long: %d %v", truncate, ok)
	}
}

func TestMSER5OfLittle(t *testing.T) {
	ramp := make([]float64, 50)
	for i := range ramp {
		ramp[i] = float64(i)
	}
	for _, c := range []struct {
		name     string
		y        []float64
		truncate int
		ok       bool
		length   int
	}{
		{"nothing", nil, 0, false, 0},
		{"four", []float64{1, 2, 3, 4}, 0, false, 0},
		{"one batch", []float64{1, 2, 3, 4, 5}, 0, false, 1},
		{"no spread", make([]float64, 23), 0, true, 3},
		{"never settles", ramp, 25, false, 6},
		{"settles at once", append([]float64{9, 9, 9, 9, 9}, make([]float64, 20)...), 5, true, 3},
	} {
		truncate, ok, statistic := MSER5(c.y)
		if truncate != c.truncate || ok != c.ok || len(statistic) != c.length {
			t.Errorf("%s: %d %v %v", c.name, truncate, ok, statistic)
		}
	}
}

// TestMSER5RemovesInitialBias tries it on an autoregressive series that starts ten standard deviations off and settles at 0:
// what is left out must be most of the way down and not half of the run, as a rule.
func TestMSER5RemovesInitialBias(t *testing.T) {
	const phi, start = 0.98, 50.0 // the start fades by half each 34 observations; the standard deviation is 5
	random := rand.New(rand.NewPCG(31, 1))
	before, after, fit := 0.0, 0.0, 0
	for range 200 {
		y, x := make([]float64, 2000), start
		for i := range y {
			x = phi*x + random.NormFloat64()
			y[i] = x
		}
		truncate, ok, _ := MSER5(y)
		if left := start * math.Pow(phi, float64(truncate)); ok && left < 15 && truncate < 600 {
			fit++
		}
		before, after = before+mean(y)/200, after+mean(y[truncate:])/200
	}
	t.Logf("bias %.3f before, %.3f after; %d of 200 are fit", before, after, fit)
	if before < 1 || math.Abs(after) > 0.15 || fit < 160 {
		t.Errorf("bias %g before, %g after; %d of 200 are fit", before, after, fit)
	}
}

func TestWelchByHand(t *testing.T) {
	series := [][]float64{{0, 9, 3, 6, 0, 100}, {2, 1, 3, 0, 4}} // across: 1 5 3 3 2
	for window, want := range map[int][]float64{
		0: {1, 5, 3, 3, 2}, 1: {1, 3, 11. / 3, 8. / 3}, 2: {1, 3, 14. / 5}, 5: {}, -1: {1, 5, 3, 3, 2},
	} {
		got := Welch(series, window)
		if len(got) != len(want) {
			t.Errorf("window %d: %v, want %v", window, got, want)
			continue
		}
		for i := range got {
			near(t, "average", got[i], want[i], 1e-15)
		}
	}
	if got := Welch(nil, 3); got != nil {
		t.Errorf("of nothing: %v", got)
	}
}
