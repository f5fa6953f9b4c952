package policy_test

import (
	"math/bits"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"fairline/engine"
	"fairline/policy"
)

// wholeLife has each key about a ticket's life.
const wholeLife = `
fairline: 1
policy: life
attributes:
  topic: {one_of: [danger, order, other], else: other}
  language: {one_of: [de, it]}
  product: {one_of: [server, cloud]}
  company: {type: string, else: ""}
  engineer: {type: string, else: ""}
channels:
  phone: {takes: agent, grace: 2m, leave_after: 30m, interrupt: [email, letter], closed: callback}
  video: {takes: agent, live: false}
  email: {takes: 1 of 2}
  letter: {takes: 1 of 2}
  kiosk: {takes: agent, live: true, grace: 30s}
classes:
  - {name: danger, when: 'ticket.topic == "danger"', reason: r, limit: 3 per 15m, beyond: go ahead and alarm}
  - {name: ordered, when: 'ticket.topic == "order"', reason: r, limit: 2 per 1h30m, beyond: next class}
  - {name: big, when: 'ticket.company == "big" || ticket.topic == "danger"', reason: r}
  - {name: everyone}
order: {strict: [danger, ordered, big, everyone]}
protect: [{passed_by_capacity_at_most: {big: 3, others: 9}, except: [danger]}]
skills:
  - {need: language, from: language, level: 4, relax: [{after: 90s, level: 2}, {after: 10m, drop: true}]}
  - {need: product, from: product, classes: [big, everyone], relax: [{after: 5m, drop: true}]}
  - {need: nurse, classes: [danger]}
agents: {known: engineer, known_for: 4m, reconnect: 45s}
join: {same: [customer, company], within: 72h}
place: {transfer: end of the line, callback: keep, reopened: end of the line, reopened_within: 48h}
callback: {attempts: 2, apart: 20m, then: close, reason: We could not reach you twice}
expire: [{classes: [big, everyone], after: 30d, reason: Closed unanswered after 30 days}]
full: {at: 2000, say: We cannot take more calls now}
`

func TestLifeIsCompiled(t *testing.T) {
	p := parse(t, wholeLife)
	e := p.Engine
	adopt(t, p)
	if got, want := e.Channels[0], (engine.Channel{Name: "phone", Takes: 1, Offer: 20 * engine.Second, Live: true, Closed: engine.ClosedCallback,
		Grace: 2 * engine.Minute, LeaveAfter: 30 * engine.Minute, Interrupts: []engine.ChannelID{2, 3}}); !reflect.DeepEqual(got, want) {
		t.Errorf("phone: got %+v, want %+v", got, want)
	}
	var live []bool
	for i, c := range e.Channels {
		if live = append(live, c.Live); p.Channels[i].Live != c.Live {
			t.Errorf("%s is live here and not there", c.Name)
		}
	}
	if !slices.Equal(live, []bool{true, false, false, false, true}) || e.Channels[4].Grace != 30*engine.Second {
		t.Errorf("live: got %v", live)
	}
	danger, ordered := e.Classes[0], e.Classes[1]
	if danger.Limit != 3 || danger.Per != 15*engine.Minute || danger.Beyond != engine.GoAhead || ordered.Per != 90*engine.Minute || ordered.Beyond != engine.NextClass {
		t.Errorf("limits: got %+v and %+v", danger, ordered)
	}
	closedAfter := engine.WordOf("Closed unanswered after 30 days")
	if danger.Expire != 0 || e.Classes[2].Expire != 30*engine.Day || e.Classes[3].ExpireReason != closedAfter {
		t.Errorf("expire: got %+v", e.Classes)
	}
	if pr := e.Root.Protect[0]; pr.Kind != engine.PassedByCapacityAtMost || !slices.Equal(pr.Limit, []int64{9, 9, 3, 9}) {
		t.Errorf("passed_by_capacity_at_most: got %+v", pr)
	}
	if e.EndOfLine != engine.AtTransfer|engine.AtReopening || e.ReopenedWithin != 48*engine.Hour || e.JoinWithin != 72*engine.Hour || e.Reconnect != 45*engine.Second {
		t.Errorf("place: got %+v", e)
	}
	if e.Attempts != 2 || e.Apart != 20*engine.Minute || e.Unreached != engine.WordOf("We could not reach you twice") || e.LineLen != 2000 {
		t.Errorf("callback: got %d, %v, %v", e.Attempts, e.Apart, e.Unreached)
	}
	for _, text := range []string{"language:de@4", "language:it@2", "product:cloud", "nurse", "We could not reach you twice", "Closed unanswered after 30 days"} {
		if !slices.Contains(p.Texts, text) {
			t.Errorf("%q is not among the texts %v", text, p.Texts)
		}
	}
}

// Without a word in the file, the engine's own defaults hold.
func TestLifeByDefault(t *testing.T) {
	e := parse(t, withHours("")).Engine
	if e.Clock != nil || e.Hours != nil || e.Ask != nil || e.Next != nil || e.EndOfLine != 0 || e.Attempts != 0 || e.Apart != 0 || e.Reconnect != 0 || e.Join == nil {
		t.Errorf("got %+v", e)
	}
}

func TestNextClass(t *testing.T) {
	p := parse(t, wholeLife)
	for _, c := range []struct {
		topic, company string
		from, want     engine.ClassID
	}{{"order", "big", 1, 2}, {"order", "", 1, 3}, {"danger", "", 0, 2}, {"danger", "", 2, 3}, {"other", "", 3, 3}} {
		f := p.Ticket(policy.Ticket{Channel: "phone", Attributes: map[string]any{"topic": c.topic, "company": c.company}}).Facts
		if got := p.Engine.Next(&f, c.from); got != c.want {
			t.Errorf("%+v: got class %d", c, got)
		}
	}
}

func TestJoin(t *testing.T) {
	p := parse(t, wholeLife)
	join := func(p *policy.Policy, customer, matter, company string) engine.Word {
		r := p.Ticket(policy.Ticket{Channel: "phone", Customer: customer, Matter: matter, Attributes: map[string]any{"company": company}})
		if r.Err() != nil {
			t.Fatal(r.Err())
		}
		return p.Engine.Join(&r.Facts)
	}
	if a, b := join(p, "ada", "router", "big"), join(p, "ada", "bill", "big"); a == 0 || a != b {
		t.Errorf("one customer of one company: got %d and %d", a, b)
	}
	if a, b := join(p, "ada", "", "big"), join(p, "big", "", "ada"); a == b {
		t.Error("a customer called like a company is that company")
	}
	if join(p, "ada", "", "big") == join(p, "ada", "", "small") || join(p, "ada", "", "") != 0 || join(p, "", "m", "big") != 0 {
		t.Error("contacts with nothing in common are joined")
	}
	plain := parse(t, withHours(""))
	if a, b := join(plain, "ada", "bill", ""), join(plain, "ada", "bill", ""); a == 0 || a != b {
		t.Error("by default one customer with one matter is not joined")
	}
	if join(plain, "ada", "", "") != 0 || join(plain, "", "bill", "") != 0 || join(plain, "ada", "bill", "") == join(plain, "ada", "router", "") {
		t.Error("by default contacts with nothing in common are joined")
	}
	if never := parse(t, withHours("never: [customer]")); never.Engine.Join != nil {
		t.Error("what may not buy a place joins contacts")
	}
}

func TestTicketWithACustomer(t *testing.T) {
	p := parse(t, wholeLife)
	f := p.Ticket(policy.Ticket{Channel: "phone", Customer: "ada", Matter: "bill", NotBefore: 77}).Facts
	if f.Customer != engine.WordOf("ada") || f.Matter != engine.WordOf("bill") || f.NotBefore != 77 {
		t.Errorf("got %+v", f)
	}
	if err := p.Ticket(policy.Ticket{Channel: "phone", NotBefore: -1}).Err(); err == nil || !strings.Contains(err.Error(), "not_before: a date") {
		t.Errorf("a date before 1970: got %v", err)
	}
	if err := p.Ticket(policy.Ticket{Channel: "phone", Needs: strings.Fields("a b c d e f g")}).Err(); err == nil || !strings.Contains(err.Error(), "the policy may add 2") {
		t.Errorf("needs without room for the policy's: got %v", err)
	}
}

func wordsOf(names ...string) []engine.Word {
	var ws []engine.Word
	for _, n := range names {
		ws = append(ws, engine.WordOf(n))
	}
	slices.Sort(ws)
	return ws
}

// What a ticket needs as it waits, step by step.
func TestAsk(t *testing.T) {
	p := parse(t, wholeLife)
	known := engine.WordOf("bela")
	type step struct {
		needs []string
		only  engine.AgentID
		next  engine.Duration
	}
	for _, c := range []struct {
		name   string
		ticket policy.Ticket
		steps  []step
	}{
		{"nothing asked", policy.Ticket{}, []step{{nil, 0, engine.None}, {nil, 0, engine.None}}},
		{"own needs only", policy.Ticket{Needs: []string{"b", "a"}}, []step{{[]string{"a", "b"}, 0, engine.None}}},
		{"language", policy.Ticket{Attributes: map[string]any{"language": "de"}}, []step{{[]string{"language:de@4"}, 0, 90 * engine.Second},
			{[]string{"language:de@2"}, 0, 10 * engine.Minute}, {nil, 0, engine.None}, {nil, 0, engine.None}}},
		{"a language of its own stays", policy.Ticket{Needs: []string{"language:de@2"}, Attributes: map[string]any{"language": "de"}},
			[]step{{[]string{"language:de@2", "language:de@4"}, 0, 90 * engine.Second}, {[]string{"language:de@2"}, 0, 10 * engine.Minute}, {[]string{"language:de@2"}, 0, engine.None}}},
		{"by class", policy.Ticket{Attributes: map[string]any{"topic": "danger", "product": "cloud"}}, []step{{[]string{"nurse"}, 0, engine.None}}},
		{"three clocks in one", policy.Ticket{Attributes: map[string]any{"language": "it", "product": "cloud", "engineer": "bela"}}, []step{
			{[]string{"language:it@4", "product:cloud"}, known, 90 * engine.Second}, {[]string{"language:it@2", "product:cloud"}, known, 4 * engine.Minute},
			{[]string{"language:it@2", "product:cloud"}, 0, 5 * engine.Minute}, {[]string{"language:it@2"}, 0, 10 * engine.Minute}, {nil, 0, engine.None}}},
	} {
		c.ticket.Channel = "phone"
		own := p.Ticket(c.ticket).Facts
		for i, want := range c.steps {
			f := own
			next := p.Engine.Ask(&f, p.Engine.Classify(&f), i)
			if !slices.Equal(f.Needs[:f.NeedsLen], wordsOf(want.needs...)) || f.Only != want.only || next != want.next {
				t.Errorf("%s, step %d: needs %v, only %v, next %v; want %+v", c.name, i, f.Needs[:f.NeedsLen], f.Only, next, want)
			}
			checkGiven(t, own, f)
		}
	}
}

// checkGiven holds that what is not marked as given are the ticket's own needs, in their order, and nothing else.
func checkGiven(t interface{ Fatalf(string, ...any) }, own, f engine.Facts) {
	var kept []engine.Word
	for i, w := range f.Needs[:f.NeedsLen] {
		if f.Given&(1<<i) == 0 {
			kept = append(kept, w)
		}
	}
	if !slices.Equal(kept, own.Needs[:own.NeedsLen]) || bits.Len8(f.Given) > int(f.NeedsLen) || !slices.IsSorted(f.Needs[:f.NeedsLen]) {
		t.Fatalf("own needs %v, in force %v, given %b", own.Needs[:own.NeedsLen], f.Needs[:f.NeedsLen], f.Given)
	}
}

// Whatever a ticket needs itself, the policy's needs are added, marked, and sorted.
func TestAskKeepsOwnNeeds(t *testing.T) {
	p := parse(t, wholeLife)
	rapid.Check(t, func(t *rapid.T) {
		names := []string{"a", "b", "c", "d", "nurse", "language:de@4", "language:de@2", "product:cloud"}
		in := policy.Ticket{Channel: "phone", Needs: rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, 6, rapid.ID).Draw(t, "needs"),
			Attributes: map[string]any{"language": rapid.SampledFrom([]string{"de", "it", ""}).Draw(t, "language"),
				"topic": rapid.SampledFrom([]string{"danger", "order", "other"}).Draw(t, "topic")}}
		if rapid.Bool().Draw(t, "with product") {
			in.Attributes["product"] = "cloud"
		}
		own := p.Ticket(in).Facts
		last := engine.Duration(0)
		for step := range 5 {
			f := own
			next := p.Engine.Ask(&f, p.Engine.Classify(&f), step)
			checkGiven(t, own, f)
			if next <= last && last != engine.None {
				t.Fatalf("step %d: the next comes at %v, this one at %v", step, next, last)
			}
			last = next
		}
	})
}

// A ticket has room for eight needs: what the policy adds beyond them is left out, whatever the door let in.
func TestAskLeavesOutWhatHasNoRoom(t *testing.T) {
	p := parse(t, wholeLife)
	f := p.Ticket(policy.Ticket{Channel: "phone", Attributes: map[string]any{"language": "de"}}).Facts
	f.NeedsLen = uint8(copy(f.Needs[:], wordsOf("a", "b", "c", "d", "e", "f", "g", "h")))
	full := f
	if p.Engine.Ask(&f, 3, 0); f != full {
		t.Errorf("got %+v, want %+v", f, full)
	}
}

func TestSkills(t *testing.T) {
	if got := policy.Skills("nurse", 3); !slices.Equal(got, []string{"nurse", "nurse@2", "nurse@3"}) {
		t.Errorf("an agent of level 3: got %v", got)
	}
	if got := policy.Skills("nurse", 99); len(got) != policy.LevelMax || policy.Skill("nurse", 1) != "nurse" || policy.Skill("nurse", 5) != got[4] {
		t.Errorf("an agent above all levels: got %v", got)
	}
}
