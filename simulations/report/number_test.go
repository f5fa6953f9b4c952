package report

import (
	"strings"
	"testing"

	"fairline/simulations/measure"
	"fairline/simulations/statistics"
)

// TestCellsAreWrittenAsTheirIntervalsSupport has rows with the values of two policies, and what is written of them.
func TestCellsAreWrittenAsTheirIntervalsSupport(t *testing.T) {
	e := func(value, half float64) statistics.Estimate {
		return statistics.Estimate{Value: value, Half: half, SE: half / 2, Known: true, Defined: half >= 0}
	}
	for _, c := range []struct {
		unit          string
		a, b, apart   statistics.Estimate
		wa, wb, wdiff string
	}{
		{"per 100", e(4.738, .3112), e(0, 0), e(-4.738, .3112), "4.74 ±0.31", "0.00", "−4.74 ±0.31"},
		{"%", e(.6853, .0083), e(.6889, .0076), e(.0036, .0015), "68.5 % ±0.8", "68.9 % ±0.8", "+0.36 pt ±0.15"},
		{"s", e(252.4, 9.2), e(251.2, 9.1), e(-1.2, .4), "252 s ±9", "251 s ±9", "−1.2 s ±0.4"},
		{"s", e(45.9, 3.949), e(56.3, 3.951), e(10.4, .8), "46 s ±4", "56 s ±4", "+10.4 s ±0.8"},
		{"s", e(900, 30), e(1200, 30), e(300, 60), "15.0 min ±0.5", "20.0 min ±0.5", "+5.0 min ±1.0"},
		{"s", e(7200, 360), e(90000, 3600), e(82800, 3600), "2.00 h ±0.10", "25.0 h ±1.0", "+23.0 h ±1.0"},
		{"s", e(12345, 999), e(54321, 999), e(41976, 1200), "206 min ±17", "905 min ±17", "+700 min ±20"},
		{"1", e(.731, .0042), e(.726, .0001), e(-.005, .001), "0.731 ±0.004", "0.72600 ±0.00010", "−0.0050 ±0.0010"},
		{"s", e(176, 27), e(1380, 240), e(1204, 240), "2.9 min ±0.5", "23 min ±4", "+20 min ±4"},
		{"1", e(12, -1), e(12.345, -1), e(.345, -1), "12", "12.3", "+0.345"},
		{"1", e(1e-9, 1e-12), e(2e-9, 1e-12), e(1e-9, 1e-12), "0.000000 ±0.000000", "0.000000 ±0.000000", "0.000000 ±0.000000"},
		{"min", e(3, .5), e(2.96, .5), e(-.04, .5), "3.0 min ±0.5", "3.0 min ±0.5", "0.0 min ±0.5"},
		{"/h", e(90, 1.23), e(91, 1.2), e(1, .5), "90.0 /h ±1.2", "91.0 /h ±1.2", "+1.0 /h ±0.5"},
		{"s^2", e(90, 8), e(91, 8), e(1, .5), "90 s² ±8", "91 s² ±8", "+1.0 s² ±0.5"},
		{"s", statistics.Estimate{}, e(1, .5), statistics.Estimate{}, "—", "1.0 s ±0.5", "—"},
	} {
		w := Row{Metric: measure.Metric{Unit: c.unit}, Base: c.a, With: []Outcome{{Value: c.b, Difference: c.apart}}}
		f := w.form()
		join := func(c cell) string { return strings.TrimSpace(c.value + " " + c.half) }
		a, b, d := join(f.value(c.a)), join(f.value(c.b)), join(f.difference(c.apart))
		if a != c.wa || b != c.wb || d != c.wdiff {
			t.Errorf("%s: got %q %q %q, want %q %q %q", c.unit, a, b, d, c.wa, c.wb, c.wdiff)
		}
	}
}

func TestSpansAndNumbers(t *testing.T) {
	for seconds, want := range map[float64]string{60: "1 min", 80: "80 s", 7200: "2 h", 86400: "1 d", 2.5: "2.5 s"} {
		if got := span(seconds); got != want {
			t.Errorf("%v s: %q, want %q", seconds, got, want)
		}
	}
	for x, want := range map[float64]string{0: "0", 999: "999", 1000: "1,000", 142952.4: "142,952", 1e9: "1,000,000,000"} {
		if got := thousands(x); got != want {
			t.Errorf("%v: %q, want %q", x, got, want)
		}
	}
	for x, want := range map[float64]string{.95: "95 %", .999: "99.9 %", .05: "5 %", 1. / 3: "33.333333 %"} {
		if got := percent(x); got != want {
			t.Errorf("%v: %q, want %q", x, got, want)
		}
	}
}

func TestColumnsOfATerminal(t *testing.T) {
	for text, want := range map[string]int{"": 0, "phone": 5, "常連客": 6, "e\u0301": 1, "±0.8": 4, "−": 1, "한국": 4,
		"🙂": 2, "ｱ": 1, "\u200b": 0} {
		if got := columns(text); got != want {
			t.Errorf("%q takes %d columns, want %d", text, got, want)
		}
	}
	for _, c := range []struct {
		text  string
		width int
		want  string
	}{{"phone", 5, "phone"}, {"phones", 5, "phon…"}, {"常連客", 5, "常連…"}, {"常連客", 4, "常…"}, {"a b c", 3, "a…"}} {
		if got := cut(c.text, c.width); got != c.want {
			t.Errorf("%q in %d columns: %q, want %q", c.text, c.width, got, c.want)
		}
	}
	if got := fill("one two "+held("three four")+" five", 10, 2); got != "one two\n  three four\n  five\n" {
		t.Errorf("filled: %q", got)
	}
}
