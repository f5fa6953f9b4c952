package experiment

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"fairline/simulations/run"
	"fairline/simulations/scenario"
)

// TestWorkersChangeNothing: the tables are the same, byte for byte, on 1, 2 and 7 workers.
func TestWorkersChangeNothing(t *testing.T) {
	for name, text := range map[string]string{"days": days, "steady": steady + "steady: {warmup: auto, pilot: 3}\nreplications: 5\n"} {
		t.Run(name, func(t *testing.T) {
			_, m, first := ran(t, text, Options{Workers: 1})
			if want := map[string]int{"days": 7, "steady": 3}[name]; len(m.Outputs) != want {
				t.Fatalf("%d tables, want %d", len(m.Outputs), want)
			}
			for _, workers := range []int{2, 7} {
				_, _, l := ran(t, text, Options{Workers: workers})
				sameTables(t, first.Folder, l.Folder, m)
			}
			for _, gone := range []string{journalFile, partsFolder} {
				if _, err := os.Stat(filepath.Join(first.Folder, gone)); err == nil {
					t.Errorf("%s is still there", gone)
				}
			}
		})
	}
}

// TestPoliciesMeetTheSameCustomers: in each replication as many come under each policy; in another one, and with another seed,
// others do.
func TestPoliciesMeetTheSameCustomers(t *testing.T) {
	x, _ := load(t, days)
	r, err := Play(context.Background(), x, Options{})
	if err != nil {
		t.Fatal(err)
	}
	offered, _ := r.Key(scenario.Metric{Name: "offered"})
	for i := range r.Arms {
		for n := range r.Arms[i].Facts {
			if r.Arms[i].Facts[n][offered] != r.Arms[0].Facts[n][offered] {
				t.Errorf("replication %d of %s: %v, of the first %v", n, r.Arms[i].Policy, r.Arms[i].Facts[n][offered], r.Arms[0].Facts[n][offered])
			}
		}
	}
	wait, _ := r.Key(scenario.Metric{Name: "wait"})
	if r.Arms[0].Facts[0][wait] == r.Arms[0].Facts[1][wait] {
		t.Error("two replications are alike")
	}
	x.Seed = 8
	other, err := Play(context.Background(), x, Options{})
	if err != nil || reflect.DeepEqual(r.Arms[0].Facts, other.Arms[0].Facts) {
		t.Errorf("another seed gives the same: %v", err)
	}
}

// TestEachReplicationIsItself: replication n is what a run of the model by itself comes to for n.
func TestEachReplicationIsItself(t *testing.T) {
	x, _ := load(t, days)
	s, err := newStudy(x, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.run(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, a := range s.arms {
		p := a.model.Player()
		for n, facts := range a.facts {
			if err := p.Play(run.Play{Replication: uint64(n)}); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(p.Measure().Facts(nil), facts) {
				t.Errorf("%s: replication %d differs", a.name(), n)
			}
		}
	}
}

// TestOpen: what is read from the folder is what Run returned.
func TestOpen(t *testing.T) {
	for name, text := range map[string]string{"days": days, "antithetic": strings.Replace(days, "replications: 3", "replications: 4\nantithetic: true", 1)} {
		t.Run(name, func(t *testing.T) {
			want, _, l := ran(t, text, Options{})
			got, err := Open(l.Folder)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Intervals) == 0 || len(got.Metrics) < 20 {
				t.Fatalf("%d intervals, %d metrics", len(got.Intervals), len(got.Metrics))
			}
			for what, pair := range map[string][2]any{"arms": {got.Arms, want.Arms}, "keys": {got.Keys, want.Keys}, "intervals": {got.Intervals, want.Intervals},
				"primary": {got.Experiment.Primary, want.Experiment.Primary}} {
				if !reflect.DeepEqual(pair[0], pair[1]) {
					t.Errorf("%s differ", what)
				}
			}
			for i, m := range got.Metrics {
				if m.Name != want.Metrics[i].Name || m.Pool != want.Metrics[i].Pool || m.Formula != want.Metrics[i].Formula {
					t.Errorf("metric %v, want %v", m, want.Metrics[i])
				}
			}
		})
	}
}

// TestOpenRefusesTornTables: rows that are missing or of nobody are not made up.
func TestOpenRefusesTornTables(t *testing.T) {
	_, _, l := ran(t, days, Options{})
	table := filepath.Join(l.Folder, replicationsTable)
	whole := read(t, table)
	lines := strings.SplitAfter(whole, "\n")
	for name, text := range map[string]string{
		"half of it":  strings.Join(lines[:len(lines)/2], ""),
		"in a row":    whole[:len(whole)-7],
		"a stranger":  whole + "desk,,nobody,0,wait,,,1,1\n",
		"no number":   whole + "desk,as planned,line,0,wait,,,many,1\n",
		"replication": whole + "desk,as planned,line,3,wait,,,1,1\n",
	} {
		write(t, table, text)
		if _, err := Open(l.Folder); err == nil {
			t.Errorf("%s: read without an error", name)
		}
	}
}

// TestTheFolderIsWhole: the copy of the experiment can be run by itself, with the same result, after the originals are gone.
func TestTheFolderIsWhole(t *testing.T) {
	_, m, l := ran(t, days, Options{})
	for _, want := range []string{"experiments/x.yaml", "scenarios/desk.yaml", "policies/urgent.yaml"} {
		read(t, l.Folder, inputsFolder, want)
	}
	x, in, faults, err := Load(filepath.Join(l.Folder, inputsFolder, "experiments", "x.yaml"))
	if x == nil {
		t.Fatal(faults, err)
	}
	again := into(t)
	if _, _, err := Run(context.Background(), x, in, again, Options{}); err != nil {
		t.Fatal(err)
	}
	sameTables(t, l.Folder, again.Folder, m)
}

// TestAFolderIsUsedOnce: a run does not write over another one.
func TestAFolderIsUsedOnce(t *testing.T) {
	_, _, l := ran(t, days, Options{})
	x, in := load(t, days)
	if _, _, err := Run(context.Background(), x, in, l, Options{}); !errors.Is(err, ErrUsed) {
		t.Errorf("%v, want %v", err, ErrUsed)
	}
}

// TestSettings: what is asked for instead of the file is run, and stands in the manifest.
func TestSettings(t *testing.T) {
	x, in := load(t, days)
	l, seed := into(t), uint64(99)
	l.Settings = Settings{Seed: &seed, Replications: 2}
	r, m, err := Run(context.Background(), x, in, l, Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	if m.Seed != 99 || *m.Settings.Seed != 99 || len(r.Arms[0].Facts) != 2 || m.Replications != 12 || m.Tickets < 500 {
		t.Errorf("seed %d, %d replications of an arm, %d of all, %v tickets", m.Seed, len(r.Arms[0].Facts), m.Replications, m.Tickets)
	}
	opened, err := Open(l.Folder)
	if err != nil || opened.Experiment.Seed != 99 {
		t.Errorf("opened with %v, %v", opened.Experiment.Seed, err)
	}
}

// TestFaults: what cannot be run is said before anything is.
func TestFaults(t *testing.T) {
	cases := map[string]string{
		"primary: [wait period=1]":                                      "by period",
		"primary: [wait agent=nobody]":                                  "no arm of the experiment has it",
		"thresholds: [wait agent=nobody < 5s]":                          "no arm of the experiment has it",
		"select: {metric: wait agent=desk-5, delta: 1s}":                "does not have the metric",
		"select: {metric: wait, delta: 1s, error: 80%}":                 "give a probability",
		"until: {metric: wait agent=nobody, relative: 1%, at_most: 20}": "no arm of the experiment has it",
	}
	for line, want := range cases {
		x, in := load(t, strings.Replace(days, "primary: [wait, wait cohort=urgent]\n", line+"\n", 1))
		l := into(t)
		if _, _, err := Run(context.Background(), x, in, l, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", line, err, want)
		}
		if _, err := os.Stat(l.Folder); err == nil {
			t.Errorf("%s: a folder was made", line)
		}
	}
}
