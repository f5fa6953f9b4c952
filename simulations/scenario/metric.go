package scenario

import (
	"regexp"
	"slices"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/sheet"
	"fairline/policy/spelling"
	"fairline/simulations/measure"
)

var (
	metricForm    = regexp.MustCompile(`^(\S+)(?: ([a-z>+]+)=(\S.*))?$`)
	thresholdForm = regexp.MustCompile(`^(.+?) (<|<=|==|>=|>) (\S+)(?: policy=(\S(?:.*\S)?))?$`)
)

// kinds are the groups that a metric can be about.
var kinds = []string{measure.ByChannel, measure.ByClass, measure.BySource, measure.ByCohort, measure.ByPeriod,
	measure.ByChannelPeriod, measure.ByGroup,
	measure.ByAgent, measure.ByReason, measure.ByCause, measure.ByService, measure.ByClasses, measure.ByChannels, measure.ByShare}

// metrics are those that the experiment measures: what would have been otherwise only where it asks for it.
func (r *trialReader) metrics() []measure.Metric {
	all := measure.Metrics()
	if r.x.StrictLine {
		all = append(all, measure.StrictLine()...)
	}
	if r.val("premium") != nil {
		all = append(all, measure.Premium()...)
	}
	return all
}

// metricOf returns the metric of a name, and otherwise what to write.
func (r *trialReader) metricOf(name string) (m measure.Metric, help string, ok bool) {
	var names []string
	for _, known := range r.metrics() {
		if known.Name == name {
			return known, "", true
		}
		names = append(names, known.Name)
	}
	named := func(m measure.Metric) bool { return m.Name == name }
	switch {
	case slices.ContainsFunc(measure.StrictLine(), named):
		return m, "it is measured with `strict_line: true`", false
	case slices.ContainsFunc(measure.Premium(), named):
		return m, "it is measured with `premium: {customers: ..., action: ...}`", false
	}
	if help = spelling.DidYouMean(name, names); help == "" {
		help = "there is " + spelling.List(names)
	}
	return m, help, false
}

func checkBound(s *sheet.Sheet, n *yaml.Node, field string) {
	if _, _, ok := parseBound(n.Value); !ok {
		s.Wrong("FL0104", n, field, "a number is wanted", "", "write it in the unit of the metric: 60s, 80% or 0.5")
	}
}

// parseBound reads a number in the unit of a metric: seconds of a time, a fraction of a percentage.
func parseBound(s string) (v float64, unit string, ok bool) {
	if v, ok = parseNumber(s); ok {
		return v, "1", true
	}
	if v, ok = parseShare(s); ok {
		return v, "%", true
	}
	v, ok = parseTime(s)
	return v, "s", ok
}

// A piece is a part of a scalar: its runes from one to another.
type piece struct {
	n        *yaml.Node
	from, to int
	field    string
}

func (r *trialReader) bad(p piece, code, message, help string) {
	r.Report(sheet.Fault{Severity: sheet.Error, Code: code, Span: r.Part(p.n, p.from, p.to), Field: p.field, Message: message,
		Help: help})
}

// part is a part of p, given in bytes of its text.
func (p piece) part(text string, from, to int) piece {
	p.to = p.from + utf8.RuneCountInString(text[:to])
	p.from += utf8.RuneCountInString(text[:from])
	return p
}

// metric reads a metric at a scalar: "wait channel=social".
func (r *trialReader) metric(n *yaml.Node, field string) (m Metric, ok bool) {
	text := sheet.Str(n)
	if text == "" {
		return m, false
	}
	return r.metricAt(piece{n, 0, utf8.RuneCountInString(text), field}, text)
}

func (r *trialReader) metricAt(p piece, text string) (m Metric, ok bool) {
	at := metricForm.FindStringSubmatchIndex(text)
	if at == nil {
		r.bad(p, "FL0508", "no metric: `"+text+"`", "write its name, and the group it is about: wait channel=social")
		return m, false
	}
	m.Name = text[at[2]:at[3]]
	if _, help, ok := r.metricOf(m.Name); !ok {
		r.bad(p.part(text, at[2], at[3]), "FL0120", "no metric is called `"+m.Name+"`", help)
		return m, false
	}
	if at[4] < 0 {
		return m, true
	}
	m.By, m.Group = text[at[4]:at[5]], text[at[6]:at[7]]
	if !slices.Contains(kinds, m.By) {
		r.bad(p.part(text, at[4], at[5]), "FL0120", "metrics are not told apart by `"+m.By+"`", sheet.DidYouMean(m.By, kinds))
		return m, false
	}
	if all, known := r.groups(m.By); known && !r.lost && !slices.Contains(all, m.Group) {
		r.bad(p.part(text, at[6], at[7]), "FL0120", "no "+m.By+" is called `"+m.Group+"`", sheet.DidYouMean(m.Group, all))
		return m, false
	}
	return m, true
}

// groups are the names of a kind in any of the scenarios and policies, and whether they are known before a run.
func (r *trialReader) groups(by string) (all []string, known bool) {
	for _, s := range r.x.Scenarios {
		switch by {
		case measure.ByChannel:
			all = append(all, s.Channels...)
		case measure.BySource:
			for _, src := range s.Sources {
				all = append(all, src.Name)
			}
		case measure.ByCohort:
			for _, c := range s.Cohorts {
				all = append(all, c.Name)
			}
		case measure.ByGroup:
			for _, g := range s.Groups {
				all = append(all, g.Name)
			}
		}
	}
	if by == measure.ByClass {
		all = append(all, r.classes...)
	}
	slices.Sort(all)
	return slices.Compact(all), slices.Contains([]string{measure.ByChannel, measure.BySource, measure.ByCohort, measure.ByGroup,
		measure.ByClass}, by)
}

// inUnit reads a number in the unit of a metric.
func (r *trialReader) inUnit(p piece, text string, m Metric) (float64, bool) {
	v, unit, ok := parseBound(text)
	known, _, there := r.metricOf(m.Name)
	switch {
	case !ok || !there:
		return 0, false
	case known.Unit == "min" && unit == "s":
		return v / float64(engine.Minute/engine.Second), true
	case known.Unit == unit, v == 0, unit == "1" && known.Unit != "s" && known.Unit != "%" && known.Unit != "min":
		return v, true
	}
	want := map[string]string{"s": "a time such as 60s", "min": "a time such as 5m", "%": "a percentage such as 80%"}[known.Unit]
	if want == "" {
		want = "a number"
	}
	r.bad(p, "FL0508", "`"+m.Name+"` is not counted like `"+text+"`", "write "+want)
	return 0, false
}

// numberOf reads a number in the unit of a metric at a scalar.
func (r *trialReader) numberOf(n *yaml.Node, m Metric, field string) (float64, bool) {
	if sheet.Plain(n) == "" {
		return 0, false
	}
	return r.inUnit(piece{n, 0, -1, field}, n.Value, m)
}

// threshold reads "wait channel=phone <= 60s policy=weekday".
func (r *trialReader) threshold(n *yaml.Node, field string) {
	text := sheet.Str(n)
	if text == "" {
		return
	}
	whole := piece{n, 0, utf8.RuneCountInString(text), field}
	at := thresholdForm.FindStringSubmatchIndex(text)
	if at == nil {
		r.bad(whole, "FL0508", "no bound: `"+text+"`",
			"write a metric, one of <, <=, ==, >= and >, and a number: wait channel=phone <= 60s")
		return
	}
	t := Threshold{Op: text[at[4]:at[5]], Text: text}
	metric, bound := text[at[2]:at[3]], text[at[6]:at[7]]
	var metricOK, boundOK bool
	t.Metric, metricOK = r.metricAt(whole.part(text, at[2], at[3]), metric)
	if _, _, ok := parseBound(bound); !ok {
		r.bad(whole.part(text, at[6], at[7]), "FL0508", "no number: `"+bound+"`",
			"write it in the unit of the metric: 60s, 80% or 0.5")
	} else if metricOK {
		t.Bound, boundOK = r.inUnit(whole.part(text, at[6], at[7]), bound, t.Metric)
	}
	if at[8] >= 0 {
		t.Policy = text[at[8]:at[9]]
		if names := r.policyNames(); !r.lost && !slices.Contains(names, t.Policy) {
			r.bad(whole.part(text, at[8], at[9]), "FL0120", "no policy is called `"+t.Policy+"`", sheet.DidYouMean(t.Policy, names))
		}
	}
	if metricOK && boundOK {
		r.x.Thresholds = append(r.x.Thresholds, t)
	}
}
