package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestSimulationDocument does what docs/simulation.md says: it writes the files, runs the commands, and holds what is printed there
// to what is printed here. Only how long a run takes differs.
func TestSimulationDocument(t *testing.T) {
	text, err := os.ReadFile("../../docs/simulation.md")
	if err != nil {
		t.Fatal(err)
	}
	r := newReader(t)
	for _, f := range regexp.MustCompile("(?s)File `([^`]+)`:\n\n```yaml\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		if err := os.WriteFile(filepath.Join(r.dir, f[1]), []byte(f[2]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	took := regexp.MustCompile(`in [\d.,]+ s, [\d,]+ a second`)
	steps := 0
	for _, block := range regexp.MustCompile("(?s)```console\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		for _, step := range strings.Split("\n"+block[1], "\n$ fairline ")[1:] {
			command, want, _ := strings.Cut(step, "\n")
			cmd := exec.Command(r.binary, strings.Fields(command)...)
			cmd.Dir, cmd.Env = r.dir, append(os.Environ(), "NO_COLOR=1")
			out, _ := cmd.CombinedOutput() // a threshold that is not met would be seen in what is printed
			got := took.ReplaceAllString(string(out), "TOOK")
			if strings.TrimSpace(got) != strings.TrimSpace(took.ReplaceAllString(want, "TOOK")) {
				t.Errorf("$ fairline %s\nprinted:\n%s\ndocs/simulation.md shows:\n%s", command, out, want)
			}
			steps++
		}
	}
	if steps < 8 {
		t.Errorf("docs/simulation.md has %d commands, want more", steps)
	}
}
