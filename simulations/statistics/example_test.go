package statistics_test

import (
	"fmt"

	"fairline/simulations/statistics"
)

// Five days under two policies, on the same calls: how many were answered in time, of how many.
func ExamplePrimary() {
	calls := []float64{700, 720, 650, 810, 690}
	loudest := statistics.Sample{Num: []float64{480, 470, 500, 440, 490}, Den: calls}
	weekday := statistics.Sample{Num: []float64{486, 479, 503, 452, 497}, Den: calls}

	e := loudest.Estimate(0.95)
	fmt.Printf("loudest first %.1f %% ±%.1f\n", 100*e.Value, 100*e.Half)
	for _, v := range statistics.Primary([]statistics.Sample{loudest}, []statistics.Sample{weekday}, 0.05) {
		d := v.Difference
		fmt.Printf("weekday %+.2f points ±%.2f, shown: %v\n", 100*d.Value, 100*d.Half, v.Shown)
	}
	// Output: loudest first 66.7 % ±11.0
	// weekday +1.04 points ±0.49, shown: true
}

// Runs go on until the mean is known to a tenth, and are looked at now and then only.
func ExampleEnough() {
	wait := statistics.Sample{}
	for n := statistics.NextCheck(0); ; n = statistics.NextCheck(n) {
		for day := wait.N(); day < n; day++ {
			wait.Add(40+float64(day*day%23), 1) // a day's mean wait, from a simulation
		}
		if e := wait.Estimate(0.95); statistics.Enough(e, 0.1, 0) {
			fmt.Printf("%d days: %.1f s ±%.1f\n", n, e.Value, e.Half)
			return
		}
	}
	// Output: 12 days: 47.7 s ±3.8
}
