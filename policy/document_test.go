package policy_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"fairline/policy"
)

// Every example in the supervisors' document is a policy without a fault.
func TestDocumentExamples(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "docs", "policy.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllSubmatch(doc, -1)
	if len(blocks) < 5 {
		t.Fatalf("%d examples, want at least 5", len(blocks))
	}
	for i, b := range blocks {
		src := string(b[1])
		if !strings.HasPrefix(src, "fairline:") {
			head := documentHead
			if !strings.Contains(src, "letter") {
				head = strings.ReplaceAll(head, documentLetter, "")
			}
			src = head + src
		}
		if _, faults := policy.Parse("policy.md", []byte(src)); len(without(faults, "FL0310")) > 0 {
			t.Errorf("example %d: %v\n%s", i+1, faults, src)
		}
	}
}

// The supervisors' document names every key that there is.
func TestDocumentNamesEveryKey(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "docs", "policy.md"))
	if err != nil {
		t.Fatal(err)
	}
	var schema any
	if err := json.Unmarshal(policy.Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	keys := 0
	var down func(v any)
	down = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				down(e)
			}
		case map[string]any:
			properties, _ := v["properties"].(map[string]any)
			for name := range properties {
				keys++
				if !regexp.MustCompile("(?m)(^|[`.{ ])" + name + "[`:]").Match(doc) {
					t.Errorf("docs/policy.md does not name the key %s", name)
				}
			}
			for _, e := range v {
				down(e)
			}
		}
	}
	down(schema)
	if keys < 90 {
		t.Errorf("%d keys, want at least 90", keys)
	}
}

// documentHead stands before the examples of the document that show only a part of a file.
const documentHead = `fairline: 1
policy: example
attributes:
  need: {one_of: [medical, safety, other], else: other}
  plan: {one_of: [gold, silver, none], else: none}
  language: {one_of: [de, en]}
  clerk: {type: string, else: ""}
channels: {phone: {takes: agent}, email: {takes: 1 of 2}}
classes:
  - {name: danger, reason: Danger to life or health, when: 'ticket.need in ["medical", "safety"]'}
  - {name: gold, reason: "Contract: first answer within 15 minutes", when: 'ticket.plan == "gold"'}
` + documentLetter + `  - {name: everyone, reason: Their time has come}
`

const documentLetter = "  - {name: letter, reason: The law sets a date, when: has(ticket.due)}\n"
