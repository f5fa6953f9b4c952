package scenario_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fairline/policy"
	"fairline/policy/codes"
	"fairline/simulations/scenario"
)

// beside has the files that examples name.
var beside = map[string]string{
	"day.yaml":     codes.Whole(codes.Scenario, ""),
	"fax.yaml":     codes.Whole(codes.Scenario, "scenario: fax\ncustomers:\n  papers: {channel: fax, arrivals: {poisson: 1 per hour}, handling: 5m}\n"),
	"broken.yaml":  codes.Whole(codes.Policy, "order: {strict: [glod, everyone]}\nnever: [reach]\n"),
	"bad-day.yaml": codes.Whole(codes.Scenario, "length: 10\n"),
	"calls.csv":    "arrived,handling\n12.5,240\n00:01:00,\n",
	"unsorted.csv": "arrived\n60\n12\n",
}

func open(path string) ([]byte, error) {
	if src, ok := beside[path]; ok {
		return []byte(src), nil
	}
	if src, err := os.ReadFile(filepath.Join("testdata", path)); err == nil {
		return src, nil
	}
	return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
}

// read reads a file of a kind and returns whether there is something of it, and its faults.
func read(of codes.File, src string) (bool, policy.Faults) {
	if of == codes.Experiment {
		x, faults := scenario.ParseExperiment("test.yaml", []byte(src), open)
		return x != nil, faults
	}
	s, faults := scenario.Parse("test.yaml", []byte(src), open)
	return s != nil, faults
}

// The texts of the codes are those that the sources report, and each example reports its code before and not after.
func TestCodes(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	reported := map[string]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
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
	for _, text := range codes.All() {
		if text.Of != codes.Scenario && text.Of != codes.Experiment {
			continue
		}
		if !reported[text.Code] {
			t.Errorf("%s has a text, and nothing reports it", text.Code)
		}
		is := func(f policy.Fault) bool { return f.Code == text.Code && f.Severity == policy.Error }
		if _, before := read(text.Of, codes.Whole(text.Of, text.Before)); !slices.ContainsFunc(before, is) {
			t.Errorf("%s: the example before it is mended reports %v", text.Code, before)
		}
		if ok, after := read(text.Of, codes.Whole(text.Of, text.After)); !ok || len(after) > 0 {
			t.Errorf("%s: the example still reports %v", text.Code, after)
		}
	}
}
