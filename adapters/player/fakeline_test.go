package player

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

// A fakeLine answers docs/bus.md in arrival order, as simply as it can, on its own connection. It keeps its own
// count of what became of each ticket, which the tests hold against the player's.
type fakeLine struct {
	t     *testing.T
	fault func(n int, subject string) fault // of the n-th request

	mu      sync.Mutex
	n       int
	said    int
	offers  uint64
	queue   []*fakeTicket // waiting
	tickets map[string]*fakeTicket
	agents  []*fakeAgent // in order of signing in
	log     []string     // agents' requests that were granted
	sub     *nats.Subscription
	mute    bool // says nothing of ends
	repeat  int  // each repeat-th notice is said twice; 0: none
	grace   bool // who leaves may come back for as long as they like
}

// A fault is what goes wrong with a request.
type fault uint8

const (
	fine fault = iota
	lostRequest
	lostReply
	twice
	notNow
)

type fakeTicket struct {
	id    string
	needs []string
	who   string // the customer
	held  bool
	n     int // its number
	offer uint64
	agent *fakeAgent
	taken bool
	ends  []string
	slips int
}

type fakeAgent struct {
	name     string
	skills   []string
	on, away bool
	with     *fakeTicket
}

type fakeRequest struct {
	ID     string     `json:"id"`
	Offer  uint64     `json:"offer"`
	Skills []string   `json:"skills"`
	Needs  []string   `json:"needs"`
	Data   ticketData `json:"data"`
}

func startFakeLine(t *testing.T, url string) *fakeLine {
	t.Helper()
	l := &fakeLine{t: t, tickets: map[string]*fakeTicket{}, fault: func(int, string) fault { return fine }}
	nc := connect(t, url)
	l.listen(nc)
	return l
}

func (l *fakeLine) listen(nc *nats.Conn) {
	sub, err := nc.Subscribe("fl.*.main.>", func(m *nats.Msg) { l.receive(nc, m) })
	if err == nil {
		err = nc.Flush()
	}
	if err != nil {
		l.t.Error(err)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sub = sub
}

func (l *fakeLine) receive(nc *nats.Conn, m *nats.Msg) {
	if m.Reply == "" {
		return // a notice of its own
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.n++
	switch l.fault(l.n, m.Subject) {
	case lostRequest:
	case notNow:
		l.reply(nc, m, `{"error":{"code":503,"err_code":91503,"description":"not served here now"}}`)
	case lostReply:
		l.handle(nc, m)
	case twice:
		l.reply(nc, m, l.handle(nc, m))
		l.reply(nc, m, l.handle(nc, m))
	default:
		l.reply(nc, m, l.handle(nc, m))
	}
	l.match(nc)
}

func (l *fakeLine) reply(nc *nats.Conn, m *nats.Msg, text string) {
	if err := nc.Publish(m.Reply, []byte(text)); err != nil {
		l.t.Log(err) // the test stopped the server
	}
}

func (l *fakeLine) say(nc *nats.Conn, subject string, payload map[string]any) {
	text, err := json.Marshal(payload)
	if err != nil {
		l.t.Error(err)
	}
	l.said++
	times := 1
	if l.repeat > 0 && l.said%l.repeat == 0 {
		times = 2
	}
	for range times {
		if err := nc.Publish(subject, text); err != nil {
			l.t.Log(err)
		}
	}
}

const (
	granted  = `{"seq":1}`
	notFound = `{"error":{"code":404,"err_code":91404,"description":"no such thing"}}`
	notSo    = `{"error":{"code":409,"err_code":91409,"description":"not in this state"}}`
	isOver   = `{"error":{"code":410,"err_code":91410,"description":"the offer is over"}}`
)

func (l *fakeLine) handle(nc *nats.Conn, m *nats.Msg) string {
	var r fakeRequest
	if err := json.Unmarshal(m.Data, &r); err != nil {
		l.t.Errorf("%s: %q: %v", m.Subject, m.Data, err)
	}
	part := strings.Split(m.Subject, ".")
	switch part[1] {
	case "ask":
		if part[3] == "agents" {
			return l.whoHasWhat()
		}
		return l.where(r.ID)
	case "in":
		return l.customer(nc, part[4], r)
	}
	answer := l.agent(nc, part[3], part[4], r)
	if answer == granted {
		l.log = append(l.log, part[3]+" "+part[4])
	}
	return answer
}

func (l *fakeLine) where(id string) string {
	t := l.tickets[id]
	switch {
	case t == nil:
		return notFound
	case len(t.ends) > 0:
		return fmt.Sprintf(`{"state":"ended","end":%q,"slips":%d}`, t.ends[0], t.slips)
	case t.held:
		return `{"state":"held"}`
	case t.taken:
		return `{"state":"serving"}`
	case t.agent != nil:
		return `{"state":"offered"}`
	}
	return `{"state":"waiting"}`
}

func (l *fakeLine) customer(nc *nats.Conn, what string, r fakeRequest) string {
	t := l.tickets[r.ID]
	switch {
	case what == "ticket":
		return l.arrival(r, t)
	case t == nil:
		l.t.Errorf("%s of ticket %s before it was answered", what, r.ID)
		return notFound
	case t.taken || len(t.ends) > 0:
		return notSo
	}
	if a := t.agent; a != nil {
		l.say(nc, "fl.agent.main."+a.name+".withdrawn", map[string]any{"offer": t.offer, "why": "left"})
		a.with, t.agent = nil, nil
	}
	l.queue = slices.DeleteFunc(l.queue, func(o *fakeTicket) bool { return o == t })
	if l.grace {
		t.held = true
		return granted
	}
	l.end(nc, t, "abandoned")
	return granted
}

// arrival takes a ticket that is known or not, or one of somebody who was cut off.
func (l *fakeLine) arrival(r fakeRequest, t *fakeTicket) string {
	duplicate := t != nil
	for _, id := range slices.Sorted(maps.Keys(l.tickets)) {
		if was := l.tickets[id]; t == nil && was.held && was.who == r.Data.Customer {
			t, was.held = was, false
			l.queue = append(l.queue, t)
		}
	}
	if t == nil {
		t = &fakeTicket{id: r.ID, needs: r.Data.Needs, who: r.Data.Customer, n: len(l.tickets) + 1}
		l.queue = append(l.queue, t)
	}
	l.tickets[r.ID] = t
	return fmt.Sprintf(`{"stream":"FL","seq":1,"duplicate":%v,"ticket":%d}`, duplicate, t.n)
}

// whoHasWhat answers the question "agents".
func (l *fakeLine) whoHasWhat() string {
	var list []string
	for _, a := range l.agents {
		offers := ""
		if t := a.with; t != nil {
			state := "ringing"
			if t.taken {
				state = "working"
			}
			offers = fmt.Sprintf(`{"offer":%d,"ticket":%d,"state":%q}`, t.offer, t.n, state)
		}
		list = append(list, fmt.Sprintf(`{"agent":%q,"offers":[%s]}`, a.name, offers))
	}
	return `{"agents":[` + strings.Join(list, ",") + `]}`
}

func (l *fakeLine) end(nc *nats.Conn, t *fakeTicket, end string) {
	t.ends = append(t.ends, end)
	if l.mute {
		return
	}
	l.say(nc, "fl.out.play.main.ended", map[string]any{"id": t.id, "ticket": 1, "end": end})
}

func (l *fakeLine) agent(nc *nats.Conn, name, what string, r fakeRequest) string {
	i := slices.IndexFunc(l.agents, func(a *fakeAgent) bool { return a.name == name })
	if i < 0 {
		if what != "sign-in" {
			return notFound
		}
		i = len(l.agents)
		l.agents = append(l.agents, &fakeAgent{name: name})
	}
	a := l.agents[i]
	switch what {
	case "sign-in":
		a.on, a.skills = true, r.Skills
	case "ready":
		if !a.away {
			return notSo
		}
		a.away = false
	case "break", "sign-out":
		a.away, a.on = what == "break", what == "break"
		l.putBack(nc, a, what)
	case "renew":
		if !a.on {
			return notFound
		}
	default:
		return l.work(nc, a, what, r)
	}
	return granted
}

// putBack takes an open offer, and at sign-out also the work, from an agent.
func (l *fakeLine) putBack(nc *nats.Conn, a *fakeAgent, why string) {
	t := a.with
	if t == nil || t.taken && why == "break" {
		return
	}
	l.say(nc, "fl.agent.main."+a.name+".withdrawn", map[string]any{"offer": t.offer, "why": why})
	a.with, t.agent, t.taken = nil, nil, false
	l.queue = slices.Insert(l.queue, 0, t)
}

func (l *fakeLine) work(nc *nats.Conn, a *fakeAgent, what string, r fakeRequest) string {
	t := a.with
	if t == nil || t.offer != r.Offer {
		return isOver
	}
	if !t.taken && what != "accept" {
		return notSo
	}
	switch what {
	case "transfer", "hold":
		a.with, t.agent, t.taken = nil, nil, false
		if t.needs = r.Needs; what == "transfer" {
			l.queue = slices.Insert(l.queue, 0, t)
			break
		}
		t.held = true
		time.AfterFunc(20*time.Millisecond, func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			t.held = false
			l.queue = append(l.queue, t)
			l.match(nc)
		})
	case "accept":
		t.taken = true
		l.queue = slices.DeleteFunc(l.queue, func(o *fakeTicket) bool { return o == t })
	case "finish":
		a.with, t.agent = nil, nil
		l.end(nc, t, "served")
	default:
		return notSo
	}
	return granted
}

// match offers the earliest ticket that some agent can serve to the first agent who can.
func (l *fakeLine) match(nc *nats.Conn) {
	for i, t := range l.queue {
		if t.agent != nil {
			continue
		}
		for _, a := range l.agents {
			if !a.on || a.away || a.with != nil || !able(a.skills, t.needs) {
				continue
			}
			l.offers++
			for _, earlier := range l.queue[:i] { // by skill: this line overtakes nobody else
				earlier.slips++
			}
			a.with, t.agent, t.offer = t, a, l.offers
			l.say(nc, "fl.agent.main."+a.name+".offered", map[string]any{
				"offer": t.offer, "attempt": 1, "adapter": "play", "id": t.id, "channel": "phone"})
			break
		}
	}
}

// sayAgain repeats the open offers, as a line does after a restart.
func (l *fakeLine) sayAgain(nc *nats.Conn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, a := range l.agents {
		if t := a.with; t != nil && !t.taken {
			l.say(nc, "fl.agent.main."+a.name+".offered", map[string]any{
				"offer": t.offer, "attempt": 1, "adapter": "play", "id": t.id, "channel": "phone"})
		}
	}
}

// counts returns how many tickets ended how, after checking that each ended once.
func (l *fakeLine) counts() (ends map[string]int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	ends = map[string]int{}
	for id, t := range l.tickets {
		if t.id != id {
			continue // another name
		}
		if len(t.ends) != 1 {
			l.t.Errorf("ticket %s ended %q, want one end", id, t.ends)
			continue
		}
		ends[t.ends[0]]++
	}
	return ends
}
