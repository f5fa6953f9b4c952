package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestPolicyToolsDocument does what docs/policy-tools.md says: it writes the files, runs the commands, and holds what is
// printed there to what is printed here. Only times differ.
func TestPolicyToolsDocument(t *testing.T) {
	text, err := os.ReadFile("../../docs/policy-tools.md")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	t.Setenv("NO_COLOR", "1")
	for _, f := range regexp.MustCompile("(?s)File `([^`]+)`:\n\n```yaml\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		if err := os.WriteFile(f[1], []byte(f[2]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	times := regexp.MustCompile(`\d+(\.\d+)? ms`)
	commands := 0
	for _, block := range regexp.MustCompile("(?s)```console\n\\$ fairline (.*?)```").FindAllStringSubmatch(string(text), -1) {
		command, want, _ := strings.Cut(block[1], "\n")
		var out strings.Builder
		run(strings.Fields(command), strings.NewReader(""), &out, &out)
		got := times.ReplaceAllString(out.String(), "MS")
		if got != times.ReplaceAllString(want, "MS") {
			t.Errorf("$ fairline %s\nprinted:\n%s\ndocs/policy-tools.md shows:\n%s", command, out.String(), want)
		}
		commands++
	}
	if commands < 5 {
		t.Errorf("docs/policy-tools.md has %d commands, want more", commands)
	}
}
