package scenario

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy"
	"fairline/policy/sheet"
)

// An Open reads a file that stands beside another one: a path as it stands there, with slashes.
type Open func(path string) ([]byte, error)

// Beside opens files relative to the folder of a file.
func Beside(file string) Open {
	return func(path string) ([]byte, error) {
		if !filepath.IsAbs(path) {
			path = filepath.Join(filepath.Dir(file), filepath.FromSlash(path))
		}
		return os.ReadFile(path)
	}
}

// within opens the files that a file in a folder of o names.
func (o Open) within(file string) Open {
	return func(path string) ([]byte, error) {
		if filepath.IsAbs(path) {
			return o(path)
		}
		return o(filepath.ToSlash(filepath.Join(filepath.Dir(file), path)))
	}
}

// Load reads a scenario file, and the files that it names, relative to its folder. The error is about reading that one
// file; whatever is wrong with what stands there comes as Faults, and the Scenario is nil when one of them is an Error.
func Load(path string) (*Scenario, policy.Faults, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read scenario %s: %w", path, err)
	}
	s, faults := Parse(path, src, Beside(path))
	return s, faults, nil
}

// Parse reads a scenario file. It returns every fault of the file at once, in file order, each at the place where it can
// be mended; name is what they call the file. The Scenario is nil when one of the faults is an Error. Open reads traces
// and values that stand in files of their own; where it is nil they are faults. Policy.Render draws the faults.
func Parse(name string, src []byte, open Open) (*Scenario, policy.Faults) {
	r := &reader{Sheet: sheet.New(name, src, "a scenario", "one file is one scenario"), open: open,
		s: &Scenario{File: name, Source: slices.Clone(src), places: map[string]sheet.Span{}}}
	if !r.begin(src, scenarioShape) {
		return nil, r.Faults.Sorted()
	}
	r.readHead()
	r.readBusyness()
	r.readCustomers()
	r.readAgents()
	r.readWaiting()
	r.readCohorts()
	r.readTargets()
	r.checkNeeds()
	r.checkSkills()
	if faults := r.Faults.Sorted(); faults.Count(sheet.Error) > 0 {
		return nil, faults
	}
	return r.s, r.Faults.Sorted()
}

// A reader reads a file into s. Parts that could not be read are left out; a fault says why.
type reader struct {
	*sheet.Sheet
	open  Open
	root  *yaml.Node
	s     *Scenario
	clock engine.Duration // what the clock shows when it begins, since midnight
	bad   bool            // the length could not be read: nothing is compared with it
}

// begin reads the YAML and holds it against a shape. It is false when there is nothing to read.
func (r *reader) begin(src []byte, shape *sheet.Shape) bool {
	if r.root = r.Load(src); r.root == nil {
		return false
	}
	r.Check(r.root, shape)
	if r.root.Kind != yaml.MappingNode {
		return false
	}
	if e := sheet.Get(r.root, "fairline"); e.Val != nil {
		if v, ok := sheet.ParseWhole(e.Val.Value); ok && v != 1 {
			r.Wrong("FL0101", e.Val, "fairline", fmt.Sprintf("format %d, this program reads format 1", v), "",
				"use a program that is at least as new as the file")
		}
	}
	return true
}

// val is the value of a key of the file.
func (r *reader) val(key string) *yaml.Node { return sheet.Get(r.root, key).Val }

// note keeps where something stands, for what is compared with it later.
func (r *reader) note(field string, n *yaml.Node) {
	if n != nil {
		r.s.places[field] = r.SpanOf(n)
	}
}

func (r *reader) readHead() {
	s := r.s
	s.Name, s.Description = sheet.Str(r.val("scenario")), strings.TrimSpace(sheet.Str(r.val("description")))
	r.readStarts()
	s.Length, r.bad = span(r.val("length")), span(r.val("length")) == 0
	if n := r.val("length"); sheet.Plain(n) != "" && s.Length == 0 {
		if d, _, ok := sheet.ParseDuration(n.Value); ok && d == 0 {
			r.Wrong("FL0106", n, "length", "nobody comes within 0s", "", "write how long customers come, such as 10h")
		}
	}
	s.After, s.Short = span(r.val("after")), span(r.val("short"))
	r.readPeriod()
	for i, n := range sheet.Items(r.val("need")) {
		if v := sheet.Plain(n); slices.Contains(s.Needs, v) {
			r.Wrong("FL0112", n, sheet.Element("need", i), "`"+v+"` stands here twice", "", "keep one of the two")
		} else if v != "" {
			s.Needs = append(s.Needs, v)
		}
	}
}

// readStarts reads when it begins. A time that the clock showed twice or never is that of before the change.
func (r *reader) readStarts() {
	local := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	if t, ok := parseDate(sheet.Plain(r.val("starts"))); ok {
		local = t
	}
	r.clock = engine.Duration(local.Hour())*engine.Hour + engine.Duration(local.Minute())*engine.Minute
	seconds := local.Unix()
	if n := r.val("timezone"); sheet.Str(n) != "" {
		zone, err := policy.ZoneTable(n.Value)
		if err != nil {
			r.Wrong("FL0120", n, "timezone", "no timezone is called `"+n.Value+"`", "", "write a name such as Europe/Lisbon")
			return
		}
		var offset int64
		for i, t := range zone.Turns {
			if i == 0 || local.Unix()-offset >= t.From {
				offset = t.Offset
			}
		}
		seconds -= offset
	}
	r.s.Starts = engine.Instant(0).Add(engine.Duration(seconds) * engine.Second)
}

func (r *reader) readPeriod() {
	s, n := r.s, r.val("period")
	switch s.Period = span(n); {
	case r.bad:
	case n == nil:
		s.Period = 30 * engine.Minute
		if s.Length%s.Period != 0 {
			s.Period = s.Length
		}
	case s.Period == 0 || s.Length%s.Period != 0:
		if _, _, ok := sheet.ParseDuration(n.Value); ok {
			r.Wrong("FL0503", n, "period", "periods of "+n.Value+" do not divide a length of "+sheet.ShowDuration(s.Length), "",
				"write a duration of which the length is a multiple")
		}
	}
}

// span is a duration, 0 where there is none.
func span(n *yaml.Node) engine.Duration {
	d, _, _ := sheet.ParseDuration(sheet.Str(n))
	return d
}

// share is a percentage, 0 where there is none.
func share(n *yaml.Node) float64 {
	v, _ := parseShare(sheet.Plain(n))
	return v
}

// whole is a whole number, otherwise where there is none.
func whole(n *yaml.Node, otherwise int) int {
	if v, ok := sheet.ParseWhole(sheet.Plain(n)); ok {
		return int(v)
	}
	return otherwise
}

// factor is how something goes with a hidden factor.
func (r *reader) factor(n *yaml.Node, field string) float64 {
	v, ok := parseNumber(sheet.Plain(n))
	if ok && (v < -1 || v > 1) {
		r.Wrong("FL0106", n, field, n.Value+" is out of range", "", "write a number from -1 to 1")
		return 0
	}
	return v
}

// when is an instant of the scenario, since its beginning. What the clock shows is meant on the first day, or on the next
// where that time of the first was over when it began.
func (r *reader) when(text string) (engine.Duration, bool) {
	if d, ok := parseClock(text); ok {
		return (d - r.clock + engine.Day) % engine.Day, true
	}
	d, _, ok := sheet.ParseDuration(text)
	return d, ok
}

// inside reports an instant that is not before an end.
func (r *reader) inside(n *yaml.Node, at, end engine.Duration, field string) bool {
	if r.bad || at < end {
		return true
	}
	what := "customers stop coming"
	if end > r.s.Length+1 {
		what = "the scenario ends"
	}
	r.Wrong("FL0503", n, field, fmt.Sprintf("`%s` is %s after the beginning, and %s at %s", n.Value, sheet.ShowDuration(at),
		what, sheet.ShowDuration(end)), "",
		"write an earlier time, or a greater `length`")
	return false
}

// timed reads a table by time, in file order, which must be that of the times, all before an end.
func (r *reader) timed(n *yaml.Node, field string, end engine.Duration,
	each func(at engine.Duration, e sheet.Entry, field string)) {
	var last *yaml.Node
	var before engine.Duration
	for _, e := range sheet.Entries(n) {
		at, ok := r.when(e.Key.Value)
		path := sheet.Child(field, e.Key.Value)
		switch {
		case !ok || !r.inside(e.Key, at, end, path):
			continue
		case last != nil && at <= before:
			r.Report(sheet.Fault{Severity: sheet.Error, Code: "FL0503", Span: r.SpanOf(e.Key), Field: path,
				Message: "`" + e.Key.Value + "` is not after `" + last.Value + "`",
				Help:    "write the times in their order", Also: &sheet.Related{Span: r.SpanOf(last), Label: "before it"}})
			continue
		}
		last, before = e.Key, at
		each(at, e, path)
	}
}

// sumsToOne reports shares that do not sum to 1.
func (r *reader) sumsToOne(n *yaml.Node, sum float64, field, what string) {
	help := "say what becomes of the other " + showShare(1-sum)
	if sum > 1 {
		help = showShare(sum-1) + " are too many"
	}
	if math.Abs(sum-1) > 1e-9 {
		r.Wrong("FL0502", n, field, what+" sum to "+showShare(sum)+", not to 100%", "", help)
	}
}
