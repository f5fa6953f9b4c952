package engine

// What changes often is taken out of the digest when it first changes, and put back when somebody asks for the digest: so a
// hash is worked out for each question, not for each change. Until then the thing is loose and its hash is 0, so that a
// change that takes the old hash from the sum and adds the new one is right whether it is loose or not.
type loose struct {
	kind looseKind
	ref  uint32
}

type looseKind uint8

const (
	looseTicket looseKind = iota
	looseOffer
	looseAgent
)

// looseMax is how many things are loose between two commands.
const looseMax = 4096

// loosen takes the contacts of the ticket of h out of the digest until it is asked for. Nobody may have begun to change them.
func (e *Engine) loosen(h handle) {
	if t := e.tickets.at(h); t.loose && t.head|t.mate == 0 {
		return
	}
	for m := e.headOf(h); m != 0; m = e.tickets.at(m).mate {
		if t := e.tickets.at(m); !t.loose {
			e.sum -= t.hash()
			t.loose = true
			e.loose = append(e.loose, loose{looseTicket, m})
		}
	}
}

// loosenOffer and loosenAgent are like loosen, for the offer in slot x and for agent n.
func (e *Engine) loosenOffer(x uint32) {
	if o := e.offers.at(x); !o.loose {
		e.sum -= o.hash()
		o.loose = true
		e.loose = append(e.loose, loose{looseOffer, x})
	}
}

func (e *Engine) loosenAgent(n uint32) {
	if a := &e.agents.list[n]; !a.loose {
		e.sum -= a.hash()
		a.loose = true
		e.loose = append(e.loose, loose{looseAgent, n})
	}
}

// tieUpMany keeps the list of what is loose short. It is called where nothing is being changed.
func (e *Engine) tieUpMany() {
	if len(e.loose) > looseMax {
		e.tieUp()
	}
}

// tieUp puts everything that is loose back into the digest. What is not loose any more ended.
func (e *Engine) tieUp() {
	for _, l := range e.loose {
		switch l.kind {
		case looseTicket:
			if t := e.tickets.at(l.ref); t.loose {
				t.loose = false
				e.sum += t.hash()
			}
		case looseOffer:
			if o := e.offers.at(l.ref); o.loose {
				o.loose = false
				e.sum += o.hash()
			}
		case looseAgent:
			if a := &e.agents.list[l.ref]; a.loose {
				a.loose = false
				e.sum += a.hash()
			}
		}
	}
	e.loose = e.loose[:0]
}
