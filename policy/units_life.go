package policy

import (
	"regexp"
	"strconv"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/sheet"
)

// RateMax is the greatest number of starts that a limit may name.
const RateMax = 10_000

var (
	rateForm  = regexp.MustCompile(`^([1-9][0-9]{0,4}) per (\S+)$`)
	hoursForm = regexp.MustCompile(`^([01][0-9]|2[0-4]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])$`)
)

// parseRate reads "3 per 15m". At is where in the text the mistake stands, in bytes.
func parseRate(s string) (n int, per engine.Duration, at int, help string, ok bool) {
	m := rateForm.FindStringSubmatchIndex(s)
	if m == nil {
		return 0, 0, 0, "write it as `3 per 15m`", false
	}
	n, _ = strconv.Atoi(s[m[2]:m[3]])
	if n > RateMax {
		return 0, 0, 0, "at most 10000 starts", false
	}
	if per, help, ok = sheet.ParseDuration(s[m[4]:m[5]]); !ok {
		return 0, 0, m[4], help, false
	}
	if per == 0 {
		return 0, 0, m[4], "more than 0s", false
	}
	return n, per, 0, "", true
}

// parseDayHours reads "08:00-20:00", with 24:00 as an end.
func parseDayHours(s string) (st stretch, help string, ok bool) {
	m := hoursForm.FindStringSubmatch(s)
	if m == nil {
		return st, "write it as `08:00-20:00`, between 00:00 and 24:00", false
	}
	st = stretch{clockTime(m[1], m[2]), clockTime(m[3], m[4])}
	switch {
	case st.from > daySeconds || st.to > daySeconds:
		return st, "a day ends at 24:00", false
	case st.to <= st.from:
		return st, "hours end on the day on which they begin: over midnight there are two entries, such as fri: 20:00-24:00 and sat: 00:00-04:00", false
	}
	return st, "", true
}

func clockTime(hour, minute string) int64 {
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(minute)
	return int64(h*3600 + m*60)
}

// parseDay reads "2026-12-25" as a day since 1970, within the years of a Zone.
func parseDay(s string) (int64, bool) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Unix() < ZoneFrom || t.Unix() >= ZoneUntil {
		return 0, false
	}
	return dayOf(t.Unix()), true
}

func checkRate(s *sheet.Sheet, n *yaml.Node, field string) {
	_, _, at, help, ok := parseRate(n.Value)
	switch {
	case ok:
	case at == 0:
		s.Wrong("FL0104", n, field, "no limit", "", help)
	default:
		message := "no duration: `" + n.Value[at:] + "`"
		if sheet.Digits.MatchString(n.Value[at:]) {
			message = "duration needs a unit"
		}
		s.Report(Fault{Severity: Error, Code: "FL0103", Span: s.Part(n, utf8.RuneCountInString(n.Value[:at]), -1), Field: field, Message: message, Label: help})
	}
}

func checkDayHours(s *sheet.Sheet, n *yaml.Node, field string) {
	if _, help, ok := parseDayHours(n.Value); !ok {
		s.Wrong("FL0104", n, field, "no hours: `"+n.Value+"`", "", help)
	}
}

// dayText is a day as far as a pattern can say it: some readers of YAML make a time of a day.
const dayText = `^[0-9]{4}-[0-9]{2}-[0-9]{2}(T00:00:00Z)?$`

func checkDayDate(s *sheet.Sheet, n *yaml.Node, field string) {
	if _, ok := parseDay(n.Value); !ok {
		s.Wrong("FL0104", n, field, "no day: `"+n.Value+"`", "", "write it as 2026-12-25, between 1990 and 2069")
	}
}
