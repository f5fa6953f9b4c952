package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestSocialDocument does what docs/channels-social.md says: it writes the files, runs the commands, and holds what is printed
// there to what is printed here. With -rewrite it writes what is printed into the document.
func TestSocialDocument(t *testing.T) {
	const path = "../../docs/channels-social.md"
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	home, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	t.Setenv("NO_COLOR", "1")
	for _, f := range regexp.MustCompile("(?s)File `([^`]+)`:\n\n```[a-z]*\n(.*?)```").FindAllStringSubmatch(text, -1) {
		if err := os.WriteFile(f[1], []byte(f[2]), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	commands := 0
	for _, block := range regexp.MustCompile("(?s)```console\n\\$ fairline (.*?)```").FindAllStringSubmatch(text, -1) {
		command, want, _ := strings.Cut(block[1], "\n")
		var out strings.Builder
		run(strings.Fields(command), strings.NewReader(""), &out, &out)
		commands++
		if *rewrite {
			text = strings.Replace(text, block[0], "```console\n$ fairline "+command+"\n"+out.String()+"```", 1)
		} else if out.String() != want {
			t.Errorf("$ fairline %s\nprinted:\n%s\ndocs/channels-social.md shows:\n%s", command, out.String(), want)
		}
	}
	if commands < 4 {
		t.Errorf("%d commands", commands)
	}
	if *rewrite {
		t.Chdir(home)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
