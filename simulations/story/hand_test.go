package story

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"fairline/engine"
	"fairline/policy"
)

// section gives the rows of the first table under a heading of docs/demo.md, its cells by column name.
func section(t *testing.T, heading string) []map[string]string {
	t.Helper()
	text, err := os.ReadFile("../../docs/demo.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(text), "## "+heading+"\n")
	if !found {
		t.Fatalf("docs/demo.md has no section %q", heading)
	}
	after, _, _ = strings.Cut(after, "\n## ")
	var names []string
	var rows []map[string]string
	for line := range strings.Lines(after) {
		if !strings.HasPrefix(line, "| ") {
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		row := map[string]string{}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
			if names != nil {
				row[names[i]] = cells[i]
			}
		}
		if names == nil {
			names = cells
			continue
		}
		rows = append(rows, row)
	}
	return rows
}

// span reads 7:40.
func span(t *testing.T, text string) engine.Duration {
	t.Helper()
	d, err := time.ParseDuration(strings.Replace(text, ":", "m", 1) + "s")
	if err != nil {
		t.Fatal(err)
	}
	return engine.Duration(d)
}

func shipped(t *testing.T, name string) *policy.Policy {
	t.Helper()
	p, faults, err := policy.Load(name)
	if err != nil || p == nil {
		t.Fatal(err, faults)
	}
	return p
}

// TestStoryIsAsDocumented holds the story to the table of who comes.
func TestStoryIsAsDocumented(t *testing.T) {
	s := SqueakyWheel()
	rows := section(t, "The story")
	if len(rows) != len(s.Tickets) {
		t.Fatalf("docs/demo.md has %d tickets, the story %d", len(rows), len(s.Tickets))
	}
	for i, row := range rows {
		got := s.Tickets[i]
		if got.ID != row["ticket"] || got.Name != row["name"] || got.Channel != row["channel"] ||
			Clock(s.Opens.Add(got.Arrives)) != row["arrives"] || got.Handling != span(t, row["handling"]) {
			t.Errorf("ticket %+v, docs/demo.md has %v", got, row)
		}
	}
}

// TestHandCalculation holds the engine to the starts worked out by hand, in all three orders.
func TestHandCalculation(t *testing.T) {
	s := SqueakyWheel()
	for heading, run := range map[string]func() (*Result, error){
		"Under loudest-first": func() (*Result, error) { return Play(s, shipped(t, "loudest-first")) },
		"Under one-line":      func() (*Result, error) { return Play(s, shipped(t, "one-line")) },
		"In a strict line":    func() (*Result, error) { return PlayStrictly(s, shipped(t, "one-line")) },
	} {
		t.Run(heading, func(t *testing.T) {
			got, err := run()
			if err != nil {
				t.Fatal(err)
			}
			rows := section(t, heading)
			if len(rows) != len(got.Starts) {
				t.Fatalf("%d starts, by hand %d", len(got.Starts), len(rows))
			}
			for i, row := range rows {
				start := got.Starts[i]
				of := s.Tickets[start.Ticket]
				if start.Agent != row["agent"] || Clock(start.At) != row["free at"] || of.ID != row["takes"] ||
					start.Wait != span(t, row["wait"]) || Clock(start.At.Add(of.Handling)) != row["until"] {
					t.Errorf("start %d: %s takes %s at %s after %v; by hand %v", i, start.Agent, of.ID,
						Clock(start.At), time.Duration(start.Wait), row)
				}
			}
		})
	}
}

// TestPassedAreNamed holds the pairs of the decisive start to the text.
func TestPassedAreNamed(t *testing.T) {
	s := SqueakyWheel()
	for name, want := range map[string][]string{
		"loudest-first": {"103", "104", "105", "106"},
		"one-line":      {"103", "104", "105", "106", "107"},
	} {
		r, err := Play(s, shipped(t, name))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, start := range r.Starts {
			for _, pair := range start.Passed {
				got = append(got, s.Tickets[pair.Ticket].ID)
				if pair.Reason == "" || pair.Line == 0 {
					t.Errorf("%s: pair %+v has no reason or no line", name, pair)
				}
			}
		}
		if !slices.Equal(got, want) || r.Overtakings != len(want) {
			t.Errorf("%s: overtaken %v, counted %d; want %v", name, got, r.Overtakings, want)
		}
	}
}
