package statistics

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestPairedDifferenceIsOneOfDifferences(t *testing.T) {
	a, b := []float64{3, 9, 4, 7}, []float64{5, 10, 8, 8} // differences 2, 1, 4, 1
	d := Difference(MeanOf(a), MeanOf(b), 0.95)
	want := MeanOf([]float64{2, 1, 4, 1}).Estimate(0.95)
	near(t, "value", d.Value, 2, 0)
	near(t, "half", d.Half, want.Half, 1e-14)
	near(t, "back", Difference(MeanOf(b), MeanOf(a), 0.95).Value, -2, 0)
	// t = 2/√(2/4) = 2√2 with 3 degrees of freedom: tail 1 − (2/π)(θ + sin θ cos θ), tan θ = t/√3.
	theta := math.Atan(2 * math.Sqrt2 / math.Sqrt(3))
	test := PairedTest(MeanOf(a), MeanOf(b))
	near(t, "p", test.P, 1-2/math.Pi*(theta+math.Sin(theta)*math.Cos(theta)), 1e-12)
	if test.DF != 3 || !test.Defined {
		t.Errorf("%+v", test)
	}
}

func TestWhatIsCommonCancels(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	var a, b Sample
	for range 30 {
		day, calls := 100*random.NormFloat64(), 1000+float64(random.IntN(500))
		a.Add(calls*(500+day), calls)
		b.Add(calls*(503+day+random.NormFloat64()), calls)
	}
	d, apart := Difference(a, b, 0.95), Unpaired(a, b, 0.95)
	if d.Half > 1 || apart.Half < 30 {
		t.Errorf("paired ±%g, want below 1; unpaired ±%g, want above 30", d.Half, apart.Half)
	}
	near(t, "value", d.Value, apart.Value, 0)
	near(t, "value", d.Value, 3, d.Half*1.5)
}

func TestUnpairedHasWelchsDegreesOfFreedom(t *testing.T) {
	// s²/n: 2.5/5 = 1/2 and 14/3/3... = (1,4,7): s² = 9, s²/n = 3. df = 3.5²/(0.25/4 + 9/2) = 2.684, rounded down 2.
	a, b := MeanOf([]float64{1, 2, 3, 4, 5}), MeanOf([]float64{1, 4, 7})
	e := Unpaired(a, b, 0.95)
	near(t, "value", e.Value, 1, 1e-15)
	near(t, "standard error", e.SE, math.Sqrt(3.5), 1e-15)
	near(t, "half", e.Half, 4.302652729911275*math.Sqrt(3.5), 1e-9)
	if e.DF != 2 || e.N != 3 || !e.Defined {
		t.Errorf("%+v", e)
	}
	if e := Unpaired(a, MeanOf([]float64{1}), 0.95); e.Defined || !e.Known || e.Half != 0 {
		t.Errorf("one replication: %+v", e)
	}
	if e := Unpaired(a, Sample{}, 0.95); e.Defined || e.Known || e.Value != 0 {
		t.Errorf("no replication: %+v", e)
	}
}

func TestDifferenceThatNeverVariesIsCertain(t *testing.T) {
	d := Difference(MeanOf([]float64{1, 4, 2}), MeanOf([]float64{3, 6, 4}), 0.95)
	if math.Abs(d.Value-2) > 1e-15 || d.Half != 0 || !d.Defined || d.Test() != (Test{P: 0, DF: 2, Defined: true}) {
		t.Errorf("%+v, %+v", d, d.Test())
	}
}

func TestRoundOffIsNoDifference(t *testing.T) {
	var a, b Sample
	for i := range 12 { // the same ratio, a third, in other units; the twelfth digits differ
		x := 0.1 * float64(i+1)
		a.Add(x, 3*x)
		b.Add(0.7*x, 2.1*x)
	}
	if d := Difference(a, b, 0.95); d.Value != 0 || d.Half != 0 || d.Test().P != 1 {
		t.Errorf("%+v, p %g", d, d.Test().P)
	}
	for i := range b.Num { // a real difference, small as it is, is one
		b.Num[i] *= 1 + 1e-12
	}
	if d := Difference(a, b, 0.95); !(d.Value > 0) || !(d.Test().P < 1e-6) {
		t.Errorf("%+v, p %g", d, d.Test().P)
	}
}

func TestIntervalAndTestAgree(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	outside := 0
	for range 400 {
		var a, b Sample
		for range 2 + random.IntN(10) {
			n, common := 1+float64(random.IntN(9)), random.NormFloat64()
			a.Add(n*(common+random.NormFloat64()), n)
			b.Add(n*(common+0.8+random.NormFloat64()), n+1)
		}
		d := Difference(a, b, 0.95)
		leaves := d.Low() > 0 || d.High() < 0
		if significant := PairedTest(a, b).P < 0.05; significant != leaves {
			t.Errorf("%+v: p %g", d, d.Test().P)
		}
		if leaves {
			outside++
		}
	}
	if outside < 50 || outside > 350 {
		t.Errorf("%d of 400 leave 0 out: the test says little", outside)
	}
}
