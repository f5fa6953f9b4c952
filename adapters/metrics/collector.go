package metrics

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"fairline/engine"
)

// A collector tells how things are at the moment of a scrape.
type collector struct{ r *Recorder }

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("fairline_"+name, help, labels, nil)
}

var (
	ticketsDesc = describe("tickets", "Tickets in the line, by state: waiting, offered, serving or held.", "channel", "state")
	overdueDesc = describe("tickets_overdue",
		"Tickets that wait for longer than the channel's target: W_T of the service level.", "channel")
	missedDesc = describe("tickets_missed",
		"Tickets in the line that three different agents missed: a supervisor should look.", "channel")
	oldestDesc = describe("oldest_wait_seconds", "How long the earliest waiting ticket waits; 0 when nobody does.", "channel")
	targetDesc = describe("service_level_target", "The promised service level: its share, within the seconds in the label.",
		"channel", "within")
	levelDesc = describe("service_level_live",
		"Live service level, offered-minus-short: A_T/(A+B-B_s+W_T) over the last 30 minutes; A answered, A_T of them within "+
			"the target T, B abandoned, B_s of them within 5 s, W_T waiting longer than T now. NaN when nobody was offered.", "channel")
	heldDesc   = describe("tickets_held", "Held tickets, by why: hang-up, callback, snooze, customer or no-answer.", "channel", "why")
	agentsDesc = describe("agents", "Agents by state: available, working, on-break, lost or off-duty.", "state")
	inboxDesc  = describe("inbox_requests", "Requests in the inbox when the last frame was stored.")
	seqDesc    = describe("journal_sequence", "Sequence of the last stored frame.")
	policyDesc = describe("policy_info", "1; the policy in force and its hash.", "policy", "hash")
)

// Describe lists the metrics.
func (c *collector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range append([]*prometheus.Desc{ticketsDesc, overdueDesc, missedDesc, oldestDesc, targetDesc, levelDesc,
		heldDesc, agentsDesc, inboxDesc, seqDesc, policyDesc}, lookDescs...) {
		to <- d
	}
}

// Collect copies the sums under the lock and sends them after it. The line is asked without: it may wait for the lock.
func (c *collector) Collect(to chan<- prometheus.Metric) {
	for _, m := range append(c.r.gauges(), c.r.looked()...) {
		to <- m
	}
}

func gauge(d *prometheus.Desc, v float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
}

func (r *Recorder) gauges() []prometheus.Metric {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.instant()
	list := []prometheus.Metric{
		gauge(inboxDesc, float64(r.inbox)),
		gauge(seqDesc, float64(r.seq)),
	}
	if r.policy != nil {
		list = append(list, gauge(policyDesc, 1, r.policy.Engine.Name, fmt.Sprintf("%x", r.policy.Engine.Hash[:3])))
	}
	for state, n := range r.duties() {
		list = append(list, gauge(agentsDesc, float64(n), state))
	}
	for _, c := range r.channels {
		list = append(list, c.gauges(now, r.tickets)...)
	}
	return list
}

// duties counts agents by state.
func (r *Recorder) duties() map[string]int {
	duties := map[string]int{"available": 0, "working": 0, "on-break": 0, "lost": 0, "off-duty": 0}
	for _, a := range r.agents {
		switch {
		case a.state == engine.SignedOut:
			duties["off-duty"]++
		case a.state == engine.Lost:
			duties["lost"]++
		case a.state == engine.OnBreak:
			duties["on-break"]++
		case a.load > 0:
			duties["working"]++
		default:
			duties["available"]++
		}
	}
	return duties
}

func (c *channel) gauges(now engine.Instant, tickets map[engine.TicketID]*ticket) []prometheus.Metric {
	c.settle(now, tickets)
	list := []prometheus.Metric{
		gauge(oldestDesc, seconds(c.oldestWait(now)), c.name),
		gauge(missedDesc, float64(len(c.missed)), c.name),
	}
	for state, n := range c.states {
		list = append(list, gauge(ticketsDesc, float64(n), c.name, stateNames[state]))
	}
	for why, name := range holds {
		list = append(list, gauge(heldDesc, float64(c.held[why]), c.name, name))
	}
	if c.target.Within == 0 {
		return list
	}
	return append(list,
		gauge(overdueDesc, float64(c.overdue), c.name),
		gauge(targetDesc, float64(c.target.Percent)/100, c.name, fmt.Sprint(seconds(c.target.Within))),
		gauge(levelDesc, c.window.sum(now).live(c.overdue), c.name))
}

func seconds(d engine.Duration) float64 { return float64(d) / float64(engine.Second) }
