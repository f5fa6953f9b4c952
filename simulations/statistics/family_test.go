package statistics

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestHolmByHand(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		p, adjusted []float64
		reject      []bool
	}{
		{nil, []float64{}, []bool{}},
		{[]float64{0.05}, []float64{0.05}, []bool{true}},
		{[]float64{0.01, 0.04, 0.03, 0.005}, []float64{0.03, 0.06, 0.06, 0.02}, []bool{true, false, false, true}},
		{[]float64{0.02, 0.02, 0.02}, []float64{0.06, 0.06, 0.06}, []bool{false, false, false}},
		{[]float64{0.01, nan, 0.02}, []float64{0.03, 1, 0.04}, []bool{true, false, true}},
		{[]float64{0.6, 0.9, -1}, []float64{1, 1, 1}, []bool{false, false, false}},
	} {
		reject, adjusted := Holm(c.p, 0.05)
		if !slices.Equal(reject, c.reject) {
			t.Errorf("%v: rejects %v, want %v", c.p, reject, c.reject)
		}
		for i := range c.adjusted {
			near(t, "adjusted", adjusted[i], c.adjusted[i], 1e-15)
		}
	}
}

// TestBonferroniImpliesHolm holds what Primary promises: an interval that leaves 0 out is Shown.
func TestBonferroniImpliesHolm(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	shown, more := 0, 0
	for range 200 {
		a, b := make([]Sample, 4), make([]Sample, 4)
		for i := range a {
			for range 8 {
				a[i].Add(random.NormFloat64(), 1)
				b[i].Add(random.NormFloat64()+float64(i), 1)
			}
		}
		for i, v := range Primary(a, b, 0.05) {
			leaves := v.Difference.Low() > 0 || v.Difference.High() < 0
			if leaves && !v.Shown || v.Shown != (v.Adjusted <= 0.05) || v.Adjusted < v.Test.P {
				t.Errorf("metric %d: %+v", i, v)
			}
			if v.Shown {
				shown++
			}
			if v.Shown && !leaves {
				more++
			}
			near(t, "half", v.Difference.Half, Difference(a[i], b[i], 1-0.05/4).Half, 1e-14)
		}
	}
	if shown < 200 || more == 0 {
		t.Errorf("%d shown, %d of them with an interval that touches 0", shown, more)
	}
}
