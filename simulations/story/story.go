package story

import (
	"fmt"

	"fairline/engine"
	"fairline/policy"
)

// A Story is who comes, who serves, and how long everything takes.
type Story struct {
	Title   string
	Opens   engine.Instant // what all times below count from
	Tickets []Ticket       // in the order of their arrival
	Agents  []Agent        // in the order in which they sign in
}

// A Ticket is one customer.
type Ticket struct {
	ID         string // what the story calls it
	Name       string
	Channel    string
	About      string          // for the reader; the engine never sees it
	Arrives    engine.Duration // may be before the line opens
	Handling   engine.Duration // from start to finish, whoever serves
	Attributes map[string]any
}

// An Agent takes one ticket at a time, of any channel, and accepts each offer at once.
type Agent struct {
	Name  string
	Comes engine.Duration
}

// A Start is the beginning of a service. Tickets are indexes into Story.Tickets.
type Start struct {
	Ticket  int
	Agent   string
	At      engine.Instant
	Wait    engine.Duration
	Class   engine.Class // of the ticket
	Waiting []int        // who waited just before, the ticket included, by arrival
	Passed  []Pair       // whom the start overtook, by arrival; empty where it overtook nobody
}

// A Pair is one overtaking: the start it belongs to went ahead of Ticket.
type Pair struct {
	Ticket int
	Name   string // of what decided: a class, a group, or a protection's group
	Reason string // as the policy file has it
	Line   int    // of that name in the policy file
}

// A Result is how a story went under one policy.
type Result struct {
	Policy      *engine.Policy
	File        string // of the policy
	Starts      []Start
	Overtakings int    // the engine's own count, which is that of all pairs
	Frames      uint64 // of the journal, which was read again: its chain holds
	Digest      uint64 // of the state, live and after the journal was read
}

// Play plays a story under a policy. It returns an error when the policy cannot take one of the tickets, when a ticket
// is never served, or when the journal does not bear out the run.
func Play(s *Story, p *policy.Policy) (*Result, error) {
	tickets := make([]engine.Facts, len(s.Tickets))
	for i, t := range s.Tickets {
		reading := p.Ticket(policy.Ticket{Channel: t.Channel, Attributes: t.Attributes,
			Arrived: s.Opens.Add(t.Arrives)})
		if err := reading.Err(); err != nil {
			return nil, fmt.Errorf("play %s under %s: ticket %s: %w", s.Title, p.File, t.ID, err)
		}
		tickets[i] = reading.Facts
	}
	result, err := play(s, p.Engine, tickets)
	if err != nil {
		return nil, fmt.Errorf("play %s under %s: %w", s.Title, p.File, err)
	}
	result.File = p.File
	return result, nil
}

// PlayStrictly plays a story under the policy with its order replaced: everybody by arrival, without protections.
// It is what overtakings are measured against.
func PlayStrictly(s *Story, p *policy.Policy) (*Result, error) {
	root := &engine.Node{Name: "line", Order: engine.Arrival{}}
	for c := range p.Engine.Classes {
		root.Members = append(root.Members, engine.Member{Class: engine.ClassID(c)})
	}
	strict, line := *p, *p.Engine
	line.Root, line.Hash = root, [32]byte{}
	strict.Engine = &line
	return Play(s, &strict)
}

// Waits gives how long each ticket waited, by its index in the story.
func (r *Result) Waits() []engine.Duration {
	waits := make([]engine.Duration, len(r.Starts))
	for _, start := range r.Starts {
		waits[start.Ticket] = start.Wait
	}
	return waits
}

// Mean is the mean wait of all tickets.
func (r *Result) Mean() engine.Duration {
	var sum engine.Duration
	for _, start := range r.Starts {
		sum += start.Wait
	}
	return sum / engine.Duration(len(r.Starts))
}

// Parts gives the first start in which two results of one story differ, as an index into both, or -1.
func Parts(a, b *Result) int {
	for i := range a.Starts {
		if a.Starts[i].Ticket != b.Starts[i].Ticket || a.Starts[i].At != b.Starts[i].At {
			return i
		}
	}
	return -1
}
