package sentence_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fairline/policy"
	"fairline/policy/sentence"
	"fairline/policy/worst"
)

// TestDocumentSaysWhatIsSaid holds the sentences that the supervisors' document shows behind an example to those that are
// said of it.
func TestDocumentSaysWhatIsSaid(t *testing.T) {
	doc, err := os.ReadFile("../../docs/policy.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := regexp.MustCompile("(?s)```yaml\n([^`]*)```[^`]*(?:`policy explain`[^`]*)?```text\n([^`]*)```").FindAllStringSubmatch(string(doc), -1)
	lines := 0
	for _, x := range shown {
		said := spoken(t, x[1])
		for _, line := range strings.Split(strings.TrimSpace(x[2]), "\n") {
			lines++
			if !slices.Contains(said, strings.Join(strings.Fields(line), " ")) {
				t.Errorf("of\n%s\nthe document shows\n%s\nand said is\n%s", x[1], line, strings.Join(said, "\n"))
			}
		}
	}
	if lines < 15 || len(shown) != strings.Count(string(doc), "```text\n") {
		t.Errorf("%d lines behind %d examples: the document shows more", lines, len(shown))
	}
}

// spoken is everything that is said of an example: sentences, and worst cases by class.
func spoken(t *testing.T, src string) []string {
	t.Helper()
	if !strings.HasPrefix(src, "fairline:") {
		src = documentHead + src
	}
	p, faults := policy.Parse("policy.md", []byte(src))
	if p == nil {
		t.Fatalf("%v\n%s", faults, src)
	}
	var said []string
	for _, l := range sentence.Of(p) {
		said = append(said, l.Text)
	}
	for _, c := range worst.Of(p) {
		for _, part := range strings.Split(c.String(), "; ") {
			said = append(said, c.Class+" "+part)
		}
	}
	return said
}

// TestDocumentOrders reads each order of the table from which a supervisor chooses.
func TestDocumentOrders(t *testing.T) {
	doc, err := os.ReadFile("../../docs/policy.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(doc), "## Which order do I want?")
	table, _, _ = strings.Cut(table, "Beside an order")
	orders := regexp.MustCompile("`({[a-z_]+: [^`]*})`").FindAllStringSubmatch(table, -1)
	if len(orders) < 14 {
		t.Fatalf("%d orders, want at least 14", len(orders))
	}
	for _, o := range orders {
		src := strings.Replace(documentHead, "{takes: agent}", "{takes: agent, handling: 5m}", 1)
		src = strings.Replace(src, "{takes: 1 of 2}", "{takes: 1 of 2, handling: 5m}", 1) + "description: By arrival, a baseline.\norder: " + o[1] + "\n"
		if strings.Contains(o[1], "letter") {
			src = strings.Replace(src, "  - {name: everyone", "  - {name: letter, reason: r, when: has(ticket.due)}\n  - {name: everyone", 1)
		}
		p, faults := policy.Parse("policy.md", []byte(src))
		if p == nil {
			t.Errorf("%s: %v", o[1], faults.Err())
		}
	}
}

// documentHead stands before the examples of the document that show only a part of a file.
const documentHead = `fairline: 1
policy: example
attributes:
  need: {one_of: [medical, safety, other], else: other}
  plan: {one_of: [gold, silver, none], else: none}
  company: {type: string, else: ""}
  reach: {type: int, else: 0}
channels: {phone: {takes: agent}, email: {takes: 1 of 2}}
classes:
  - {name: danger, reason: Danger to life or health, when: 'ticket.need in ["medical", "safety"]'}
  - {name: gold, reason: "Contract: first answer within 15 minutes", when: 'ticket.plan == "gold"'}
  - {name: everyone, reason: Their time has come}
`
