package lab

import (
	"context"
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fairline/engine"
	"fairline/simulations/experiment"
	"fairline/simulations/report"
	"fairline/simulations/statistics"
	"fairline/simulations/whatif"
)

// A form is the short form of an experiment, and what is held of it.
type form struct {
	replications int
	length       engine.Duration // of scenarios; 0: as it stands
	sample       int             // of who is flipped; 0: as it stands
	holds        func(*testing.T, *lab)
}

var forms = map[string]form{
	"busy-monday":                  {replications: 6, holds: busyMonday},
	"emergencies-under-protection": {replications: 4, holds: emergencies},
	"hidden-number":                {replications: 8, holds: hiddenNumber},
	"morning-of-mails":             {replications: 2, holds: morning},
	"placeholder-mail":             {replications: 6, sample: 4, holds: placeholder},
	"skills":                       {replications: 4, length: 8 * engine.Hour, holds: skills},
	"squeaky-wheel":                {replications: 3, length: 2 * engine.Hour, sample: 6, holds: squeakyWheel},
	"squeaky-wheel-game":           {replications: 2, length: 3 * engine.Hour, holds: squeakyGame},
	"w1":                           {replications: 10, length: 24 * engine.Hour, holds: w1},
	"w2":                           {replications: 4, length: 12 * engine.Hour, holds: w2},
	"w3":                           {replications: 4, length: engine.Hour, holds: w3},
}

// TestExperiments runs every experiment file: the laws of the sample path are checked in each replication.
func TestExperiments(t *testing.T) {
	files, err := filepath.Glob("../experiments/*.yaml")
	if err != nil || len(files) != len(forms) {
		t.Fatalf("%d files for %d forms: %v", len(files), len(forms), err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, ok := forms[name]
			if !ok {
				t.Fatal("nothing is held of it")
			}
			if raced {
				f.replications, f.length, f.sample = 2, engine.Hour, 1
			}
			if l := f.run(t, file, name); !raced {
				f.holds(t, l)
			}
		})
	}
}

// run runs an experiment into a folder, and looks whether all is there.
func (f form) run(t *testing.T, file, name string) *lab {
	x, in, faults, err := experiment.Load(file)
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	if x.Name != name || x.Description == "" {
		t.Errorf("it is called %q and described as %q", x.Name, x.Description)
	}
	for _, s := range x.Scenarios {
		if f.length > 0 && f.length < s.Length {
			s.Length, s.Period = f.length, f.length/2
		}
		if s.Description == "" {
			t.Errorf("scenario %s has no description", s.Name)
		}
	}
	if x.Premium != nil && f.sample > 0 {
		x.Premium.Sample = f.sample
	}
	if x.Game != nil {
		x.Game.Rounds, x.Game.Days = 12, 4
		if raced {
			x.Game.Rounds, x.Game.Days = 2, 1
		}
	}
	folder := filepath.Join(t.TempDir(), name)
	l := experiment.Launch{Folder: folder, Now: time.Now, Settings: experiment.Settings{Replications: f.replications}}
	r, m, err := experiment.Run(context.Background(), x, in, l, experiment.Options{Extras: whatif.Extras(), Game: whatif.PlayGame})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range m.Outputs {
		rows(t, filepath.Join(folder, o.File), len(r.Arms)*f.replications)
	}
	return &lab{t, r}
}

// rows holds a table to a number of rows at least.
func rows(t *testing.T, path string, least int) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	list, err := csv.NewReader(f).ReadAll()
	if err != nil || len(list) <= least {
		t.Errorf("%s has %d rows: %v", filepath.Base(path), len(list), err)
	}
}

// A lab is what came of an experiment.
type lab struct {
	t *testing.T
	r *experiment.Results
}

// of returns the value of a metric under a policy, or under SCENARIO/POLICY.
func (l *lab) of(policy, metric string) statistics.Estimate {
	l.t.Helper()
	arm := l.arm(policy)
	key, err := report.KeyOf(metric)
	if err != nil {
		l.t.Fatal(err)
	}
	k := slices.Index(l.r.Keys, key)
	if k < 0 {
		l.t.Fatalf("%s is not measured", metric)
	}
	e := l.r.Estimate(arm, k)
	if !e.Known {
		l.t.Fatalf("%s under %s has no value", metric, policy)
	}
	return e
}

// arm is the number of the arm of a policy, or of SCENARIO/POLICY.
func (l *lab) arm(policy string) int {
	l.t.Helper()
	where, name, ok := strings.Cut(policy, "/")
	if !ok {
		where, name = "", policy
	}
	arm := slices.IndexFunc(l.r.Arms, func(a experiment.Arm) bool { return a.Policy == name && (where == "" || a.Scenario == where) })
	if arm < 0 {
		l.t.Fatalf("no arm is called %s", policy)
	}
	return arm
}

// value is of without the interval.
func (l *lab) value(policy, metric string) float64 { l.t.Helper(); return l.of(policy, metric).Value }

// zero holds a metric to 0 under each of some policies, without any error.
func (l *lab) zero(metric string, policies ...string) {
	l.t.Helper()
	for _, p := range policies {
		if v := l.value(p, metric); v != 0 {
			l.t.Errorf("%s: %s is %v, want 0", p, metric, v)
		}
	}
}

// less holds one value to be below another.
func (l *lab) less(policy, metric, other, beside string) {
	l.t.Helper()
	if a, b := l.value(policy, metric), l.value(other, beside); a >= b {
		l.t.Errorf("%s: %s is %.4g, want less than %.4g, %s under %s", policy, metric, a, b, beside, other)
	}
}

// near holds a value to what is known of it: within five standard errors, and these below a part of it.
func (l *lab) near(policy, metric string, want, part float64) {
	l.t.Helper()
	e := l.of(policy, metric)
	if !e.Defined || e.SE > part*want {
		l.t.Errorf("%s: %s is %.4g with a standard error of %.2g, which says too little of %.4g", policy, metric, e.Value, e.SE, want)
	}
	if d := e.Value - want; d > 5*e.SE || d < -5*e.SE {
		l.t.Errorf("%s: %s is %.4g with a standard error of %.2g, want %.4g", policy, metric, e.Value, e.SE, want)
	}
}
