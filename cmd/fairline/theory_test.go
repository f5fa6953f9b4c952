package main

import (
	"math"
	"strings"
	"testing"
)

// TestTimesAndRatesAsWritten reads what people write, and says how to write what it cannot read.
func TestTimesAndRatesAsWritten(t *testing.T) {
	for text, want := range map[string]float64{
		"20s": 20, "5m": 300, "1h30m": 5400, "1.5 hours": 5400, "90 sec": 90, "2 Minutes": 120, " 1 h 30 min ": 5400, "250ms": 0.25, "2d": 172800, "0s": 0,
	} {
		if got, err := parseTime("--x", text); err != nil || math.Abs(got-want) > 1e-12 {
			t.Errorf("%q: %v, %v, want %v", text, got, err, want)
		}
	}
	for text, want := range map[string]float64{
		"48/min": 0.8, "48 per minute": 0.8, "0.8/s": 0.8, "12 per hour": 12.0 / 3600, "200/30m": 200.0 / 1800, "100 a day": 100.0 / 86400, "3 / h": 3.0 / 3600,
		"0/h": 0, "5 per 2 minutes": 5.0 / 120,
	} {
		if got, err := parseFlow("--x", text); err != nil || math.Abs(got-want) > 1e-15 {
			t.Errorf("%q: %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "5", "m", "5x", "-5m", "5m3", "1e3s", "s5"} {
		if got, err := parseTime("--x", text); err == nil || !strings.Contains(err.Error(), "--x") {
			t.Errorf("time %q: %v, %v, want an error that names --x", text, got, err)
		}
	}
	for _, text := range []string{"", "48", "48/", "/min", "48/0s", "48/x", "-1/min", "48 min"} {
		if got, err := parseFlow("--x", text); err == nil || !strings.Contains(err.Error(), "--x") {
			t.Errorf("rate %q: %v, %v, want an error that names --x", text, got, err)
		}
	}
	for text, want := range map[string][2]float64{"80% within 20s": {0.8, 20}, "95.5 % in 1m": {0.955, 60}, "0% within 0s": {0, 0}} {
		if part, within, err := parseGoal("--x", text); err != nil || math.Abs(part-want[0]) > 1e-12 || within != want[1] {
			t.Errorf("%q: %v %v %v, want %v", text, part, within, err, want)
		}
	}
}

// TestTimesForPeople writes times with as many digits as help.
func TestTimesForPeople(t *testing.T) {
	for seconds, want := range map[float64]string{
		0: "0 s", 20.8337: "20.83 s", 60: "1 min", 0.0001: "0.0001 s", 90: "90 s", 127.4: "2 min 7 s", 500: "8 min 20 s", 3599.7: "1 h", 59.999: "1 min",
		5400: "1 h 30 min", 200_000: "2 d 8 h", math.Inf(1): "for ever", -3.7: "-3.70 s",
	} {
		if got := timeText(seconds); got != want {
			t.Errorf("%v s is %q, want %q", seconds, got, want)
		}
	}
	for perSecond, want := range map[float64]string{0.8: "48 calls a minute", 5: "5 calls a second", 1.0 / 60: "60 calls an hour", 1.0 / 86400: "1 call a day"} {
		if got := flowText(perSecond); got != want {
			t.Errorf("%v a second is %q, want %q", perSecond, got, want)
		}
	}
}

// TestLawsAsWritten reads the laws of patience.
func TestLawsAsWritten(t *testing.T) {
	for text, want := range map[string]float64{
		"2m": 120, "exponential, mean 2m": 120, "constant 90s": 90, "uniform, from 1m, to 3m": 120, "erlang, phases 3, mean 2m": 120,
		"gamma, mean 2m, sd 1m": 120, "Lognormal, mean 2m, sd 3m": 120, "hyperexponential, mean 2m, sd 4m": 120,
	} {
		law, err := parseLaw("--x", text)
		if err != nil || math.Abs(law.Moment(1)-want) > 1e-9 {
			t.Errorf("%q: %v, %v, want the mean %v", text, law, err, want)
		}
	}
	for _, text := range []string{
		"", "lognormal", "lognormal, mean 2m", "lognormal, mean 2m, sd 3m, phases 2", "normal, mean 2m", "erlang, phases x, mean 2m", "constant", "uniform, from 3m, to 1m",
		"hyperexponential, mean 2m, sd 1m", "gamma, mean 2m, sd 0s", "erlang, phases 2.5, mean 2m", "erlang, phases 0, mean 1m",
	} {
		if law, err := parseLaw("--x", text); err == nil || !strings.Contains(err.Error(), "--x") {
			t.Errorf("%q: %v, %v, want an error that names --x", text, law, err)
		}
	}
}
