package scenario_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"fairline/policy/codes"
)

// However a file is broken: nothing panics, every fault stands inside it and has words, and there is a result where there is
// no error.
func TestBrokenFiles(t *testing.T) {
	value := regexp.MustCompile(`: [^,{}\[\]]+`)
	for file, of := range map[string]codes.File{"testdata/all.yaml": codes.Scenario, "testdata/experiment.yaml": codes.Experiment} {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(src), "\n")
		for i, line := range lines {
			broken := slices.Clone(lines)
			if i%4 == 0 {
				broken = slices.Delete(broken, i, i+1)
			} else {
				broken[i] = value.ReplaceAllString(line, []string{"", ": {}", ": []", ": x"}[i%4])
			}
			text := strings.Join(broken, "\n")
			ok, faults := read(of, text)
			drawn(t, text, ok, faults)
			for _, f := range faults {
				if f.Message == "" || f.Code == "" || f.Severity == 0 {
					t.Errorf("fault without words: %+v", f)
				}
			}
		}
	}
}
