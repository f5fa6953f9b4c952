package main

import (
	"context"

	"fairline/adapters/host"
)

// noAnswer stands beside what is said of the daemon.
const noAnswer = "the daemon does not say"

// lookAtShares asks the daemon whether the agents on duty can keep what the shares of its policy promise.
func (p *doctor) lookAtShares(ctx context.Context) finding {
	if p.running == nil || p.running.NATS == "" {
		return fine("no daemon to ask")
	}
	f := busFlags{nats: p.running.NATS, creds: p.running.Creds}
	conn, err := f.connect("doctor", p.cfg)
	if err != nil {
		return fine(noAnswer)
	}
	defer conn.Close()
	var s host.Shares
	if err := conn.ask(ctx, "fl.ask."+p.running.Line+".shares", map[string]any{}, &s); err != nil {
		return fine(noAnswer)
	}
	return judgeShares(&s)
}

func judgeShares(s *host.Shares) finding {
	for i := range s.Groups {
		if text := apart(&s.Groups[i]); text != "" {
			return doubtful("fairline ledger shares shows who shares agents with whom; change the skills of agents, or the weights",
				"share of %s: %s: a weight is a promise only among those whom an agent can serve both", s.Groups[i].Group, text)
		}
	}
	if len(s.Groups) == 0 {
		return fine("none in the policy in force")
	}
	return fine("the agents on duty connect all members of %s", plural(len(s.Groups), "group", "groups"))
}
