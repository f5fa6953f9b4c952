package ledger

import (
	"slices"

	"fairline/engine"
)

// A begun is an offer to an agent, which caps count unless it fails. Classes go by name, for policies number them.
type begun struct {
	offer engine.OfferID
	class string
	at    engine.Instant
}

// note writes down that an agent was asked, where a cap of the policy counts it.
func (c *Census) note(o *asked) {
	if c.starts == nil {
		c.starts = map[engine.AgentID][]begun{}
	}
	if p := c.lives.policy; caps(p, p.Classes[o.ticket.class].Name) {
		c.starts[o.agent] = append(c.starts[o.agent], begun{o.id, p.Classes[o.ticket.class].Name, o.at})
	}
	c.forgetBefore(o.at.Add(-longest(c.lives.policy)), o.agent)
}

// caps reports whether a cap of p counts a class.
func caps(p *engine.Policy, class string) bool {
	return slices.ContainsFunc(p.Caps, func(l engine.Cap) bool {
		return slices.ContainsFunc(l.Classes, func(k engine.ClassID) bool { return p.Classes[k].Name == class })
	})
}

// longest is how far back the caps of p look.
func longest(p *engine.Policy) (d engine.Duration) {
	for _, l := range p.Caps {
		d = max(d, l.Per)
	}
	return d
}

func (c *Census) forgetBefore(at engine.Instant, agent engine.AgentID) {
	c.starts[agent] = slices.DeleteFunc(c.starts[agent], func(s begun) bool { return s.at <= at })
}

// forget forgets what the caps of the next policy are not told: what they do not count, and what the caps so far did not.
func (c *Census) forget(was, now *engine.Policy, at engine.Instant) {
	for agent := range c.starts {
		c.forgetBefore(at.Add(-longest(was)), agent)
		c.starts[agent] = slices.DeleteFunc(c.starts[agent], func(s begun) bool { return !caps(now, s.class) })
	}
}

// unnote takes an offer that failed back.
func (c *Census) unnote(o *asked) {
	c.starts[o.agent] = slices.DeleteFunc(c.starts[o.agent], func(s begun) bool { return s.offer == o.id })
}

// kept reports whether an agent with nothing in hand is one of the last who are kept for other classes.
func (c *Census) kept(agent engine.AgentID, class engine.ClassID) bool {
	for _, o := range c.offers {
		if o.agent == agent && o.aside && o.state == started {
			return false // it has something in hand
		}
	}
	for _, r := range c.lives.policy.Reserve {
		if slices.Contains(r.For, class) || c.used[agent] != 0 || !slices.Contains(c.roster.member(agent).skills, r.Skill) {
			continue
		}
		free := 1
		for name, m := range c.roster.members {
			if name != agent && m.working() && c.drained[name] == 0 && c.used[name] == 0 && slices.Contains(m.skills, r.Skill) {
				free++
			}
		}
		if free <= r.Agents {
			return true
		}
	}
	return false
}

// capped reports whether an agent was asked for as many of a class, and those that are capped with it, as it may start.
func (c *Census) capped(agent engine.AgentID, class engine.ClassID, at engine.Instant) bool {
	p := c.lives.policy
	for _, l := range p.Caps {
		n := 0
		for _, s := range c.starts[agent] {
			if slices.ContainsFunc(l.Classes, func(k engine.ClassID) bool { return p.Classes[k].Name == s.class }) && s.at.Add(l.Per) > at {
				n++
			}
		}
		if slices.Contains(l.Classes, class) && n >= l.Starts {
			return true
		}
	}
	return false
}
