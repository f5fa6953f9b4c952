package ledger

import (
	"slices"

	"fairline/engine"
)

// A duty is whether an agent is at work.
type duty uint8

const (
	off duty = iota
	on
	pausing
)

// A member is an agent as the events tell of one.
type member struct {
	duty   duty
	lost   bool // not heard of
	skills []engine.Word
	takes  [engine.ChannelsMax]uint8
}

// serves reports whether a member has the skills and takes the channel, with hands free or not.
func (m *member) serves(d demand) bool {
	if m.takes[d.channel] == 0 {
		return false
	}
	for _, need := range d.needs {
		if !slices.Contains(m.skills, need) {
			return false
		}
	}
	return true
}

// A roster is who is at work. The zero value has nobody.
type roster struct {
	members map[engine.AgentID]*member
}

// member returns an agent, who need not have been heard of.
func (r *roster) member(name engine.AgentID) *member {
	if r.members == nil {
		r.members = map[engine.AgentID]*member{}
	}
	m := r.members[name]
	if m == nil {
		m = &member{}
		r.members[name] = m
	}
	return m
}

// working reports whether a member may be asked.
func (m *member) working() bool { return m.duty == on && !m.lost }

// follow follows the events of agents. It reports whether the event is one of them.
func (r *roster) follow(ev *engine.Event) bool {
	switch ev.Kind {
	case engine.SignedIn, engine.SignedOut, engine.OnBreak, engine.Readied, engine.Lost, engine.Found:
	default:
		return false
	}
	m := r.member(ev.Agent)
	switch ev.Kind {
	case engine.SignedIn:
		m.skills, m.takes = slices.Clone(ev.Profile.Skills), ev.Profile.Takes
		if m.lost = false; m.duty == off {
			m.duty = on
		}
	case engine.SignedOut:
		m.duty, m.lost = off, false
	case engine.OnBreak:
		m.duty, m.lost = pausing, false
	case engine.Readied:
		m.duty, m.lost = on, false
	case engine.Lost, engine.Found:
		m.lost = ev.Kind == engine.Lost
	}
	return true
}

// able counts those on duty who could serve d, busy or not, and who takes a ticket now, though it be from a break.
func (r *roster) able(d demand, who *member) int {
	n := 0
	for _, m := range r.members {
		if (m.working() || m == who) && m.serves(d) {
			n++
		}
	}
	return n
}

// adopt brings everybody's channels to another policy: who took what the old one said takes what the new one says, others
// keep their numbers.
func (r *roster) adopt(was, now *engine.Policy) {
	for _, m := range r.members {
		if m.takes == was.Takes() {
			m.takes = now.Takes()
			continue
		}
		old := m.takes
		m.takes = [engine.ChannelsMax]uint8{}
		for i, c := range was.Channels {
			if to := slices.IndexFunc(now.Channels, func(of engine.Channel) bool { return of.Name == c.Name }); to >= 0 {
				m.takes[to] = old[i]
			}
		}
	}
}
