package phone

import (
	"sync"

	"fairline/adapters/channel"
)

// A mailbox has what the line said last of a call, and never fills: an offer takes the place of the one before it, and an end is
// the end.
type mailbox struct {
	mutex sync.Mutex
	offer *channel.Notice // that stands
	end   *channel.Notice
	work  uint64          // the offer that an agent accepted
	taken *channel.Notice // that it is not the agent's any more
	wake  chan struct{}   // holds one: something is new
}

func newMailbox() mailbox { return mailbox{wake: make(chan struct{}, 1)} }

// post takes a notice.
func (m *mailbox) post(n channel.Notice) {
	m.mutex.Lock()
	switch n.Kind {
	case channel.Accepted:
		if n.For != 0 && (m.offer == nil || m.offer.Offer != n.Offer) { // the agent serves another contact of this customer, who is here
			m.offer = &n
		}
	case channel.Offered:
		if m.offer == nil || m.offer.Offer != n.Offer || m.offer.For != 0 { // said of another contact too it is the same
			m.offer = &n
		}
	case channel.Returned, channel.Held:
		if m.offer != nil && m.offer.Offer == m.work {
			m.taken = &n
		}
		m.offer = nil
	case channel.Ended, channel.CalledBack, channel.Moved:
		if m.end == nil { // that a moved one has ended follows, and says less
			m.end = &n
		}
	}
	m.mutex.Unlock()
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// read returns the offer that stands, and the end; nil: none.
func (m *mailbox) read() (offer, end *channel.Notice) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.offer, m.end
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
