package trial_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"fairline/policy"
	"fairline/policy/trial"
)

// TestScripts plays test files against policies: testdata/script has what must be printed.
func TestScripts(t *testing.T) {
	p := map[string]*policy.Policy{}
	datadriven.Walk(t, "testdata/script", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			var name string
			d.MaybeScanArgs(t, "policy", &name)
			if d.Cmd == "policy" {
				d.ScanArgs(t, "name", &name)
				read, faults := policy.Parse(name+".yaml", []byte(d.Input))
				if p[name] = read; read == nil {
					d.Fatalf(t, "%v", faults)
				}
				return ""
			}
			if p[name] == nil {
				read, _, err := policy.Load(name)
				if err != nil {
					d.Fatalf(t, "%v", err)
				}
				p[name] = read
			}
			return play(t, p[name], d)
		})
	})
}

func play(t *testing.T, p *policy.Policy, d *datadriven.TestData) string {
	t.Helper()
	var out strings.Builder
	f, faults := trial.Parse("x.test.yaml", []byte(d.Input), p.Zone)
	if f == nil {
		if err := policy.Render(&out, faults, []byte(d.Input), false); err != nil {
			d.Fatalf(t, "%v", err)
		}
		return out.String()
	}
	var r trial.Report
	s := trial.NewSuite(p)
	r.Use(s)
	for _, test := range f.Tests {
		r.Add("x.test.yaml", s, s.Run(test), 0)
	}
	write := func() error { return r.Write(&out, d.HasArg("verbose"), 0) }
	if d.Cmd == "junit" {
		write = func() error { return r.WriteJUnit(&out) }
	}
	if err := write(); err != nil {
		return fmt.Sprint(err)
	}
	return out.String()
}
