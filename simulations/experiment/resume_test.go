package experiment

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"fairline/engine"
	"fairline/simulations/measure"
	"fairline/simulations/run"
	"fairline/simulations/scenario"
)

var errPulled = errors.New("the plug was pulled")

// interrupted begins an experiment and ends it after so many replications.
func interrupted(t testing.TB, text string, after int, o Options) (Launch, *Manifest) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(context.Background())
	o.Progress = func(p Progress) {
		if !p.Pilot && p.Done >= after {
			cancel(errPulled)
		}
	}
	x, in := load(t, text)
	l := into(t)
	_, m, err := Run(ctx, x, in, l, o)
	if !errors.Is(err, errPulled) || m.Complete || m.Replications < after {
		t.Fatalf("interrupted after %d: complete %v with %d done, %v", after, m.Complete, m.Replications, err)
	}
	return l, m
}

// TestResume: an interrupted run goes on where it was, and its tables are those of a run that never was.
func TestResume(t *testing.T) {
	_, m, whole := ran(t, days, Options{})
	for name, hurt := range map[string]func(journal string, l Launch){
		"as it was": func(string, Launch) {},
		"torn":      func(journal string, _ Launch) { cut(t, journal, 5) },
		"flipped":   func(journal string, _ Launch) { flip(t, journal, 900) },
		"no record": func(journal string, _ Launch) { cut(t, journal, 1<<40) },
		"rows lost": func(_ string, l Launch) { cut(t, filepath.Join(l.Folder, partsFolder, "tickets.csv-0-0"), 100) },
	} {
		t.Run(name, func(t *testing.T) {
			l, was := interrupted(t, days, 7, Options{Workers: 1}) // so that it is known which are done
			hurt(filepath.Join(l.Folder, journalFile), l)
			if _, err := Open(l.Folder); err == nil {
				t.Error("a run that is not complete was opened")
			}
			resumed := 0
			_, now, err := Resume(context.Background(), l, Options{Progress: func(p Progress) { resumed = p.Resumed }})
			if err != nil || !now.Complete || now.Replications != 18 || now.Seconds < was.Seconds {
				t.Fatalf("complete %v, %d replications, %v", now.Complete, now.Replications, err)
			}
			want := map[string]int{"as it was": was.Replications, "torn": was.Replications - 1, "flipped": 0, "no record": 0, "rows lost": was.Replications - 1}
			if resumed != want[name] {
				t.Errorf("%d replications taken over, want %d", resumed, want[name])
			}
			sameTables(t, whole.Folder, l.Folder, m)
		})
	}
}

func cut(t testing.TB, file string, bytes int64) {
	t.Helper()
	info, err := os.Stat(file)
	if err == nil {
		err = os.Truncate(file, max(0, info.Size()-bytes))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func flip(t testing.TB, file string, at int) {
	t.Helper()
	b := []byte(read(t, file))
	b[at] ^= 4
	write(t, file, string(b))
}

// TestResumeAgain: a run may be interrupted as often as one likes, and once it is complete there is nothing to do.
func TestResumeAgain(t *testing.T) {
	text := steady + "steady: {warmup: auto, pilot: 2}\nuntil: {metric: wait, relative: 20%, at_most: 30}\n"
	r, m, whole := ran(t, text, Options{})
	l, _ := interrupted(t, text, 1, Options{Workers: 1})
	pilots := 0
	for n := range 40 {
		ctx, cancel := context.WithCancelCause(context.Background())
		_, now, err := Resume(ctx, l, Options{Workers: 1, Progress: func(p Progress) {
			if p.Pilot {
				pilots++
			}
			if p.Done >= 3*n {
				cancel(errPulled)
			}
		}})
		if now.Complete {
			break
		}
		if !errors.Is(err, errPulled) {
			t.Fatal(err)
		}
	}
	got, now, err := Resume(context.Background(), l, Options{})
	if err != nil || !now.Complete || len(got.Arms[0].Facts) != len(r.Arms[0].Facts) || got.Arms[0].Warmup != r.Arms[0].Warmup {
		t.Fatalf("complete %v with %d replications, %v", now.Complete, len(got.Arms[0].Facts), err)
	}
	if pilots > 0 {
		t.Errorf("%d pilot runs were played again", pilots)
	}
	sameTables(t, whole.Folder, l.Folder, m)
}

// TestResumeRefuses: what another program began, or what was changed since, is not gone on with.
func TestResumeRefuses(t *testing.T) {
	l, _ := interrupted(t, days, 3, Options{})
	other := l
	other.Program.Version = "v2"
	if _, _, err := Resume(context.Background(), other, Options{}); err == nil || !strings.Contains(err.Error(), "begun by") {
		t.Errorf("another program: %v", err)
	}
	if _, _, err := Resume(context.Background(), l, Options{Extras: []MakeExtra{newCounter(new(atomic.Int64))}}); !errors.Is(err, errOtherRun) {
		t.Errorf("with other keys: %v", err)
	}
	if _, _, err := Resume(context.Background(), into(t), Options{}); err == nil || !strings.Contains(err.Error(), "is no run") {
		t.Errorf("an empty folder: %v", err)
	}
	policy := filepath.Join(l.Folder, inputsFolder, "policies", "urgent.yaml")
	write(t, policy, read(t, policy)+"# a thought\n")
	if _, _, err := Resume(context.Background(), l, Options{}); !errors.Is(err, ErrInputChanged) {
		t.Errorf("a changed policy: %v", err)
	}
}

// A counter is an Extra that counts what it is told.
type counter struct {
	begun        *atomic.Int64
	ended        float64
	replication  uint64
	scenarioFrom engine.Instant
}

func newCounter(begun *atomic.Int64) MakeExtra {
	return func(_ *scenario.Experiment, m *run.Model, _ ArmName) (Extra, error) {
		return &counter{begun: begun, scenarioFrom: m.Scenario.Starts}, nil
	}
}

func (c *counter) Metrics() []measure.Metric {
	return []measure.Metric{{Name: "tickets-counted", Unit: "tickets", Better: measure.Neither, Formula: "told of", Pool: measure.Mean}}
}
func (c *counter) Keys() []measure.Key { return []measure.Key{{Metric: "tickets-counted"}} }
func (c *counter) Begin(replication uint64, _ func() bool) error {
	c.begun.Add(1)
	c.replication, c.ended = replication, 0
	return nil
}
func (c *counter) Ended(engine.Instant, *measure.Ticket) { c.ended++ }
func (c *counter) Facts(dst []measure.Fact) ([]measure.Fact, error) {
	return append(dst, measure.Fact{Num: c.ended, Den: 1}), nil
}
func (c *counter) StrictStart(t *measure.Ticket) (engine.Instant, bool) {
	return c.scenarioFrom.Add(engine.Duration(t.Index+1) * engine.Second), t.Index != 2
}

// TestExtra: an Extra is told of every ticket, its facts stand beside the others, and finished replications are not begun again.
func TestExtra(t *testing.T) {
	text := days + "strict_line: true\n"
	var begun atomic.Int64
	o := Options{Extras: []MakeExtra{newCounter(&begun)}}
	r, m, l := ran(t, text, o)
	if begun.Load() != 18 {
		t.Errorf("%d replications were begun, want 18", begun.Load())
	}
	told, ok := r.Key(scenario.Metric{Name: "tickets-counted"})
	offered, _ := r.Key(scenario.Metric{Name: "offered"})
	if !ok || r.Estimate(0, told).Value != r.Estimate(0, offered).Value {
		t.Errorf("told of %v tickets, %v were offered", r.Estimate(0, told), r.Estimate(0, offered))
	}
	tickets := strings.SplitN(read(t, l.Folder, "tickets.csv"), "\n", 3)
	if !strings.HasSuffix(tickets[0], ",overtook,strict_started_s") || !strings.HasSuffix(tickets[1], ",0,0,2") {
		t.Errorf("tickets.csv begins\n%s\n%s", tickets[0], tickets[1])
	}
	if text := read(t, l.Folder, dictionaryTable); !strings.Contains(text, "metric,,tickets-counted,tickets,neither,mean,told of,\n") {
		t.Error("the dictionary does not have it")
	}
	begun.Store(0)
	part, was := interrupted(t, text, 5, Options{Workers: 1, Extras: o.Extras})
	if _, _, err := Resume(context.Background(), part, o); err != nil {
		t.Fatal(err)
	}
	if n := begun.Load(); n > 18+1 || was.Replications < 5 { // one may have been under way
		t.Errorf("%d replications were begun, want 18", n)
	}
	sameTables(t, l.Folder, part.Folder, m)
}

// TestJournal: wherever a byte is lost or changed, what is read is the records before it.
func TestJournal(t *testing.T) {
	file := filepath.Join(t.TempDir(), "done")
	identity := [32]byte{1, 2, 3}
	j, _, err := openJournal(file, identity)
	for i := range 3 {
		if err == nil {
			err = j.append(record{i, 10 + i, 100, []measure.Fact{{Num: 1.5, Den: float64(i)}, {Num: -2, Den: 3}}})
		}
	}
	if err != nil || j.close() != nil {
		t.Fatal(err)
	}
	whole := read(t, file)
	head, size := len(journalMark)+32, recordHead+32+4
	if len(whole) != head+3*size {
		t.Fatalf("%d bytes, want %d", len(whole), head+3*size)
	}
	check := func(what string, want int) {
		t.Helper()
		j, records, err := openJournal(file, identity)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if len(records) != want || want > 0 && (records[0].replication != 10 || records[0].rows != 100 || records[want-1].facts[0].Den != float64(want-1)) {
			t.Fatalf("%s: %d records, want %d: %v", what, len(records), want, records)
		}
		if err := errors.Join(j.append(record{9, 9, 0, make([]measure.Fact, 2)}), j.close()); err != nil {
			t.Fatal(err)
		}
		_, records, _ = openJournal(file, identity)
		if len(records) != want+1 || records[want].arm != 9 {
			t.Fatalf("%s: what was added is not read", what)
		}
	}
	for n := head; n <= len(whole); n += 2 {
		write(t, file, whole[:n])
		check("cut", (n-head)/size)
	}
	for n := head; n < len(whole); n += 3 {
		b := []byte(whole)
		b[n] ^= 0x81
		write(t, file, string(b))
		check("flipped", (n-head)/size)
	}
	if _, _, err := openJournal(file, [32]byte{4}); !errors.Is(err, errOtherRun) {
		t.Errorf("another identity: %v", err)
	}
}
