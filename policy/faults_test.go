package policy_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"fairline/policy"
)

// preamble stands before the input of a `rules` command, so that a case shows only what it is about.
const preamble = `fairline: 1
policy: test
attributes:
  topic: {one_of: [medical, safety, billing, other], else: other}
  plan: {one_of: [gold, silver], else: silver}
  reach: {type: int, min: 0, else: 0}
  age: {type: int, min: 0, max: 130}
  vip: {type: bool, else: false}
channels: {phone: {takes: agent, target: 80% within 60s}, email: {takes: 1 of 2, target: 90% within 4h}}
`

// The scripts show every fault as it is drawn. `check` takes a whole file, `rules` one without the preamble.
func TestFaults(t *testing.T) {
	datadriven.Walk(t, "testdata/faults", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			src := d.Input
			switch d.Cmd {
			case "check":
			case "rules":
				src = preamble + src
			default:
				t.Fatalf("unknown command %s", d.Cmd)
			}
			if d.HasArg("crlf") {
				src = "\ufeff" + strings.ReplaceAll(src, "\n", "\r\n")
			}
			if d.HasArg("tabs") {
				src = strings.ReplaceAll(src, "<tab>", "\t")
			}
			p, faults := policy.Parse("test.yaml", []byte(src))
			if !d.HasArg("examples") {
				faults = without(faults, "FL0310")
			}
			inside(t, []byte(src), faults)
			var b strings.Builder
			if err := policy.Render(&b, faults, []byte(src), false); err != nil {
				t.Fatal(err)
			}
			if len(faults) > 0 {
				b.WriteString("\n")
			}
			b.WriteString(policy.Summary("test.yaml", p, faults) + "\n")
			return b.String()
		})
	})
}

// without leaves out the warnings of a code.
func without(faults policy.Faults, code string) policy.Faults {
	var kept policy.Faults
	for _, f := range faults {
		if f.Code != code || f.Severity == policy.Error {
			kept = append(kept, f)
		}
	}
	return kept
}

// inside checks what must hold of every fault.
func inside(t testing.TB, src []byte, faults policy.Faults) {
	lines := strings.Split(strings.ReplaceAll(strings.TrimPrefix(string(src), "\ufeff"), "\r\n", "\n"), "\n")
	check := func(f policy.Fault, s policy.Span) {
		if s.Line < 1 || s.Line > len(lines) || s.Column < 1 || s.EndColumn <= s.Column || s.Column > len([]rune(lines[s.Line-1]))+1 {
			t.Fatalf("fault outside the file: %+v of %v", s, f)
		}
	}
	for i, f := range faults {
		check(f, f.Span)
		if f.Also != nil {
			check(f, f.Also.Span)
		}
		if f.Message == "" || f.Code == "" || f.Severity == 0 {
			t.Fatalf("fault without words: %+v", f)
		}
		if i > 0 && (f.Line < faults[i-1].Line || f.Line == faults[i-1].Line && f.Column < faults[i-1].Column) {
			t.Fatalf("fault %v stands behind %v", f, faults[i-1])
		}
	}
}

// The files of three contact centres and a researcher, and the one that shows every key, can be served as they stand. Only
// the researcher leaves classes without an example.
func TestExamplePoliciesLoad(t *testing.T) {
	for _, name := range []string{"hospital", "reference", "research", "telecom", "vendor"} {
		src, err := os.ReadFile(filepath.Join("testdata", "examples", name+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		p, faults := policy.Parse(name+".yaml", src)
		inside(t, src, faults)
		for _, f := range faults {
			if f.Severity != policy.Note && (f.Code != "FL0310" || name != "research") {
				t.Errorf("%v (%s)", f, f.Help)
			}
		}
		if p == nil {
			t.Errorf("%s: got no policy", name)
			continue
		}
		if err := p.Serveable(); err != nil || len(p.Later) > 0 {
			t.Errorf("%s: Serveable: %v, later are %v", name, err, p.Later)
		}
		adopt(t, p)
	}
}

// What comes later is named with its place, and not served.
func TestServeable(t *testing.T) {
	p := parse(t, preamble+"classes: [{name: everyone}]\ndescription: By arrival.\n")
	if err := p.Serveable(); err != nil {
		t.Error(err)
	}
	p = parse(t, strings.Replace(preamble, "vip:", "tags: {type: list}\n  vip:", 1)+"classes: [{name: everyone}]\ndescription: By arrival.\n")
	if err := p.Serveable(); err == nil || !strings.Contains(err.Error(), "test.yaml:8:16: `type: list`") || !slices.Equal(p.Later, []string{"type: list"}) {
		t.Errorf("Serveable: %v, later are %v", err, p.Later)
	}
}
