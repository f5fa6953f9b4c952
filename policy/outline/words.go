package outline

import (
	"fmt"
	"strings"

	"fairline/engine"
)

// Say writes a duration for people: 3 h 59 min, 90 s, 20 min.
func Say(d engine.Duration) string {
	if d == 0 {
		return "0 s"
	}
	if d < 2*engine.Minute && d%engine.Second == 0 && d%engine.Minute != 0 {
		return fmt.Sprintf("%d s", d/engine.Second)
	}
	var parts []string
	for _, u := range []struct {
		name string
		is   engine.Duration
	}{{"d", engine.Day}, {"h", engine.Hour}, {"min", engine.Minute}, {"s", engine.Second}, {"ms", engine.Millisecond}} {
		if n := d / u.is; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, u.name))
			d %= u.is
		}
	}
	if d > 0 {
		parts = append(parts, fmt.Sprintf("%d ns", d))
	}
	return strings.Join(parts, " ")
}

// And joins names as in a sentence: a, b and c.
func And(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// Count is a number with its noun: 1 test, 2 tests.
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
