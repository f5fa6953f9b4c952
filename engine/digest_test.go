package engine

import "testing"

// TestDigestsStayThose holds the digest of a history of the first kinds of events to what it was when they were all there
// were: journals carry digests, and a journal must not be refused because the engine learnt more.
func TestDigestsStayThose(t *testing.T) {
	p := testPolicies()[9] // strict, bounded
	p.Join, p.JoinWithin, p.ReopenedWithin = nil, 0, 0
	e := New()
	do := func(at int, c Command) {
		c.At = Instant(Hour) + Instant(at)*Instant(Second)
		for d := e.Due(); d != 0 && d <= c.At; d = e.Due() {
			if _, err := e.Do(Command{Kind: Tick, At: max(d, e.Now())}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := e.Do(c); err != nil {
			t.Fatal(err)
		}
	}
	do(0, Command{Kind: Adopt, Policy: p})
	for i := range 12 {
		f := &Facts{Channel: ChannelID(i % 3), Has: 3}
		f.Attrs[0], f.Attrs[1] = int64(i*7%5), int64((i+3)%4)
		do(i, Command{Kind: Arrive, Facts: f, Key: KeyOf("test", string(rune('a'+i)))})
	}
	ana, ben := WordOf("ana"), WordOf("ben")
	do(20, Command{Kind: SignIn, Agent: ana, Profile: &Profile{Takes: p.Takes()}})
	do(22, Command{Kind: SignIn, Agent: ben, Profile: &Profile{Takes: p.Takes()}})
	do(24, Command{Kind: Accept, Agent: ana, Offer: 1})
	do(26, Command{Kind: Decline, Agent: ben, Offer: 3})
	do(90, Command{Kind: Leave, Ticket: 5})
	do(95, Command{Kind: Finish, Agent: ana, Offer: 1, Wrap: 10 * Second})
	do(120, Command{Kind: Break, Agent: ben})
	const want = 0xc75db99d02b942e4 // of the version before contacts, holds and hours
	if got := e.Digest(); got != want {
		t.Errorf("the digest is %#x, want %#x", got, uint64(want))
	}
}

// TestDigestTellsWhoAnswers holds that lines differ where an agent answers at once in one of them: it bears on the next offer.
func TestDigestTellsWhoAnswers(t *testing.T) {
	p := testPolicies()[9]
	digest := func(answers bool) uint64 {
		e := New()
		mustDo(t, e, Command{Kind: Adopt, At: 1, Policy: p})
		mustDo(t, e, Command{Kind: SignIn, At: 1, Agent: 5, Profile: &Profile{Takes: p.Takes()}})
		mustDo(t, e, Command{Kind: SignIn, At: 1, Agent: 5, Profile: &Profile{Takes: p.Takes(), Answers: answers}})
		return e.Digest()
	}
	if rung, through := digest(false), digest(true); rung == through {
		t.Errorf("the digest is %#x whether the agent answers at once or not", rung)
	}
}
