package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the scripts run this program as fairline.
func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"fairline": main}) }

// awaitMax bounds the wait for something that must come.
const awaitMax = 20 * time.Second

// scriptMax bounds all scripts together; then what they started is killed and they fail.
const scriptMax = 2 * time.Minute

// TestScripts runs the stories of testdata/script. Each has a store and ports of its own.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *rewrite,
		Deadline:      time.Now().Add(scriptMax),
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
			env.Setenv("FAIRLINE_STORE", filepath.Join(env.WorkDir, "store"))
			env.Setenv("FAIRLINE_LISTEN", "127.0.0.1:0")
			env.Setenv("FAIRLINE_HTTP", "127.0.0.1:0")
			env.Setenv("NO_COLOR", "1")
			env.Setenv("GORACE", "atexit_sleep_ms=0") // else each command sleeps for a second at its end
			return os.Mkdir(filepath.Join(env.WorkDir, "home"), 0o755)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": scriptExits, "await": scriptAwait, "get": scriptGet, "port": scriptPort,
		},
	})
}

// scriptExits runs a command and wants its exit code: exits 1 fairline ticket show 7.
func scriptExits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	code := 0
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		code = e.ExitCode()
	} else {
		ts.Check(err)
	}
	if code != want {
		ts.Fatalf("exit %d, want %d", code, want)
	}
}

// await looks until something is so. Nothing that happens in another process can be waited for otherwise.
func await(ts *testscript.TestScript, what string, so func() bool) {
	for deadline := time.Now().Add(awaitMax); !so(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			ts.Fatalf("%s: not within %s", what, awaitMax)
		}
	}
}

// scriptAwait waits for a file, and where a text is given, for that text in it: await store/running.json.
func scriptAwait(ts *testscript.TestScript, _ bool, args []string) {
	await(ts, strings.Join(args, " "), func() bool {
		text, err := os.ReadFile(ts.MkAbs(args[0]))
		return err == nil && (len(args) == 1 || strings.Contains(string(text), args[1]))
	})
}

// scriptGet gets a page of the daemon on the store and writes it to a file: get /metrics metrics.txt 200.
func scriptGet(ts *testscript.TestScript, _ bool, args []string) {
	r, err := readRunning(ts.Getenv("FAIRLINE_STORE"))
	ts.Check(err)
	resp, err := http.Get(r.HTTP + args[0])
	ts.Check(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	ts.Check(err)
	if fmt.Sprint(resp.StatusCode) != args[2] {
		ts.Fatalf("%s: status %d, want %s", args[0], resp.StatusCode, args[2])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), text, 0o600))
}

// scriptPort puts an address into a variable: one that is free, or with taken, one on which somebody listens.
func scriptPort(ts *testscript.TestScript, _ bool, args []string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Setenv(args[0], l.Addr().String())
	if len(args) > 1 && args[1] == "taken" {
		ts.Defer(func() { _ = l.Close() })
		return
	}
	ts.Check(l.Close())
}
