package policy

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"fairline/engine"
)

// DurationMax is the longest duration that a policy file may name: about ten years.
const DurationMax = 520 * 7 * engine.Day

// units are the units of a duration, the greatest first. Milliseconds are for recordings played at speed, see ADR 11.
var units = []struct {
	name string
	is   engine.Duration
}{
	{"w", 7 * engine.Day}, {"d", engine.Day}, {"h", engine.Hour}, {"m", engine.Minute}, {"s", engine.Second}, {"ms", engine.Millisecond},
}

var spanForm = regexp.MustCompile(spanPattern)

// parseSpan reads a duration of whole numbers with units, greatest first: 90s, 1h30m. The help says how to mend one
// that cannot be read.
func parseSpan(s string) (d engine.Duration, help string, ok bool) {
	if s == "" || !spanForm.MatchString(s) {
		return 0, spanHelp(s), false
	}
	for i, digits := range spanForm.FindStringSubmatch(s)[1:] {
		if digits == "" {
			continue
		}
		unit := units[i]
		v, err := strconv.ParseInt(strings.TrimSuffix(digits, unit.name), 10, 64)
		if err != nil || v > int64(DurationMax/unit.is) || d+engine.Duration(v)*unit.is > DurationMax {
			return 0, "at most 520w can stand here", false
		}
		d += engine.Duration(v) * unit.is
	}
	return d, "", true
}

var digits = regexp.MustCompile(`^[0-9]+$`)

func spanHelp(s string) string {
	switch {
	case digits.MatchString(s) && len(s) < 9:
		return fmt.Sprintf("write `%ss`, `%sm` or `%sh`", s, s, s)
	case strings.HasPrefix(s, "-"):
		return "a duration has no sign"
	case strings.ContainsAny(s, ".,"):
		return "a duration has no fraction: 90m instead of 1.5h"
	}
	return "write whole numbers with s, m, h, d or w, the greatest unit first: 90s, 20m, 1h30m, 7d"
}

// showSpan writes a duration as it stands in a policy file.
func showSpan(d engine.Duration) string {
	if d == 0 {
		return "0s"
	}
	var b strings.Builder
	for _, u := range units {
		if n := d / u.is; n > 0 && (u.name != "w" || d%u.is == 0) {
			fmt.Fprintf(&b, "%d%s", n, u.name)
			d %= u.is
		}
	}
	return b.String()
}

// A Target is a promise for reports: so many percent served within a time.
type Target struct {
	Percent int             // 1 to 100
	Within  engine.Duration // more than 0; 0 when there is no target
}

var goalForm = regexp.MustCompile(`^([0-9]{1,3})% within (\S+)$`)

// parseGoal reads "80% within 60s". At is where in the text the mistake stands, in bytes.
func parseGoal(s string) (t Target, at int, help string, ok bool) {
	m := goalForm.FindStringSubmatchIndex(s)
	if m == nil {
		return t, 0, "write it as `80% within 60s`", false
	}
	t.Percent, _ = strconv.Atoi(s[m[2]:m[3]])
	if t.Percent < 1 || t.Percent > 100 {
		return t, 0, "a percentage lies between 1% and 100%", false
	}
	if t.Within, help, ok = parseSpan(s[m[4]:m[5]]); !ok {
		return t, m[4], help, false
	}
	if t.Within == 0 {
		return t, m[4], "more than 0s", false
	}
	return t, 0, "", true
}

var takesForm = regexp.MustCompile(`^1 of ([1-9][0-9]?)$`)

// parseTakes reads "agent" as 1 and "1 of 3" as 3.
func parseTakes(s string) (int, bool) {
	if s == "agent" {
		return 1, true
	}
	m := takesForm.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	return n, err == nil && n <= engine.TakesMax
}

var wholeForm = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)

func parseWhole(s string) (int64, bool) {
	if !wholeForm.MatchString(s) {
		return 0, false
	}
	v, err := strconv.ParseInt(s, 10, 64)
	return v, err == nil
}
