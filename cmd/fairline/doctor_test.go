package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fairline/engine/journal"
	"fairline/policy"
)

// TestJudgements holds each rating to its limits, from both sides.
func TestJudgements(t *testing.T) {
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	head := func(last time.Time) journal.Head { return journal.Head{Seq: 7, LTime: last.UnixNano()} }
	cfg := config{DiskFree: 1 << 20, DiskMax: 4 << 20}
	good, faults := policy.Parse("p.yaml", mustShip(t, "weekday"))
	for _, row := range []struct {
		what  string
		got   finding
		state string
		text  string
	}{
		{"clock", judgeClock(now, time.Microsecond, clockWindow+clockApart, clockWindow), "ok", "2026-11-22T09:00:00Z, in steps of 1µs"},
		{"clock before its time", judgeClock(now.AddDate(-57, 0, 0), 1, 0, 0), "fail", "the year cannot be"},
		{"clock set back", judgeClock(now, 1, clockWindow-time.Second, clockWindow), "warn", "set by 1s while"},
		{"coarse clock", judgeClock(now, time.Millisecond+1, 0, 0), "warn", "coarse"},
		{"space", judgeSpace(5<<20, cfg), "ok", "5.0MiB free; tickets are refused below 1MiB"},
		{"little space", judgeSpace(5<<20-1, cfg), "warn", "may grow to 4MiB"},
		{"no space", judgeSpace(1<<20-1, cfg), "fail", "1024.0KiB free"},
		{"fast disk", judgeSync(syncFast, time.Second), "ok", "fast"},
		{"fair disk", judgeSync(syncSlow, time.Second), "ok", "fair"},
		{"slow disk", judgeSync(syncSlow+1, time.Second), "warn", "slow"},
		{"memory", judgeMemory(memoryLittle), "ok", "512.0MiB"},
		{"little memory", judgeMemory(memoryLittle - 1), "warn", "512.0MiB"},
		{"files", judgeFiles(filesEnough), "ok", "1280"},
		{"few files", judgeFiles(filesEnough - 1), "warn", "too few for 1024 clients"},
		{"no files", judgeFiles(filesLeast - 1), "fail", "too few for the store"},
		{"journal", judgeJournal(head(now.Add(2*time.Second)), 1, now), "ok", "7 frames"},
		{"journal ahead", judgeJournal(head(now.Add(time.Hour)), 1, now), "fail", "1h0m0s ahead of the clock"},
		{"journal of a fast line", judgeJournal(head(now.Add(time.Hour)), 60, now), "ok", "7 frames"},
		{"policy", judgePolicy("weekday", good, faults), "ok", "weekday@"},
		{"bad policy", judgePolicy("p.yaml", nil, policy.Faults{{Severity: policy.Error}}), "fail", "1 error"},
		{"doubtful policy", judgePolicy("p.yaml", good, policy.Faults{{Severity: policy.Warning}}), "warn", "1 warning"},
	} {
		if row.got.State != row.state || !strings.Contains(row.got.Text, row.text) {
			t.Errorf("%s: %s %q, want %s with %q", row.what, row.got.State, row.got.Text, row.state, row.text)
		}
		if (row.got.State == "ok") != (row.got.Do == "") {
			t.Errorf("%s: state %s, and to do: %q", row.what, row.got.State, row.got.Do)
		}
	}
}

func mustShip(t *testing.T, name string) []byte {
	t.Helper()
	src, ok := policy.Shipped(name)
	if !ok {
		t.Fatal("no shipped policy " + name)
	}
	return src
}

// TestMemoryIsTheLesser reads what the kernel writes, with and without a limit on the group.
func TestMemoryIsTheLesser(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("meminfo", "MemTotal:  9000 kB\nMemAvailable:   2048 kB\nHugePages_Total: 0\n")
	check := func(want byteSize) {
		t.Helper()
		if got, err := availableMemory(filepath.Join(dir, "meminfo"), dir); err != nil || got != want {
			t.Errorf("available: %v, %v; want %v", got, err, want)
		}
	}
	check(2 << 20)
	write("memory.max", "max\n")
	write("memory.current", "100\n")
	check(2 << 20)
	write("memory.max", "1100\n")
	check(1000)
	write("memory.max", "50\n")
	check(0)
	write("meminfo", "MemTotal: 1 kB\n")
	if got, err := availableMemory(filepath.Join(dir, "meminfo"), dir); err == nil {
		t.Errorf("available: %v out of nothing", got)
	}
}
