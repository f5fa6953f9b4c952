package mapping_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"fairline/policy"
	"fairline/policy/codes"
	"fairline/policy/mapping"
	"fairline/policy/sheet"
)

// forbidding is a policy that forbids reach.
func forbidding(t testing.TB) *policy.Policy { return policyOf(t, codes.Forbidding) }

// policyOf is an ordinary policy with a part of its own.
func policyOf(t testing.TB, part string) *policy.Policy {
	t.Helper()
	p, faults := policy.Parse("policy.yaml", []byte(codes.Whole(codes.Policy, part)))
	if p == nil {
		t.Fatal(faults)
	}
	return p
}

// parsed is a mapping without faults.
func parsed(t testing.TB, src string, p *policy.Policy) *mapping.Mapping {
	t.Helper()
	m, faults := mapping.Parse("test.yaml", []byte(src), p)
	if m == nil || len(faults) > 0 {
		t.Fatalf("%v\n%s", faults, src)
	}
	return m
}

// decoded is a body.
func decoded(t testing.TB, raw string) any {
	t.Helper()
	v, err := mapping.Decode([]byte(raw))
	if err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	return v
}

// The scripts show every fault as it is drawn, of a whole mapping or of the part that an ordinary one lacks, against a policy
// that forbids reach.
func TestFaults(t *testing.T) {
	datadriven.Walk(t, "testdata/faults", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			src := d.Input + "\n"
			if d.Cmd == "part" {
				src = codes.Whole(codes.Mapping, src)
			}
			m, faults := mapping.Parse("test.yaml", []byte(src), forbidding(t))
			if (m == nil) != (faults.Err() != nil) {
				t.Errorf("read is %t beside %v", m != nil, faults)
			}
			var b strings.Builder
			if err := sheet.Render(&b, faults, []byte(src), false); err != nil {
				t.Fatal(err)
			}
			if len(faults) == 0 {
				return "ok\n"
			}
			return b.String()
		})
	})
}

// TestCodes holds the texts of the codes to what this package reports, and runs their examples.
func TestCodes(t *testing.T) {
	reported := map[string]bool{}
	files, _ := filepath.Glob("*.go")
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"(FL[0-9]{4})"`).FindAllStringSubmatch(string(src), -1) {
			if _, ok := codes.Of(m[1]); !ok {
				t.Errorf("%s: %s has no text", name, m[1])
			}
			reported[m[1]] = true
		}
	}
	p := forbidding(t)
	for _, text := range codes.All() {
		if text.Of != codes.Mapping {
			continue
		}
		if !reported[text.Code] {
			t.Errorf("%s has a text, and nothing reports it", text.Code)
		}
		_, before := mapping.Parse("example.yaml", []byte(codes.Whole(codes.Mapping, text.Before)), p)
		if !slices.ContainsFunc(before, func(f sheet.Fault) bool { return f.Code == text.Code }) {
			t.Errorf("%s: the example before it is mended reports %v", text.Code, before)
		}
		if m, after := mapping.Parse("example.yaml", []byte(codes.Whole(codes.Mapping, text.After)), p); m == nil || len(after) > 0 {
			t.Errorf("%s: the example still reports %v", text.Code, after)
		}
	}
}

func TestSchemaIsOfTheSameTable(t *testing.T) {
	for _, want := range []string{`"fairline mapping"`, `"none-on-loopback"`, `"overheard"`, `"attributes"`} {
		if !strings.Contains(string(mapping.Schema()), strings.Trim(want, `"`)) {
			t.Errorf("the schema does not know %s", want)
		}
	}
}

// TestShippedMappingsHaveNoFault, against no policy and against one that forbids what they declare.
func TestShippedMappingsHaveNoFault(t *testing.T) {
	p := policyOf(t, "attributes:\n  plan: {one_of: [gold, none], else: none}\n  reach: {type: int, min: 0, else: 0}\n  sentiment: {type: string, else: \"\"}\nnever: [reach, sentiment]\n"+
		"channels:\n  phone: {takes: agent, handling: 5m}\n  chat: {takes: 1 of 3}\n  email: {takes: 1 of 2}\n  social: {takes: 1 of 2}\n")
	if len(mapping.Names()) < 10 {
		t.Errorf("shipped are %v", mapping.Names())
	}
	for _, name := range mapping.Names() {
		for _, of := range []*policy.Policy{nil, p} {
			m, faults, err := mapping.Load(name, of)
			if err != nil || len(faults) > 0 {
				t.Errorf("%s: %v %v", name, faults, err)
			} else if m.Name != name || m.Description == "" || len(m.Events()) == 0 {
				t.Errorf("%s: %+v", name, m)
			}
		}
	}
	if _, _, err := mapping.Load("mastodn", nil); err == nil || !strings.Contains(err.Error(), "did you mean `mastodon`") {
		t.Errorf("got %v", err)
	}
}
