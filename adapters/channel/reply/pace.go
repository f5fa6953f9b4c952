package reply

import (
	"sync"
	"time"
)

// A pace lets so many through in a minute, counted from the first of them.
type pace struct {
	most  int
	mutex sync.Mutex
	since time.Time
	n     int
}

func (p *pace) take(now time.Time) bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if now.Sub(p.since) >= time.Minute || now.Before(p.since) {
		p.since, p.n = now, 0
	}
	p.n++
	return p.n <= p.most
}
