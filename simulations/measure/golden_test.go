package measure

import (
	"encoding/json"
	"math/big"
	"os"
	"slices"
	"strconv"
	"testing"

	"fairline/engine"
)

// The vectors of testdata/vectors.json were computed apart from this program, in exact rationals.
type vectors struct {
	Metrics struct {
		Waits   []float64
		Mean    float64
		VarPop  float64 `json:"var_pop"`
		Jain    float64
		Gini    float64
		Theil   float64
		P95Type float64 `json:"p95_type7"`
	}
	Inversions []struct {
		Order        []int `json:"service_order"`
		Slips, Skips map[string]uint32
		Inversions   float64
		Tau          float64 `json:"kendall_tau"`
		Displacement float64 `json:"sum_sq_displacement"`
	}
	RAQFM []struct {
		C       int
		Tickets []struct{ Arrive, Start, Service string }
		D       []string
		F       float64
	}
}

func golden(t *testing.T) (v vectors) {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors.json")
	if err == nil {
		err = json.Unmarshal(text, &v)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestGoldenWaits gives each ticket an agent of its own, who comes when it has waited.
func TestGoldenWaits(t *testing.T) {
	v := golden(t).Metrics
	var list []*visitor
	until := make([]float64, len(v.Waits))
	for i, w := range v.Waits {
		list = append(list, &visitor{comes: float64(i), starts: float64(i) + w, ends: float64(i) + w + 1, who: int32(i)})
		until[i] = 100
	}
	c := New(plain(len(v.Waits), 100))
	overtake(list)
	replay(c, list, 100, until)
	m := read(t, c)
	for name, value := range map[string]float64{"wait": v.Mean, "asa": v.Mean, "wait-all": v.Mean, "wait-variance": v.VarPop,
		"jain": v.Jain, "gini": v.Gini, "theil": v.Theil, "p95": v.P95Type, "p95-all": v.P95Type, "max-wait": 8,
		"wait-scv": v.VarPop / v.Mean / v.Mean, "wait-square": v.VarPop + v.Mean*v.Mean, "delayed": 6. / 8} {
		want(t, m, Key{Metric: name}, value)
	}
}

func TestGoldenInversions(t *testing.T) {
	for _, v := range golden(t).Inversions {
		n := len(v.Order)
		list := make([]*visitor, n)
		for i := range list {
			list[i] = &visitor{comes: float64(i)}
		}
		for i, k := range v.Order {
			list[k-1].starts, list[k-1].ends = float64(10+i), float64(11+i)
		}
		overtake(list)
		for i, k := range list {
			name := strconv.Itoa(i + 1)
			if k.Slips != v.Slips[name] || k.Skips != v.Skips[name] {
				t.Errorf("%v: ticket %s has %d slips and %d skips", v.Order, name, k.Slips, k.Skips)
			}
		}
		c := New(plain(1, 100))
		replay(c, list, 100, []float64{100})
		m := read(t, c)
		want(t, m, Key{Metric: "inversions"}, v.Inversions/float64(n*(n-1)/2))
		want(t, m, Key{Metric: "kendall-tau"}, v.Tau)
		want(t, m, Key{Metric: "displacement"}, v.Displacement/float64(n))
		want(t, m, Key{Metric: "slips"}, v.Inversions/float64(n))
	}
}

func TestGoldenRAQFM(t *testing.T) {
	number := func(s string) float64 {
		r, ok := new(big.Rat).SetString(s)
		if !ok {
			t.Fatalf("%q is no number", s)
		}
		f, _ := r.Float64()
		return f
	}
	for _, v := range golden(t).RAQFM {
		var list []*visitor
		sum := 0.0
		until := make([]float64, v.C)
		free := make([]float64, v.C)
		for _, x := range v.Tickets {
			start := number(x.Start)
			list = append(list, &visitor{comes: number(x.Arrive), starts: start, ends: start + number(x.Service)})
		}
		for _, x := range slices.SortedStableFunc(slices.Values(list), func(a, b *visitor) int { return int(4 * (a.starts - b.starts)) }) {
			x.who = int32(slices.IndexFunc(free, func(f float64) bool { return f <= x.starts }))
			free[x.who] = x.ends
		}
		for i := range until {
			until[i] = 50
		}
		overtake(list)
		s := plain(v.C, 50)
		s.Cohorts = make([]string, len(list)) // one for each ticket
		for i, x := range list {
			s.Cohorts[i], x.Cohorts = strconv.Itoa(i), 1<<i
		}
		c := New(s)
		replay(c, list, 50, until)
		m := read(t, c)
		for i, d := range v.D {
			want(t, m, Key{"raqfm", ByCohort, strconv.Itoa(i)}, number(d))
			sum += number(d)
		}
		want(t, m, Key{Metric: "raqfm"}, sum/float64(len(list)))
		want(t, m, Key{Metric: "raqfm-square"}, v.F)
	}
}

// TestServiceLevels is the day of a published comparison of formulas: of 1000 answered 860 within 20 s, of 60 who left 20 within
// 20 s, 10 of them within 5 s.
func TestServiceLevels(t *testing.T) {
	for name, level := range map[string]float64{"credit": 83.02, "answered": 86.00, "offered": 81.13, "late-abandons": 82.69,
		"short-credit": 82.08, "offered-minus-short": 81.90} {
		variant, err := VariantOf(name)
		if err != nil {
			t.Fatal(err)
		}
		s := plain(1, 100)
		s.Variant, s.Exact = variant, false
		c := New(s)
		c.Begin(epoch)
		each := func(n int, wait float64, do func(x *Ticket)) {
			for range n {
				x := Ticket{Arrived: at(50 - wait)}
				c.Arrive(at(50), &x)
				do(&x)
			}
		}
		serve := func(x *Ticket) { c.Start(at(50), x); x.Outcome = Served; c.Finish(at(50), x) }
		leave := func(x *Ticket) { x.Outcome = Abandoned; c.Leave(at(50), x) }
		each(860, 20, serve)
		each(140, 20.001, serve)
		each(10, 5, leave)
		each(10, 5.001, leave)
		each(40, 30, leave)
		each(6, 21, func(x *Ticket) { c.Waiting(at(50), x) })
		each(3, 20, func(x *Ticket) { c.Waiting(at(50), x) })
		c.Close(at(60))
		m := read(t, c)
		for _, k := range []string{"service-level", "service-level-" + name} {
			if f := m[Key{Metric: k}]; strconv.FormatFloat(100*f.Num/f.Den, 'f', 2, 64) != strconv.FormatFloat(level, 'f', 2, 64) {
				t.Errorf("%s by %s: %g/%g, want %.2f %%", k, name, f.Num, f.Den, level)
			}
		}
		want(t, m, Key{Metric: "service-level-live"}, 860./(1060-10+6))
		want(t, m, Key{Metric: "abandoned-minus-short"}, 50./(1069-10))
	}
}

// overtake fills in who overtook whom, all agents being able to serve everybody, and one row for each pair.
func overtake(list []*visitor) {
	for i, a := range list {
		for _, b := range list[i+1:] {
			if b.starts >= 0 && b.comes <= b.starts && b.starts < a.ends && (a.starts < 0 || b.starts < a.starts) {
				a.Slips++
				b.Skips++
				b.rows = append(b.rows, engine.Event{Kind: engine.Passed, Class: engine.ClassID(a.Class), Count: 1, Guard: -1,
					Why: engine.ByOrder})
				b.under = append(b.under, []*visitor{a})
			}
		}
	}
}
