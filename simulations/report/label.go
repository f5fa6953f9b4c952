package report

import (
	"maps"
	"strconv"
	"strings"

	"fairline/simulations/measure"
)

// label returns what a figure is called in tables: "SL phone", "ASA email", "overtakings without reason /100". What counts things
// says so; seconds and percentages stand beside the values.
func (p *pairing) label(k measure.Key) string {
	name, known := names[k.Metric]
	if !known {
		name = strings.ReplaceAll(k.Metric, "-", " ")
		if variant, ok := strings.CutPrefix(k.Metric, "service-level-"); ok {
			name = "SL " + variant
		}
	}
	if k.By != "" {
		name += " " + groupLabel(k)
	}
	if within := p.targets[k.Group]; within > 0 && k.By == measure.ByChannel && strings.HasPrefix(k.Metric, "service-level") {
		name += " in " + span(within)
	}
	switch u := p.run.metric(k.Metric).Unit; u {
	case "", "1", "s", "%", "min", "s^2", "/h":
		return name
	case "per 100":
		return name + " /100"
	default:
		return name + ", " + u
	}
}

// agree keeps the targets that all policies share, for labels. A service level is not the same thing under policies that promise
// differently: then a note says so. Where classes have targets of their own, no channel has a single one.
func (p *pairing) agree(arms []*Arm) {
	p.targets = map[string]float64{}
	same := true
	for _, a := range arms {
		same = same && maps.Equal(a.Targets, arms[0].Targets)
	}
	if !same {
		p.table.Notes = append(p.table.Notes, "SL: the policies have different targets, each is held to its own")
		return
	}
	for name, within := range arms[0].Targets {
		if strings.HasPrefix(name, "class ") {
			clear(p.targets)
			return
		}
		p.targets[name] = within
	}
}

// groupLabel returns what a group is called: channels and cohorts by their names alone, others with their kind.
func groupLabel(k measure.Key) string {
	if k.By == measure.ByChannel || k.By == measure.ByCohort {
		return k.Group
	}
	return k.By + " " + k.Group
}

// whoLabel returns what a group is called that pays or gains.
func whoLabel(k measure.Key) string {
	if k.By == measure.ByCohort {
		return k.Group
	}
	return k.By + " " + k.Group
}

// span writes a number of seconds in its greatest whole unit: 80 s, 10 min, 4 h.
func span(seconds float64) string {
	for _, u := range []struct {
		seconds float64
		name    string
	}{{86400, " d"}, {3600, " h"}, {60, " min"}} {
		if n := seconds / u.seconds; n >= 1 && n == float64(int64(n)) {
			return number(n, 0, false) + u.name
		}
	}
	return strconv.FormatFloat(seconds, 'f', -1, 64) + " s"
}
