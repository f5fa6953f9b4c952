package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"fairline/adapters/host"
)

// A lockedBuffer is written by one goroutine and read by another.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.b.Reset()
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// watching follows a file until the test ends, and hands over each content that is adopted.
func watching(t *testing.T, file string) (adopted chan string, again chan os.Signal, said *lockedBuffer) {
	t.Helper()
	adopted, again, said = make(chan string, 16), make(chan os.Signal, 1), &lockedBuffer{}
	w := &watcher{file: file, narration: said, log: slog.New(slog.NewTextHandler(t.Output(), nil)), again: again,
		adopt: func(_ context.Context, _ string, src []byte) (host.Adoption, error) {
			adopted <- string(src)
			if strings.Contains(string(src), "fault") {
				return host.Adoption{}, errors.New("there is a fault in it")
			}
			return host.Adoption{Policy: string(src), Changed: true}, nil
		}}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- w.run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return adopted, again, said
}

func wantAdopted(t *testing.T, adopted chan string, want string) {
	t.Helper()
	select {
	case got := <-adopted:
		if got != want {
			t.Errorf("%q was handed over, want %q", got, want)
		}
	case <-time.After(awaitMax):
		t.Fatalf("%q was not handed over", want)
	}
}

func put(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		t.Fatal(err)
	}
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

// TestWatchFollowsEveryWayToSave writes in place, replaces, writes in steps, and reads again when asked.
func TestWatchFollowsEveryWayToSave(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "policy.yaml")
	put(t, file, "one")
	adopted, again, said := watching(t, file)
	wantAdopted(t, adopted, "one") // it is another than what was there at the start, which is nothing here
	put(t, file, "two")
	wantAdopted(t, adopted, "two")
	put(t, filepath.Join(dir, "new"), "three")
	rename(t, filepath.Join(dir, "new"), file)
	wantAdopted(t, adopted, "three")
	put(t, file, "three") // the same again is no change
	put(t, filepath.Join(dir, "another"), "is not ours")
	for _, part := range []string{"", "fo", "four"} {
		put(t, file, part)
	}
	wantAdopted(t, adopted, "four")
	again <- syscall.SIGHUP
	wantAdopted(t, adopted, "four")
	put(t, file, "a fault")
	wantAdopted(t, adopted, "a fault")
	put(t, file, "five")
	wantAdopted(t, adopted, "five")
	if text := said.String(); !strings.Contains(text, file+":1:1: error[") || !strings.Contains(text, file+" is not taken: the policy in force goes on.") {
		t.Errorf("said:\n%s", text)
	}
}

// TestWatchFollowsLinks swaps the directory behind a link, as Kubernetes does, and writes behind a link to elsewhere.
func TestWatchFollowsLinks(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	for _, version := range []string{"1", "2"} {
		if err := os.Mkdir(filepath.Join(dir, version), 0o700); err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(dir, version, "policy.yaml"), "version "+version)
	}
	link(t, "1", filepath.Join(dir, "..data"))
	file := filepath.Join(dir, "policy.yaml")
	link(t, "..data/policy.yaml", file)
	adopted, _, _ := watching(t, file)
	wantAdopted(t, adopted, "version 1")
	link(t, "2", filepath.Join(dir, "..data_tmp"))
	rename(t, filepath.Join(dir, "..data_tmp"), filepath.Join(dir, "..data"))
	wantAdopted(t, adopted, "version 2")

	put(t, filepath.Join(elsewhere, "real.yaml"), "real")
	link(t, filepath.Join(elsewhere, "real.yaml"), filepath.Join(dir, "new"))
	rename(t, filepath.Join(dir, "new"), file)
	wantAdopted(t, adopted, "real")
	put(t, filepath.Join(elsewhere, "real.yaml"), "more real")
	wantAdopted(t, adopted, "more real")
}
