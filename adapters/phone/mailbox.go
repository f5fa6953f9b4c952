package phone

import (
	"sync"

	"fairline/adapters/channel"
)

// A mailbox has what the line said last of a call, and never fills: an offer takes the place of the one before it, and an end is
// the end. What the line says again after a restart is no news: offers are told by their numbers, which rise.
type mailbox struct {
	mutex  sync.Mutex
	offer  *channel.Notice // that stands
	newest uint64          // the highest that was made
	end    *channel.Notice
	work   uint64          // the offer that an agent accepted
	taken  *channel.Notice // that it is not the agent's any more
	away   bool            // the ticket stays when the caller hangs up: an agent calls back
	wake   chan struct{}   // holds one: something is new

	handed  uint64 // the offer that another call gave: the agent may have it in hand
	nowhere bool   // nobody knows whom to call: the caller has to hold on
}

func newMailbox() mailbox { return mailbox{wake: make(chan struct{}, 1)} }

// post takes a notice.
func (m *mailbox) post(n channel.Notice) {
	m.mutex.Lock()
	switch n.Kind {
	case channel.Accepted:
		if n.For != 0 && n.Offer > m.newest { // the agent serves another contact of this customer, who is here
			m.offer, m.newest = &n, n.Offer
		}
	case channel.Offered:
		// Said of another contact too it is the same.
		again := n.Offer == m.newest && m.offer != nil && (m.offer.For != 0 || n.For == 0)
		if n.Offer > m.newest || again {
			m.offer, m.newest, m.away = &n, n.Offer, n.CallBack && !m.nowhere
		}
	case channel.Returned:
		m.takeBack(&n)
	case channel.Held:
		m.takeBack(&n)
		m.hold(&n)
	case channel.CalledBack:
		m.away = !m.nowhere
		if m.away || n.Why != "wait" {
			m.finish(&n)
		}
	case channel.Ended, channel.Moved:
		m.finish(&n)
	}
	m.mutex.Unlock()
	m.poke()
}

// poke has the call look.
func (m *mailbox) poke() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// hand gives the call an offer that another call had.
func (m *mailbox) hand(n channel.Notice) {
	m.mutex.Lock()
	m.offer, m.newest, m.handed = &n, max(m.newest, n.Offer), n.Offer
	m.mutex.Unlock()
	m.poke()
}

// given says whether an offer was given by another call.
func (m *mailbox) given(offer uint64) bool {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return offer == m.handed
}

// orphan is an offer that stands and that the call, which is over, did not act on: refused is the one that it gave back last. nil:
// there is none, or the contact leaves.
func (m *mailbox) orphan(refused uint64) *channel.Notice {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if m.end != nil || m.offer == nil || m.offer.Offer == refused || m.offer.Offer == m.work || !m.away && m.offer.Offer != m.handed {
		return nil
	}
	return m.offer
}

// takeBack ends the offer that a notice names, or where it names none the one that rings.
func (m *mailbox) takeBack(n *channel.Notice) {
	if m.offer == nil || n.Offer != m.offer.Offer && (n.Offer != 0 || m.offer.Offer == m.work) {
		return
	}
	if m.offer.Offer == m.work {
		m.taken = n
	}
	m.offer = nil
}

// hold has the ticket stay when the caller hangs up. A caller who waits, and whom somebody wants to call later, need not hold on.
func (m *mailbox) hold(n *channel.Notice) {
	if n.Why == "hang-up" || m.nowhere {
		return
	}
	m.away = true
	if n.Why == "callback" && n.Offer == 0 && m.work == 0 {
		m.finish(n)
	}
}

func (m *mailbox) finish(n *channel.Notice) {
	if m.end == nil { // that a moved one has ended follows, and says less
		m.end = n
	}
}

// read returns the offer that stands, and the end; nil: none.
func (m *mailbox) read() (offer, end *channel.Notice) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.offer, m.end
}

// stands says whether an offer is neither taken back nor over.
func (m *mailbox) stands(offer uint64) bool {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.end == nil && m.offer != nil && m.offer.Offer == offer
}

// keeps says whether the ticket stays when the caller hangs up.
func (m *mailbox) keeps() bool {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.away
}

// watch has the mailbox remember when the line takes an offer back that an agent accepted.
func (m *mailbox) watch(offer uint64) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.work, m.taken = offer, nil
}

// lost says how the offer that is watched was taken back; nil: it was not.
func (m *mailbox) lost() *channel.Notice {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.taken
}
