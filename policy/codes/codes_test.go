package codes_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fairline/policy"
	"fairline/policy/codes"
	"fairline/policy/trial"
)

// TestEveryCodeHasAText holds the texts to the codes that the sources report.
func TestEveryCodeHasAText(t *testing.T) {
	reported := map[string]bool{}
	for _, dir := range []string{"..", "../rule", "../sheet", "../trial"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(dir, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, code := range regexp.MustCompile(`"(FL[0-9]{4})"`).FindAllStringSubmatch(string(src), -1) {
				reported[code[1]] = true
			}
		}
	}
	for code := range reported {
		if _, ok := codes.Of(strings.ToLower(code)); !ok {
			t.Errorf("%s has no text", code)
		}
	}
	for _, text := range codes.All() {
		if !elsewhere(text) && !reported[text.Code] {
			t.Errorf("%s has a text, and nothing reports it", text.Code)
		}
	}
}

// elsewhere reports whether the code of a text is reported by another package, whose tests run its examples: those of
// scenarios by package scenario, those of mappings by package mapping.
func elsewhere(t codes.Text) bool {
	return t.Of == codes.Scenario || t.Of == codes.Experiment || t.Of == codes.Mapping
}

// TestExamplesReportTheirCode runs each example, before and after.
func TestExamplesReportTheirCode(t *testing.T) {
	for _, text := range codes.All() {
		if text.Title == "" || len(text.Means) < 60 {
			t.Errorf("%s says too little", text.Code)
		}
		if elsewhere(text) {
			continue
		}
		read := func(part string) policy.Faults {
			if text.Of == codes.Test {
				_, faults := trial.Parse("example.test.yaml", []byte(part), nil)
				return faults
			}
			_, faults := policy.Parse("example.yaml", []byte(codes.Whole(codes.Policy, part)))
			return faults
		}
		is := func(f policy.Fault) bool { return f.Code == text.Code }
		if before := read(text.Before); !slices.ContainsFunc(before, is) {
			t.Errorf("%s: the example before it is mended reports %v\n%s", text.Code, before, text.Before)
		}
		after := read(text.After)
		if slices.ContainsFunc(after, is) || after.Err() != nil {
			t.Errorf("%s: the example still reports %v\n%s", text.Code, after, text.After)
		}
	}
}
