package email

import (
	"sync"
	"time"
)

// A pace bounds what is sent in a minute. The zero value is ready; any goroutine may use it.
type pace struct {
	mutex  sync.Mutex
	minute int64
	sent   int
}

// take says whether one more may be sent in this minute.
func (p *pace) take(max int) bool {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if now := time.Now().Unix() / 60; now != p.minute {
		p.minute, p.sent = now, 0
	}
	if p.sent >= max {
		return false
	}
	p.sent++
	return true
}
