package engine

import (
	"errors"
	"fmt"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// standing is all that the rules of choice, the caps, and the order of a bench know of an agent, but for what rings.
func standing(e *Engine, n uint32) string {
	a, o := &e.agents.list[n], e.spent(n)
	free := a.free
	begun := slices.Clone(a.starts)
	for _, x := range a.offers {
		if of := e.offers.at(x); of.state == ringing || a.answers && of.state == working && of.since == e.now { // what it was just offered
			free += of.took
			begun = slices.DeleteFunc(begun, func(s start) bool { return s.offer == of.id })
		}
	}
	return fmt.Sprint("since ", a.since, " free ", free, " of profile ", a.profile, " on duty ", o.duty, " worked ", o.worked, o.rest,
		" paces ", a.paces, " starts ", begun)
}

// TestNobodyGainsByStateOrDecline lets an agent with nothing in hand sign out and in, take a break, or decline what rings, in the
// middle of a random history: for every rule its standing is what it was. Of a break it is also so while time passes. What
// that means: by idle time, list, pace, room and skills it is asked exactly when it would have been; by occupation it is,
// too, while who stays on duty and is not asked becomes less occupied; by lot it may draw again, as everybody does at each
// offer; by the ratio of pools only its mates are asked more while it is away.
func TestNobodyGainsByStateOrDecline(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(testPolicies()).Draw(t, "policy")
		h := newHistory(p)
		h.do(t, Command{Kind: Adopt, At: Instant(Hour), Policy: p})
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			h.step(t)
			for n := range h.e.agents.list {
				if n > 0 && rapid.Bool().Draw(t, "tries") {
					tryToGain(t, h, uint32(n))
				}
			}
		}
	})
}

func tryToGain(t *rapid.T, h *history, n uint32) {
	e := h.e
	a := e.agents.list[n]
	for _, x := range a.offers {
		if e.offers.at(x).state != ringing {
			return // wrap-up that is cut short is work that ended
		}
	}
	if due := e.Due(); a.state != onDuty || due != 0 && due <= e.now {
		return
	}
	was, digest := standing(e, n), e.Digest()
	p := e.skills.profiles[a.profile]
	profile := &Profile{Skills: p.skills, Takes: p.takes, Answers: a.answers}
	quiet := len(a.offers) == 0 && a.missed == 0 && a.folds&foldTime == 0 // whose hash is of when the time was last counted
	switch rapid.IntRange(0, 2).Draw(t, "how") {
	case 0:
		h.do(t, Command{Kind: SignOut, At: e.now, Agent: a.name})
		quiet = quiet && len(h.digests) == 1
		h.do(t, Command{Kind: SignIn, At: e.now, Agent: a.name, Profile: profile})
	case 1:
		h.do(t, Command{Kind: Break, At: e.now, Agent: a.name})
		quiet = quiet && len(h.digests) == 1
		h.do(t, Command{Kind: Ready, At: e.now, Agent: a.name})
	case 2:
		for _, x := range a.offers {
			h.do(t, Command{Kind: Decline, At: e.now, Agent: a.name, Offer: e.offers.at(x).id})
		}
		quiet = false
	}
	quiet = quiet && len(h.digests) == 1 // one event each
	if now := standing(e, n); now != was {
		t.Fatalf("agent %d stood at %s, and now at %s", a.name, was, now)
	}
	if quiet && e.Digest() != digest {
		t.Fatalf("agent %d went and came back at once, nothing else happened, and the state is another one", a.name)
	}
}

// TestOccupationIsOfTheLastHoursOnDuty compares it with adding up exactly, and cuts the time into other pieces: the same.
func TestOccupationIsOfTheLastHoursOnDuty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := mAgent{}
		var all, pieces occupation
		for range rapid.IntRange(1, 12).Draw(t, "spans") {
			s := mSpan{Duration(rapid.Int64Range(0, int64(20*Hour)).Draw(t, "length")), rapid.Int32Range(0, whole).Draw(t, "units")}
			a.spans = append(a.spans, s)
			from := all.at
			cut := Duration(rapid.Int64Range(0, int64(s.length)).Draw(t, "cut"))
			all.pass(from.Add(s.length), s.units)
			pieces.pass(from.Add(cut), s.units)
			pieces.pass(from.Add(s.length), s.units)
		}
		worked, duty := a.occupied()
		if all != pieces || big.NewInt(int64(all.worked)).Cmp(worked) != 0 || big.NewInt(int64(all.duty)).Cmp(duty) != 0 {
			t.Fatalf("worked %d of %d, in pieces %d of %d, by hand %d of %d", all.worked, all.duty, pieces.worked, pieces.duty, worked, duty)
		}
		if all.duty >= occupationLast {
			t.Fatalf("on duty for %d, want less than %d", all.duty, occupationLast)
		}
	})
}

// TestPacesGoByTheNamesOfChannels adopts a policy that numbers channels otherwise.
func TestPacesGoByTheNamesOfChannels(t *testing.T) {
	p, next := testPolicies()[0], testPolicies()[0]
	next.Name, next.Hash[0] = "other", 1
	next.Channels[0], next.Channels[1] = next.Channels[1], next.Channels[0]
	e := New()
	at := Instant(Hour)
	mustDo(t, e, Command{Kind: Adopt, At: at, Policy: p})
	ana := WordOf("ana")
	mustDo(t, e, Command{Kind: SignIn, At: at, Agent: ana, Profile: &Profile{Takes: p.Takes()}})
	mustDo(t, e, Command{Kind: Arrive, At: at, Facts: &Facts{Has: 3}})
	mustDo(t, e, Command{Kind: Accept, At: at, Agent: ana, Offer: 1})
	mustDo(t, e, Command{Kind: Finish, At: at.Add(Minute), Agent: ana, Offer: 1, Wrap: Minute})
	mustDo(t, e, Command{Kind: Adopt, At: at.Add(Minute), Policy: next})
	if phone, chat, want := e.pace(1, 1), e.pace(1, 0), (2*Minute+paceOf*handlingElse)/(paceOf+1); phone != want || chat != handlingElse {
		t.Errorf("a call takes her %d s, a chat %d s; want %d and %d", phone/Second, chat/Second, want/Second, handlingElse/Second)
	}
}

// TestDigestKnowsWhatTheRuleReads changes one thing at a time that only some policies read.
func TestDigestKnowsWhatTheRuleReads(t *testing.T) {
	for rule, reads := range map[ChoiceRule]string{LongestIdle: "", LeastOccupied: "time", Fastest: "pace", FullestFirst: ""} {
		for what, change := range map[string]func(*agent){"time": func(a *agent) { a.time.worked++ }, "pace": func(a *agent) { a.paces[0].took++ }} {
			p := testPolicies()[0]
			p.Choose.Rule = rule
			e := New()
			mustDo(t, e, Command{Kind: Adopt, At: 1, Policy: p})
			mustDo(t, e, Command{Kind: SignIn, At: 1, Agent: 5, Profile: &Profile{Takes: p.Takes()}})
			a := &e.agents.list[1]
			a.paces = make([]pace, ChannelsMax)
			was := a.hash()
			change(a)
			if changed := a.hash() != was; changed != (reads == what) {
				t.Errorf("rule %d reads %q; a change of %s changes the hash: %v", rule, reads, what, changed)
			}
		}
	}
}

// TestPlaceKnowsNoFences asks for places in a line whose only agent may take nothing.
func TestPlaceKnowsNoFences(t *testing.T) {
	p := testPolicies()[0]
	p.Reserve = []Reserve{{Agents: 1, Skill: testSkills[0], For: []ClassID{0}}}
	p.Caps = []Cap{{Starts: 1, Per: Hour, Classes: []ClassID{1, 2, 3}}}
	e := New()
	mustDo(t, e, Command{Kind: Adopt, At: 1, Policy: p})
	mustDo(t, e, Command{Kind: SignIn, At: 1, Agent: 5, Profile: &Profile{Takes: p.Takes(), Skills: testSkills[:1]}})
	for range 3 {
		mustDo(t, e, Command{Kind: Arrive, At: 1, Facts: &Facts{Has: 3, Attrs: [AttrsMax]int64{0, 1}, NeedsLen: 1, Needs: [NeedsMax]Word{testSkills[0]}}})
	}
	for id := TicketID(1); id <= 3; id++ {
		if s, err := e.Place(id, 0); err != nil || s.Place != int(id) || s.Of != 3 {
			t.Errorf("ticket %d has the place %+v, %v", id, s, err)
		}
	}
}

func TestPolicyOfAgentsIsChecked(t *testing.T) {
	for name, spoil := range map[string]func(*Policy){
		"a reserve of nobody":       func(p *Policy) { p.Reserve = []Reserve{{Skill: 1, For: []ClassID{0}}} },
		"a reserve without a skill": func(p *Policy) { p.Reserve = []Reserve{{Agents: 1, For: []ClassID{0}}} },
		"a reserve for no class":    func(p *Policy) { p.Reserve = []Reserve{{Agents: 1, Skill: 1}} },
		"a reserve for class 4":     func(p *Policy) { p.Reserve = []Reserve{{Agents: 1, Skill: 1, For: []ClassID{4}}} },
		"a cap of nothing":          func(p *Policy) { p.Caps = []Cap{{Per: 1, Classes: []ClassID{0}}} },
		"a cap for no time":         func(p *Policy) { p.Caps = []Cap{{Starts: 1, Classes: []ClassID{0}}} },
		"a cap of class 4":          func(p *Policy) { p.Caps = []Cap{{Starts: 1, Per: 1, Classes: []ClassID{0, 4}}} },
		"a cap that is not sorted":  func(p *Policy) { p.Caps = []Cap{{Starts: 1, Per: 1, Classes: []ClassID{1, 0}}} },
		"seventeen caps":            func(p *Policy) { p.Caps = slices.Repeat([]Cap{{Starts: 1, Per: 1, Classes: []ClassID{0}}}, 17) },
		"a rule that is none":       func(p *Policy) { p.Choose.Rule = ByLot + 1 },
	} {
		p := testPolicies()[0]
		spoil(p)
		if _, err := New().Do(Command{Kind: Adopt, At: 1, Policy: p}); !errors.Is(err, ErrPolicy) {
			t.Errorf("%s: %v, want ErrPolicy", name, err)
		}
	}
}

// TestLimitsOfFencesFit adopts as many reserves and caps as there may be.
func TestLimitsOfFencesFit(t *testing.T) {
	p := testPolicies()[0]
	p.Caps = slices.Repeat([]Cap{{Starts: 1, Per: 1, Classes: []ClassID{0}}}, FencesMax)
	p.Reserve = slices.Repeat([]Reserve{{Agents: 1, Skill: 1, For: []ClassID{0}}}, FencesMax)
	mustDo(t, New(), Command{Kind: Adopt, At: 1, Policy: p})
}
