package main

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// secondsIn are the units of times as people write them.
var secondsIn = map[string]float64{
	"ms": 0.001, "s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hr": 3600, "hour": 3600,
	"d": 86400, "day": 86400, "w": 7 * 86400, "week": 7 * 86400,
}

var (
	timePart = regexp.MustCompile(`^\s*([0-9]*\.?[0-9]+)\s*([a-z]+)`)
	flowForm = regexp.MustCompile(`^\s*([0-9]*\.?[0-9]+)\s*(?:/|per\b|an?\b)\s*(\S.*)$`)
	goalForm = regexp.MustCompile(`^\s*([0-9]*\.?[0-9]+)\s*%\s*(?:with)?in\s+(\S.*)$`)
)

// unit is the length of a unit, also in the plural.
func unit(word string) (float64, bool) {
	if seconds, ok := secondsIn[word]; ok {
		return seconds, true
	}
	seconds, ok := secondsIn[strings.TrimSuffix(word, "s")]
	return seconds, ok && len(word) > 2
}

// parseTime reads a time in seconds: 20s, 5m, 1h30m, 1.5 hours. The name is where it stands.
func parseTime(name, text string) (float64, error) {
	total, rest := 0.0, strings.ToLower(text)
	for rest = strings.TrimSpace(rest); rest != ""; rest = strings.TrimSpace(rest) {
		m := timePart.FindStringSubmatch(rest)
		if m == nil {
			return 0, fmt.Errorf("%s %q: want a time with its unit, such as 20s, 5m or 1h30m", name, text)
		}
		seconds, ok := unit(m[2])
		if !ok {
			return 0, fmt.Errorf("%s %q: %q is no unit of time: write s, m, h or d", name, text, m[2])
		}
		n, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			return 0, fmt.Errorf("%s %q: %w", name, text, err)
		}
		total += n * seconds
		rest = rest[len(m[0]):]
	}
	if text == "" {
		return 0, fmt.Errorf("%s: want a time, such as 20s, 5m or 1h30m", name)
	}
	return total, nil
}

// parsePositive reads a time above 0.
func parsePositive(name, text string) (float64, error) {
	seconds, err := parseTime(name, text)
	if err == nil && seconds <= 0 {
		err = fmt.Errorf("%s %q: want a time above 0", name, text)
	}
	return seconds, err
}

// parseFlow reads a rate for each second: 48/min, 12 per hour, 200/30m. It may be 0.
func parseFlow(name, text string) (float64, error) {
	m := flowForm.FindStringSubmatch(strings.ToLower(text))
	if m == nil {
		return 0, fmt.Errorf("%s %q: want how many in what time, such as 48/min or 12 per hour", name, text)
	}
	n, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return 0, fmt.Errorf("%s %q: %w", name, text, err)
	}
	per, ok := unit(strings.TrimSpace(m[2]))
	if !ok {
		if per, err = parsePositive(name, m[2]); err != nil {
			return 0, fmt.Errorf("%s %q: want a unit of time behind the number, such as 48/min or 200/30m", name, text)
		}
	}
	return n / per, nil
}

// parsePart reads a part of a whole: 5%, 0.05.
func parsePart(name, text string) (float64, error) {
	number, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if percent {
		v /= 100
	}
	if err != nil || !(v >= 0 && v <= 1) {
		return 0, fmt.Errorf("%s %q: want a part from 0%% to 100%%, such as 5%%", name, text)
	}
	return v, nil
}

// parseGoal reads a service level: 80% within 20s.
func parseGoal(name, text string) (part, within float64, err error) {
	m := goalForm.FindStringSubmatch(strings.ToLower(text))
	if m == nil {
		return 0, 0, fmt.Errorf("%s %q: want such as \"80%% within 20s\"", name, text)
	}
	if part, err = parsePart(name, m[1]+"%"); err == nil && part == 1 {
		err = fmt.Errorf("%s %q: no number of agents serves everybody in time: want less than 100%%", name, text)
	}
	if err == nil {
		within, err = parseTime(name, m[2])
	}
	return part, within, err
}

// timeText writes seconds for people: 3.71 s, 2 min 30 s, 1 h 20 min.
func timeText(seconds float64) string {
	switch {
	case math.IsInf(seconds, 1):
		return "for ever"
	case seconds < 0:
		return "-" + timeText(-seconds)
	case seconds == math.Trunc(seconds) && seconds < 120 && seconds != 60:
		return fmt.Sprintf("%.0f s", seconds)
	case seconds < 0.005 && seconds > 0:
		return fmt.Sprintf("%.2g s", seconds)
	case seconds < 59.995:
		return fmt.Sprintf("%.2f s", seconds)
	case seconds < 3599.5:
		return twoUnits(math.Round(seconds), 60, "min", 1, "s")
	case seconds < 2*86400:
		return twoUnits(math.Round(seconds/60), 60, "h", 1, "min")
	}
	return twoUnits(math.Round(seconds/3600), 24, "d", 1, "h")
}

// twoUnits writes a whole number of small units in units of many small ones and the rest.
func twoUnits(n, many float64, great string, one float64, small string) string {
	text := fmt.Sprintf("%.0f %s", math.Floor(n/many), great)
	if rest := math.Mod(n, many) / one; rest > 0 {
		text += fmt.Sprintf(" %.0f %s", rest, small)
	}
	return text
}

// flowText writes a rate for people, in the unit in which it is a number they can picture.
func flowText(perSecond float64) string {
	n, per := perSecond*86400, " a day"
	for _, u := range []struct {
		seconds float64
		name    string
	}{{3600, " an hour"}, {60, " a minute"}, {1, " a second"}} {
		if perSecond*u.seconds >= 2 {
			n, per = perSecond*u.seconds, u.name
		}
	}
	if text := numberText(n); text != "1" {
		return text + " calls" + per
	}
	return "1 call" + per
}

// numberText writes a number with as many digits as help.
func numberText(v float64) string {
	switch a := math.Abs(v); {
	case a >= 1e6 || a > 0 && a < 0.001:
		return fmt.Sprintf("%.3g", v)
	case a >= 100:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", v), ".0")
	}
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.3f", v), "0"), ".")
}

// partText writes a part as people read it: 3.09 %.
func partText(v float64) string {
	if v > 0 && v < 0.00005 {
		return fmt.Sprintf("%.2g %%", 100*v)
	}
	return fmt.Sprintf("%.2f %%", 100*v)
}
