package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"fairline/engine"
	"fairline/engine/ledger"
)

// instruments count what happens. Each is documented in docs/operations.md.
type instruments struct {
	arrived, answered, inTime, abandoned, short, served, returned *prometheus.CounterVec
	overtakings, skill, room, offers, refusals                    *prometheus.CounterVec
	ended, joined, transferred, limits, promises                  *prometheus.CounterVec
	breaks, steps, lost, reloads, failed, off                     prometheus.Counter
	waits                                                         *prometheus.HistogramVec
	append, inputs, events, bytes                                 prometheus.Histogram
	free, floor                                                   prometheus.Gauge
}

// outcomes are the ends of an offer beside acceptance.
var outcomes = map[engine.Cause]string{
	engine.ByDecline: "declined",
	engine.ByExpiry:  "expired",
	engine.ByLeaving: "left",
	engine.ByBreak:   "break",
	engine.BySignOut: "sign-out",
	engine.ByChange:  "changed",
	engine.ByWish:    "wish",
	engine.ByLoss:    "lost",
	engine.ByLink:    "linked",
	engine.ByPull:    "pull",
	engine.ByMove:    "move",
}

var (
	waitBuckets   = []float64{1, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400, 28800, 86400}
	appendBuckets = []float64{.0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5}
	sizeBuckets   = []float64{1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 10_000}
	byteBuckets   = []float64{256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576}
)

func newInstruments(to prometheus.Registerer) *instruments {
	counters := func(name, help string, labels ...string) *prometheus.CounterVec {
		v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "fairline_" + name, Help: help}, labels)
		to.MustRegister(v)
		return v
	}
	counter := func(name, help string) prometheus.Counter { return counters(name, help).WithLabelValues() }
	histograms := func(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
		v := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "fairline_" + name, Help: help, Buckets: buckets}, labels)
		to.MustRegister(v)
		return v
	}
	histogram := func(name, help string, buckets []float64) prometheus.Histogram {
		return histograms(name, help, buckets).WithLabelValues().(prometheus.Histogram)
	}
	gauge := func(name, help string) prometheus.Gauge {
		g := prometheus.NewGauge(prometheus.GaugeOpts{Name: "fairline_" + name, Help: help})
		to.MustRegister(g)
		return g
	}
	return &instruments{
		arrived:  counters("tickets_arrived_total", "Tickets accepted.", "channel", "class"),
		answered: counters("tickets_answered_total", "Tickets whose first service began: A of the service level.", "channel"),
		inTime:   counters("tickets_answered_in_time_total", "Of the answered, within the channel's target: A_T.", "channel"),
		abandoned: counters("tickets_abandoned_total",
			"Tickets whose customer left before the service ended: B.", "channel"),
		short:    counters("tickets_abandoned_short_total", "Of the abandoned, within 5 s of their arrival: B_s.", "channel"),
		served:   counters("tickets_served_total", "Tickets whose service was finished.", "channel"),
		returned: counters("tickets_returned_total", "Work in hand that went back to its place.", "channel"),
		ended: counters("tickets_ended_total",
			"Tickets that ended neither served nor abandoned: moved to another line, closed by somebody, or expired by a rule.",
			"channel", "end"),
		joined: counters("tickets_joined_total",
			"Contacts that became part of another ticket of the same customer; they are among the arrived.", "channel"),
		transferred: counters("tickets_transferred_total", "Work in hand that waits again with other needs or for another agent.", "channel"),
		limits: counters("limits_exceeded_total",
			"Starts that went ahead although their class was over its limit.", "class"),
		promises: counters("promises_total",
			"Expected waits that were told, by whether the start came within the wait for nine of ten; counted at the start.", "kept"),
		off: counter("promise_error_seconds_total",
			"Sum of how far, of the promises counted, the wait was from the middle expectation."),
		lost:    counter("agents_lost_total", "Agents who were not heard of within their lease."),
		reloads: counter("policy_reloads_total", "Policies adopted in place of another one since the start."),
		failed:  counter("policy_reload_failed_total", "Policy files that were refused while the line ran."),
		overtakings: counters("overtakings_total",
			"Overtakings, in pairs, when they are entered in the ledger: who went ahead, of whom, and why.",
			"channel", "over", "reason"),
		skill: counters("passed_by_skill_total",
			"Earlier tickets that a start passed because the agent lacked a skill; no overtakings.", "channel"),
		room: counters("passed_by_capacity_total",
			"Earlier tickets that a start passed because they did not fit what was free of the agent; no overtakings.", "channel"),
		offers:   counters("offers_total", "Offers that are over, by how they ended.", "channel", "outcome"),
		refusals: counters("refusals_total", "Requests that were refused, by reason.", "reason"),
		breaks:   counter("breaks_forced_total", "Agents put on break because they missed offers in a row."),
		steps:    counter("clock_steps_total", "Steps of the wall clock over 2 s, which the line did not follow."),
		waits: histograms("wait_seconds", "Wait of tickets from arrival to the start of their first service.",
			waitBuckets, "channel", "class"),
		append: histogram("journal_append_seconds", "Time until a frame was stored.", appendBuckets),
		inputs: histogram("turn_inputs", "Inputs of a stored turn.", sizeBuckets),
		events: histogram("turn_events", "Events of a stored turn.", sizeBuckets),
		free:   gauge("disk_free_bytes", "Free space of the disk that holds the journal."),
		floor:  gauge("disk_floor_bytes", "Free space below which tickets are refused."),
		bytes:  histogram("journal_frame_bytes", "Length of a stored frame.", byteBuckets),
	}
}

func (c *instruments) turn(t Turn) {
	c.append.Observe(t.Took.Seconds())
	c.inputs.Observe(float64(t.Inputs))
	c.events.Observe(float64(len(t.Events)))
	c.bytes.Observe(float64(t.Bytes))
}

// entry counts the overtakings of a ledger entry.
func (c *instruments) entry(e *ledger.Entry) {
	channel := e.Policy.Channels[e.Channel].Name
	if e.Missed {
		// The missed ticket was overtaken; who went ahead came from any channel.
		c.overtakings.WithLabelValues("any", channel, "missed offer").Add(float64(e.Count))
		return
	}
	nodes := e.Policy.Nodes()
	for i := range e.Rows {
		row := &e.Rows[i]
		over := e.Policy.Channels[row.Channel].Name
		c.overtakings.WithLabelValues(channel, over, because(e, row, nodes)).Add(float64(row.Count))
	}
}

// wishes are the names of what lets a ticket be passed and is no order of the policy.
var wishes = map[engine.Cause]string{
	engine.ByPull:       "pull",
	engine.ByMove:       "move",
	engine.ByPreference: "preferred agent",
	engine.ByDrain:      "drain",
	engine.ByInterrupt:  "interrupt",
	engine.ByReserve:    "reserve",
	engine.ByCap:        "cap",
}

// because is the name of what let a ticket be passed: the class that has the reason, its group, a protection, a wish, or
// a cool-off.
func because(e *ledger.Entry, row *ledger.Row, nodes []*engine.Node) string {
	switch class := e.Policy.Classes[e.Class]; {
	case row.Why == engine.ByCoolOff:
		return "cool-off"
	case wishes[row.Why] != "":
		return wishes[row.Why]
	case row.Why == engine.ByGuard:
		return "protection of " + nodes[row.Node].Name
	case class.Reason != "" && row.Class != e.Class:
		return class.Name
	default:
		return nodes[row.Node].Name
	}
}
