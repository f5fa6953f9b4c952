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
	wake  chan struct{} // holds one: something is new
}

func newMailbox() mailbox { return mailbox{wake: make(chan struct{}, 1)} }

// post takes a notice.
func (m *mailbox) post(n channel.Notice) {
	m.mutex.Lock()
	switch n.Kind {
	case channel.Offered:
		m.offer = &n
	case channel.Returned, channel.Held:
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
