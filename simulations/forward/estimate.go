package forward

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"fairline/engine"
)

// How often a line is played forward where nobody says. The further back a ticket stands the less, in proportion, does its
// wait vary, and the more does a run cost: so there are fewer where more than a hundred wait.
const (
	RunsDefault = 200
	RunsLeast   = 20
)

// Limits of a run.
const (
	// AheadMax is how far a run looks: who is not offered by then waits for ever, as far as an estimate says.
	AheadMax = 30 * engine.Day
	// StepsMax bounds the commands of a run likewise.
	StepsMax = 200_000
)

// Work is what is known of how long work takes.
type Work struct {
	// Handling returns how long tickets of a channel took lately, in any order. It is not changed. Where a channel has none
	// those of all channels stand in.
	Handling func(engine.ChannelID) []engine.Duration
	// Began returns when work in hand began; false, or nil: that is not known.
	Began func(engine.OfferID) (engine.Instant, bool)
}

// Estimate returns how long from now a waiting ticket waits until it is offered to an agent: half of the runs are not longer
// than p50, and nine of ten not than p90. runs of 0 stands for RunsDefault, or fewer in a long line. The same line, samples and seed give the same
// answer. e is only read, and only until Estimate returns; see engine.Engine.Copy for what that costs, once for each run.
//
// It is not ok where the ticket does not wait and is not held, where no work was ever seen, where more than engine.CopyMax
// wait, and where one run in ten or more does not come to an end: nobody there may serve the ticket, say.
func Estimate(e *engine.Engine, ticket engine.TicketID, w Work, seed uint64, runs int) (p50, p90 engine.Duration, ok bool) {
	if runs == 0 {
		runs = max(RunsLeast, min(RunsDefault, 100*RunsDefault/max(1, e.Counts().Waiting)))
	}
	v, here := e.Ticket(ticket)
	if !here || v.State != "waiting" && v.State != "held" {
		return 0, 0, false
	}
	times := gather(e.Policy(), w)
	if len(times.all) == 0 {
		return 0, 0, false
	}
	base, err := e.Copy() // of what is remembered for long, a copy of the copy has nothing
	if err != nil {
		return 0, 0, false
	}
	waits := make([]engine.Duration, 0, runs)
	for n := range runs {
		line, err := base.Copy()
		if err != nil {
			return 0, 0, false
		}
		r := run{line: line, ticket: ticket, times: times, rand: rand.New(rand.NewPCG(seed, uint64(n)))}
		waits = append(waits, r.wait(w))
	}
	slices.Sort(waits)
	p50, p90 = quantile(waits, 50), quantile(waits, 90)
	return p50, p90, p90 != engine.None
}

// quantile returns the least of sorted waits that so many percent are not longer than.
func quantile(waits []engine.Duration, percent int) engine.Duration {
	return waits[(len(waits)*percent+99)/100-1]
}

// times are the samples by channel, sorted.
type times struct {
	of  [engine.ChannelsMax][]engine.Duration
	all []engine.Duration
}

func gather(p *engine.Policy, w Work) *times {
	t := &times{}
	for c := range p.Channels {
		list := slices.Sorted(slices.Values(w.Handling(engine.ChannelID(c))))
		t.of[c] = list
		t.all = append(t.all, list...)
	}
	slices.Sort(t.all)
	for c := range p.Channels {
		if len(t.of[c]) == 0 {
			t.of[c] = t.all
		}
	}
	return t
}

// draw returns how long new work of a channel takes.
func (t *times) draw(r *rand.Rand, c engine.ChannelID) engine.Duration {
	return t.of[c][r.IntN(len(t.of[c]))]
}

// rest returns how long work goes on that has taken so long: one of the samples that are longer, less that. Where it has
// taken longer than any the rest is drawn like new work.
func (t *times) rest(r *rand.Rand, c engine.ChannelID, taken engine.Duration) engine.Duration {
	list := t.of[c]
	longer, _ := slices.BinarySearch(list, taken+1)
	if longer == len(list) {
		return t.draw(r, c)
	}
	return list[longer+r.IntN(len(list)-longer)] - taken
}

// some returns the rest of work of which nobody knows when it began: at any moment of it alike. Long work is found in hand
// more often than short, in proportion to its length.
func (t *times) some(r *rand.Rand, c engine.ChannelID) engine.Duration {
	list := t.of[c]
	longest := max(1, int64(list[len(list)-1]))
	for {
		d := int64(t.draw(r, c))
		if at := r.Int64N(longest); at < d {
			return engine.Duration(d - at)
		}
		if longest == 1 { // all work takes no time
			return 0
		}
	}
}

// An ending is work in hand that is to be finished.
type ending struct {
	at    engine.Instant
	offer engine.OfferID
	agent engine.AgentID
}

func (a ending) compare(b ending) int {
	return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.offer, b.offer))
}
