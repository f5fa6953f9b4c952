package player

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// An Outcome is what became of one call. Waits are recorded time.
type Outcome struct {
	ID       CallID        `json:"id"`
	Class    string        `json:"class"`
	End      End           `json:"end"`
	Wait     time.Duration `json:"wait_ns"`
	Agent    AgentID       `json:"agent,omitempty"`
	Slips    int           `json:"slips"` // how often it was overtaken, as the daemon counted
	Recorded End           `json:"recorded"`
	Waited   time.Duration `json:"waited_ns"` // in the recording
}

// Stats counts calls and their ends. Invariant: Offered == Served + HungUp + Other + Open.
type Stats struct {
	Class   string `json:"class"`
	Offered int    `json:"offered"`
	Served  int    `json:"served"`
	HungUp  int    `json:"hung_up"`
	Other   int    `json:"other"`
	Open    int    `json:"open"`

	Overtaken int `json:"overtaken"` // calls with a slip
	Slips     int `json:"slips"`
	SlipsMax  int `json:"slips_max"` // of one call

	Wait     Waits `json:"wait"` // of those served
	Recorded struct {
		Served int   `json:"served"`
		HungUp int   `json:"hung_up"`
		Wait   Waits `json:"wait"`
	} `json:"recorded"`
}

// Waits sums up waits, in recorded time. The zero value is that of nobody.
type Waits struct {
	Mean time.Duration `json:"mean_ns"`
	P90  time.Duration `json:"p90_ns"` // nearest rank
	Max  time.Duration `json:"max_ns"`
}

// A Result is what a play came to.
type Result struct {
	All      Stats     `json:"all"`
	Classes  []Stats   `json:"classes"` // by name
	Outcomes []Outcome `json:"outcomes"`

	Open       []CallID       `json:"open"`       // calls without an end
	Violations []string       `json:"violations"` // of the rules of the bus, such as two ends of a call
	Refusals   map[string]int `json:"refusals"`   // of tickets, sign-ins and questions, by what the daemon said

	Retries    int    `json:"retries"`     // requests sent again
	Resumed    int    `json:"resumed"`     // times that all agents signed in again
	Missed     int    `json:"missed"`      // acceptances refused: the caller or the offer was gone
	Returned   int    `json:"returned"`    // calls that went back to their place
	Strangers  int    `json:"strangers"`   // offers of, or acceptances by, others on the line
	CalledBack int    `json:"called_back"` // agents fetched after their last shift
	Upsets     Upsets `json:"upsets"`

	Took       time.Duration `json:"took_ns"`       // real time
	TripP50    time.Duration `json:"trip_p50_ns"`   // real time from request to answer
	TripP99    time.Duration `json:"trip_p99_ns"`   //
	LateMax    time.Duration `json:"late_max_ns"`   // real time by which an action came late
	Inaccuracy time.Duration `json:"inaccuracy_ns"` // recorded time: waits may be too long by as much
}

// Exact reports whether every call ended exactly once and no rule of the bus was broken.
func (r Result) Exact() bool { return len(r.Open) == 0 && len(r.Violations) == 0 }

func (p *player) result() Result {
	for _, sub := range p.subs {
		if n, err := sub.Dropped(); err == nil && n > 0 {
			p.violate(fmt.Sprintf("%s: %d messages lost here: too many at once", sub.Subject, n))
		}
	}
	if p.unlisted > 0 {
		p.violations = append(p.violations, fmt.Sprintf("and %d more", p.unlisted))
	}
	r := Result{
		Open: []CallID{}, Violations: append([]string{}, p.violations...), Refusals: p.refusals, Retries: p.req.retries, Resumed: p.resumed,
		Missed: p.missed, Returned: p.returned, Strangers: p.strangers, CalledBack: p.calledBack, Upsets: p.upsets,
		Took: time.Since(p.begin), LateMax: p.late,
	}
	for _, c := range p.customers {
		r.Outcomes = append(r.Outcomes, p.outcome(c))
		if c.end == "" {
			r.Open = append(r.Open, c.ID)
		}
	}
	slices.Sort(p.req.trips)
	r.TripP50, r.TripP99 = quantile(p.req.trips, 50), quantile(p.req.trips, 99)
	r.Inaccuracy = p.recorded(r.TripP99)
	r.summarize()
	return r
}

func (p *player) outcome(c *customer) Outcome {
	o := Outcome{ID: c.ID, Class: c.Class, End: c.end, Slips: c.slips, Recorded: c.Recorded, Waited: c.Waited}
	switch {
	case c.end == Served && !c.offered.IsZero():
		o.Agent, o.Wait = c.by, p.recorded(c.offered.Sub(c.sent))
	case c.end == HungUp:
		o.Wait = p.recorded(c.left.Sub(c.sent))
	}
	o.Wait = max(o.Wait, 0)
	return o
}

func (r *Result) summarize() {
	by := map[string][]Outcome{}
	for _, o := range r.Outcomes {
		by[o.Class] = append(by[o.Class], o)
	}
	r.All = stats("", r.Outcomes)
	for _, class := range slices.Sorted(maps.Keys(by)) {
		r.Classes = append(r.Classes, stats(class, by[class]))
	}
}

func stats(class string, outcomes []Outcome) Stats {
	s := Stats{Class: class, Offered: len(outcomes)}
	var waits, waited []time.Duration
	for _, o := range outcomes {
		switch o.End {
		case Served:
			s.Served++
			waits = append(waits, o.Wait)
		case HungUp:
			s.HungUp++
		case "":
			s.Open++
		default:
			s.Other++
		}
		if o.Slips > 0 {
			s.Overtaken++
		}
		s.Slips += o.Slips
		s.SlipsMax = max(s.SlipsMax, o.Slips)
		switch o.Recorded {
		case Served:
			s.Recorded.Served++
			waited = append(waited, o.Waited)
		case HungUp:
			s.Recorded.HungUp++
		}
	}
	s.Wait, s.Recorded.Wait = sumUp(waits), sumUp(waited)
	return s
}

func sumUp(waits []time.Duration) Waits {
	if len(waits) == 0 {
		return Waits{}
	}
	slices.Sort(waits)
	var sum time.Duration
	for _, w := range waits {
		sum += w
	}
	return Waits{Mean: sum / time.Duration(len(waits)), P90: quantile(waits, 90), Max: waits[len(waits)-1]}
}

// quantile returns the nearest rank of percent in sorted durations, and 0 of none.
func quantile(sorted []time.Duration, percent int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	rank := (len(sorted)*percent + 99) / 100
	return sorted[max(rank-1, 0)]
}
