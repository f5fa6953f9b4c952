package sheet

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
)

// DurationMax is the longest duration that a file may name: about ten years.
const DurationMax = 520 * 7 * engine.Day

// units are the units of a duration, the greatest first. Milliseconds are for recordings played at speed, see ADR 11.
var units = []struct {
	name string
	is   engine.Duration
}{
	{"w", 7 * engine.Day}, {"d", engine.Day}, {"h", engine.Hour}, {"m", engine.Minute}, {"s", engine.Second}, {"ms", engine.Millisecond},
}

var spanForm = regexp.MustCompile(`^([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?$`)

// ParseDuration reads a duration of whole numbers with units, greatest first: 90s, 1h30m. The help says how to mend one
// that cannot be read.
func ParseDuration(s string) (d engine.Duration, help string, ok bool) {
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

// Digits is the form of a number without sign, point and unit.
var Digits = regexp.MustCompile(`^[0-9]+$`)

func spanHelp(s string) string {
	switch {
	case Digits.MatchString(s) && len(s) < 9:
		return fmt.Sprintf("write `%ss`, `%sm` or `%sh`", s, s, s)
	case strings.HasPrefix(s, "-"):
		return "a duration has no sign"
	case strings.ContainsAny(s, ".,"):
		return "a duration has no fraction: 90m instead of 1.5h"
	}
	return "write whole numbers with s, m, h, d or w, the greatest unit first: 90s, 20m, 1h30m, 7d"
}

// ShowDuration writes a duration as it stands in a file.
func ShowDuration(d engine.Duration) string {
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

var wholeForm = regexp.MustCompile(`^-?(0|[1-9][0-9]*)$`)

// ParseWhole reads a whole number in plain digits, with or without a minus.
func ParseWhole(s string) (int64, bool) {
	if !wholeForm.MatchString(s) {
		return 0, false
	}
	v, err := strconv.ParseInt(s, 10, 64)
	return v, err == nil
}

var percentForm = regexp.MustCompile(`^(0|[1-9][0-9]{0,8})%$`)

// ParsePercent reads "30%".
func ParsePercent(s string) (int64, bool) {
	m := percentForm.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	v, err := strconv.ParseInt(m[1], 10, 64)
	return v, err == nil
}

// TruthOf reads true or false, and what holds where neither stands there.
func TruthOf(n *yaml.Node, otherwise bool) bool {
	if n == nil || n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" {
		return otherwise
	}
	return n.Value == "true"
}
