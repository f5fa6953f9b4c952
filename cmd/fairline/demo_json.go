package main

import (
	"fmt"
	"time"

	"fairline/engine"
	"fairline/simulations/story"
)

// A demoReport is what `fairline demo --json` prints. Durations are in seconds.
type demoReport struct {
	Schema   string       `json:"schema"`
	Story    string       `json:"story"`
	Tickets  []demoTicket `json:"tickets"`
	Moment   *demoMoment  `json:"moment,omitempty"` // the first decision in which the policies differ
	Policies []demoPolicy `json:"policies"`
}

type demoTicket struct {
	ID       string             `json:"id"`
	Name     string             `json:"name"`
	Channel  string             `json:"channel"`
	Arrived  string             `json:"arrived"`
	Handling float64            `json:"handling_seconds"`
	Waited   map[string]float64 `json:"waited_seconds"` // by policy; strict-line is everybody by arrival
}

type demoMoment struct {
	At      string       `json:"at"`
	Agent   string       `json:"agent"`
	Waiting []string     `json:"waiting"`
	Choices []demoChoice `json:"choices"`
}

type demoChoice struct {
	Policy   string `json:"policy"`
	Takes    string `json:"takes"`
	AheadOf  int    `json:"ahead_of"`
	Accepted string `json:"accepted_reason,omitempty"`
}

type demoPolicy struct {
	Policy      string      `json:"policy"`
	Hash        string      `json:"hash"`
	File        string      `json:"file"`
	Mean        float64     `json:"mean_wait_seconds"`
	Longest     float64     `json:"longest_wait_seconds"`
	Overtakings int         `json:"overtakings"`
	Unaccepted  int         `json:"without_accepted_reason"`
	Frames      uint64      `json:"journal_frames"`
	Digest      string      `json:"digest"`
	Ledger      []demoEntry `json:"ledger"`
}

type demoEntry struct {
	Entry  int      `json:"entry"`
	At     string   `json:"at"`
	Ticket string   `json:"ticket"`
	Over   string   `json:"over"`
	Name   string   `json:"name"`
	Reason string   `json:"reason,omitempty"`
	File   string   `json:"file"`
	Line   int      `json:"line"`
	Cost   *float64 `json:"cost_seconds,omitempty"` // against a strict line
}

func (d *demoRun) report() demoReport {
	rep := demoReport{Schema: "fairline.demo/1", Story: d.story.Title,
		Policies: []demoPolicy{d.reportPolicy(d.loud), d.reportPolicy(d.fair)}}
	loud, fair, strict := d.loud.Waits(), d.fair.Waits(), d.strict.Waits()
	for i, t := range d.story.Tickets {
		rep.Tickets = append(rep.Tickets, demoTicket{ID: t.ID, Name: t.Name, Channel: t.Channel,
			Arrived: stamp(d.story.Opens.Add(t.Arrives)), Handling: seconds(t.Handling), Waited: map[string]float64{
				d.loud.Policy.Name: seconds(loud[i]), d.fair.Policy.Name: seconds(fair[i]), "strict-line": seconds(strict[i])}})
	}
	if i := story.Parts(d.loud, d.fair); i >= 0 {
		at := &d.loud.Starts[i]
		rep.Moment = &demoMoment{At: stamp(at.At), Agent: at.Agent}
		for _, t := range at.Waiting {
			rep.Moment.Waiting = append(rep.Moment.Waiting, d.story.Tickets[t].ID)
		}
		for _, r := range []*story.Result{d.loud, d.fair} {
			start := &r.Starts[i]
			rep.Moment.Choices = append(rep.Moment.Choices, demoChoice{Policy: r.Policy.Name,
				Takes: d.story.Tickets[start.Ticket].ID, AheadOf: len(start.Passed), Accepted: d.accepted(r, start)})
		}
	}
	return rep
}

func (d *demoRun) reportPolicy(r *story.Result) demoPolicy {
	p := demoPolicy{Policy: r.Policy.Name, Hash: fmt.Sprintf("%x", r.Policy.Hash), File: r.File, Mean: seconds(r.Mean()),
		Overtakings: r.Overtakings, Unaccepted: d.unaccepted(r), Frames: r.Frames,
		Digest: fmt.Sprintf("%016x", r.Digest), Ledger: []demoEntry{}}
	entry := 0
	for _, start := range r.Starts {
		p.Longest = max(p.Longest, seconds(start.Wait))
		if len(start.Passed) > 0 {
			entry++
		}
		for _, pair := range start.Passed {
			e := demoEntry{Entry: entry, At: stamp(start.At), Ticket: d.story.Tickets[start.Ticket].ID,
				Over: d.story.Tickets[pair.Ticket].ID, Name: pair.Name, Reason: pair.Reason, File: r.File, Line: pair.Line}
			if r == d.fair {
				cost := seconds(d.cost(pair.Ticket))
				e.Cost = &cost
			}
			p.Ledger = append(p.Ledger, e)
		}
	}
	return p
}

func seconds(d engine.Duration) float64 { return time.Duration(d).Seconds() }

func stamp(i engine.Instant) string { return time.Unix(0, int64(i)).UTC().Format(time.RFC3339Nano) }
