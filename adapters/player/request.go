package player

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
)

// Pauses between repetitions of a request that nobody listened to, or that the line refused for now.
const (
	backoffMin = 20 * time.Millisecond
	backoffMax = time.Second
	resumeMin  = time.Second // between two returns to duty: their own requests may meet trouble
)

// A request is repeated until it is answered.
type request struct {
	token   uint64
	subject string
	payload []byte
	done    func(answer)
	idle    bool // its answer is no sign of life of the play

	sent  time.Time // for the first time
	tries int
	turn  int // rises with each sending and each retry planned: a timer of an earlier turn is void
}

// requests are those waiting to be sent and those waiting for an answer.
type requests struct {
	token uint64
	queue []*request
	open  map[uint64]*request // at most Config.InFlight

	retries int
	trips   []time.Duration // of those answered at the first try, at most tripsMax
}

const tripsMax = 100_000

// ask sends a request as soon as fewer than InFlight are open; done is called once, with the answer, and later than ask
// returns.
func (p *player) ask(subject string, payload any, done func(answer)) *request {
	p.req.token++
	r := &request{token: p.req.token, subject: subject, payload: encode(payload), done: done}
	p.req.queue = append(p.req.queue, r)
	p.pump()
	return r
}

func (p *player) pump() {
	for len(p.req.queue) > 0 && len(p.req.open) < p.InFlight {
		r := p.req.queue[0]
		p.req.queue[0] = nil
		p.req.queue = p.req.queue[1:]
		p.req.open[r.token] = r
		r.sent = time.Now()
		p.send(r)
	}
}

// send sends r, or does so later if there is no connection, and arms its repetition.
func (p *player) send(r *request) {
	if !p.Conn.IsConnected() {
		p.again(r, backoffMin<<min(r.tries, 5))
		return
	}
	r.tries++
	if r.tries > 1 {
		p.req.retries++
	}
	reply := p.inbox + strconv.FormatUint(r.token, 10)
	if err := p.Conn.PublishRequest(r.subject, reply, r.payload); err != nil {
		p.Logger.Debug("request not sent", "subject", r.subject, "error", err)
	}
	r.turn++
	turn := r.turn
	p.cal.note(time.Now().Add(p.Timeout), func() {
		if p.req.open[r.token] == r && r.turn == turn {
			p.trouble = true
			p.send(r)
		}
	})
}

// again sends r after a while instead of at its timeout.
func (p *player) again(r *request, after time.Duration) {
	r.turn++
	turn := r.turn
	p.cal.note(time.Now().Add(min(after, backoffMax)), func() {
		if p.req.open[r.token] == r && r.turn == turn {
			p.send(r)
		}
	})
}

// answered takes a reply. Replies to requests that are closed are late duplicates.
func (p *player) answered(m *nats.Msg) {
	token, err := strconv.ParseUint(m.Subject[len(p.inbox):], 10, 64)
	r := p.req.open[token]
	if err != nil || r == nil {
		return
	}
	if !r.idle {
		p.heard, p.nudged = time.Now(), false
	}
	a := answer{again: r.tries > 1, data: m.Data}
	noResponders := len(m.Data) == 0 && m.Header.Get("Status") == "503"
	if !noResponders {
		if err := json.Unmarshal(m.Data, &a); err != nil {
			p.violate(fmt.Sprintf("%s: answered with %q: %v", r.subject, clip(m.Data), err))
			a.Refusal.Code = 500
		}
	}
	if noResponders || a.Refusal.Code == 503 {
		p.trouble = true
		p.again(r, backoffMin<<min(r.tries, 6))
		return
	}
	delete(p.req.open, token)
	if r.tries == 1 && len(p.req.trips) < tripsMax {
		p.req.trips = append(p.req.trips, time.Since(r.sent))
	}
	if p.trouble && time.Since(p.lastResumed) > resumeMin {
		p.returnToDuty()
	}
	r.done(a)
	p.pump()
}

func clip(text []byte) []byte { return text[:min(len(text), 100)] }
