package policy_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fairline/policy"
	"fairline/policy/trial"
)

// The small policies that show one key each are without a fault, and their tests pass.
func TestPoliciesOfEachKey(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "keys", "*.test.yaml"))
	if err != nil || len(files) < 19 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		path := strings.TrimSuffix(name, ".test.yaml") + ".yaml"
		p, faults, err := policy.Load(path)
		if err != nil || p == nil || p.Serveable() != nil {
			t.Errorf("%s: %v %v", path, err, faults)
			continue
		}
		for _, f := range faults {
			if f.Severity != policy.Note {
				t.Error(f)
			}
		}
		adopt(t, p)
		if out, ok := tried(t, p, name); !ok {
			t.Errorf("%s:\n%s", name, out)
		}
	}
}

// tried runs the tests that stand beside a policy, and returns what is said of them and whether all passed.
func tried(t *testing.T, p *policy.Policy, name string) (string, bool) {
	t.Helper()
	src, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	tests, faults := trial.Parse(name, src, p.Zone)
	if tests == nil || tests.Policy != p.Engine.Name {
		t.Fatalf("%s: %v", name, faults)
	}
	var r trial.Report
	s := trial.NewSuite(p)
	r.Use(s)
	for _, test := range tests.Tests {
		r.Add(name, s, s.Run(test), 0)
	}
	var out strings.Builder
	if err := r.Write(&out, true, 0); err != nil {
		t.Fatal(err)
	}
	passed, failed, errors := r.Count()
	return out.String(), passed > 0 && failed+errors == 0
}
