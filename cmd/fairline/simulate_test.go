package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fairline/simulations/experiment"
)

// TestFigures: a value has the digits that its interval leaves it, in its unit.
func TestFigures(t *testing.T) {
	f := func(x float64) *float64 { return &x }
	for _, c := range []struct {
		value, half *float64
		unit, want  string
	}{
		{f(99.0721), f(2.34), "s", "99.1 s ±2.3"}, {f(99.0721), f(23.4), "s", "99 s ±23"}, {f(0.6851), f(0.0084), "%", "68.51 % ±0.84"},
		{f(0.6851), nil, "%", "68.51 %"}, {f(4.74123), f(0.31), "per 100", "4.74 per 100 ±0.31"}, {f(0), f(0), "1", "0.0000"},
		{f(123456.7), nil, "s", "123457 s"}, {nil, nil, "s", "—"}, {f(0.7311), f(0.00012), "1", "0.73110 ±0.00012"}, {f(-3.5), f(1), "s", "-3.5 s ±1.0"},
	} {
		if got := figure(c.value, c.half, c.unit); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// TestProgress: how far a run is, with the time that is left; what an earlier run did says nothing of the pace.
func TestProgress(t *testing.T) {
	for _, c := range []struct {
		p    experiment.Progress
		bar  bool
		want string
	}{
		{experiment.Progress{Done: 50, Total: 200}, false, "50 of 200 replications, 0:30 left"},
		{experiment.Progress{Done: 50, Resumed: 40, Total: 200}, false, "50 of 200 replications, 2:30 left"},
		{experiment.Progress{Done: 40, Resumed: 40, Total: 200}, false, "40 of 200 replications"},
		{experiment.Progress{Pilot: true, Done: 2, Total: 4}, false, "2 of 4 pilot runs, 0:10 left"},
		{experiment.Progress{Done: 1000, Total: 1000}, true, "[##############################] 1,000 of 1,000 replications"},
		{experiment.Progress{}, true, "[..............................] 0 of 0 replications"},
	} {
		if got := progressLine(c.p, 10*time.Second, c.bar); got != c.want {
			t.Errorf("%+v: %q, want %q", c.p, got, c.want)
		}
	}
	var out bytes.Buffer
	b := newProgressBar(&out, false)
	b.tell(experiment.Progress{Done: 1, Total: 9})
	b.shown = time.Now().Add(-time.Hour)
	b.tell(experiment.Progress{Done: 2, Total: 9})
	b.tell(experiment.Progress{Done: 3, Total: 9})
	b.end()
	if got := out.String(); !strings.HasPrefix(got, "2 of 9 replications") || strings.Count(got, "\n") != 1 || strings.ContainsAny(got, "\r\x1b") {
		t.Errorf("lines for a file: %q", got)
	}
	out.Reset()
	b = newProgressBar(&out, false)
	b.terminal, b.shown = true, time.Now().Add(-time.Hour)
	b.tell(experiment.Progress{Done: 2, Total: 4})
	b.end()
	if got := out.String(); !strings.HasPrefix(got, "\r[###############...............] 2 of 4") || !strings.HasSuffix(got, "\r\x1b[K") {
		t.Errorf("a bar for a terminal: %q", got)
	}
}

// TestFreeFolder: the second run of a day has a folder of its own.
func TestFreeFolder(t *testing.T) {
	name := filepath.Join(t.TempDir(), "runs", "2026-04-13-day")
	for _, want := range []string{name, name + "-2", name + "-3"} {
		if got := freeFolder(name); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
		if err := os.MkdirAll(want, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}
