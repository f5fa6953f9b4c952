package main

import (
	"fmt"
	"math"
	"os"
	"strings"

	"fairline/simulations/theory"
)

// parsePositiveFlow reads a rate above 0.
func parsePositiveFlow(name, text string) (float64, error) {
	rate, err := parseFlow(name, text)
	if err == nil && rate <= 0 {
		err = fmt.Errorf("%s %q: want a rate above 0", name, text)
	}
	return rate, err
}

// dayClock writes seconds since midnight as a time of day.
func dayClock(seconds float64) string {
	minutes := int(seconds / 60)
	return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60)
}

// parseClock reads a time of day, up to 24:00, in seconds since midnight.
func parseClock(text string) (float64, bool) {
	var hour, minute int
	n, err := fmt.Sscanf(text, "%d:%d", &hour, &minute)
	ok := err == nil && n == 2 && hour >= 0 && minute >= 0 && minute < 60 && hour*60+minute <= 24*60
	return float64(hour*3600 + minute*60), ok && len(text) == 5
}

// readRates reads the stretches of a day. Empty lines and those that start with # are left out.
func readRates(path string) ([]theory.Period, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("--rates: %w", err)
	}
	var periods []theory.Period
	for i, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		place := fmt.Sprintf("%s:%d", path, i+1)
		clock, flow, _ := strings.Cut(line, " ")
		start, ok := parseClock(clock)
		if !ok {
			return nil, fmt.Errorf("%s: %q is no time of day: want such as 08:00", place, clock)
		}
		rate, err := parseFlow(place+":", strings.TrimSpace(flow))
		if err != nil {
			return nil, err
		}
		if n := len(periods); n > 0 {
			if start <= periods[n-1].Start {
				return nil, fmt.Errorf("%s: %s is not after %s: want the times in order", place, clock, dayClock(periods[n-1].Start))
			}
			periods[n-1].End = start
		}
		periods = append(periods, theory.Period{Start: start, Arrivals: rate})
	}
	last := len(periods) - 1
	if last < 1 || periods[last].Arrivals != 0 {
		return nil, fmt.Errorf("%s: want two lines or more, the last with the time from which nobody calls, as 18:00 0/h", path)
	}
	return periods[:last], nil
}

// day plans each stretch of a day for the greatest load in it, looked at each minute: the load of agents without end, as if
// it had always been so (Jennings, Mandelbaum, Massey & Whitt 1996).
func (f *staffingFlags) day(g goal) (*theoryResult, error) {
	periods, err := readRates(f.rates)
	if err != nil {
		return nil, err
	}
	handling := theory.Exponential{Mean: 1 / g.service}
	r := &theoryResult{
		model: "staffing-day", title: fmt.Sprintf("Agents for %s, each call takes %s", g.words(), timeText(handling.Mean)),
		given: g.given(), column: "from",
	}
	for _, p := range periods {
		most, load := 0.0, 0.0
		for at := p.Start; at <= p.End; at = math.Min(p.End, at+60) {
			if load, err = theory.OfferedLoad(periods, handling, at); err != nil {
				return nil, err
			}
			most = max(most, load)
			if at == p.End {
				break
			}
		}
		row := theoryRow{dayClock(p.Start), []fact{
			{"arrivals", p.Arrivals, "", asNumber}, {"arrivals_per_hour", p.Arrivals * 3600, "CALLS AN HOUR", asNumber}, {"load", most, "LOAD", asNumber},
		}}
		need := plan{}
		if most > 1e-9 {
			if need, err = g.staff(most * g.service); err != nil {
				return nil, fmt.Errorf("from %s: %w", row.name, err)
			}
		}
		row.facts = append(row.facts, fact{"agents", float64(need.agents), "AGENTS", asNumber})
		if len(need.facts) > 0 && !g.abandons {
			row.facts = append(row.facts, fact{"served_within", need.facts[0].Value, "WITHIN " + timeText(g.within), asPart})
		}
		r.rows = append(r.rows, row)
	}
	r.notes = []string{"LOAD is the greatest number of agents that calls in the stretch, and those from before, keep busy in the mean."}
	return r, nil
}
