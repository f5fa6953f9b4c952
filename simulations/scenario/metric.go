package scenario

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/sheet"
	"fairline/policy/spelling"
	"fairline/simulations/measure"
)

var (
	metricForm    = regexp.MustCompile(`^(\S+)(?: ([a-z>+]+)=(\S.*))?$`)
	thresholdForm = regexp.MustCompile(`^(.+?) (<|<=|==|>=|>) (\S+)(?: policy=(\S.*))?$`)
)

// kinds are the groups that a metric can be about.
var kinds = []string{measure.ByChannel, measure.ByClass, measure.BySource, measure.ByCohort, measure.ByPeriod, measure.ByChannelPeriod, measure.ByGroup,
	measure.ByAgent, measure.ByReason, measure.ByCause, measure.ByService, measure.ByClasses, measure.ByChannels}

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

// metric reads a metric at a scalar: "wait channel=social".
func (r *trialReader) metric(n *yaml.Node, field string) (m Metric, ok bool) {
	if sheet.Str(n) == "" {
		return m, false
	}
	return r.metricText(n, n.Value, field)
}

func (r *trialReader) metricText(n *yaml.Node, text, field string) (m Metric, ok bool) {
	parts := metricForm.FindStringSubmatch(text)
	if parts == nil {
		r.Wrong("FL0508", n, field, "no metric: `"+text+"`", "", "write its name, and the group it is about: wait channel=social")
		return m, false
	}
	m = Metric{Name: parts[1], By: parts[2], Group: parts[3]}
	if _, ok := measure.MetricOf(m.Name); !ok {
		var all []string
		for _, known := range measure.Metrics() {
			all = append(all, known.Name)
		}
		help := spelling.DidYouMean(m.Name, all)
		if help == "" {
			help = "there is " + spelling.List(all)
		}
		r.Wrong("FL0120", n, field, "no metric is called `"+m.Name+"`", "", help)
		return m, false
	}
	if m.By != "" && !slices.Contains(kinds, m.By) {
		r.Wrong("FL0120", n, field, "metrics are not told apart by `"+m.By+"`", "", sheet.DidYouMean(m.By, kinds))
		return m, false
	}
	return m, r.groupExists(n, m, field)
}

// groupExists reports a group that is in none of the scenarios and policies.
func (r *trialReader) groupExists(n *yaml.Node, m Metric, field string) bool {
	var all []string
	for _, s := range r.x.Scenarios {
		switch m.By {
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
	if m.By == measure.ByClass {
		all = r.classes
	}
	slices.Sort(all)
	if all = slices.Compact(all); r.lost || slices.Contains(all, m.Group) || !slices.Contains([]string{measure.ByChannel, measure.BySource, measure.ByCohort, measure.ByGroup, measure.ByClass}, m.By) {
		return true
	}
	r.Wrong("FL0120", n, field, "no "+m.By+" is called `"+m.Group+"`", "", sheet.DidYouMean(m.Group, all))
	return false
}

// inUnit reads a number in the unit of a metric.
func (r *trialReader) inUnit(n *yaml.Node, text string, m Metric, field string) (float64, bool) {
	v, unit, ok := parseBound(text)
	known, there := measure.MetricOf(m.Name)
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
	r.Wrong("FL0508", n, field, "`"+m.Name+"` is not counted like `"+text+"`", "", "write "+want)
	return 0, false
}

// threshold reads "wait channel=phone <= 60s policy=weekday".
func (r *trialReader) threshold(n *yaml.Node, field string) {
	text := sheet.Str(n)
	parts := thresholdForm.FindStringSubmatch(text)
	if text == "" {
		return
	}
	if parts == nil {
		r.Wrong("FL0508", n, field, "no bound: `"+text+"`", "", "write a metric, one of <, <=, ==, >= and >, and a number: wait channel=phone <= 60s")
		return
	}
	t := Threshold{Op: parts[2], Policy: strings.TrimSpace(parts[4]), Text: text}
	var ok bool
	if t.Metric, ok = r.metricText(n, parts[1], field); !ok {
		return
	}
	if _, _, ok = parseBound(parts[3]); !ok {
		r.Wrong("FL0508", n, field, "no number: `"+parts[3]+"`", "", "write it in the unit of the metric: 60s, 80% or 0.5")
		return
	}
	if t.Bound, ok = r.inUnit(n, parts[3], t.Metric, field); !ok {
		return
	}
	if names := r.policyNames(); t.Policy != "" && !slices.Contains(names, t.Policy) {
		r.Wrong("FL0120", n, field, "no policy is called `"+t.Policy+"`", "", sheet.DidYouMean(t.Policy, names))
		return
	}
	r.x.Thresholds = append(r.x.Thresholds, t)
}
