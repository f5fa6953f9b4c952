package policy_test

import (
	"testing"

	"fairline/policy"
)

func TestShippedPoliciesAreClean(t *testing.T) {
	for _, name := range policy.Names() {
		t.Run(name, func(t *testing.T) {
			p, faults, err := policy.Load(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range faults {
				t.Errorf("%v (%s)", f, f.Help)
			}
			if p == nil || p.Engine.Name != name {
				t.Fatalf("Load(%q): got %+v", name, p)
			}
		})
	}
}
