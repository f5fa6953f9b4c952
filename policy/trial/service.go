package trial

import "fairline/engine"

// drain serves everybody who waits, by one agent who can do all and takes no time. This is the order of service. So that
// work without time does not count as quick, or as little, each ticket has an agent of its own who keeps it; but where the
// policy says how much one agent may start, it is one.
func (s *stage) drain() ([]decision, error) {
	p := &engine.Profile{Skills: s.needed}
	for i := range s.tree.Policy.Engine.Channels {
		p.Takes[i] = 1
	}
	one := len(s.tree.Policy.Engine.Caps) > 0
	signIn := func(n int) ([]decision, error) {
		return s.do(s.test.At, engine.Command{Kind: engine.SignIn, Agent: engine.AgentID(n), Profile: p})
	}
	all, err := signIn(1)
	for i := 0; i < len(all) && err == nil; i++ {
		c := engine.Command{Kind: engine.Accept, Agent: all[i].offer.Agent, Offer: all[i].offer.Offer}
		if _, err = s.do(s.test.At, c); err != nil {
			break
		}
		var more []decision
		if c.Kind = engine.Finish; one {
			more, err = s.do(s.test.At, c)
		} else {
			more, err = signIn(i + 2)
		}
		all = append(all, more...)
	}
	if err != nil {
		return nil, &trouble{s.test.At1, err.Error()}
	}
	return all, nil
}

// order is the ids of those who are served, one after the other.
func (s *stage) order() ([]string, error) {
	all, err := s.drain()
	var ids []string
	for _, d := range all {
		ids = append(ids, s.ids[d.offer.Ticket])
	}
	return ids, err
}
