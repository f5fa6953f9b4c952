package measure

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fairline/engine"
)

func TestShapesThatContradictThemselves(t *testing.T) {
	for says, change := range map[string]func(*Shape){
		"needs a channel":     func(s *Shape) { s.Channels = nil },
		"33 cohorts":          func(s *Shape) { s.Cohorts = make([]string, 33) },
		"257 channels":        func(s *Shape) { s.Channels = make([]string, 257) },
		"nothing lies":        func(s *Shape) { s.Ends = s.Begins },
		"negative span":       func(s *Shape) { s.Short = -1 },
		"10001 periods":       func(s *Shape) { s.Ends, s.Period = s.Begins.Add(10_000*engine.Second+1), engine.Second },
		"no service level 99": func(s *Shape) { s.Variant = 99 },
		"is of group 3 of 1":  func(s *Shape) { s.Agents[0].Group = 3 },
	} {
		s := plain(1, 10)
		change(&s)
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, says) {
					t.Errorf("%s, want %q", got, says)
				}
			}()
			New(s)
		}()
	}
}

// TestDictionary holds each metric to a name of its own, a unit and a formula, and each figure to a metric.
func TestDictionary(t *testing.T) {
	units := []string{"s", "s^2", "%", "1", "tickets", "agents", "min", "/h", "per 100"}
	var names []string
	for _, m := range Metrics() {
		if slices.Contains(names, m.Name) || strings.ToLower(m.Name) != m.Name || strings.ContainsAny(m.Name, " =+>/") {
			t.Errorf("%q: not a name of its own in small letters", m.Name)
		}
		names = append(names, m.Name)
		if !slices.Contains(units, m.Unit) || m.Formula == "" || !slices.Contains([]Pool{Ratio, Mean, Maximum}, m.Pool) {
			t.Errorf("%s: unit %q, formula %q, pool %q", m.Name, m.Unit, m.Formula, m.Pool)
		}
		if _, ok := m.Better.Direction(); ok == (m.Better == Neither) {
			t.Errorf("%s: better when %q", m.Name, m.Better)
		}
		if found, ok := MetricOf(m.Name); !ok || found.Formula != m.Formula {
			t.Errorf("%s: not found", m.Name)
		}
	}
	if _, ok := MetricOf("nothing"); ok {
		t.Error("a metric that there is not was found")
	}
	w := newWorld(1, true)
	for _, k := range w.c.Keys() {
		if !slices.Contains(names, k.Metric) || (k.By == "") != (k.Group == "") {
			t.Errorf("%+v", k)
		}
	}
}

func TestVariantNames(t *testing.T) {
	for v := range variants {
		if got, err := VariantOf(v.String()); got != v || err != nil {
			t.Errorf("%v: %v, %v", v, got, err)
		}
	}
	if v, err := VariantOf(""); v != OfferedMinusShort || err != nil {
		t.Errorf("the default is %v, %v", v, err)
	}
	if _, err := VariantOf("generous"); err == nil || !strings.Contains(err.Error(), "offered-minus-short") {
		t.Errorf("%v does not name those that there are", err)
	}
}

// TestMaximaSayThatTheyAre: a maximum has Den 1, and undefined values have none.
func TestMaximaSayThatTheyAre(t *testing.T) {
	w := newWorld(3, true)
	w.run()
	for i, f := range w.c.Facts(nil) {
		k := w.c.Keys()[i]
		m, _ := MetricOf(k.Metric)
		if m.Pool != Ratio && f.Den != 1 && f != (Fact{}) {
			t.Errorf("%v: %v of pool %s", k, f, m.Pool)
		}
		if f.Num != f.Num || f.Den != f.Den {
			t.Errorf("%v: not a number", k)
		}
	}
}
