package host

import (
	"container/heap"

	"fairline/engine"
)

// Leases say which agents are to be lost when nothing is heard of them, and when. They are no part of the journal: what
// is heard would fill it. A start gives each leased agent a whole lease from then on.
type leases struct {
	agents map[engine.AgentID]*lease
	queue  leaseQueue // each lease once, by an end that it had; it may have a later one by now
}

type lease struct {
	agent  engine.AgentID
	length engine.Duration // 0: it was given up
	end    engine.Instant
	queued engine.Instant // its end in the queue
}

// set begins a lease; a length of 0 gives it up.
func (l *leases) set(agent engine.AgentID, length engine.Duration, now engine.Instant) {
	if old := l.agents[agent]; old != nil {
		old.length = 0
		delete(l.agents, agent)
	}
	if length == 0 {
		return
	}
	if l.agents == nil {
		l.agents = map[engine.AgentID]*lease{}
	}
	to := &lease{agent: agent, length: length, end: now.Add(length), queued: now.Add(length)}
	l.agents[agent] = to
	heap.Push(&l.queue, to)
}

// length gives the length of an agent's lease, 0 for one who has none.
func (l *leases) length(agent engine.AgentID) engine.Duration {
	if of := l.agents[agent]; of != nil {
		return of.length
	}
	return 0
}

// renew begins an agent's lease anew. It costs nothing more than to find it.
func (l *leases) renew(agent engine.AgentID, now engine.Instant) {
	if of := l.agents[agent]; of != nil {
		of.end = now.Add(of.length)
	}
}

// first gives the lease that ends first, or nil.
func (l *leases) first() *lease {
	for len(l.queue) > 0 {
		switch of := l.queue[0]; {
		case of.length == 0:
			heap.Pop(&l.queue)
		case of.end > of.queued:
			of.queued = of.end
			heap.Fix(&l.queue, 0)
		default:
			return of
		}
	}
	return nil
}

// due gives when the first lease ends, 0 where there is none.
func (l *leases) due() engine.Instant {
	if of := l.first(); of != nil {
		return of.end
	}
	return 0
}

// beginLeases gives each leased agent on duty a whole lease from now on.
func (h *Host) beginLeases() {
	for _, a := range h.engine.Agents() {
		if a.State != "off duty" && a.State != "lost" {
			h.leases.set(a.Agent, h.book.leased[a.Agent], h.clock.now())
		}
	}
}

// lose tells the engine of the agents that were not heard of, as far as the turn has room. What they sent and what waits
// in the inbox comes first.
func (h *Host) lose() error {
	for of := h.leases.first(); of != nil && of.end <= h.turn.at && h.turn.room() && !h.late(); of = h.leases.first() {
		h.leases.set(of.agent, 0, 0)
		if _, err := h.do(&Input{Command: engine.Command{Kind: engine.Lose, Agent: of.agent}}); err != nil {
			return err
		}
	}
	return nil
}

// A leaseQueue is a heap of leases, the first end first.
type leaseQueue []*lease

// Len, Less, Swap, Push and Pop are heap.Interface.
func (q leaseQueue) Len() int { return len(q) }

// Less orders by end, then by agent.
func (q leaseQueue) Less(i, j int) bool {
	if q[i].queued != q[j].queued {
		return q[i].queued < q[j].queued
	}
	return q[i].agent < q[j].agent
}

// Swap exchanges two.
func (q leaseQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

// Push appends one.
func (q *leaseQueue) Push(x any) { *q = append(*q, x.(*lease)) }

// Pop takes the last.
func (q *leaseQueue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
