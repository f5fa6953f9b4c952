package trial_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fairline/policy"
	"fairline/policy/trial"
)

// TestShippedPolicies runs the tests of the policies that the program ships.
func TestShippedPolicies(t *testing.T) {
	files, err := filepath.Glob("testdata/shipped/*.test.yaml")
	if err != nil || len(files) < 4 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		p, _, err := policy.Load(trial.PolicyOf(src))
		if err != nil {
			t.Fatal(name, err)
		}
		f, faults := trial.Parse(name, src, p.Zone)
		if f == nil {
			t.Fatal(faults)
		}
		var r trial.Report
		s := trial.NewSuite(p)
		r.Use(s)
		for _, test := range f.Tests {
			r.Add(name, s, s.Run(test), 0)
		}
		var out strings.Builder
		if err := r.Write(&out, true, 0); err != nil {
			t.Fatal(err)
		}
		if passed, failed, errors := r.Count(); passed == 0 || failed+errors > 0 {
			t.Errorf("%s:\n%s", name, out.String())
		}
	}
}
