package run

import (
	"fmt"
	"slices"

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
	resting bool // on a break of the shift
	missing bool // on a break for offers that were missed
	due     bool // the break is over, a wrap-up is not
	inHand  int32
	wraps   []wrapUp
}

// A wrapUp is work after a customer has gone.
type wrapUp struct {
	offer engine.OfferID
	until engine.Instant
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
	turnAgain  // who missed offers works again
	turnReady  // the last wrap-up is over
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
		post.due = false
		p.rest(i, true, post.missing)
		p.do(engine.Command{Kind: engine.Break, Agent: a.id})
	case what == turnBack && !post.leaving:
		p.ready(i, false, post.missing)
	case what == turnAgain && !post.leaving:
		p.ready(i, post.resting, false)
	case what == turnReady && post.due && !post.leaving:
		p.ready(i, false, false)
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
	p.rest(i, false, false)
	*at = post{}
	p.measure.Duty(p.now, i, false)
}

// rest says for which reasons an agent is on a break.
func (p *Player) rest(i int32, resting, missing bool) {
	at := &p.posts[i]
	was := at.resting || at.missing
	if at.resting, at.missing = resting, missing; was != (resting || missing) {
		p.measure.Break(p.now, i, !was)
	}
}

// ready has an agent work again for whom no reason for a break is left, and who wraps nothing up: for the engine whoever is ready
// has wrapped up.
func (p *Player) ready(i int32, resting, missing bool) {
	at := &p.posts[i]
	switch {
	case resting || missing:
		p.rest(i, resting, missing)
	case len(at.wraps) > 0:
		at.due = true
	default:
		at.due = false
		p.rest(i, false, false)
		p.do(engine.Command{Kind: engine.Ready, Agent: p.model.agents[i].id})
	}
}

// backAfter is how long an agent is on a break for missed offers where the scenario does not say.
const backAfter = engine.Minute

// missed notes that the policy put an agent on a break for missing offers.
func (p *Player) missed(i int32) {
	p.rest(i, p.posts[i].resting, true)
	after := p.model.agents[i].spec.BackAfter
	if after == 0 {
		after = backAfter
	}
	p.later(p.now.Add(after), i, turnAgain)
}

// wrapped ends a wrap-up. Who signs out leaves the rest of it.
func (p *Player) wrapped(ev *engine.Event) {
	i := p.at.get(uint64(ev.Agent))
	at := &p.posts[i]
	k := slices.IndexFunc(at.wraps, func(w wrapUp) bool { return w.offer == ev.Offer })
	if left := at.wraps[k].until.Sub(p.now); left > 0 {
		p.measure.Unwrapped(left)
	}
	at.wraps = slices.Delete(at.wraps, k, k+1)
	p.measure.Wrap(p.now, i, false)
	p.measure.Work(p.now, i, -1)
	p.emptied(i)
	if at.due && len(at.wraps) == 0 {
		p.later(p.now, i, turnReady)
	}
}
