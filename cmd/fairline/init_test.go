package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"fairline/policy"
)

// TestNewSiteSaysTheDefaults holds the comments of a new site's configuration to the defaults of the program.
func TestNewSiteSaysTheDefaults(t *testing.T) {
	text, err := initial.ReadFile("initial/fairline.yaml")
	if err != nil {
		t.Fatal(err)
	}
	said := regexp.MustCompile(`(?m)^#(\w)`).ReplaceAll(text, []byte("$1"))
	name := filepath.Join(t.TempDir(), configName)
	if err := os.WriteFile(name, said, 0o600); err != nil {
		t.Fatal(err)
	}
	var got config
	if err := readConfig(name, &got); err != nil {
		t.Fatal(err)
	}
	want := defaultConfig()
	want.Store, want.Policy = filepath.Join(filepath.Dir(name), "store"), filepath.Join(filepath.Dir(name), "policies/weekday.yaml")
	if got != want {
		t.Errorf("%s says\n%+v, want\n%+v", configName, got, want)
	}
	for _, variable := range variables() {
		key := strings.ToLower(strings.TrimPrefix(variable, "FAIRLINE_"))
		if !strings.Contains(string(said), "\n"+key+": ") {
			t.Errorf("%s does not have the key %s", configName, key)
		}
	}
}

// TestNewSitePolicyIsClean finds no fault and no doubt in what a newcomer reads first.
func TestNewSitePolicyIsClean(t *testing.T) {
	text, err := initial.ReadFile("initial/policies/weekday.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if p, faults := policy.Parse("weekday.yaml", text); len(faults) > 0 || p == nil {
		t.Errorf("faults: %v", faults)
	}
}
