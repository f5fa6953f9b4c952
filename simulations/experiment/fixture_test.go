package experiment

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fairline/simulations/scenario"
)

// days is an experiment of days: three policies, two staffings, all tables.
const days = `fairline: 1
experiment: days
scenarios: [../scenarios/desk.yaml]
policies: [../policies/line.yaml, ../policies/urgent.yaml, {other way: ../policies/plain.yaml}]
staffing: {as planned: {}, one more: {desk: 5}}
seed: 7
replications: 3
primary: [wait, wait cohort=urgent]
rows: [tickets, overtakings, decisions, agents]
`

// steady is an experiment of long runs.
const steady = `fairline: 1
experiment: steady
scenarios: [../scenarios/steady.yaml]
policies: [../policies/line.yaml]
seed: 7
primary: [wait]
`

// load writes an experiment beside copies of the scenarios and policies of testdata, and reads it.
func load(t testing.TB, text string) (*scenario.Experiment, *Inputs) {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("testdata")); err != nil {
		t.Fatal(err)
	}
	return loadAt(t, filepath.Join(folder, "experiments", "x.yaml"), text)
}

func loadAt(t testing.TB, file, text string) (*scenario.Experiment, *Inputs) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, file, text)
	x, in, faults, err := Load(file)
	if x == nil {
		t.Fatal(faults, err)
	}
	return x, in
}

func write(t testing.TB, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t testing.TB, parts ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(parts...))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// into is a launch into a new folder.
func into(t testing.TB) Launch {
	return Launch{Folder: filepath.Join(t.TempDir(), "run"), Program: Program{Version: "v1", Go: "go"}, Command: []string{"test"}, Now: time.Now}
}

// ran runs an experiment into a new folder, which must be complete then.
func ran(t testing.TB, text string, o Options) (*Results, *Manifest, Launch) {
	t.Helper()
	x, in := load(t, text)
	l := into(t)
	r, m, err := Run(context.Background(), x, in, l, o)
	if err != nil || !m.Complete {
		t.Fatalf("complete %v: %v", m.Complete, err)
	}
	return r, m, l
}

// sameTables holds the tables of two folders to one another.
func sameTables(t testing.TB, a, b string, m *Manifest) {
	t.Helper()
	for _, out := range m.Outputs {
		if x, y := read(t, a, out.File), read(t, b, out.File); x != y {
			line, inA, inB, err := firstDifference(filepath.Join(a, out.File), filepath.Join(b, out.File))
			t.Errorf("%s differs in line %d (%v):\n%s%s", out.File, line, err, inA, inB)
		}
	}
}
