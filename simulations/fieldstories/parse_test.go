package fieldstories

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"fairline/engine"
	"fairline/policy"
)

// read returns the policy of a file in testdata with the lines of a story below it, and what is said of it; nil where it is refused.
func read(t *testing.T, file, below string) (*policy.Policy, string) {
	t.Helper()
	head, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	p, faults := policy.Parse(file, append(head, below...))
	var b strings.Builder
	for _, f := range faults {
		if f.Severity != policy.Note {
			fmt.Fprintf(&b, "%s %s: %s\n", f.Severity, f.Code, f.Message)
			if f.Severity == policy.Error && f.Help != "" {
				fmt.Fprintf(&b, "  %s\n", f.Help)
			}
		}
	}
	return p, b.String()
}

// claim holds a worst wait to what the story says of it: NAME-within=D, or NAME-over=D.
func claim(t *testing.T, d *datadriven.TestData, name, when string, worst engine.Duration) {
	t.Helper()
	if key := name + "-within"; d.HasArg(key) && worst > length(t, d, key) {
		t.Errorf("%s: %s: %s waits %s min at worst, want at most %s", d.Pos, when, name, minutes(worst), minutes(length(t, d, key)))
	}
	if key := name + "-over"; d.HasArg(key) && worst <= length(t, d, key) {
		t.Errorf("%s: %s: %s waits %s min at worst, want more than %s", d.Pos, when, name, minutes(worst), minutes(length(t, d, key)))
	}
}

// length reads an argument such as 5m as a number of minutes.
func length(t *testing.T, d *datadriven.TestData, key string) engine.Duration {
	t.Helper()
	var text string
	d.ScanArgs(t, key, &text)
	n := 0
	if _, err := fmt.Sscanf(text, "%dm", &n); err != nil {
		t.Fatalf("%s: %s=%s: %v", d.Pos, key, text, err)
	}
	return engine.Duration(n) * engine.Minute
}
