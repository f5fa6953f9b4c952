package engine

import (
	"crypto/sha256"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
)

// policy makes a policy of classes a, b, c over phone, chat and email: order=strict, head_start, due, greatest or
// arrival; most=N within=D first=D room=N except=a are protections of the whole line. The lines below the command say the rest:
//
//	line hours=0s..8h,24h..32h clock=0s..8h,24h..32h join join-within=1h reopened=3m attempts=2 apart=30m unreached=text
//	line end-of-line=transfer,callback,reopening reconnect=2m length=5
//	phone live grace=30s leave-after=2m closed=refuse offer=20s late=1m interrupts=email
//	class a hours=0s..8h limit=2 per=1m beyond=next expire=5m reason=text
//	ask c needs=de@3 only=ana for=30s
//	ask c needs=de@2
//	line choose=ordered_list list=ana,ben seed=7
//	reserve skill=nurse agents=1 for=a,b
//	cap starts=6 per=1h classes=b,c
//
// Each ask of a class is a step of relaxation, and lasts for so long. Hours count from nine.
func (s *script) policy(t *testing.T, d *datadriven.TestData) *Policy {
	p := &Policy{Name: d.CmdArgs[0].Vals[0], Attrs: []string{"class", "loud"}, Hash: sha256.Sum256([]byte(d.Pos + d.Input)),
		Channels: []Channel{{Name: "phone", Takes: 1, Late: Minute}, {Name: "chat", Takes: 3, Offer: 30 * Second},
			{Name: "email", Takes: 2, Offer: 5 * Minute, Late: 7 * Day}},
		Classes:  []Class{{Name: "a", Reason: "Danger"}, {Name: "b", Reason: "Contract"}, {Name: "c"}},
		Classify: func(f *Facts) ClassID { return ClassID(f.Attrs[0]) },
		Values:   func(f *Facts, v *[ValuesMax]int64) { v[0] = f.Attrs[1] }}
	p.Root = &Node{Name: "line", Members: []Member{{Class: 0}, {Class: 1}, {Class: 2}}}
	p.Root.Order = map[string]Order{"arrival": Arrival{}, "strict": Strict{}, "greatest": Greatest{By: 1},
		"head_start": HeadStart{Credit: []Duration{Minute, 10 * Second, 0}},
		"due":        Due{Target: []Duration{10 * Second, Minute, Hour}, Own: []bool{false, true, false}}}[p.Name]
	p.Root.Protect = scriptProtections(t, d)
	w := &wording{t: t, p: p, word: s.word}
	for line := range strings.Lines(d.Input) {
		w.read(strings.Fields(line))
	}
	return p
}

func scriptProtections(t *testing.T, d *datadriven.TestData) (list []Protection) {
	var except []ClassID
	if d.HasArg("except") {
		except = []ClassID{0}
	}
	for _, a := range d.CmdArgs[1:] {
		g := Protection{Except: except}
		switch a.Key {
		case "most":
			g.Kind, g.Limit = OvertakenAtMost, fill(3, int64(number(t, a.Vals[0])))
		case "within":
			g.Kind, g.Limit = OvertakenOnlyWithin, fill(3, int64(span(t, a.Vals[0])))
		case "room":
			g.Kind, g.Limit = PassedByCapacityAtMost, fill(3, int64(number(t, a.Vals[0])))
		case "first":
			g.Kind, g.Limit = FirstAfter, fill(3, int64(span(t, a.Vals[0])))
		default:
			continue
		}
		list = append(list, g)
	}
	return list
}

func number(t *testing.T, s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// A wording reads the lines of a policy below its command.
type wording struct {
	t    *testing.T
	p    *Policy
	word func(string) Word
	asks [3][]demanded

	nodes map[string]*Node // groups, see tree
}

// demanded is what one step of relaxation adds to a ticket.
type demanded struct {
	needs []Word
	only  AgentID
	until Duration
}

func (w *wording) read(words []string) {
	if len(words) == 0 || w.tree(words) {
		return
	}
	on, class := words[0], 0
	if on == "class" || on == "ask" {
		class = int(words[1][0] - 'a')
		words = words[1:]
	}
	if on == "ask" {
		w.ask(class, words[1:])
		return
	}
	if on == "reserve" || on == "cap" {
		w.fence(on, words[1:])
		return
	}
	for _, word := range words[1:] {
		key, v, _ := strings.Cut(word, "=")
		switch {
		case on == "line" && (w.line(key, v) || w.ends(key, v) || w.choice(key, v)):
		case on == "class" && w.class(&w.p.Classes[class], key, v):
		case on != "line" && on != "class" && w.channel(&w.p.Channels[w.p.channel(on)], key, v):
		default:
			w.t.Fatalf("%s %s: no such word", on, key)
		}
	}
}

func (w *wording) line(key, v string) bool {
	p := w.p
	switch key {
	case "hours":
		p.Hours = w.calendar(v)
	case "clock":
		p.Clock = w.calendar(v)
	case "join":
		p.Join = joinTest
	case "join-within":
		p.JoinWithin = span(w.t, v)
	case "reconnect":
		p.Reconnect = span(w.t, v)
	case "length":
		p.LineLen = number(w.t, v)
	default:
		return false
	}
	return true
}

func (w *wording) ends(key, v string) bool {
	p := w.p
	switch key {
	case "reopened":
		p.ReopenedWithin = span(w.t, v)
	case "attempts":
		p.Attempts = number(w.t, v)
	case "apart":
		p.Apart = span(w.t, v)
	case "unreached":
		p.Unreached = w.word(v)
	case "end-of-line":
		for _, m := range strings.Split(v, ",") {
			p.EndOfLine |= map[string]Moments{"transfer": AtTransfer, "callback": AtCallback, "reopening": AtReopening}[m]
		}
	default:
		return false
	}
	return true
}

func (w *wording) channel(c *Channel, key, v string) bool {
	switch key {
	case "live":
		c.Live = true
	case "grace":
		c.Grace = span(w.t, v)
	case "leave-after":
		c.LeaveAfter = span(w.t, v)
	case "closed":
		c.Closed = map[string]ClosedRule{"wait": ClosedWait, "refuse": ClosedRefuse, "callback": ClosedCallback}[v]
	case "offer":
		c.Offer = span(w.t, v)
	case "interrupts":
		c.Interrupts = []ChannelID{ChannelID(w.p.channel(v))}
	case "late":
		c.Late = span(w.t, v)
	case "handling":
		c.Handling = span(w.t, v)
	default:
		return false
	}
	return true
}

func (w *wording) class(c *Class, key, v string) bool {
	switch key {
	case "hours":
		c.Hours = w.calendar(v)
	case "limit":
		c.Limit = number(w.t, v)
	case "per":
		c.Per = span(w.t, v)
	case "beyond":
		c.Beyond = map[string]BeyondRule{"go-ahead": GoAhead, "next": NextClass}[v]
		w.p.Next = func(_ *Facts, c ClassID) ClassID { return c + 1 }
	case "expire":
		c.Expire = span(w.t, v)
	case "reason":
		c.ExpireReason = w.word(v)
	default:
		return false
	}
	return true
}

func (w *wording) calendar(v string) *Calendar {
	var spans []Span
	for _, s := range strings.Split(v, ",") {
		from, to, _ := strings.Cut(s, "..")
		spans = append(spans, Span{From: nine.Add(span(w.t, from)), To: nine.Add(span(w.t, to))})
	}
	return NewCalendar(spans)
}

// ask adds a step of relaxation to a class.
func (w *wording) ask(class int, words []string) {
	step := demanded{until: None}
	for _, word := range words {
		switch key, v, _ := strings.Cut(word, "="); key {
		case "needs":
			for _, n := range strings.Split(v, ",") {
				step.needs = append(step.needs, w.word(n))
			}
		case "only":
			step.only = w.word(v)
		case "for":
			step.until = span(w.t, v)
			if n := len(w.asks[class]); n > 0 {
				step.until += w.asks[class][n-1].until
			}
		default:
			w.t.Fatalf("ask %s: no such word", key)
		}
	}
	w.asks[class] = append(w.asks[class], step)
	asks := w.asks
	w.p.Ask = func(f *Facts, c ClassID, step int) Duration {
		steps := asks[c]
		if len(steps) == 0 {
			return None
		}
		last := len(steps) - 1
		s := steps[min(step, last)]
		f.NeedsLen += uint8(copy(f.Needs[f.NeedsLen:], s.needs))
		f.Only = s.only
		if step >= last {
			return None
		}
		return s.until
	}
}

var scriptChoices = map[string]ChoiceRule{"longest_idle": LongestIdle, "least_occupied": LeastOccupied, "most_free_capacity": MostFreeCapacity,
	"fullest_first": FullestFirst, "fewest_skills": FewestSkills, "fastest": Fastest, "ordered_list": OrderedList,
	"idleness_ratio": IdlenessRatio, "random": ByLot}

// choice reads which agent is asked.
func (w *wording) choice(key, v string) bool {
	c := &w.p.Choose
	switch key {
	case "choose":
		rule, ok := scriptChoices[v]
		c.Rule = rule
		return ok
	case "list":
		for _, name := range strings.Split(v, ",") {
			c.List = append(c.List, w.word(name))
		}
	case "seed":
		c.Seed = uint64(number(w.t, v))
	default:
		return false
	}
	return true
}

// fence reads a reserve or a cap.
func (w *wording) fence(on string, words []string) {
	var r Reserve
	var c Cap
	for _, word := range words {
		switch key, v, _ := strings.Cut(word, "="); key {
		case "skill":
			r.Skill = w.word(v)
		case "agents":
			r.Agents = number(w.t, v)
		case "starts":
			c.Starts = number(w.t, v)
		case "per":
			c.Per = span(w.t, v)
		case "for", "classes":
			for _, class := range strings.Split(v, ",") {
				r.For = append(r.For, ClassID(class[0]-'a'))
			}
		default:
			w.t.Fatalf("%s %s: no such word", on, key)
		}
	}
	if c.Classes = r.For; on == "cap" {
		w.p.Caps = append(w.p.Caps, c)
	} else {
		w.p.Reserve = append(w.p.Reserve, r)
	}
}
