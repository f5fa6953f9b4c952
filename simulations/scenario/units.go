package scenario

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/sheet"
)

const decimal = `(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?`

var (
	numberForm = regexp.MustCompile(`^-?` + decimal + `$`)
	shareForm  = regexp.MustCompile(`^(` + decimal + `)%$`)
	rateForm   = regexp.MustCompile(`^(` + decimal + `) per (second|minute|hour|day)$`)
	partForm   = regexp.MustCompile(`^(` + decimal + `)(w|d|h|m|s|ms)$`)
	clockForm  = regexp.MustCompile(`^([01][0-9]|2[0-3]):([0-5][0-9])$`)
	dateForm   = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2})?$`)
)

// whenText is an instant of a scenario as far as a pattern can say it.
const whenText = `^([0-9]{2}:[0-9]{2}|([0-9]+([wdhms]|ms))+)$`

var perHour = map[string]float64{"second": 3600, "minute": 60, "hour": 1, "day": 1.0 / 24}

// parseNumber reads a number in plain digits: 300, 0.3, -1.5.
func parseNumber(s string) (float64, bool) {
	if !numberForm.MatchString(s) {
		return 0, false
	}
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil
}

// parseShare reads "2.5%" as 0.025.
func parseShare(s string) (float64, bool) {
	m := shareForm.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	v, ok := parseNumber(m[1])
	return v / 100, ok
}

// parseTime reads how long something takes, in seconds: a duration as in a policy file, or one unit with a fraction, as
// means have it: 4.5m.
func parseTime(s string) (float64, bool) {
	if d, _, ok := sheet.ParseDuration(s); ok {
		return float64(d) / float64(engine.Second), true
	}
	m := partForm.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	unit, _, _ := sheet.ParseDuration("1" + m[2])
	v, ok := parseNumber(m[1])
	v *= float64(unit) / float64(engine.Second)
	return v, ok && v <= float64(sheet.DurationMax/engine.Second)
}

// parseRate reads "31 per hour", as so many an hour.
func parseRate(s string) (float64, bool) {
	m := rateForm.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	v, ok := parseNumber(m[1])
	return v * perHour[m[2]], ok
}

// parseClock reads "08:00" as the time since midnight.
func parseClock(s string) (engine.Duration, bool) {
	m := clockForm.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	h, _ := strconv.Atoi(m[1])
	min, _ := strconv.Atoi(m[2])
	return engine.Duration(h)*engine.Hour + engine.Duration(min)*engine.Minute, true
}

// parseDate reads "2026-04-13 08:00", or a day alone for its midnight, in nanoseconds since 1970 as if the clock showed UTC.
func parseDate(s string) (time.Time, bool) {
	if !dateForm.MatchString(s) {
		return time.Time{}, false
	}
	if len(s) == len(time.DateOnly) {
		s += " 00:00"
	}
	t, err := time.Parse("2006-01-02 15:04", s)
	return t, err == nil && t.Year() >= 1990 && t.Year() < 2070
}

func checkNumber(s *sheet.Sheet, n *yaml.Node, field string) {
	if _, ok := parseNumber(n.Value); !ok || n.ShortTag() == "!!str" {
		s.Wrong("FL0104", n, field, "a number is wanted", "", "write it in digits, without quotes and exponent: 0.3")
	}
}

func checkShare(s *sheet.Sheet, n *yaml.Node, field string) {
	v, ok := parseShare(n.Value)
	switch {
	case !ok:
		s.Wrong("FL0104", n, field, "a percentage is wanted", "", "write it as 30% or 2.5%")
	case v > 1:
		s.Wrong("FL0106", n, field, n.Value+" is out of range", "", "write a percentage from 0% to 100%")
	}
}

func checkTime(s *sheet.Sheet, n *yaml.Node, field string) {
	if _, ok := parseTime(n.Value); ok {
		return
	}
	message, help := "no duration: `"+n.Value+"`", "write it as 90s, 1h30m or, with one unit, 4.5m"
	if v, ok := parseNumber(n.Value); ok && v >= 0 {
		message, help = "duration needs a unit", fmt.Sprintf("write `%ss`, `%sm` or `%sh`", n.Value, n.Value, n.Value)
	}
	s.Wrong("FL0103", n, field, message, "", help)
}

// checkSpread checks a standard deviation: like the mean, or as a percentage of it.
func checkSpread(like func(*sheet.Sheet, *yaml.Node, string)) func(*sheet.Sheet, *yaml.Node, string) {
	return func(s *sheet.Sheet, n *yaml.Node, field string) {
		if _, ok := parseShare(n.Value); !ok {
			like(s, n, field)
		}
	}
}

func checkRate(s *sheet.Sheet, n *yaml.Node, field string) {
	if _, ok := parseRate(n.Value); !ok {
		s.Wrong("FL0104", n, field, "a rate is wanted", "",
			"write it as `31 per hour` or `0.5 per minute`: per second, minute, hour or day")
	}
}

func checkWhen(s *sheet.Sheet, n *yaml.Node, field string) {
	if !whenNaming.Form.MatchString(n.Value) {
		s.Wrong("FL0103", n, field, "`"+n.Value+"` "+whenNaming.Not, "", whenNaming.Help)
	}
}

func checkDate(s *sheet.Sheet, n *yaml.Node, field string) {
	if _, ok := parseDate(n.Value); !ok {
		s.Wrong("FL0104", n, field, "no date: `"+n.Value+"`", "", "write it as 2026-04-13 08:00, between 1990 and 2069")
	}
}

// showShare writes a share as a file does: 0.025 is 2.5%.
func showShare(v float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.6f", 100*v), "0"), ".") + "%"
}
