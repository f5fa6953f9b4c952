package scenario

import (
	"errors"
	"io/fs"
	"strconv"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/sheet"
	"fairline/policy/spelling"
)

// arrivalNames are the ways to arrive, of which customers have one.
var arrivalNames = []string{"poisson", "points", "wave", "counts", "every", "trace"}

func (r *reader) readArrivals(a *Arrivals, n *yaml.Node, field string) {
	es := sheet.Entries(n)
	switch {
	case n == nil || n.Kind != yaml.MappingNode:
		return
	case len(es) == 0:
		r.Wrong("FL0102", n, field, "nothing says when they come", "", "write one of "+spelling.List(arrivalNames))
		return
	case len(es) > 1 && arrivalsShape.Knows(es[0].Key.Value) && arrivalsShape.Knows(es[1].Key.Value):
		r.Report(sheet.Fault{Severity: sheet.Error, Code: "FL0104", Span: r.SpanOf(es[1].Key), Field: field,
			Message: "customers arrive in one way, here is a second",
			Help:    "give the second to customers of their own",
			Also:    &sheet.Related{Span: r.SpanOf(es[0].Key), Label: "first here"}})
		return
	}
	at := es[0].Val
	field = sheet.Child(field, es[0].Key.Value)
	switch es[0].Key.Value {
	case "poisson":
		if rate, ok := parseRate(sheet.Plain(at)); ok {
			a.Rates = []Rate{{PerHour: rate}}
			return
		}
		a.Rates = r.rates(at, field, r.s.Length)
		if len(a.Rates) > 0 && a.Rates[0].From > 0 { // nobody comes before the first
			a.Rates = append([]Rate{{}}, a.Rates...)
		}
	case "points":
		a.Points = r.rates(at, field, r.s.Length+1) // the last may stand at the end
	case "wave":
		r.readWave(a, at, field)
	case "counts":
		r.timed(at, field, r.s.Length, func(from engine.Duration, e sheet.Entry, _ string) {
			a.Counts = append(a.Counts, Count{From: from, Number: whole(e.Val, 0)})
		})
	case "every":
		a.Interval = r.law(at, inTime, field)
		if a.Interval != nil && a.Interval.Mean() == 0 {
			r.Wrong("FL0501", at, field, "infinitely many come where the time between two is 0s", "",
				"write a longer time, or `batch`")
		}
	case "trace":
		if path := sheet.Str(at); path != "" {
			r.note(field, at)
			a.Trace = r.readTrace(at, path, field)
		}
	}
}

func (r *reader) rates(n *yaml.Node, field string, end engine.Duration) (all []Rate) {
	r.timed(n, field, end, func(from engine.Duration, e sheet.Entry, _ string) {
		rate, _ := parseRate(sheet.Plain(e.Val))
		all = append(all, Rate{From: from, PerHour: rate})
	})
	return all
}

func (r *reader) readWave(a *Arrivals, n *yaml.Node, field string) {
	rate, ok := parseRate(sheet.Plain(sheet.Get(n, "mean").Val))
	every := sheet.Get(n, "every").Val
	if ok && sheet.Plain(every) != "" {
		a.Wave = &Wave{PerHour: rate, Swing: share(sheet.Get(n, "swing").Val), Every: span(every),
			Shift: span(sheet.Get(n, "shift").Val)}
		if _, _, ok := sheet.ParseDuration(every.Value); ok && a.Wave.Every == 0 {
			r.Wrong("FL0106", every, field+".every", "a wave of 0s has no length", "", "write a time such as 24h")
		}
	}
}

// reason is why a file could not be read, without its path, which may be longer than what the file says.
func reason(err error) string {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}

func showNumber(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }
