package main

import (
	"encoding/json"
	"time"

	"fairline/adapters/host"
	"fairline/adapters/metrics"
	"fairline/engine"
)

// sayMax bounds how long a scrape waits for the line.
const sayMax = time.Second

// question asks the daemon's own host and reads the answer; false: there was none in time, or a refusal.
func (d *daemon) question(what string, reply any) bool {
	if !d.host.Ready() {
		return false
	}
	answer := make(chan []byte, 1)
	d.host.Handle("fl.ask."+d.cfg.Line+"."+what, nil, func(text []byte) { answer <- text })
	select {
	case text := <-answer:
		return json.Unmarshal(text, reply) == nil
	case <-time.After(sayMax):
		return false
	}
}

// lookAtLine gives what metrics have that only the engine knows.
func (d *daemon) lookAtLine() (metrics.Look, bool) {
	var shares host.Shares
	var status struct {
		Idle map[string]int64 `json:"idle_ms"`
	}
	if !d.question("shares", &shares) || !d.question("status", &status) {
		return metrics.Look{}, false
	}
	l := metrics.Look{Idle: map[string]engine.Duration{}}
	for i := range shares.Groups {
		look(&l, &shares.Groups[i])
	}
	for cause, ms := range status.Idle {
		l.Idle[cause] = engine.Duration(ms) * engine.Millisecond
	}
	return l, true
}

// look adds a group to a look.
func look(l *metrics.Look, g *host.GroupShares) {
	part := func(percent *float64) float64 {
		if percent == nil {
			return -1
		}
		return *percent / 100
	}
	for _, m := range g.Members {
		l.Shares = append(l.Shares, metrics.Share{Group: g.Group, Member: m.Name, Promised: part(m.Promised), Got: part(m.Part)})
	}
	for known, h := range map[bool]*host.Heard{true: g.Known, false: g.Unknown} {
		if h != nil {
			l.Heard = append(l.Heard, metrics.Heard{Group: g.Group, Known: known, Starts: h.Starts,
				Waited: engine.Duration(h.WaitedMS) * engine.Millisecond})
		}
	}
}
