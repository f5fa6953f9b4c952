package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"fairline/engine"
)

var rewrite = flag.Bool("rewrite", false, "write the expected outputs anew")

// program runs the program as main does, and gives what it wrote and its exit code.
func program(args ...string) (out, narration string, code int) {
	var o, n bytes.Buffer
	code = run(args, strings.NewReader(""), &o, &n)
	return o.String(), n.String(), code
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *rewrite {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
	}
}

func TestDemoIsGolden(t *testing.T) {
	began := time.Now()
	out, narration, code := program("demo", "--once")
	if code != 0 || narration != "" {
		t.Fatalf("demo: exit %d, narration %q", code, narration)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("demo took %v, want less than 2 s", took)
	}
	golden(t, "demo.golden", out)
	for line := range strings.Lines(out) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 100 {
			t.Errorf("%d columns, want at most 100: %s", n, line)
		}
	}
}

func TestDemoOfAnotherPolicy(t *testing.T) {
	out, _, code := program("demo", "--policy", "weekday")
	if code != 0 {
		t.Fatalf("exit %d", code)
	}
	golden(t, "demo-weekday.golden", out)
	out, _, _ = program("demo", "--policy", "loudest-first")
	if !strings.Contains(out, "Both policies serve everybody in the same order.") {
		t.Errorf("a policy compared with itself:\n%s", out)
	}
}

// TestDemoJSON holds every number of the text to the JSON.
func TestDemoJSON(t *testing.T) {
	text, _, _ := program("demo")
	out, _, code := program("demo", "--json")
	var rep demoReport
	if err := json.Unmarshal([]byte(out), &rep); err != nil || code != 0 {
		t.Fatal(err, code)
	}
	if rep.Schema != "fairline.demo/1" || len(rep.Tickets) != 10 || len(rep.Policies) != 2 {
		t.Fatalf("schema %s, %d tickets, %d policies", rep.Schema, len(rep.Tickets), len(rep.Policies))
	}
	span := func(s float64) string { return minutes(engine.Duration(s * float64(engine.Second))) }
	a, b := rep.Policies[0], rep.Policies[1]
	want := []string{
		fmt.Sprintf("mean of all ten %s %s", span(a.Mean), span(b.Mean)),
		fmt.Sprintf("overtakings %d %d", a.Overtakings, b.Overtakings),
		fmt.Sprintf("without accepted reason %d %d", a.Unaccepted, b.Unaccepted),
		fmt.Sprintf("chain of %d frames ok", b.Frames),
	}
	for _, i := range []int{6, 7, 2} {
		of := rep.Tickets[i]
		want = append(want, fmt.Sprintf("%s %s %s %s", of.ID, of.Name, span(of.Waited[a.Policy]), span(of.Waited[b.Policy])))
	}
	for _, c := range rep.Moment.Choices {
		want = append(want, fmt.Sprintf("%s takes %s", c.Policy, c.Takes), fmt.Sprintf("ahead of %d people", c.AheadOf))
	}
	for _, e := range b.Ledger {
		want = append(want, fmt.Sprintf("%s over %s %s %s:%d cost to %s +%s", e.Ticket, e.Over, e.Name, e.File, e.Line, e.Over,
			span(*e.Cost)))
	}
	flat := strings.Join(strings.Fields(text), " ")
	for _, w := range want {
		if !strings.Contains(flat, w) {
			t.Errorf("the JSON says %q, the text does not:\n%s", w, text)
		}
	}
}

func TestDemoRefusesABadPolicy(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bad.yaml")
	if err := os.WriteFile(file, []byte("fairline: 1\npolicy: bad\nchanels: {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, narration, code := program("demo", "--policy", file); code != exitFindings || !strings.Contains(narration, "bad.yaml") {
		t.Errorf("a policy with faults: exit %d, %q", code, narration)
	}
	if _, narration, code := program("demo", "--policy", "one-lin"); code != exitUsage || !strings.Contains(narration, "one-line") {
		t.Errorf("a name mistyped: exit %d, %q", code, narration)
	}
}
