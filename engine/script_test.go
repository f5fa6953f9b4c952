package engine

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
)

// Stories are told in testdata/script: a command and what follows from it, in turn. Times are seconds after nine.
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata/script", func(t *testing.T, path string) {
		s := &script{e: New(), tickets: map[string]TicketID{}, names: map[Word]string{}}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string { return s.run(t, d) })
	})
}

type script struct {
	e       *Engine
	now     Instant
	tickets map[string]TicketID
	order   []string // names of the tickets by number
	names   map[Word]string
}

const nine = Instant(9 * Hour)

func (s *script) run(t *testing.T, d *datadriven.TestData) string {
	c := Command{Kind: scriptCommands[d.Cmd]}
	if d.HasArg("at") {
		var at string
		d.ScanArgs(t, "at", &at)
		s.now = Instant(span(t, at))
	}
	out := ""
	for due := s.e.Due(); due != 0 && due <= nine+s.now && c.Kind != Resume; due = s.e.Due() {
		out += s.do(Command{Kind: Tick, At: max(due, s.e.Now())})
	}
	c.At = nine + s.now
	switch d.Cmd {
	case "show":
		return out + s.show()
	case "policy":
		c.Policy = scriptPolicy(t, d)
	default:
		s.fill(t, d, &c)
	}
	if c.Kind == Tick {
		return orNothing(out)
	}
	return orNothing(out + s.do(c))
}

func orNothing(out string) string {
	if out == "" {
		return "nothing\n"
	}
	return out
}

var scriptCommands = map[string]CommandKind{"policy": Adopt, "arrive": Arrive, "change": Change, "leave": Leave, "sign-in": SignIn,
	"sign-out": SignOut, "break": Break, "ready": Ready, "accept": Accept, "decline": Decline, "finish": Finish, "resume": Resume,
	"wait": Tick}

func span(t *testing.T, s string) Duration {
	d, err := time.ParseDuration(s)
	if err != nil {
		t.Fatal(err)
	}
	return Duration(d)
}

func (s *script) word(name string) Word {
	w := WordOf(name)
	s.names[w] = name
	return w
}

// fill reads the arguments: ticket=t1 agent=ana class=b channel=chat needs=(de,it) skills=(de) arrived=-5s due=60s wrap=10s.
func (s *script) fill(t *testing.T, d *datadriven.TestData, c *Command) {
	f := Facts{Has: 1}
	p := &Profile{}
	if s.e.policy != nil {
		p.Takes = s.e.policy.Takes()
	}
	name := ""
	for _, a := range d.CmdArgs {
		switch v := a.Vals; a.Key {
		case "ticket":
			name = v[0]
			c.Ticket = s.tickets[name]
		case "agent":
			c.Agent = s.word(v[0])
		case "class":
			f.Attrs[0] = int64(v[0][0] - 'a')
		case "channel":
			f.Channel = ChannelID(s.e.policy.channel(v[0]))
		case "needs":
			for _, n := range v {
				f.Needs[f.NeedsLen] = s.word(n)
				f.NeedsLen++
			}
		case "skills":
			for _, n := range v {
				p.Skills = append(p.Skills, s.word(n))
			}
		case "arrived":
			f.Arrived = nine + s.now.Add(span(t, v[0]))
		case "due":
			f.Due = nine + s.now.Add(span(t, v[0]))
		case "wrap":
			c.Wrap = span(t, v[0])
		case "reason":
			c.Reason = s.word(v[0])
		case "loud":
			n, _ := strconv.Atoi(v[0])
			f.Attrs[1] = int64(n)
			f.Has |= 2
		}
	}
	slices.Sort(p.Skills)
	c.Facts, c.Profile = &f, p
	if c.Kind == Arrive {
		s.order = append(s.order, name)
		c.Key = KeyOf("script", name)
	}
	if h := s.e.tickets.find(c.Ticket); h != 0 && c.Kind != Arrive && c.Kind != Leave {
		if v, _ := s.e.Ticket(c.Ticket); v.Offer != 0 {
			c.Offer = v.Offer
		}
	}
}

func (s *script) do(c Command) string {
	events, err := s.e.Do(c)
	if err != nil {
		if c.Kind == Arrive {
			s.order = s.order[:len(s.order)-1]
		}
		return fmt.Sprintf("refused: %v\n", err)
	}
	var b strings.Builder
	for i := range events {
		if events[i].Kind == Arrived {
			s.tickets[s.order[events[i].Ticket-1]] = events[i].Ticket
		}
		fmt.Fprintln(&b, s.tell(&events[i]))
	}
	return b.String()
}

func (s *script) name(id TicketID) string {
	if id == 0 {
		return "nobody"
	}
	return s.order[id-1]
}

func clock(i Instant) string {
	if i == 0 {
		return "never"
	}
	return time.Duration(i - nine).String()
}

var causeNames = map[Cause]string{ByDecline: "declined", ByExpiry: "expired", ByLeaving: "left", ByBreak: "break", BySignOut: "sign-out",
	ByChange: "changed", ByOrder: "order", ByGuard: "protection", ByCoolOff: "cool-off", ByWish: "wish", ByMissing: "missed too many"}

// tell is one line for an event.
func (s *script) tell(ev *Event) string {
	ticket, agent, at := s.name(ev.Ticket), s.names[ev.Agent], clock(ev.At)
	switch ev.Kind {
	case Adopted:
		return at + " Adopted " + ev.Policy.Name
	case Arrived:
		return fmt.Sprintf("%s Arrived %s class %s arrived %s", at, ticket, s.class(ev.Class), clock(ev.From.Arrived))
	case Changed:
		return fmt.Sprintf("%s Changed %s class %s", at, ticket, s.class(ev.Class))
	case SignedIn, SignedOut, Readied:
		return fmt.Sprintf("%s %s %s", at, eventForms[ev.Kind].name, agent)
	case OnBreak:
		return fmt.Sprintf("%s OnBreak %s: %s", at, agent, causeNames[ev.Why])
	case Offered:
		return fmt.Sprintf("%s Offered %s to %s until %s: %s; passes %d, by skill %d, by room %d; overtaken %d times", at, ticket, agent,
			clock(ev.Until), s.decided(ev), ev.Count, ev.Skill, ev.Room, ev.Slips)
	case Passed:
		return "  " + s.row(ev)
	case Withdrawn:
		return fmt.Sprintf("%s Withdrawn %s from %s: %s, kept from them until %s", at, ticket, agent, causeNames[ev.Why], clock(ev.Until))
	case Missed:
		return fmt.Sprintf("%s Missed: %s was passed %d times while %s let it ring (%s)", at, ticket, ev.Count, agent, s.name(ev.Rival))
	case Ended:
		return fmt.Sprintf("%s Ended %s %s, overtaken %d times", at, ticket, [...]string{Served: "served", Abandoned: "abandoned"}[ev.End], ev.Slips)
	case Finished:
		return fmt.Sprintf("%s Finished %s by %s, free at %s", at, ticket, agent, clock(ev.Until))
	case Cooled, Accepted, Returned, WrapEnded:
		return fmt.Sprintf("%s %s %s %s", at, eventForms[ev.Kind].name, ticket, agent)
	}
	return at + " " + eventForms[ev.Kind].name
}

func (s *script) class(c ClassID) string { return s.e.policy.Classes[c].Name }

func (s *script) decided(ev *Event) string {
	n := s.e.policy.Nodes()[ev.Node]
	what := n.Order.Name()
	if ev.Guard >= 0 {
		what = protectionNames[n.Protect[ev.Guard].Kind]
	}
	if ev.Rival == 0 {
		return fmt.Sprintf("%s of %s, alone", what, n.Name)
	}
	return fmt.Sprintf("%s of %s, before %s", what, n.Name, s.name(ev.Rival))
}

var protectionNames = map[ProtectionKind]string{OvertakenAtMost: "overtaken_at_most", OvertakenOnlyWithin: "overtaken_only_within",
	FirstAfter: "first_after"}

func (s *script) row(ev *Event) string {
	if ev.Why == ByCoolOff {
		return fmt.Sprintf("passes %s, who is kept from them", s.name(ev.Ticket))
	}
	n := s.e.policy.Nodes()[ev.Node]
	what := n.Order.Name()
	if ev.Why == ByGuard {
		what = protectionNames[n.Protect[ev.Guard].Kind]
	}
	return fmt.Sprintf("passes %d of class %s before %s: %s of %s showed %s, %s against %s", ev.Count, s.class(ev.Class),
		clock(ev.Before.Arrived), what, n.Name, s.name(ev.Rival), s.key(n, ev.KeyWon), s.key(n, ev.KeyLost))
}

func (s *script) key(n *Node, k int64) string {
	switch n.Order.(type) {
	case Strict:
		return fmt.Sprint("rank ", k)
	case Greatest:
		return fmt.Sprint("value ", -k)
	}
	return clock(Instant(k))
}

// show lists who waits and what agents do.
func (s *script) show() string {
	var b strings.Builder
	for _, v := range s.e.Arrivals(100) {
		fmt.Fprintf(&b, "%s %s, overtaken %d times, missed by %d\n", s.name(v.Ticket), v.State, v.Slips, v.Decliner)
	}
	for _, a := range s.e.Agents() {
		fmt.Fprintf(&b, "%s %s, idle since %s\n", s.names[a.Agent], a.State, clock(a.Since))
	}
	fmt.Fprintf(&b, "overtakings %d\n", s.e.Counts().Overtakings)
	return b.String()
}

// scriptPolicy makes a policy of classes a, b, c over phone and chat: order=strict, head_start, due, greatest or arrival;
// most=N within=D first=D except=a are protections of the whole line.
func scriptPolicy(t *testing.T, d *datadriven.TestData) *Policy {
	p := &Policy{Name: d.CmdArgs[0].Vals[0], Attrs: []string{"class", "loud"}, Hash: [32]byte{byte(len(d.CmdArgs)), d.CmdArgs[0].Vals[0][0]},
		Channels: []Channel{{Name: "phone", Takes: 1, Late: Minute}, {Name: "chat", Takes: 3, Offer: 30 * Second}},
		Classes:  []Class{{Name: "a", Reason: "Danger"}, {Name: "b", Reason: "Contract"}, {Name: "c"}},
		Classify: func(f *Facts) ClassID { return ClassID(f.Attrs[0]) },
		Values:   func(f *Facts, v *[ValuesMax]int64) { v[0] = f.Attrs[1] }}
	p.Root = &Node{Name: "line", Members: []Member{{Class: 0}, {Class: 1}, {Class: 2}}}
	p.Root.Order = map[string]Order{"arrival": Arrival{}, "strict": Strict{}, "greatest": Greatest{By: 1},
		"head_start": HeadStart{Credit: []Duration{Minute, 10 * Second, 0}},
		"due":        Due{Target: []Duration{10 * Second, Minute, Hour}, Own: []bool{false, true, false}}}[p.Name]
	var except []ClassID
	if d.HasArg("except") {
		except = []ClassID{0}
	}
	for _, a := range d.CmdArgs[1:] {
		g := Protection{Except: except}
		switch a.Key {
		case "most":
			n, _ := strconv.Atoi(a.Vals[0])
			g.Kind, g.Limit = OvertakenAtMost, fill(3, int64(n))
		case "within":
			g.Kind, g.Limit = OvertakenOnlyWithin, fill(3, int64(span(t, a.Vals[0])))
		case "first":
			g.Kind, g.Limit = FirstAfter, fill(3, int64(span(t, a.Vals[0])))
		default:
			continue
		}
		p.Root.Protect = append(p.Root.Protect, g)
	}
	return p
}
