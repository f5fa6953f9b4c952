package scenario_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"fairline/policy"
	"fairline/policy/codes"
	"fairline/simulations/scenario"
)

// The scripts show every fault as it is drawn: `check` of a whole scenario, `part` of what an ordinary one lacks,
// `experiment` of what an ordinary experiment lacks, and `fits` of an ordinary scenario with the part against a shipped
// policy. `file` writes a file that later ones name.
func TestFaults(t *testing.T) {
	datadriven.Walk(t, "testdata/faults", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			src := d.Input + "\n"
			var ok bool
			var faults policy.Faults
			switch d.Cmd {
			case "file":
				beside[d.CmdArgs[0].Key] = src
				return ""
			case "check":
				ok, faults = read(codes.Scenario, src)
			case "part":
				src = codes.Whole(codes.Scenario, src)
				ok, faults = read(codes.Scenario, src)
			case "experiment":
				src = codes.Whole(codes.Experiment, src)
				ok, faults = read(codes.Experiment, src)
			case "fits":
				src = codes.Whole(codes.Scenario, src)
				ok, faults = fits(t, src, d.CmdArgs[0].Key)
			default:
				t.Fatalf("unknown command %s", d.Cmd)
			}
			return drawn(t, src, ok, faults)
		})
	})
}

func fits(t *testing.T, src, name string) (bool, policy.Faults) {
	s, faults := scenario.Parse("test.yaml", []byte(src), open)
	if s == nil {
		t.Fatal(faults)
	}
	p, faults, err := policy.Load(name)
	if p == nil {
		t.Fatal(err, faults)
	}
	faults = s.Fits(p)
	return faults.Err() == nil, faults
}

// drawn draws faults, and checks what must hold of every fault.
func drawn(t *testing.T, src string, ok bool, faults policy.Faults) string {
	lines := strings.Split(src, "\n")
	for i, f := range faults {
		if f.Line < 1 || f.Line > len(lines) || f.Column < 1 || f.EndColumn <= f.Column || f.Column > len([]rune(lines[f.Line-1]))+1 {
			t.Errorf("fault outside the file: %+v", f)
		}
		if i > 0 && (f.Line < faults[i-1].Line || f.Line == faults[i-1].Line && f.Column < faults[i-1].Column) {
			t.Errorf("fault %v stands behind %v", f, faults[i-1])
		}
	}
	if ok != (faults.Err() == nil) {
		t.Errorf("read is %t beside %v", ok, faults)
	}
	var b strings.Builder
	if err := policy.Render(&b, faults, []byte(src), false); err != nil {
		t.Fatal(err)
	}
	if len(faults) == 0 {
		return "ok\n"
	}
	return b.String()
}

// A file that stands alone says what it lacks; one that is not there gives an error that says so.
func TestFilesThatAreMissing(t *testing.T) {
	src := codes.Whole(codes.Scenario, "customers:\n  calls: {channel: phone, arrivals: {trace: calls.csv}, handling: 5m}\n")
	if _, faults := scenario.Parse("test.yaml", []byte(src), nil); len(faults) != 1 || faults[0].Code != "FL0500" {
		t.Errorf("got %v", faults)
	}
	if _, faults := scenario.ParseExperiment("test.yaml", []byte(codes.Whole(codes.Experiment, "")), nil); len(faults) != 1 || faults[0].Code != "FL0500" {
		t.Errorf("got %v", faults)
	}
	missing := filepath.Join(t.TempDir(), "missing.yaml")
	if _, _, err := scenario.Load(missing); err == nil || !strings.HasPrefix(err.Error(), "read scenario "+missing) {
		t.Errorf("got %v", err)
	}
	if _, _, err := scenario.LoadExperiment(missing); err == nil || !strings.HasPrefix(err.Error(), "read experiment "+missing) {
		t.Errorf("got %v", err)
	}
}

// Files are looked for beside the file that names them, however far that is from where the program runs.
func TestFilesAreBeside(t *testing.T) {
	dir := t.TempDir()
	for name, src := range map[string]string{
		"trials/busy.yaml":    codes.Whole(codes.Experiment, "scenarios: [../days/day.yaml]\npolicies: [{mine: ../mine.yaml}, weekday]\n"),
		"days/day.yaml":       codes.Whole(codes.Scenario, "customers:\n  calls: {channel: phone, arrivals: {trace: data/calls.csv}, handling: 5m}\n"),
		"days/data/calls.csv": "arrived\n12\n",
		"mine.yaml":           codes.Whole(codes.Policy, ""),
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(src), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	x, faults, err := scenario.LoadExperiment(filepath.Join(dir, "trials", "busy.yaml"))
	if err != nil || x == nil {
		t.Fatal(err, faults)
	}
	if tr := x.Scenarios[0].Sources[0].Arrivals.Trace; tr == nil || len(tr.Rows) != 1 {
		t.Errorf("trace %+v", tr)
	}
	if p := x.Policies[0]; p.Name != "mine" || p.Path != "../mine.yaml" || string(p.Source) != codes.Whole(codes.Policy, "") || x.Policies[1].Name != "weekday" {
		t.Errorf("policies %+v", x.Policies)
	}
}
