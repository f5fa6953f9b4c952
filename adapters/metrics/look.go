package metrics

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"fairline/engine"
)

// A Look is what only the engine knows, asked for at a scrape.
type Look struct {
	Shares []Share
	Heard  []Heard
	Idle   map[string]engine.Duration // that agents were available beside a ticket they could have served, by what kept them from it
}

// A Share is what a member of a share was promised and got, each as a part of what all those get whom agents on duty connect with
// it; negative: nothing is promised, or nobody got anything.
type Share struct {
	Group, Member string
	Promised, Got float64
}

// Heard is how those fared, under a share by value, whose value is known, or is not.
type Heard struct {
	Group  string
	Known  bool
	Starts uint64
	Waited engine.Duration // all of them together
}

var (
	promisedDesc = describe("share_promised",
		"The part that a member's weight promises, of what those get whom agents on duty connect with it.", "group", "member")
	gotDesc = describe("share_got",
		"The part that a member got, of what those got whom agents on duty connect with it.", "group", "member")
	heardDesc = describe("share_starts_total",
		"Starts under a share by value, by whether the value was known.", "group", "known")
	heardWaitDesc = describe("share_wait_seconds_total",
		"Sum of their waits on the line's clock: no controlled comparison, those who are known may differ.", "group", "known")
	idleDesc = describe("idle_beside_ticket_seconds_total",
		"Time that agents were available beside a ticket they could have served, by what kept them from it.", "cause")
)

var lookDescs = []*prometheus.Desc{promisedDesc, gotDesc, heardDesc, heardWaitDesc, idleDesc}

// LookWith says how to ask the line at a scrape, on the scrape's goroutine. It must be called before the first scrape; not ok: the line
// cannot be asked now, and the metrics are absent.
func (r *Recorder) LookWith(ask func() (Look, bool)) { r.look = ask }

// looked gives what the line says now.
func (r *Recorder) looked() (list []prometheus.Metric) {
	if r.look == nil {
		return nil
	}
	l, ok := r.look()
	if !ok {
		return nil
	}
	for _, s := range l.Shares {
		if s.Promised >= 0 {
			list = append(list, gauge(promisedDesc, s.Promised, s.Group, s.Member))
		}
		if s.Got >= 0 {
			list = append(list, gauge(gotDesc, s.Got, s.Group, s.Member))
		}
	}
	for _, h := range l.Heard {
		known := strconv.FormatBool(h.Known)
		list = append(list, sum(heardDesc, float64(h.Starts), h.Group, known), sum(heardWaitDesc, seconds(h.Waited), h.Group, known))
	}
	for cause, d := range l.Idle {
		list = append(list, sum(idleDesc, seconds(d), cause))
	}
	return list
}

func sum(d *prometheus.Desc, v float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(d, prometheus.CounterValue, v, labels...)
}
