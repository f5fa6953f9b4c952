package reference

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"fairline/simulations/statistics"
)

// FamilyAlpha is the chance, at most, that any of all entries misses though the simulator is right; and that any of all laws
// does.
const FamilyAlpha = 0.001

var (
	width = flag.Float64("reference.width", 0.10, "how wide an interval of the long form is at most to each side, in proportion to "+
		"the value; twice that of variances, quantiles and what is rare")
	long  = flag.Bool("reference.long", false, "play until the intervals are narrow, and write the table")
	file  = flag.String("reference.file", "testdata/theory.json", "the entries")
	table = flag.String("reference.table", "testdata/long.txt", "where the long form writes its table")
)

// thorough is what the long form plays of a world whose last form came to these intervals: as many customers as make them
// narrow, others than before.
func thorough(customers float64, brief []Verdict, seed uint64) Effort {
	factor := 1.0
	for _, v := range brief {
		if v.Entry.Value != 0 {
			factor = max(factor, 1.2*math.Pow(v.Width()/widest(v), 2))
		}
	}
	return Effort{Replications: 40, Least: min(factor*customers, mostLong), Most: mostLong, Seed: seed}
}

// mostLong are the customers of the longest run.
const mostLong = 40_000_000

// stages is how often a world is played at most, each time with other random numbers; the last one counts.
const stages = 4

// narrow reports whether all intervals are as narrow as they must be.
func narrow(list []Verdict) bool {
	return !slices.ContainsFunc(list, func(v Verdict) bool { return v.Width() > widest(v) })
}

// widest is how wide the interval of an entry may be.
func widest(v Verdict) float64 {
	if v.Loose {
		return 2 * *width
	}
	return *width
}

// A family is what all worlds came to.
type family struct {
	sync.Mutex
	rows map[string]*row      // by model
	pool map[string][]float64 // deviations in standard errors, by law
}

func newFamily() *family { return &family{rows: map[string]*row{}, pool: map[string][]float64{}} }

// A row is what all worlds of a model came to.
type row struct {
	worlds, entries, within, laws int
	plain, loose                  float64 // the widest
	customers                     float64
	z                             []float64
}

func (f *family) add(w *World, rec *Record, entries, laws []Verdict) {
	f.Lock()
	defer f.Unlock()
	r := f.rows[w.Model]
	if r == nil {
		r = &row{}
		f.rows[w.Model] = r
	}
	r.worlds, r.entries, r.laws, r.customers = r.worlds+1, r.entries+len(entries), r.laws+len(laws), r.customers+rec.Customers
	for _, v := range laws {
		if name, _, _ := strings.Cut(v.Entry.Quantity, ":"); v.Estimate.SE > 0 {
			f.pool[name] = append(f.pool[name], (v.Estimate.Value-v.Entry.Value)/v.Estimate.SE)
		}
	}
	for _, v := range entries {
		if v.Holds() {
			r.within++
		}
		if v.Loose {
			r.loose = max(r.loose, v.Width())
		} else if v.Entry.Value != 0 {
			r.plain = max(r.plain, v.Width())
		}
		if v.Estimate.SE > 0 {
			r.z = append(r.z, (v.Estimate.Value-v.Entry.Value)/v.Estimate.SE)
		}
	}
}

// pooled holds the laws of all worlds together to be right on average, which finds what is too small to see in any one: a loss
// of 1 in 500, say. Worlds have random numbers of their own; those of a law have a mean deviation that is about normal.
func (f *family) pooled(t *testing.T) {
	const df = 15
	for _, name := range slices.Sorted(maps.Keys(f.pool)) {
		z, sum := f.pool[name], 0.0
		for _, x := range z {
			sum += x
		}
		// Student's t of df degrees of freedom has the variance df/(df-2).
		far := sum / math.Sqrt(float64(len(z))*df/(df-2))
		t.Logf("%s: %d deviations, together %.2f standard errors", name, len(z), far)
		if limit := 4.1; math.Abs(far) > limit { // 5 laws: 1 - FamilyAlpha together
			t.Errorf("%s: all %d together are %.1f standard errors off, want %g at most", name, len(z), far, limit)
		}
	}
}

// print shows the table.
func (f *family) print(to io.Writer, tried int) {
	fmt.Fprintf(to, "%-62s %6s %6s %6s %9s %9s %9s\n", "model", "lines", "tried", "within", "customers", "widest", "widest *")
	var sum row
	for _, name := range slices.Sorted(maps.Keys(f.rows)) {
		r := f.rows[name]
		short := name
		if len(short) > 62 {
			short = short[:59] + "..."
		}
		r.print(to, short)
		sum.worlds, sum.entries, sum.within = sum.worlds+r.worlds, sum.entries+r.entries, sum.within+r.within
		sum.laws += r.laws
		sum.plain, sum.loose = max(sum.plain, r.plain), max(sum.loose, r.loose)
		sum.customers, sum.z = sum.customers+r.customers, append(sum.z, r.z...)
	}
	sum.print(to, "all")
	fmt.Fprintf(to, "\nwidest: half width / value of the widest interval, %g %% at most; *: of variances, quantiles and what is rare,\n"+
		"%g %% at most\n", 100**width, 200**width)
	fmt.Fprintf(to, "confidence of each interval 1 - %g/%d: at most %g false alarms expected of a right simulator\n", FamilyAlpha,
		tried, FamilyAlpha)
	fmt.Fprintf(to, "%d laws of the lines beside them, as a family of the same size\n", sum.laws)
	fmt.Fprintf(to, "within 1, 2, 3 standard errors: %s\n", spread(sum.z))
}

func (r *row) print(to io.Writer, name string) {
	fmt.Fprintf(to, "%-62s %6d %6d %6d %8.1fM %8.2f%% %8.2f%%\n", name, r.worlds, r.entries, r.within, r.customers/1e6, 100*r.plain,
		100*r.loose)
}

// spread says how many are within 1, 2 and 3.
func spread(z []float64) string {
	var parts []string
	for _, k := range []float64{1, 2, 3} {
		n := 0
		for _, x := range z {
			if math.Abs(x) < k {
				n++
			}
		}
		parts = append(parts, fmt.Sprintf("%.1f %%", 100*float64(n)/float64(len(z))))
	}
	return strings.Join(parts, ", ")
}

func entries(t *testing.T) []Entry {
	t.Helper()
	text, err := os.ReadFile(*file)
	if err != nil {
		t.Fatal(err)
	}
	list, err := Read(text)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestReference plays the line of every entry that can be played, and wants the interval of each to contain its value; and those
// of the laws of the line theirs. Every entry is tried, or left for a reason.
func TestReference(t *testing.T) {
	list := entries(t)
	worlds, left, err := Worlds(list)
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, w := range worlds {
		tried += len(w.Entries)
	}
	if tried+len(left) != len(list) {
		t.Errorf("%d entries are tried and %d are left, of %d", tried, len(left), len(list))
	}
	f := newFamily()
	confidence := statistics.Bonferroni(FamilyAlpha, tried)
	t.Run("worlds", func(t *testing.T) {
		for _, w := range worlds {
			rest, err := w.Relaxation()
			if err != nil {
				t.Error(err)
			}
			if rest <= slowest {
				t.Run(w.Entries[0].ID, func(t *testing.T) {
					t.Parallel()
					try(t, f, w, confidence)
				})
			}
		}
	})
	f.pooled(t)
	if *long {
		var text bytes.Buffer
		f.print(&text, tried)
		if err := os.WriteFile(*table, text.Bytes(), 0o644); err != nil {
			t.Error(err)
		}
	}
}

// try plays one world.
func try(t *testing.T, f *family, w *World, confidence float64) {
	rec, err := w.Play(brief)
	for stage := uint64(2); err == nil && *long && stage <= stages && !narrow(rec.Try(confidence)); stage++ {
		rec, err = w.Play(thorough(rec.Customers, rec.Try(confidence), stage))
	}
	if err != nil {
		t.Fatal(err)
	}
	entries, laws := rec.Try(confidence), rec.Laws(confidence)
	for _, v := range slices.Concat(entries, laws) {
		e := v.Estimate
		if !v.Holds() {
			t.Errorf("%s: %s, %s: %.6g +- %.2g (standard error %.2g), want %.6g", v.Entry.ID, v.Entry.Model, v.Entry.Quantity,
				e.Value, e.Half, e.SE, v.Entry.Value)
		}
	}
	for _, v := range entries {
		if *long && v.Width() > widest(v) {
			t.Errorf("%s: %s: half width %.1f %% of the value, want %g %% at most", v.Entry.ID, v.Entry.Quantity, 100*v.Width(),
				100*widest(v))
		}
	}
	f.add(w, rec, entries, laws)
}
