package run

import (
	"math"
	"testing"

	"fairline/engine"
	"fairline/simulations/dist"
	"fairline/simulations/measure"
	"fairline/simulations/scenario"
)

// hourly counts the arrivals of many days by hour.
func hourly(t *testing.T, s scenario.Source, hours, days int) (counts []float64, byDay []float64) {
	t.Helper()
	s.Handling.Law = must(dist.Constant(0))
	sc := shop(1, engine.Duration(hours)*engine.Hour, s)
	sc.Busy = []scenario.Busyness{{Name: "day", Law: must(dist.Gamma(1, 0.5))}}
	m := modelOf(t, sc, orderW1, Options{Seed: 21})
	counts, byDay = make([]float64, hours), make([]float64, days)
	for day := range days {
		for _, x := range played(t, m, Play{Replication: uint64(day)}) {
			counts[x.Arrived.Sub(sc.Starts)/engine.Hour]++
			byDay[day]++
		}
	}
	return counts, byDay
}

// near fails where a count is further from what is expected than 4.5 standard deviations of a Poisson number: one in about
// 150,000 counts would be, whatever the seed.
func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 4.5*math.Sqrt(want)+1e-9 {
		t.Errorf("%s: %v customers, want about %v", what, got, want)
	}
}

func TestArrivals(t *testing.T) {
	const days = 300
	swing := func(h float64) float64 { // the mean of the wave below over an hour
		return 30 * (1 + 0.8*8/(2*math.Pi)*(math.Cos(2*math.Pi*(h+2)/8)-math.Cos(2*math.Pi*(h+3)/8)))
	}
	for _, test := range []struct {
		name string
		is   scenario.Arrivals
		want []float64 // an hour
	}{
		{"one rate", scenario.Arrivals{Rates: []scenario.Rate{{PerHour: 20}}}, []float64{20, 20, 20}},
		{"rates", scenario.Arrivals{Rates: []scenario.Rate{{PerHour: 6}, {From: engine.Hour, PerHour: 0}, {From: 2 * engine.Hour, PerHour: 50}}}, []float64{6, 0, 50, 50}},
		{"a late rate", scenario.Arrivals{Rates: []scenario.Rate{{From: 2 * engine.Hour, PerHour: 9}, {From: 3 * engine.Hour, PerHour: 0}}}, []float64{0, 0, 9, 0}},
		{"points", scenario.Arrivals{Points: []scenario.Rate{{PerHour: 0}, {From: 2 * engine.Hour, PerHour: 40}, {From: 3 * engine.Hour, PerHour: 40}, {From: 4 * engine.Hour}}},
			[]float64{10, 30, 40, 20}},
		{"a wave", scenario.Arrivals{Wave: &scenario.Wave{PerHour: 30, Swing: 0.8, Every: 8 * engine.Hour, Shift: 2 * engine.Hour}},
			[]float64{swing(0), swing(1), swing(2), swing(3), swing(4), swing(5)}},
		{"a law of gaps", scenario.Arrivals{Interval: must(dist.Exponential(120))}, []float64{30, 30}},
	} {
		counts, _ := hourly(t, scenario.Source{Name: "calls", Channel: "phone", Busy: -1, Arrivals: test.is}, len(test.want), days)
		for h, n := range counts {
			near(t, test.name, n, days*test.want[h])
		}
	}
}

func TestFixedNumbersAndGaps(t *testing.T) {
	counts, byDay := hourly(t, scenario.Source{Name: "calls", Channel: "phone", Busy: -1,
		Arrivals: scenario.Arrivals{Counts: []scenario.Count{{Number: 7}, {From: 2 * engine.Hour, Number: 3}}}}, 3, 200)
	if counts[0]+counts[1] != 1400 || counts[2] != 600 || byDay[17] != 10 {
		t.Errorf("%v an hour, %v on a day", counts, byDay[17])
	}
	near(t, "the first of two hours", counts[0], 700)
	counts, _ = hourly(t, scenario.Source{Name: "calls", Channel: "phone", Busy: -1, Arrivals: scenario.Arrivals{Interval: must(dist.Constant(600))}}, 2, 5)
	if counts[0] != 25 || counts[1] != 30 {
		t.Errorf("every ten minutes: %v an hour on five days", counts)
	}
}

// TestBusyDays has the variance of a Poisson number with a random rate: mean + (mean x sd of the factor)^2.
func TestBusyDays(t *testing.T) {
	s := scenario.Source{Name: "calls", Channel: "phone", Busy: 0, Arrivals: scenario.Arrivals{Rates: []scenario.Rate{{PerHour: 50}}}}
	_, byDay := hourly(t, s, 2, 3000)
	mean, square := 0.0, 0.0
	for _, n := range byDay {
		mean += n / 3000
		square += n * n / 3000
	}
	if v := square - mean*mean; math.Abs(mean-100) > 4 || math.Abs(v-2600) > 350 {
		t.Errorf("mean %.1f and variance %.0f of a day, want 100 and 2600", mean, v)
	}
}

func TestBatchesComeTogether(t *testing.T) {
	s := scenario.Source{Name: "calls", Channel: "phone", Busy: -1, Arrivals: scenario.Arrivals{Interval: must(dist.Constant(3600))}, Batch: must(dist.Constant(3)),
		Handling: scenario.Span{Law: must(dist.Constant(60))}}
	list := played(t, modelOf(t, shop(1, 150*engine.Minute, s), orderW1, Options{}), Play{})
	if len(list) != 6 {
		t.Fatalf("%d came, want two times three", len(list))
	}
	for i, x := range list {
		if x.Arrived != engine.Instant(engine.Day).Add(engine.Duration(1+i/3)*engine.Hour) || x.Started.Sub(x.Arrived) != engine.Duration(i%3)*engine.Minute || x.Index != int64(i) {
			t.Errorf("customer %d: %+v", i, x)
		}
	}
}

func TestTraceIsPlayedAsItWas(t *testing.T) {
	rows := []scenario.Row{{At: engine.Minute, Handling: 2 * engine.Minute, Patience: -1},
		{At: 90 * engine.Second, Handling: engine.Minute, Patience: 30 * engine.Second, Values: map[string]string{"level": "high"}},
		{At: 90 * engine.Second, Handling: -1, Patience: -1}}
	s := level(calls("calls", 1, 1), "low")
	s.Arrivals, s.Handling.Law = scenario.Arrivals{Trace: &scenario.Trace{Rows: rows}}, must(dist.Constant(7))
	list := played(t, modelOf(t, shop(1, engine.Hour, s), orderW2, Options{}), Play{})
	if len(list) != 3 {
		t.Fatalf("%d came", len(list))
	}
	starts := engine.Instant(engine.Day)
	if x := list[0]; x.Index != 1 || x.Outcome != measure.Abandoned || x.Ended != starts.Add(2*engine.Minute) || x.Class != 0 {
		t.Errorf("who is recorded with a patience of 30 s: %+v", x)
	}
	if x := list[1]; x.Index != 0 || x.Handled != 2*engine.Minute || x.Class != 1 {
		t.Errorf("the first: %+v", x)
	}
	if x := list[2]; x.Handled != 7*engine.Second || x.Started != starts.Add(3*engine.Minute) {
		t.Errorf("whose handling is drawn: %+v", x)
	}
}
