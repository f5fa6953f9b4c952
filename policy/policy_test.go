package policy_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
	"pgregory.net/rapid"

	"github.com/google/jsonschema-go/jsonschema"

	"fairline/engine"
	"fairline/policy"
)

// parse returns the policy of a text that must have no error.
func parse(t testing.TB, src string) *policy.Policy {
	t.Helper()
	p, faults := policy.Parse("test.yaml", []byte(src))
	if p == nil {
		t.Fatalf("Parse: %v", faults)
	}
	return p
}

// The worked example that must always hold: a post seen by ten million people has the place of one seen by nobody.
func TestReachBuysNothing(t *testing.T) {
	for _, name := range []string{"weekday", "one-line"} {
		p, _, err := policy.Load(name)
		if err != nil {
			t.Fatal(err)
		}
		rapid.Check(t, func(t *rapid.T) {
			quiet := policy.Ticket{Channel: rapid.SampledFrom([]string{"phone", "chat", "email", "social"}).Draw(t, "channel"),
				Arrived:    engine.Instant(rapid.Int64Range(1, 1<<60).Draw(t, "arrived")),
				Attributes: map[string]any{"need": rapid.SampledFrom([]string{"medical", "other", "unheard"}).Draw(t, "need")}}
			loud := quiet
			loud.Attributes = map[string]any{"need": quiet.Attributes["need"], "reach": json.Number("10000000"), "sentiment": -94, "spend": 5000}
			a, b := p.Ticket(quiet), p.Ticket(loud)
			if a.Err() != nil || b.Err() != nil || a.Facts != b.Facts || p.Engine.Classify(&a.Facts) != p.Engine.Classify(&b.Facts) {
				t.Fatalf("%s: seen by nobody %+v, by ten million %+v", name, a, b)
			}
		})
	}
}

func TestCompiledPolicy(t *testing.T) {
	p, _, err := policy.Load("weekday")
	if err != nil {
		t.Fatal(err)
	}
	e := p.Engine
	if got := e.Root.Order.Name() + " " + e.Root.Members[1].Group.Order.Name(); got != "strict due" {
		t.Errorf("orders: got %s, want strict due", got)
	}
	desk := e.Root.Members[1].Group
	if desk.Name != "desk" || desk.Reason == "" || desk.Line != 31 || e.Classes[0].Line != 23 || desk.Protect[0].Line != 34 {
		t.Errorf("desk stands at line %d, class at %d, protection at %d; want 31, 23, 34", desk.Line, e.Classes[0].Line, desk.Protect[0].Line)
	}
	due := desk.Order.(engine.Due)
	var values [engine.ValuesMax]int64
	for channel, want := range map[string][2]engine.Duration{"phone": {engine.Minute, 20 * engine.Minute}, "email": {4 * engine.Hour, 8 * engine.Hour}} {
		f := p.Ticket(policy.Ticket{Channel: channel}).Facts
		e.Values(&f, &values)
		if values[due.By-1] != int64(want[0]) || values[desk.Protect[0].By-1] != int64(want[1]) || !due.ByChannel {
			t.Errorf("%s: got values %v, want %v", channel, values, want)
		}
	}
	if e.Channels[2].Late != 7*engine.Day || e.Channels[1].Takes != 3 || !p.Channels[0].Live || p.Channels[2].Live {
		t.Errorf("channels: got %+v and %+v", e.Channels, p.Channels)
	}
}

// What a name stands for in an order and in a protection.
func TestMembersAndLimits(t *testing.T) {
	p := parse(t, preamble+`
classes:
  - {name: gold, reason: r, when: 'ticket.plan == "gold"', target: 90% within 15m}
  - {name: old, reason: r, when: has(ticket.age) && ticket.age > 60}
  - {name: legal, reason: r, when: has(ticket.due)}
  - {name: everyone, reason: r}
order: {strict: [gold, desk]}
groups:
  desk: {order: {due: {legal: own, others: target}}}
protect:
  - overtaken_at_most: {desk: 5, old: 2}
    except: [gold]
  - {first_after: {phone: 20m}, by: channel, except: []}
full: {at: 50, say: We cannot take more calls}
agents: {break_after: 3}
`)
	e := p.Engine
	desk := e.Root.Members[1].Group
	due := desk.Order.(engine.Due)
	if len(desk.Members) != 2 || desk.Members[1].Group == nil || len(desk.Members[1].Group.Members) != 2 || desk.Members[1].Group.Order.Name() != "arrival" {
		t.Fatalf("others: got %+v", desk.Members)
	}
	if !slices.Equal(due.Own, []bool{true, false}) || due.By == 0 {
		t.Errorf("due: got %+v", due)
	}
	var values [engine.ValuesMax]int64
	f := p.Ticket(policy.Ticket{Channel: "email"}).Facts
	e.Values(&f, &values)
	if values[due.By-1] != int64(4*engine.Hour) {
		t.Errorf("target of e-mail: got %d, want 4h", values[due.By-1])
	}
	pr := e.Root.Protect[0]
	if !slices.Equal(pr.Limit, []int64{engine.None, 2, 5, 5}) || !slices.Equal(pr.Except, []engine.ClassID{0}) || pr.Kind != engine.OvertakenAtMost {
		t.Errorf("protection: got %+v", pr)
	}
	if by := e.Root.Protect[1].By; by == 0 || values[by-1] != engine.None {
		t.Errorf("first_after of e-mail: got slot %d of %v, want none", by, values)
	}
	if e.LineLen != 50 || e.BreakAfter != 3 || p.Full.Say == "" {
		t.Errorf("limits: got %d, %d, %+v", e.LineLen, e.BreakAfter, p.Full)
	}
}

func TestGreatestReadsTheAttribute(t *testing.T) {
	p, _, err := policy.Load("loudest-first")
	if err != nil {
		t.Fatal(err)
	}
	var values [engine.ValuesMax]int64
	f := p.Ticket(policy.Ticket{Channel: "social", Attributes: map[string]any{"reach": 10_000_000}}).Facts
	p.Engine.Values(&f, &values)
	if by := p.Engine.Root.Order.(engine.Greatest).By; values[by-1] != 10_000_000 {
		t.Errorf("reach: got %d", values[by-1])
	}
}

// In a protection a class wins over its group and an inner group over an outer one, wherever they stand in the map.
func TestLimitsByDepth(t *testing.T) {
	for _, values := range []string{"{old: 2, inner: 3, desk: 5, others: 9}", "{others: 9, desk: 5, inner: 3, old: 2}"} {
		p := parse(t, preamble+`
classes:
  - {name: gold, reason: r, when: 'ticket.plan == "gold"'}
  - {name: old, when: has(ticket.age) && ticket.age > 60}
  - {name: vip, when: ticket.vip}
  - {name: everyone}
order: {strict: [gold, desk]}
groups:
  desk: {order: {strict: [inner, everyone]}, reason: Everybody in turn}
  inner: {order: {strict: [old, vip]}}
protect: [{overtaken_at_most: `+values+`, except: []}]
`)
		if got := p.Engine.Root.Protect[0].Limit; !slices.Equal(got, []int64{9, 2, 3, 5}) {
			t.Errorf("%s: got limits %v, want 9 2 3 5", values, got)
		}
		if inner := p.Engine.Root.Members[1].Group.Members[0].Group; inner.Name != "inner" || inner.Reason != "Everybody in turn" {
			t.Errorf("inner: got %q with reason %q, want that of the group around it", inner.Name, inner.Reason)
		}
	}
}

// A ticket without the attribute stands behind one with the least value of it.
func TestGreatestWithoutTheAttribute(t *testing.T) {
	p := parse(t, `
fairline: 1
policy: test
description: baseline
attributes: {debt: {type: int}}
channels: {phone: {takes: agent}}
classes: [{name: everyone, reason: r}]
order: {greatest: debt}
`)
	var without, with [engine.ValuesMax]int64
	a, b := p.Ticket(policy.Ticket{Channel: "phone"}).Facts, p.Ticket(policy.Ticket{Channel: "phone", Attributes: map[string]any{"debt": -5}}).Facts
	p.Engine.Values(&a, &without)
	p.Engine.Values(&b, &with)
	if without[0] >= with[0] || -without[0] < 0 {
		t.Errorf("without: %d, with: %d; want less, and its negative to fit", without[0], with[0])
	}
}

// ticketPolicy has an attribute of each type.
const ticketPolicy = `
fairline: 1
policy: test
attributes:
  topic: {one_of: [medical, other], else: other}
  level: {type: int, min: 1, max: 4}
  vip: {type: bool, else: false}
  lag: {type: duration, else: 1h}
  met: {type: timestamp}
  town: {type: string, else: ""}
  unread: {type: int}
channels: {phone: {takes: agent}, email: {takes: 1 of 2}}
classes:
  - {name: a, reason: r, when: 'ticket.topic == "medical" && has(ticket.level) && ticket.level < 3'}
  - {name: b, reason: r, when: 'ticket.vip && ticket.lag > duration("2h") || has(ticket.met) && ticket.met < ticket.arrived || ticket.town == "Wien"'}
  - name: everyone
order: {strict: [a, b, everyone]}
`

func TestTicket(t *testing.T) {
	p := parse(t, ticketPolicy)
	for _, c := range []struct {
		ticket policy.Ticket
		class  string // "" when it is refused
		says   string // a part of what is said
	}{
		{policy.Ticket{Channel: "phone"}, "everyone", ""},
		{policy.Ticket{Channel: "fone"}, "", "channel: this line has no channel \"fone\"; it has `phone` and `email`; did you mean `phone`?"},
		{policy.Ticket{}, "", "a ticket comes by a channel"},
		{policy.Ticket{Channel: "phone", Origin: "shouted"}, "", "neither direct nor overheard"},
		{policy.Ticket{Channel: "phone", Due: math.MaxInt64}, "", "due: a date"},
		{policy.Ticket{Channel: "phone", Arrived: -1}, "", "arrived: a date"},
		{policy.Ticket{Channel: "phone", Needs: strings.Fields("a b c d e f g h i")}, "", "needs: 9 skills"},
		{policy.Ticket{Channel: "phone", Needs: strings.Fields("a a a a a a a a a")}, "everyone", ""},
		{policy.Ticket{Channel: "phone", Attributes: map[string]any{"topic": "medical", "level": json.Number("2")}}, "a", ""},
		{policy.Ticket{Channel: "phone", Attributes: map[string]any{"topic": "medical"}}, "everyone", ""},
		{policy.Ticket{Channel: "phone", Attributes: map[string]any{"topic": "medcal", "level": 2}}, "everyone", "attributes.topic: \"medcal\" is not among its values: read as its `else`"},
		{policy.Ticket{Channel: "phone", Attributes: map[string]any{"topic": "medical", "level": 9}}, "everyone", "read as if it were not there"},
		{policy.Ticket{Channel: "phone", Attributes: map[string]any{"topic": 3}}, "", "attributes.topic: one of `medical` and `other` is wanted, this is 3"},
		{policy.Ticket{Channel: "phone", Attributes: map[string]any{"level": "2"}}, "", "attributes.level: a whole number is wanted, this is \"2\""},
		{policy.Ticket{Channel: "phone", Attributes: map[string]any{"level": json.Number("1.5")}}, "", "a whole number is wanted"},
		{policy.Ticket{Channel: "phone", Attributes: map[string]any{"level": 1e300}}, "", "a whole number is wanted"},
		{policy.Ticket{Channel: "phone", Attributes: map[string]any{"vip": "true"}}, "", "attributes.vip: true or false is wanted"},
		{policy.Ticket{Channel: "phone", Attributes: map[string]any{"vip": true, "lag": "2h1s"}}, "b", ""},
		{policy.Ticket{Channel: "phone", Attributes: map[string]any{"vip": true, "lag": "120"}}, "", "attributes.lag: a duration"},
		{policy.Ticket{Channel: "phone", Arrived: 1 << 60, Attributes: map[string]any{"met": "2001-01-01T00:00:00Z"}}, "b", ""},
		{policy.Ticket{Channel: "phone", Attributes: map[string]any{"met": "yesterday"}}, "", "attributes.met: a date"},
		{policy.Ticket{Channel: "phone", Attributes: map[string]any{"town": "Wien"}}, "b", ""},
		{policy.Ticket{Channel: "phone", Attributes: map[string]any{"town": nil}}, "everyone", ""},
		{policy.Ticket{Channel: "phone", Attributes: map[string]any{"unread": "x"}}, "", "attributes.unread: a whole number"},
	} {
		r := p.Ticket(c.ticket)
		got := ""
		if r.Err() == nil {
			got = p.Engine.Classes[p.Engine.Classify(&r.Facts)].Name
		}
		said := ""
		if len(r.Problems) > 0 {
			said = r.Problems[0].Error()
		}
		if got != c.class || !strings.Contains(said, c.says) || c.says == "" && said != "" {
			t.Errorf("Ticket(%+v): got class %q saying %q, want %q saying %q", c.ticket, got, said, c.class, c.says)
		}
	}
	ab, ba := p.Ticket(policy.Ticket{Channel: "phone", Needs: []string{"a", "b", "c"}}), p.Ticket(policy.Ticket{Channel: "phone", Needs: []string{"c", "b", "a", "a"}})
	if ab.Facts != ba.Facts || ab.Facts.NeedsLen != 3 {
		t.Errorf("the same needs in another order: got %+v and %+v", ab.Facts, ba.Facts)
	}
	r := p.Ticket(policy.Ticket{Channel: "phone", Attributes: map[string]any{"zebra": 1, "ape": 2}})
	if !slices.Equal(r.NotKept, []string{"ape", "zebra"}) || r.Err() != nil {
		t.Errorf("not kept: got %v, %v", r.NotKept, r.Err())
	}
	if slices.Contains(p.Engine.Attrs, "unread") || len(p.Engine.Attrs) != 6 {
		t.Errorf("attributes with a slot: got %v", p.Engine.Attrs)
	}
}

func TestLoad(t *testing.T) {
	if _, _, err := policy.Load("wekday"); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "did you mean `weekday`?") {
		t.Errorf("Load of a misspelt name: got %v", err)
	}
	path := filepath.Join(t.TempDir(), "mine.yaml")
	src, ok := policy.Shipped("bank")
	if err := os.WriteFile(path, src, 0o600); err != nil || !ok {
		t.Fatal(err, ok)
	}
	p, _, err := policy.Load(path)
	if err != nil || p.Engine.Name != "bank" || p.File != path {
		t.Errorf("Load of a path: got %+v, %v", p, err)
	}
}

// jsonOf turns YAML into what a validator of JSON reads.
func jsonOf(t *testing.T, src []byte) any {
	var v any
	if err := yaml.Load(src, &v); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var back any
	if err := json.Unmarshal(out, &back); err != nil {
		t.Fatal(err)
	}
	return back
}

func TestSchema(t *testing.T) {
	var s jsonschema.Schema
	if err := json.Unmarshal(policy.Schema(), &s); err != nil {
		t.Fatal(err)
	}
	resolved, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range policy.Names() {
		src, _ := policy.Shipped(name)
		if err := resolved.Validate(jsonOf(t, src)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	files, err := filepath.Glob(filepath.Join("testdata", "*", "*.yaml"))
	files = slices.DeleteFunc(files, func(name string) bool { return strings.HasSuffix(name, ".test.yaml") })
	if err != nil || len(files) < 20 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := resolved.Validate(jsonOf(t, src)); err != nil {
			t.Errorf("%s: %v", file, err)
		}
	}
	if err := resolved.Validate(jsonOf(t, []byte(wholeLife))); err != nil {
		t.Error(err)
	}
	good := preamble + "classes: [{name: everyone}]\norder: {arrival: others}\n"
	if err := resolved.Validate(jsonOf(t, []byte(good))); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{
		"hours: {mon-fri: 08:00 to 20:00}", "colour: red", "full: {at: many, say: x}", "agents: {choose: anybody}", "never: reach",
		"protect: [{overtaken_at_most: many}]", "protect: {first_after: 5m}", "protect: [{first_after: 5}]", "groups: {a: {order: {due: {everyone: soon}}}}",
		"groups: {a: {order: {fair: equal}}}", "groups: {A: {of: [everyone]}}", "examples: [{ticket: {channel: phone}}]", "clock: moon",
		"hours: {monday: 08:00-20:00}", "closed: [christmas]", "join: {same: customer}", "place: {transfer: back}", "callback: {attempts: many}",
		"expire: [{classes: [everyone]}]", "skills: [{need: a, level: high}]", "skills: [{from: plan}]", "agents: {known_for: 5}",
		"reserve: [{agents: 1, skill: nurse}]", "reserve: [{agents: 0, skill: nurse, for: [everyone]}]", "agents: {caps: [{starts: 6}]}", "agents: {choose: random, seed: x}",
		"agents: {choose: random, seed: -1}", "protect: [{budget: 4}]", "protect: [{budget: 1 in 0}]", "protect: [{min_share: 20, charge: tickets, over: 1h}]",
		"protect: [{min_share: 20%, charge: starts, over: 1h}]", "groups: {a: {order: {share: {everyone: 0}, charge: tickets}}}", "groups: {a: {order: {share: fair, charge: tickets}}}",
		"groups: {a: {order: {share: equal}}}", "groups: {a: {order: {cost: {everyone: 1 x wait}, of: wait}}}", "protect: [{min_share: 20%, charge: tickets}]",
		"groups: {a: {order: {draw: {everyone: 1001}, seed: 7}}}", "groups: {a: {order: {cost: {everyone: 4}, of: wait, per: minute}}}", "groups: {a: {order: {waiting_mix: {everyone: 100}}}}",
	} {
		if err := resolved.Validate(jsonOf(t, []byte(good+bad))); err == nil {
			t.Errorf("schema accepts %s", bad)
		}
		if p, _ := policy.Parse("test.yaml", []byte(good+bad)); p != nil {
			t.Errorf("Parse accepts %s", bad)
		}
	}
}

func TestReportAndGitHub(t *testing.T) {
	src := []byte(preamble + "classes: [{name: everyone, colour: red}]\ndescription: \"by arrival\"\n")
	p, faults := policy.Parse("a,b.yaml", src)
	r := policy.NewReport()
	r.Add("a,b.yaml", p, faults)
	var b strings.Builder
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), `"schema": "fairline.check/1"`) || !strings.Contains(b.String(), `"code": "FL0120"`) || !strings.Contains(b.String(), `"line": 10`) {
		t.Errorf("report: got %s", b.String())
	}
	b.Reset()
	if err := policy.RenderGitHub(&b, faults); err != nil {
		t.Fatal(err)
	}
	if want := "::error file=a%2Cb.yaml,line=10,col=28,endColumn=34,title=FL0120::unknown key `colour`"; !strings.HasPrefix(b.String(), want) {
		t.Errorf("github: got %s, want %s", b.String(), want)
	}
	b.Reset()
	if err := policy.Render(&b, faults, src, true); err != nil || !strings.Contains(b.String(), "\x1b[31;1merror[FL0120]\x1b[0m") {
		t.Errorf("colours: got %q, %v", b.String(), err)
	}
}

func TestCheckIsPure(t *testing.T) {
	src, err := os.ReadFile(filepath.Join("testdata", "examples", "reference.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	src = bytes.ReplaceAll(src, []byte("reason:"), []byte("reasen:"))
	_, first := policy.Parse("x", src)
	if len(first) < 3 {
		t.Fatalf("got %v, want several faults", first)
	}
	for range 20 {
		if _, again := policy.Parse("x", src); !slices.EqualFunc(again, first, func(a, b policy.Fault) bool { return a.Error() == b.Error() }) {
			t.Fatalf("got %v, then %v", first, again)
		}
	}
}

// FuzzParse changes policies anyhow: Parse never panics, every fault lies inside the file, a policy comes exactly when
// there is no error, and it can be asked for any ticket.
func FuzzParse(f *testing.F) {
	for _, name := range policy.Names() {
		src, _ := policy.Shipped(name)
		f.Add(src)
	}
	for _, dir := range []string{"testdata/examples/*.yaml", "testdata/keys/*.yaml", "testdata/faults/*.txt"} {
		files, _ := filepath.Glob(dir)
		for _, path := range files {
			src, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			for part := range strings.SplitSeq(string(src), "----") {
				part = strings.TrimPrefix(strings.TrimSpace(part), "rules\n")
				f.Add([]byte(part))
				f.Add([]byte(preamble + part))
			}
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		p, faults := policy.Parse("fuzz.yaml", src)
		if (p == nil) != (faults.Count(policy.Error) > 0) {
			t.Fatalf("policy %v with faults %v", p != nil, faults)
		}
		inside(t, src, faults)
		if err := policy.Render(discard{}, faults, src, true); err != nil {
			t.Fatal(err)
		}
		if p == nil {
			return
		}
		adopt(t, p)
		for _, c := range p.Engine.Channels {
			r := p.Ticket(policy.Ticket{Channel: c.Name, Due: 5})
			var values [engine.ValuesMax]int64
			if class := p.Engine.Classify(&r.Facts); int(class) >= len(p.Engine.Classes) {
				t.Fatalf("class %d of %d", class, len(p.Engine.Classes))
			}
			if p.Engine.Values != nil {
				p.Engine.Values(&r.Facts, &values)
			}
			tryLife(t, p, r.Facts)
		}
	})
}

// tryLife asks what else a policy says of a ticket: nothing panics, classes exist, and steps go on in time.
func tryLife(t testing.TB, p *policy.Policy, f engine.Facts) {
	class, last := p.Engine.Classify(&f), engine.Duration(0)
	for step := 0; p.Engine.Ask != nil && last != engine.None; step++ {
		asked := f
		next := p.Engine.Ask(&asked, class, step)
		if next <= last || step > 200 {
			t.Fatalf("step %d at %d, the next at %d", step, last, next)
		}
		checkGiven(t, f, asked)
		last = next
	}
	if p.Engine.Next != nil && int(p.Engine.Next(&f, class)) >= len(p.Engine.Classes) {
		t.Fatal("no next class")
	}
	if p.Engine.Join != nil {
		p.Engine.Join(&f)
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

func BenchmarkParse(b *testing.B) {
	src, _ := policy.Shipped("weekday")
	for b.Loop() {
		if p, _ := policy.Parse("weekday", src); p == nil {
			b.Fatal("no policy")
		}
	}
}

func BenchmarkTicket(b *testing.B) {
	p, _, err := policy.Load("weekday")
	if err != nil {
		b.Fatal(err)
	}
	t := policy.Ticket{Channel: "social", Attributes: map[string]any{"need": "medical", "reach": json.Number("5")}}
	b.ReportAllocs()
	for b.Loop() {
		r := p.Ticket(t)
		p.Engine.Classify(&r.Facts)
	}
}
