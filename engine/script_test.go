package engine

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
)

// Stories are told in testdata/script: a command and what follows from it, in turn. Times are durations after nine.
func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata/script", func(t *testing.T, path string) {
		s := newScript()
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string { return s.run(t, d) })
	})
}

// Every story is the same when the line is restarted before each of its commands.
func TestScriptsWithRestarts(t *testing.T) {
	datadriven.Walk(t, "testdata/script", func(t *testing.T, path string) {
		s := newScript()
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			if s.e.policy != nil {
				s.restart(t, d)
				s.before = s.before[len(s.before)-1:]
			}
			return s.run(t, d)
		})
	})
}

func newScript() *script {
	return &script{e: New(), tickets: map[string]TicketID{}, numbers: map[TicketID]string{}, names: map[Word]string{}}
}

type script struct {
	e       *Engine
	before  []*Engine // those that went on beside e, see restart
	log     []Event   // all events so far, as a journal brings them back
	now     Instant
	tickets map[string]TicketID
	numbers map[TicketID]string
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
		out += s.do(t, Command{Kind: Tick, At: max(due, s.e.Now())}, "")
	}
	c.At = nine + s.now
	if ask := scriptQuestions[d.Cmd]; ask != nil {
		return out + ask(s, t, d)
	}
	name := ""
	switch c.Kind {
	case 0:
		t.Fatalf("%s: no such command", d.Cmd)
	case Adopt:
		c.Policy = s.policy(t, d)
	default:
		name = s.fill(t, d, &c)
	}
	if c.Kind == Tick {
		return orNothing(out)
	}
	return orNothing(out + s.do(t, c, name))
}

func orNothing(out string) string {
	if out == "" {
		return "nothing\n"
	}
	return out
}

var scriptCommands = map[string]CommandKind{"policy": Adopt, "arrive": Arrive, "change": Change, "leave": Leave, "sign-in": SignIn,
	"sign-out": SignOut, "break": Break, "ready": Ready, "accept": Accept, "decline": Decline, "finish": Finish, "resume": Resume,
	"wait": Tick, "link": Link, "unlink": Unlink, "hold": Hold, "release": Release, "lease": Lease, "lose": Lose, "pull": Pull,
	"transfer": Transfer, "move": Move, "close": Close, "open": Open, "depart": Depart}

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

// ticket is the number of a ticket by its name in the script.
func (s *script) ticket(t *testing.T, name string) TicketID {
	id, ok := s.tickets[name]
	if !ok {
		t.Fatalf("no ticket %s", name)
	}
	return id
}

// fill reads the arguments of a command, such as ticket=t1 agent=ana class=b channel=chat needs=(de@2,it) skills=(de@3) answers
// arrived=-5s due=60s wrap=10s customer=kim matter=bill not-before=1h why=snooze until=2h reason=lunch. Times count from
// now. A ticket is named when it arrives; that name is returned.
func (s *script) fill(t *testing.T, d *datadriven.TestData, c *Command) string {
	f := Facts{Has: 1}
	p := &Profile{}
	if s.e.policy != nil {
		p.Takes = s.e.policy.Takes()
	}
	name := ""
	for _, a := range d.CmdArgs {
		switch {
		case a.Key == "at":
		case a.Key == "ticket" && c.Kind == Arrive:
			name = a.Vals[0]
			c.Key = KeyOf("script", name)
		case s.fillFacts(t, &f, a), s.fillProfile(t, p, a), s.fillCommand(t, c, a):
		default:
			t.Fatalf("%s: %s: no such argument", d.Pos, a.Key)
		}
	}
	slices.Sort(p.Skills)
	p.Skills = slices.Compact(p.Skills)
	c.Facts, c.Profile = &f, p
	if v, ok := s.e.Ticket(c.Ticket); ok && (c.Kind == Accept || c.Kind == Decline || c.Kind == Finish || c.Kind == Transfer ||
		(c.Kind == Hold || c.Kind == Depart) && c.Agent == v.Agent) {
		c.Offer = v.Offer
	}
	return name
}

func (s *script) fillFacts(t *testing.T, f *Facts, a datadriven.CmdArg) bool {
	switch v := a.Vals; a.Key {
	case "class":
		f.Attrs[0] = int64(v[0][0] - 'a')
	case "loud":
		n, err := strconv.ParseInt(v[0], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		f.Attrs[1] = n
		f.Has |= 2
	case "channel":
		f.Channel = ChannelID(s.e.policy.channel(v[0]))
	case "needs":
		for _, n := range v {
			f.Needs[f.NeedsLen] = s.word(n)
			f.NeedsLen++
		}
	case "arrived":
		f.Arrived = nine + s.now.Add(span(t, v[0]))
	case "due":
		f.Due = nine + s.now.Add(span(t, v[0]))
	case "customer":
		f.Customer = s.word(v[0])
	case "matter":
		f.Matter = s.word(v[0])
	case "not-before":
		f.NotBefore = nine + s.now.Add(span(t, v[0]))
	case "to":
		f.Only = s.word(v[0])
	default:
		return false
	}
	return true
}

// fillProfile reads what an agent can do. A skill at a level is that skill at all lower levels, too.
func (s *script) fillProfile(t *testing.T, p *Profile, a datadriven.CmdArg) bool {
	if a.Key == "takes" {
		p.Takes = [ChannelsMax]uint8{}
		for _, v := range a.Vals {
			p.Takes[s.e.policy.channel(v)] = uint8(s.e.policy.Channels[s.e.policy.channel(v)].Takes)
		}
	}
	if a.Key == "answers" {
		p.Answers = true
	}
	if a.Key != "skills" {
		return a.Key == "takes" || a.Key == "answers"
	}
	for _, v := range a.Vals {
		skill, level, _ := strings.Cut(v, "@")
		p.Skills = append(p.Skills, s.word(skill))
		n, err := strconv.Atoi("0" + level)
		if err != nil {
			t.Fatal(err)
		}
		for l := 2; l <= n; l++ {
			p.Skills = append(p.Skills, s.word(fmt.Sprint(skill, "@", l)))
		}
	}
	return true
}

func (s *script) fillCommand(t *testing.T, c *Command, a datadriven.CmdArg) bool {
	switch v := a.Vals; a.Key {
	case "ticket":
		c.Ticket = s.ticket(t, v[0])
	case "other":
		c.Other = s.ticket(t, v[0])
	case "agent":
		c.Agent = s.word(v[0])
	case "wrap", "for":
		c.Wrap = span(t, v[0])
	case "reason":
		c.Reason = s.word(v[0])
	case "until":
		c.Until = nine + s.now.Add(span(t, v[0]))
	case "why":
		for why, text := range causeNames {
			if text == strings.ReplaceAll(v[0], "-", " ") {
				c.Why = why
			}
		}
	default:
		return false
	}
	return true
}

// do runs a command and tells what follows. The engines that went on beside must do the same.
func (s *script) do(t *testing.T, c Command, name string) string {
	events, err := s.e.Do(c)
	stored := s.store(t, events)
	for _, e := range s.before {
		also, other := e.Do(c)
		if fmt.Sprint(err) != fmt.Sprint(other) || !bytes.Equal(stored, encode(also)) || e.Digest() != s.e.Digest() {
			t.Fatalf("a line that was never restarted does something else after %+v: %v, %v", c, err, other)
		}
	}
	var dup *DuplicateError
	switch {
	case errors.As(err, &dup):
		return fmt.Sprintf("refused: it was accepted before, as %s\n", s.name(dup.Ticket))
	case err != nil:
		return fmt.Sprintf("refused: %v\n", err)
	}
	var b strings.Builder
	for i := range events {
		ev := &events[i]
		switch {
		case ev.Kind == Arrived:
			s.tickets[name], s.numbers[ev.Ticket] = ev.Ticket, name
		case ev.Kind == Released && ev.Key != Key{}:
			s.tickets[name] = ev.Ticket
		}
		fmt.Fprintln(&b, s.tell(ev))
	}
	return b.String()
}

func encode(events []Event) (b []byte) {
	for i := range events {
		b = AppendEvent(b, &events[i])
	}
	return b
}

// store keeps events as a journal would bring them back, and returns their bytes.
func (s *script) store(t *testing.T, events []Event) []byte {
	for i := range events {
		ev, err := DecodeEvent(AppendEvent(nil, &events[i]))
		if err != nil {
			t.Fatal(err)
		}
		ev.Policy = events[i].Policy
		s.log = append(s.log, ev)
	}
	return encode(events)
}
