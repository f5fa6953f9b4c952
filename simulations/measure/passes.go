package measure

import (
	"fairline/engine"
)

// An IdleReport is agent-time beside a ticket that the agent could have served and was not offered, by what kept it from it:
// what engine.Engine.Idle returns. What nothing is known to have caused stands under 0.
type IdleReport = map[engine.Cause]engine.Duration

// causes name what lets tickets be passed, or agents idle, and is no order and no protection of the policy.
var causes = []struct {
	cause engine.Cause
	name  string
}{{engine.ByCoolOff, "cool-off"}, {engine.ByMiss, "missed offer"}, {engine.ByPull, "pull"}, {engine.ByMove, "move"},
	{engine.ByPreference, "preferred agent"}, {engine.ByDrain, "drain"}, {engine.ByInterrupt, "interrupt"},
	{engine.ByReserve, "reserve"}, {engine.ByCap, "cap"}}

// causesMax is above all causes.
const causesMax = 256

// passes counts who overtook whom, and why.
type passes struct {
	classes  []float64 // overtaken class x class of who went ahead
	channels []float64
	nodes    [][]float64 // by node: its order, then its protections
	causes   [causesMax]float64
	idle     [causesMax]float64 // agent-seconds
}

func newPasses(s *Shape) passes {
	p := passes{classes: make([]float64, len(s.Classes)*len(s.Classes)),
		channels: make([]float64, len(s.Channels)*len(s.Channels))}
	for _, n := range s.Nodes {
		p.nodes = append(p.nodes, make([]float64, 1+len(n.Guards)))
	}
	return p
}

func (p *passes) reset() {
	clear(p.classes)
	clear(p.channels)
	for _, n := range p.nodes {
		clear(n)
	}
	p.causes, p.idle = [causesMax]float64{}, [causesMax]float64{}
}

// named reports whether a cause has a name of its own beside the nodes of the policy.
func named(why engine.Cause) bool {
	for _, c := range causes {
		if c.cause == why {
			return true
		}
	}
	return false
}

// Passed tells of one row of the decision by which t was started: engine.Passed. Class, Count, Node, Guard and Why of the row
// count; channel is that of those passed, and winner the class of the row's Rival, whom the node preferred: it must have a
// reason there, whoever was started in the end. It comes after Start.
func (c *Collector) Passed(now engine.Instant, t *Ticket, row *engine.Event, channel uint8, winner uint16) {
	c.settle(now)
	n := float64(row.Count)
	c.paths.rows += uint64(row.Count)
	if !t.Seen {
		return
	}
	p, s := &c.passes, &c.shape
	p.classes[int(row.Class)*len(s.Classes)+int(t.Class)] += n
	p.channels[int(channel)*len(s.Channels)+int(t.Channel)] += n
	justified := row.Why != engine.ByPull && row.Why != engine.ByMove
	switch {
	case named(row.Why):
		p.causes[row.Why] += n
	case int(row.Node) >= len(p.nodes):
		justified = false
	case row.Guard >= 0 && int(row.Guard)+1 < len(p.nodes[row.Node]):
		p.nodes[row.Node][row.Guard+1] += n
		justified = row.Why == engine.ByGuard || s.Nodes[row.Node].reasoned(winner)
	default:
		p.nodes[row.Node][0] += n
		justified = s.Nodes[row.Node].reasoned(winner)
	}
	if justified {
		return
	}
	for _, s := range c.sumsOf(t) {
		s[unjustified] += n
	}
}

// Pair tells of each ticket of a row: over was started before under. It needs Shape.Pairs, and comes after Start of over.
func (c *Collector) Pair(now engine.Instant, over, under *Ticket, row *engine.Event) {
	c.settle(now)
	if over.Need >= under.Need {
		under.envy++
	}
	if !over.Seen {
		return
	}
	gap := seconds(over.Arrived.Sub(under.Arrived))
	for _, s := range c.sumsOf(over) {
		s[gaps]++
		s[gapSum] += gap
		s.most(maxGap, gap)
	}
}

// Missed tells that so many later tickets were started while an offer of a ticket rang in vain: they are among its Slips, and
// among the Skips of nobody.
func (c *Collector) Missed(count uint32) { c.paths.missed += uint64(count) }

// Joined tells that contacts of a customer belong to one ticket from now on. Each is a Ticket of its own here: the first that is
// started is served, and the others end as Closed then.
func (c *Collector) Joined() { c.paths.joined = true }

// Kept tells that an offer failed which so many tickets have among their Slips who had gone before, and no start has among its
// Skips; and of so many more of whom it is in doubt.
func (c *Collector) Kept(count, doubt uint32) {
	c.paths.kept += uint64(count)
	c.paths.doubt += uint64(doubt)
}

// Ringing tells, at the end of the replication, of an offer that is still open and passes so many: they are among their Slips, and
// no start has them among its Skips.
func (c *Collector) Ringing(count uint32) { c.paths.ringing += uint64(count) }

// Idled tells, at the end of the replication, how long agents sat beside tickets. It is of the whole replication, not of the
// window alone.
func (c *Collector) Idled(by IdleReport) {
	for cause, d := range by {
		c.passes.idle[cause] += seconds(d)
	}
}
