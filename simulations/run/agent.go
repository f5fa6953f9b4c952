package run

import (
	"fmt"

	"fairline/engine"
	"fairline/simulations/scenario"
)

// An agent is one person of a group, on duty in one shift.
type agent struct {
	name    string
	id      engine.AgentID
	group   int
	shift   *scenario.Shift
	profile *engine.Profile
	spec    *scenario.Group
	slower  float64 // handling takes this times as long
}

// A post is what an agent is doing now.
type post struct {
	duty    bool
	leaving bool // the shift is over, work in hand is not
	resting bool // on a break
	inHand  int32
}

// staff makes the agents: one for each place in each shift. Who works two shifts is two agents.
func (m *Model) staff() error {
	for g := range m.Scenario.Groups {
		spec := &m.Scenario.Groups[g]
		profile := &engine.Profile{Skills: skills(spec.Skills, true), Takes: m.Policy.Engine.Takes(), Answers: spec.Answer == nil && spec.Misses == 0}
		if spec.Takes != nil {
			profile.Takes = [engine.ChannelsMax]uint8{}
			for name, n := range spec.Takes {
				c, err := m.channel(name)
				if err != nil {
					return fmt.Errorf("agents %s: %w", spec.Name, err)
				}
				profile.Takes[c] = uint8(n)
			}
		}
		made := 0
		for s := range spec.Shifts {
			count := spec.Shifts[s].Agents
			if n, ok := m.options.Agents[spec.Name]; ok {
				count = n
			}
			for range count {
				made++
				a := agent{name: fmt.Sprintf("%s-%d", spec.Name, made), group: g, shift: &spec.Shifts[s], profile: profile, spec: spec, slower: 1}
				if spec.Faster > 0 {
					a.slower = 1 / spec.Faster
				}
				a.id = engine.WordOf(a.name)
				m.agents = append(m.agents, a)
			}
		}
	}
	if len(m.agents) == 0 {
		return fmt.Errorf("nobody serves: give `agents` a group with a shift")
	}
	return nil
}

// A turn is what an agent does at a moment of the shift.
type turn int32

const (
	turnIn turn = iota
	turnOut
	turnRest
	turnBack
	turnRetry  // not of an agent: a customer comes back
	turnAnswer // an offer that rang is accepted, or let ring: a slot's
	turnAlso   // not of an agent: a second ticket
)

// rota puts down when agents come, rest and go.
func (p *Player) rota() {
	from := p.model.Scenario.Starts
	for i := range p.model.agents {
		s := p.model.agents[i].shift
		p.later(from.Add(s.From), int32(i), turnIn)
		if s.To > 0 {
			p.later(from.Add(s.To), int32(i), turnOut)
		}
		for _, b := range s.Breaks {
			p.later(from.Add(b.At), int32(i), turnRest)
			p.later(from.Add(b.At+b.Length), int32(i), turnBack)
		}
	}
}

func (p *Player) later(at engine.Instant, who int32, aim turn) {
	p.seq++
	p.turns.push(entry{at: at, seq: p.seq, who: who, aim: int32(aim)})
}

// turn has an agent come, rest or go.
func (p *Player) turn(i int32, what turn) {
	a, post := &p.model.agents[i], &p.posts[i]
	switch {
	case what == turnIn:
		post.duty = true
		p.measure.Duty(p.now, i, true)
		p.do(engine.Command{Kind: engine.SignIn, Agent: a.id, Profile: a.profile})
	case !post.duty:
	case what == turnRest:
		post.resting = true
		p.measure.Break(p.now, i, true)
		p.do(engine.Command{Kind: engine.Break, Agent: a.id})
	case what == turnBack && !post.leaving:
		post.resting = false
		p.measure.Break(p.now, i, false)
		p.do(engine.Command{Kind: engine.Ready, Agent: a.id})
	case what == turnOut && post.inHand > 0 && a.spec.Leaving == scenario.Finishing:
		post.leaving = true
		p.do(engine.Command{Kind: engine.Break, Agent: a.id})
	case what == turnOut:
		p.signOut(i)
	}
}

func (p *Player) signOut(i int32) {
	p.do(engine.Command{Kind: engine.SignOut, Agent: p.model.agents[i].id})
	at := &p.posts[i]
	if at.resting {
		p.measure.Break(p.now, i, false)
	}
	*at = post{}
	p.measure.Duty(p.now, i, false)
}
