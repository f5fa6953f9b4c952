package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestReadme does what README.md says, block by block, and holds what is printed there to what is printed here. Times,
// hashes of a moment, ports and the reader's home differ; all else is the same.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	r := newReader(t)
	for _, block := range regexp.MustCompile("(?s)```console\n(.*?)```").FindAllStringSubmatch(string(text), -1) {
		for _, step := range strings.Split("\n"+block[1], "\n$ ")[1:] {
			command, want, _ := strings.Cut(step, "\n")
			r.step(command, want)
		}
	}
	if r.steps < 10 {
		t.Errorf("README.md has %d commands, want more", r.steps)
	}
}

// A reader is somebody who pastes commands into a shell, in a fresh copy of the folders they name.
type reader struct {
	t      *testing.T
	dir    string
	home   string
	binary string
	steps  int
}

func newReader(t *testing.T) *reader {
	t.Helper()
	dir := t.TempDir()
	r := &reader{t: t, dir: filepath.Join(dir, "clone"), home: filepath.Join(dir, "home"), binary: filepath.Join(dir, "bin", "fairline")}
	if out, err := exec.Command("go", "build", "-o", r.binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{r.dir, r.home} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range []string{"policy", "simulations"} {
		if err := os.Symlink(filepath.Join(root, d), filepath.Join(r.dir, d)); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func (r *reader) step(command, want string) {
	r.steps++
	if strings.HasPrefix(command, "make ") {
		return // this test is a part of it
	}
	cmd := exec.Command("sh", "-c", "exec "+strings.ReplaceAll(command, "go run ./cmd/fairline", r.binary))
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "HOME="+r.home, "XDG_STATE_HOME=", "FAIRLINE_LISTEN=127.0.0.1:0", "FAIRLINE_HTTP=127.0.0.1:0", "NO_COLOR=1")
	var out bytes.Buffer
	if strings.Contains(command, "fairline serve") {
		r.serve(cmd, want)
		return
	}
	cmd.Stdout, cmd.Stderr = &out, &out
	if strings.Contains(command, "fairline play") {
		cmd.Stderr = io.Discard // its progress
	}
	err := cmd.Run()
	if want == "" && err != nil {
		r.t.Errorf("$ %s: %v\n%s", command, err, out.String())
	}
	r.compare(command, out.String(), want)
}

// serve starts a line, which runs until the test ends, and waits until it has said where it is.
func (r *reader) serve(cmd *exec.Cmd, want string) {
	out, w := io.Pipe()
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	said := make(chan string, 1)
	go func() {
		text := []byte{}
		buf := make([]byte, 4096)
		for !bytes.Contains(text, []byte("keep their places")) {
			n, err := out.Read(buf)
			if text = append(text, buf[:n]...); err != nil {
				break
			}
		}
		said <- string(text)
		_, _ = io.Copy(io.Discard, out)
	}()
	select {
	case text := <-said:
		r.compare("fairline serve", text, want)
	case <-time.After(30 * time.Second):
		r.t.Fatal("the line does not say where it is")
	}
}

// What differs from one reader to the next.
var differs = []struct{ what, as string }{
	{`(\d\d:\d\d:\d\d  )\d:\d\d`, "TIME  M:SS"},
	{`longest \d:\d\d`, "longest M:SS"},
	{`up \d+s  \d\d:\d\d:\d\d \S+`, "up SECONDS  TIME ZONE"},
	{`\d{4}-\d\d-\d\d`, "DATE"},
	{`\d\d:\d\d:\d\d`, "TIME"},
	{`\d+\.\d s`, "SECONDS"},
	{` *\b\d+(\.\d+)? ms`, " SECONDS"},
	{`\(journal \d+\)`, "(journal N)"},
	{`127\.0\.0\.1:\d+`, "127.0.0.1:PORT"},
	{`(?m) +$`, ""},
}

func (r *reader) compare(command, got, want string) {
	if want == "" {
		return
	}
	got = strings.ReplaceAll(strings.ReplaceAll(got, r.home, "~"), r.binary, "go run ./cmd/fairline")
	for _, d := range differs {
		re := regexp.MustCompile(d.what)
		got, want = re.ReplaceAllString(got, d.as), re.ReplaceAllString(want, d.as)
	}
	if strings.TrimSpace(got) != strings.TrimSpace(want) {
		r.t.Errorf("$ %s\nprinted:\n%s\nREADME.md shows:\n%s", command, got, want)
	}
}
