package statistics

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestMeanHasTheUsualInterval(t *testing.T) {
	// Nine observations: mean 5, s² = 60/8, s/√n = √(60/72), t with 8 degrees of freedom 2.306004135.
	e := MeanOf([]float64{1, 2, 3, 4, 5, 6, 7, 8, 9}).Estimate(0.95)
	near(t, "value", e.Value, 5, 0)
	near(t, "standard error", e.SE, math.Sqrt(60./72), 1e-15)
	near(t, "half", e.Half, 2.306004135*math.Sqrt(60./72), 1e-9)
	if !e.Known || !e.Defined || e.N != 9 || e.DF != 8 || e.Confidence != 0.95 {
		t.Errorf("%+v", e)
	}
	near(t, "low and high", (e.High()-e.Low())/2, e.Half, 1e-15)
	near(t, "at 90 %", e.At(0.9).Half, 1.859548038*math.Sqrt(60./72), 1e-9)
}

func TestDaysWithoutAValueDoNotCount(t *testing.T) {
	e := MeanOf([]float64{1, math.NaN(), 3, 5, math.NaN()}).Estimate(0.95)
	near(t, "value", e.Value, 3, 0)
	if e.N != 5 || !e.Defined || e.SE < MeanOf([]float64{1, 3, 5}).Estimate(0.95).SE {
		t.Errorf("%+v", e)
	}
	if e := MeanOf([]float64{math.NaN()}).Estimate(0.95); e.Known {
		t.Errorf("%+v", e)
	}
}

func TestRatioIsThatOfSums(t *testing.T) {
	// A quiet day with 1 of 1 in time, a busy one with 50 of 100: the mean of percentages would be 75.
	s := Sample{Num: []float64{1, 50}, Den: []float64{1, 100}}
	v, ok := s.Ratio()
	if !ok || v != 51./101 {
		t.Errorf("%v %v, want 51/101", v, ok)
	}
}

func TestRatioHasTheJackknifesInterval(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		var s Sample
		for range 2 + random.IntN(30) {
			s.Add(10*random.NormFloat64(), 1+random.ExpFloat64())
		}
		n := float64(s.N())
		theta := sum(s.Num) / sum(s.Den)
		values := make([]float64, s.N())
		for i := range values { // by the definition, leaving each out
			var less Sample
			for j := range s.Num {
				if j != i {
					less.Add(s.Num[j], s.Den[j])
				}
			}
			without, _ := less.Ratio()
			values[i] = n*theta - (n-1)*without
		}
		e := s.Estimate(0.9)
		near(t, "value", e.Value, theta, 0)
		near(t, "standard error", e.SE, math.Sqrt(variance(values)/n), 1e-10*(1+e.SE))
		near(t, "half", e.Half, e.SE*tQuantile(s.N()-1, 0.9), 1e-12*(1+e.Half))
	}
}

func TestWhatCannotBeSaidIsNotSaid(t *testing.T) {
	for _, c := range []struct {
		name           string
		s              Sample
		known, defined bool
	}{
		{"no replication", Sample{}, false, false},
		{"one replication", Sample{[]float64{3}, []float64{2}}, true, false},
		{"nobody called on any day", Sample{[]float64{0, 0, 0}, []float64{0, 0, 0}}, false, false},
		{"all called on one day", Sample{[]float64{0, 3, 0}, []float64{0, 2, 0}}, true, false},
		{"nobody called on one day", Sample{[]float64{4, 3, 0}, []float64{4, 2, 0}}, true, true},
		{"not a number", Sample{[]float64{math.NaN(), 3}, []float64{1, 2}}, false, false},
		{"without bound", Sample{[]float64{math.Inf(1), 3}, []float64{1, 2}}, false, false},
		{"no spread", Sample{[]float64{2, 2}, []float64{1, 1}}, true, true},
	} {
		e := c.s.Estimate(0.95)
		if e.Known != c.known || e.Defined != c.defined {
			t.Errorf("%s: known %v, defined %v", c.name, e.Known, e.Defined)
		}
		if !e.Defined && (e.Half != 0 || e.SE != 0 || e.Test() != Test{P: 1}) || !e.Known && e.Value != 0 {
			t.Errorf("%s: %+v says something", c.name, e)
		}
		d := Difference(c.s, c.s, 0.95)
		if d.Known != c.known || d.Defined != c.defined || d.Value != 0 || d.Half != 0 || d.Test().P != 1 {
			t.Errorf("%s: difference from itself %+v", c.name, d)
		}
	}
}

func TestSpreadBeyondFloatsIsNotSaid(t *testing.T) {
	e := MeanOf([]float64{1e300, -1e300}).Estimate(0.95)
	if e.Known || e.Defined || e.SE != 0 {
		t.Errorf("%+v", e)
	}
}

func TestMistakesOfCallersAreToldWithTheWayToMendThem(t *testing.T) {
	two, three := MeanOf(make([]float64, 2)), MeanOf(make([]float64, 3))
	for want, f := range map[string]func(){
		"add them in pairs":              func() { Sample{Num: []float64{1}}.Estimate(0.95) },
		"run both as often":              func() { Difference(two, three, 0.95) },
		"give the same under both":       func() { Primary([]Sample{two}, nil, 0.05) },
		"between 0 and 1, such as 0.95":  func() { two.Estimate(95) },
		"between 0 and 1, such as 0.05":  func() { Holm([]float64{0.5}, 5) },
		"an alpha of 1":                  func() { Bonferroni(1, 3) },
		"a confidence of NaN: give one ": func() { two.Estimate(math.NaN()) },
	} {
		panics(t, want, f)
	}
}

func panics(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		if text, ok := recover().(string); !ok || !strings.HasPrefix(text, "statistics: ") || !strings.Contains(text, want) {
			t.Errorf("%q, want %q", text, want)
		}
	}()
	f()
}
