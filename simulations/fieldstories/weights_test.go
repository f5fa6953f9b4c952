package fieldstories

import (
	"fmt"
	"testing"

	"github.com/cockroachdb/datadriven"

	"fairline/engine"
	"fairline/policy"
)

// TestWeights lets two classes wait all the time and counts what they got: testdata/weights.txt.
//
//	weights high=1000 low=999 starts=4000 agents=3
//
// The input is the order and how long the work of each class takes. Whatever the weights, at each start the higher must
// have no less than the lower, but for contest.grace, and at the end no less at all.
func TestWeights(t *testing.T) {
	datadriven.RunTest(t, "testdata/weights.txt", func(t *testing.T, d *datadriven.TestData) string {
		var w contest
		d.ScanArgs(t, "high", &w.high)
		d.ScanArgs(t, "low", &w.low)
		d.ScanArgs(t, "starts", &w.left)
		agents := 0
		d.ScanArgs(t, "agents", &agents)
		w.minutes = d.HasArg("minutes")
		charge := "tickets"
		if w.minutes {
			charge = "minutes"
		}
		p, said := read(t, "weights.yaml", fmt.Sprintf("order: {share: {high: %d, low: %d}, charge: %s}\n", w.high, w.low, charge))
		if p == nil {
			return said
		}
		w.starts, w.agents = w.left, agents
		serve(t, p, start.Add(engine.Minute), agents, w.visitors(7), w.count)
		if w.got[0] < w.got[1] {
			t.Errorf("%s: the higher weight got %d, the lower %d", d.Pos, w.got[0], w.got[1])
		}
		if w.behind > w.grace() {
			t.Errorf("%s: the higher weight was behind by %d at worst, want at most %d", d.Pos, w.behind, w.grace())
		}
		return said + w.String()
	})
}

// A contest is two classes that both wait all the time, until so many starts were counted.
type contest struct {
	high, low    int64
	starts, left int
	agents       int
	minutes      bool
	got          [2]int64 // by the higher and the lower, in tickets or in seconds of work
	n            [2]int
	behind       int64 // by how much the higher had less than the lower, at most
	most         int64 // the longest work
}

// visitors are enough of both for the lower to wait at the last start, in turns, the lower first. The higher's work is estimated too short,
// the lower's too long, and neither divides the other.
func (w *contest) visitors(r chance) (list []visitor) {
	for range w.starts {
		list = append(list, visitor{ticket: policy.Ticket{Channel: "letter", Arrived: start},
			work: r.between(61*engine.Second, 7*engine.Minute)})
		list = append(list, visitor{ticket: policy.Ticket{Channel: "phone", Arrived: start},
			work: r.between(37*engine.Second, 11*engine.Minute)})
	}
	return list
}

// count enters a start.
func (w *contest) count(v *visitor) {
	if w.left == 0 {
		return
	}
	w.left--
	who, worth := 0, int64(1)
	if v.class == "low" {
		who = 1
	}
	if w.minutes {
		worth = int64(v.work / engine.Second)
	}
	w.most = max(w.most, worth)
	w.n[who]++
	w.got[who] += worth
	w.behind = max(w.behind, w.got[1]-w.got[0])
}

// grace is by how much the higher may be behind: one ticket, since the lower came first; in minutes a charge of each, and what is in
// hand, whose estimates are settled when it ends.
func (w *contest) grace() int64 {
	if !w.minutes {
		return 1
	}
	return w.most * int64(2+w.agents)
}

func (w *contest) String() string {
	if !w.minutes {
		return fmt.Sprintf("high %d, low %d of %d starts; high was behind by %d at worst\n", w.got[0], w.got[1], w.starts, w.behind)
	}
	return fmt.Sprintf("high %d min in %d starts, low %d min in %d; high was behind by %d s at worst\n", w.got[0]/60, w.n[0], w.got[1]/60, w.n[1], w.behind)
}
