package policy_test

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"fairline/engine"
	"fairline/policy"
)

// randomOrder writes an order over the members.
func randomOrder(r *rand.Rand, members []string) string {
	join := func(value func() string) string {
		var parts []string
		for _, m := range members {
			parts = append(parts, m+": "+value())
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	span := func() string { return []string{"0s", "1m", "1m", "3m", "10m"}[r.IntN(5)] }
	due := func() string {
		if r.IntN(4) == 0 {
			return "own"
		}
		return span()
	}
	switch r.IntN(5) {
	case 0:
		return "{arrival: [" + strings.Join(members, ", ") + "]}"
	case 1:
		return "{head_start: " + join(span) + "}"
	case 2:
		return "{due: " + join(due) + "}"
	case 3:
		return fmt.Sprintf("{due: {phone: %s, email: %s}, by: channel}, of: [%s]", span(), span(), strings.Join(members, ", "))
	}
	return "{strict: [" + strings.Join(members, ", ") + "]}"
}

// randomPolicy writes two groups of two classes under a line. Class d takes e-mail only.
func randomPolicy(r *rand.Rand, reason string) string {
	return fmt.Sprintf(`fairline: 1
policy: random
description: By arrival or not.
attributes: {k: {one_of: [a, b, c, d], else: d}}
channels: {phone: {takes: agent, target: 80%% within 2m}, email: {takes: agent, target: 80%% within 5m}}
classes:
  - {name: a, %[1]s when: 'ticket.k == "a"'}
  - {name: b, %[1]s when: 'ticket.k == "b"'}
  - {name: c, %[1]s when: 'ticket.k == "c" || ticket.channel == "phone"'}
  - {name: d%[2]s}
order: {%[3]s}
groups:
  g: {order: %[4]s}
  h: {order: %[5]s}
`, reason, strings.TrimSuffix(", "+strings.TrimSuffix(reason, ","), ", "),
		[]string{"strict: [g, h]", "due: {g: 1m, h: 4m}", "arrival: [g, h]", "head_start: {g: 2m, h: 0s}"}[r.IntN(4)],
		randomOrder(r, []string{"a", "b"}), randomOrder(r, []string{"c", "d"}))
}

var quoted = regexp.MustCompile("`([^`]*)`")

// listed are the pairs "winner loser" that FL0201 names.
func listed(faults policy.Faults) map[string]bool {
	pairs := map[string]bool{}
	for _, f := range faults {
		if f.Code != "FL0201" {
			continue
		}
		winner := string("abcd"[f.Line-7])
		for _, m := range quoted.FindAllStringSubmatch(f.Label, -1) {
			pairs[winner+" "+strings.TrimPrefix(m[1], "others of ")] = true
		}
	}
	return pairs
}

// seen runs random tickets through the engine and returns the pairs of classes of all overtakings that an order caused.
func seen(t *testing.T, r *rand.Rand, p *policy.Policy, tickets int) map[string]bool {
	e := adopt(t, p)
	at, class, pairs := 1_000_000*engine.Instant(engine.Second), map[engine.TicketID]engine.ClassID{}, map[string]bool{}
	ada, work := engine.WordOf("ada"), engine.OfferID(0)
	var do func(c engine.Command) engine.Event
	do = func(c engine.Command) engine.Event {
		c.At = at
		evs, err := e.Do(c)
		if err != nil {
			t.Fatal(err)
		}
		first, offer := evs[0], engine.OfferID(0)
		if first.Kind == engine.Arrived {
			class[first.Ticket] = p.Engine.Classify(c.Facts)
		}
		for _, ev := range evs {
			switch {
			case ev.Kind == engine.Offered:
				offer = ev.Offer
			case ev.Kind == engine.Passed && ev.Why == engine.ByOrder:
				pairs[p.Engine.Classes[class[ev.Rival]].Name+" "+p.Engine.Classes[ev.Class].Name] = true
			}
		}
		if offer != 0 {
			work = offer
			do(engine.Command{Kind: engine.Accept, Agent: ada, Offer: offer})
		}
		return first
	}
	finish := func() {
		offer := work
		work = 0
		do(engine.Command{Kind: engine.Finish, Agent: ada, Offer: offer})
	}
	busy, pace := 1+r.IntN(tickets), 1+r.IntN(4) // when somebody begins to serve, and how often of 4 they finish
	for i := range tickets {
		at = at.Add(engine.Duration(r.IntN(90)) * engine.Second)
		in := policy.Ticket{Channel: []string{"phone", "email"}[r.IntN(2)], Arrived: at, Attributes: map[string]any{"k": string("abcd"[r.IntN(4)])}}
		if r.IntN(2) == 0 {
			in.Due = at.Add(engine.Duration(r.IntN(1200)-300) * engine.Second) // some dates are past
		}
		reading := p.Ticket(in)
		do(engine.Command{Kind: engine.Arrive, Key: engine.KeyOf("test", fmt.Sprint(i)), Facts: &reading.Facts})
		switch {
		case i == busy:
			do(engine.Command{Kind: engine.SignIn, Agent: ada, Profile: &engine.Profile{Takes: p.Engine.Takes()}})
		case i > busy && work != 0 && r.IntN(4) < pace:
			finish()
		}
	}
	for work != 0 {
		finish()
	}
	return pairs
}

// FL0201 is exact: under random orders, whatever passes in the engine is listed, and whatever is listed can be seen.
func TestReasonsAreAskedOfExactlyThoseWhoOvertake(t *testing.T) {
	for seed := range uint64(40) {
		_, faults := policy.Parse("bare.yaml", []byte(randomPolicy(rand.New(rand.NewPCG(seed, 1)), "")))
		want := listed(faults)
		src := randomPolicy(rand.New(rand.NewPCG(seed, 1)), "reason: r,")
		p, faults := policy.Parse("reasons.yaml", []byte(src))
		if p == nil {
			t.Fatalf("seed %d: %v\n%s", seed, faults, src)
		}
		got := map[string]bool{}
		for run := range uint64(12) {
			for pair := range seen(t, rand.New(rand.NewPCG(seed, 100+run)), p, 150) {
				got[pair] = true
			}
		}
		for pair := range got {
			if !want[pair] {
				t.Errorf("seed %d: %s: seen in the engine, not listed %v\n%s", seed, pair, want, src)
			}
		}
		for pair := range want {
			if !got[pair] {
				t.Errorf("seed %d: %s: listed, never seen %v\n%s", seed, pair, got, src)
			}
		}
	}
}
