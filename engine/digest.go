package engine

// The digest is a sum of a hash for each thing in the state, kept up to date as things change, so that it costs the
// same whatever the line's length. Replayed state has the digest of the live one.

const (
	mixA = 0x9E3779B97F4A7C15
	mixB = 0xBF58476D1CE4E5B9
)

// mix folds w into h (the finaliser of SplitMix64, Steele, Lea and Flood 2014).
func mix(h, w uint64) uint64 {
	h = (h ^ w) * mixB
	return h ^ h>>29 + mixA
}

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

func (t *ticket) hash() uint64 {
	if t.loose {
		return 0
	}
	h := mix(1, uint64(t.place.Seq))
	h = mix(h, uint64(t.place.Arrived))
	h = mix(h, uint64(t.due))
	h = mix(h, uint64(t.class)<<48|uint64(t.demand)<<32|uint64(t.attempt))
	h = mix(h, uint64(t.values[0]))
	h = t.life(h)
	return mix(h, uint64(t.decline)<<8|uint64(t.state))
}

// life folds in what became of t since it came. Where nothing did h stays as it is, so that journals written before there
// was more to a ticket's life keep their digests.
func (t *ticket) life(h uint64) uint64 {
	flags := uint64(t.why)<<32 | uint64(t.step)<<24 | uint64(t.tries)<<16 | bit(t.gone)<<3 | bit(!t.counts)<<2 | bit(t.called)<<1 |
		bit(t.moved)
	h = also(h, uint64(t.until)^uint64(t.to)^uint64(t.toUntil)<<1)
	h = also(h, flags)
	h = also(h, uint64(t.head)<<32|uint64(t.mate)^uint64(t.home)<<16)
	if t.relax != None {
		h = mix(h, uint64(t.asked))
	}
	return h
}

// also is mix where there is something to fold in.
func also(h, w uint64) uint64 {
	if w == 0 {
		return h
	}
	return mix(h, w)
}

func (o *offer) hash() uint64 {
	if o.loose {
		return 0
	}
	h := mix(2, uint64(o.id))
	h = mix(h, uint64(o.place.Seq))
	h = mix(h, uint64(o.agent)<<32|uint64(o.took))
	h = mix(h, uint64(o.until))
	if o.paced && o.state != ringing {
		h = mix(mix(h, uint64(o.since)), uint64(o.rested)^uint64(o.laid)<<1)
	}
	return mix(h, uint64(o.passed)<<8|uint64(o.state))
}

func (a *agent) hash() uint64 {
	if a.loose {
		return 0
	}
	h := mix(3, uint64(a.name))
	h = mix(h, uint64(a.since))
	h = mix(h, uint64(a.profile)<<32|uint64(uint32(a.free)))
	h = also(h, uint64(a.until)^uint64(a.drain)<<1)
	h = also(h, a.begun^uint64(a.capped))
	h = a.fold(h)
	return mix(h, uint64(a.missed)<<8|bit(a.answers)<<7|uint64(a.state))
}

// Digest returns a hash of the whole state. Two engines with the same state have the same digest, however they came
// to it; what differs in anything that bears on a later decision differs in the digest, but for a chance of 2^-64.
func (e *Engine) Digest() uint64 {
	e.tieUp()
	h := mix(e.sum, uint64(e.nextTicket))
	h = mix(h, uint64(e.nextOffer))
	h = mix(h, e.overtaken)
	h = also(h, uint64(e.shut)<<1|bit(e.lineShut))
	for _, n := range e.sharings() {
		for _, t := range n.sharing.times {
			h = mix(h, uint64(t))
		}
		h = mix(mix(h, uint64(n.sharing.lag)), uint64(n.sharing.era))
	}
	return mix(h, e.ledger)
}

// folds are the parts of an agent that are in its hash only where the policy in force reads them: journals of other policies
// keep their digests.
type folds uint8

const (
	foldTime folds = 1 << iota // how it spent its time, as it was last counted
	foldPace                   // how long it works
)

// folded returns what decisions under p read of agents.
func folded(p *Policy) (f folds) {
	switch p.Choose.Rule {
	case LeastOccupied:
		f |= foldTime
	case Fastest:
		f |= foldPace
	}
	for _, n := range p.Nodes() {
		if _, ok := n.Order.(Cost); ok {
			f |= foldPace
		}
	}
	return f
}

func (a *agent) fold(h uint64) uint64 {
	if a.folds&foldTime != 0 {
		o := &a.time
		h = mix(mix(mix(mix(h, uint64(o.at)), uint64(o.duty)), uint64(o.worked)), uint64(o.rest))
	}
	if a.folds&foldPace != 0 {
		for _, p := range a.paces {
			h = mix(mix(h, uint64(p.served)), uint64(p.took))
		}
	}
	return h
}
