package statistics

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestAntitheticPairsCountOnce(t *testing.T) {
	random := rand.New(rand.NewPCG(51, 1))
	var a, b, all Sample
	for range 40 {
		u := random.Float64()
		a.Add(math.Exp(u), 1)
		b.Add(math.Exp(1-u), 1)
		all.Add(math.Exp(u), 1)
		all.Add(math.Exp(random.Float64()), 1)
	}
	pairs := Antithetic(a, b).Estimate(0.95)
	if pairs.N != 40 || math.Abs(pairs.Value-(math.E-1)) > 1.5*pairs.Half {
		t.Errorf("%+v, want about e-1", pairs)
	}
	if plain := all.Estimate(0.95); pairs.Half > plain.Half/3 { // the variance of a pair is a thirtieth
		t.Errorf("±%g, without ±%g", pairs.Half, plain.Half)
	}
	panics(t, "run both as often", func() { Antithetic(a, Sample{}) })
}

// TestOneControlByHand checks the regression against its formulas for one control.
func TestOneControlByHand(t *testing.T) {
	x, c, known := []float64{3, 5, 4, 8, 7}, []float64{1, 2, 2, 4, 3}, 2.0
	sxx, sxc, scc := variance(x)*4, 0.0, variance(c)*4
	for i := range x {
		sxc += (x[i] - mean(x)) * (c[i] - mean(c))
	}
	beta, off := sxc/scc, mean(c)-known
	residual := (sxx - beta*sxc) / 3
	e := ControlVariate(x, [][]float64{c}, []float64{known}, 0.95)
	near(t, "value", e.Value, mean(x)-beta*off, 1e-13)
	near(t, "standard error", e.SE, math.Sqrt(residual*(1./5+off*off/scc)), 1e-13)
	near(t, "half", e.Half, e.SE*tQuantile(3, 0.95), 1e-13)
	if e.DF != 3 || e.N != 5 || !e.Known || !e.Defined {
		t.Errorf("%+v", e)
	}
}

func TestControlsThatSayNothing(t *testing.T) {
	x, c := []float64{3, 5, 4, 8, 7}, []float64{1, 2, 2, 4, 3}
	plain, twice := MeanOf(x).Estimate(0.95), []float64{2, 4, 4, 8, 6}
	for _, q := range []struct {
		name     string
		x        []float64
		controls [][]float64
		known    []float64
		want     Estimate
	}{
		{"none", x, nil, nil, plain},
		{"one that never varies", x, [][]float64{{2, 2, 2, 2, 2}}, []float64{1}, plain},
		{"one that is twice another", x, [][]float64{c, twice}, []float64{2, 4}, Estimate{Value: 5.4, N: 5, Confidence: 0.95, Known: true}},
		{"too many", x[:3], [][]float64{c[1:4], {1, 5, 2}}, []float64{2, 4}, Estimate{Value: 4, N: 3, Confidence: 0.95, Known: true}},
		{"no replications", nil, [][]float64{nil}, []float64{2}, Estimate{Confidence: 0.95}},
	} {
		if e := ControlVariate(q.x, q.controls, q.known, 0.95); e != q.want {
			t.Errorf("%s: %+v, want %+v", q.name, e, q.want)
		}
	}
	panics(t, "give one for each", func() { ControlVariate(x, [][]float64{c}, nil, 0.95) })
	panics(t, "values of a control", func() { ControlVariate(x, [][]float64{c[1:]}, []float64{2}, 0.95) })
}

func TestControlVariateCoversAndIsSharper(t *testing.T) {
	random, covered, sharper := rand.New(rand.NewPCG(52, 1)), 0, 0
	for range experiments {
		x, c1, c2 := make([]float64, 20), make([]float64, 20), make([]float64, 20)
		for i := range x {
			c1[i], c2[i] = 1e6*(7+random.NormFloat64()), 0.001*random.NormFloat64()
			x[i] = 10 + 2e-6*(c1[i]-7e6) - 1000*c2[i] + random.NormFloat64()
		}
		e := ControlVariate(x, [][]float64{c1, c2}, []float64{7e6, 0}, 0.95)
		covered += one(e.Low() <= 10 && 10 <= e.High())
		sharper += one(e.Half < 0.7*MeanOf(x).Estimate(0.95).Half)
	}
	share(t, "covered", covered, 0.935, 0.965)
	share(t, "sharper", sharper, 0.95, 1)
}
