package engine

import "math/bits"

// WaitingMix keeps the queues of its members in proportion (fixed queue ratio: Gurvich and Whitt 2009): it serves the
// one that is most above its part of all who wait. More percent is a longer queue. A member with 0 percent is served
// before the others. Nobody's wait is bounded.
type WaitingMix struct {
	Percent []int64 // of each member, together 100
}

// Name is "waiting_mix".
func (WaitingMix) Name() string { return "waiting_mix" }

func (o WaitingMix) rank(e *Engine, n *node, m int, _ *ticket) int64 {
	all := int64(0)
	for i := range n.members {
		all += e.queue(n, i)
	}
	return o.Percent[m]*all - 100*e.queue(n, m)
}

func (WaitingMix) steady(int) bool { return true }

func (WaitingMix) memberwise() bool { return true }

// queue returns how many tickets wait below member m of n, whether or not somebody could serve them; those whose class is
// closed do not wait.
func (e *Engine) queue(n *node, m int) int64 {
	if n.counted != e.view.number {
		n.counted = e.view.number
		n.queues = n.queues[:0]
		for i := range n.members {
			n.queues = append(n.queues, e.waitingBelow(&n.members[i]))
		}
	}
	return n.queues[m]
}

func (e *Engine) waitingBelow(b *branch) int64 {
	sum := int64(0)
	if b.group != nil {
		for i := range b.group.members {
			sum += e.waitingBelow(&b.group.members[i])
		}
		return sum
	}
	if b.leaf.shut {
		return 0
	}
	for w, set := range b.leaf.open {
		for ; set != 0; set &= set - 1 {
			sum += int64(b.leaf.regs[w*64+bits.TrailingZeros64(set)].waits.total)
		}
	}
	return sum
}
