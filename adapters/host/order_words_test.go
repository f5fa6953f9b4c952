package host

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fairline/engine"
	"fairline/engine/journal"
)

// An orderCase is a few tickets under one of the small policies, a minute apart, and an agent who serves them all.
type orderCase struct {
	policy  string
	tickets []string      // data of t1, t2 and so on
	asked   string        // the ticket that is asked about
	want    []string      // what its overtakings and its offer say
	order   string        // in place of the order of the policy
	wait    time.Duration // before the first ticket
	work    time.Duration // on each ticket
	agent   string        // what the agent signs in with
}

var orderCases = []orderCase{
	{policy: "share", tickets: []string{`"channel":"chat"`, `"channel":"chat"`, gold, gold}, asked: "t2", want: []string{
		"offered: ", "overtaken: its share was next: gold stands at 0, silver at 1 (tickets for its weight)",
		"overtaken: its share was next: gold stands at 0.33, silver at 1 (tickets for its weight)"}},
	{policy: "share", tickets: []string{`"channel":"chat"`, `"channel":"chat"`, gold, gold}, asked: "t3", want: []string{
		"offered: its share was next: gold stands at 0, the next at 1 (tickets for its weight)"}},
	{policy: "share-by-company", tickets: []string{acme, acme, acme, `"channel":"email","attributes":{"company":"b"}`}, asked: "t2", want: []string{
		"offered: its share was next: neither this company nor the next had got anything of late; equal, so the earlier arrival goes first",
		"overtaken: its share was next: this company had got nothing of late, the next had"}},
	{policy: "accumulate", tickets: []string{`"channel":"desk"`, `"channel":"desk","attributes":{"triage":"urgent"}`}, asked: "t1", want: []string{
		"overtaken: wait x rate: 4:00 (1:00 x 4) against 2:00", "offered: "}},
	{policy: "cost", tickets: []string{`"channel":"phone"`, `"channel":"email"`}, asked: "t1", want: []string{
		"overtaken: its next minute of waiting costs 4 for each minute of work, against 3.2", "offered: "}},
	{policy: "cost-of-queue", tickets: []string{`"channel":"phone"`, `"channel":"chat"`, `"channel":"chat"`, `"channel":"chat"`}, asked: "t1", want: []string{
		"overtaken: one more in its queue costs 1.2 for each minute of work, against 0.8",
		"overtaken: one more in its queue costs 0.88 for each minute of work, against 0.8", // she was quick with the first chat
		"offered: one more in its queue costs 0.8 for each minute of work, against 0.48"}},
	{policy: "cost-of-queue", tickets: []string{`"channel":"phone"`, `"channel":"chat"`, `"channel":"chat"`}, asked: "t1", want: []string{"offered: " +
		"one more in its queue costs 0.8 for each minute of work, against 0.8; equal, so the earlier arrival goes first"}},
	{policy: "waiting-mix", tickets: []string{`"channel":"email"`, `"channel":"phone"`, `"channel":"phone"`}, asked: "t1", want: []string{
		"overtaken: call is 1.1 over its part of the queue, mail 1.1 under",
		"overtaken: call is 0.4 over its part of the queue, mail 0.4 under", "offered: "}},
	{policy: "last-in", tickets: []string{`"channel":"phone"`, `"channel":"phone"`}, asked: "t1", want: []string{
		"overtaken: latest 2000-01-01T00:01:00Z 2000-01-01T00:00:00Z", "offered: "}},
	{policy: "draw", tickets: []string{`"channel":"phone"`, member, member}, asked: "t1", want: []string{
		"overtaken: drawn by lot: club with 2, everyone with 1", "offered: drawn by lot"}},
	{policy: "draw-ticket", tickets: []string{`"channel":"phone"`, `"channel":"phone"`, `"channel":"phone"`}, asked: "t1", want: []string{
		"overtaken: drawn by lot, one for each ticket", "overtaken: drawn by lot, one for each ticket", "offered: "}},
	{policy: "budget", tickets: []string{`"channel":"phone"`, `"channel":"phone"`, member, member}, asked: "t1", want: []string{
		"overtaken: ", "offered: the start before it was out of turn, so the earliest is next"}},
	{policy: "budget", tickets: []string{`"channel":"phone"`, `"channel":"phone"`, member, member}, asked: "t3", want: []string{
		"offered:  spent budget.yaml: of 2 starts at most one"}},
	{policy: "min-share", tickets: []string{`"channel":"phone"`, `"channel":"phone"`, `"channel":"email"`}, asked: "t1", want: []string{
		"overtaken: mail had less than 20 % of the starts of the last 1h", "offered: "}},
	{policy: "reserve", tickets: []string{`"channel":"phone"`, `"channel":"phone","attributes":{"emergency":true}`}, asked: "t1",
		want: []string{"overtaken: the agent was kept for emergency"}, agent: `"skills":["nurse"]`},
	{policy: "caps", tickets: []string{post, post, post, `"channel":"phone"`}, asked: "t3",
		want: []string{"overtaken: the agent had started 2 of post within 1h"}, order: "{strict: [post, call]}"},
}

// greatCases are the five great examples, on a Monday morning.
var greatCases = []orderCase{
	{policy: "../examples/telecom", tickets: []string{`"channel":"email"`, `"channel":"social","origin":"direct"`,
		`"channel":"phone","attributes":{"topic":"outage","vulnerable":true,"language":"de"}`}, asked: "t1",
		want: []string{"overtaken: ", "overtaken: ", "offered: "}, agent: `"skills":["language:de@4","language:it@4"],"channels":{"phone":1,"email":1,"social":1}`},
	{policy: "../examples/hospital", tickets: []string{`"channel":"phone"`, `"channel":"phone","attributes":{"triage":1}`}, asked: "t1",
		want: []string{"overtaken: the agent was kept for emergency"}, agent: `"skills":["nurse"]`},
	{policy: "../examples/vendor", tickets: []string{company("a"), company("a"), company("b")}, asked: "t2", want: []string{
		"overtaken: its share was next: this company had got nothing of late, the next had", "offered: "},
		agent: `"skills":["product:cloud@5"],"channels":{"email":1}`, work: time.Minute},
	{policy: "../examples/research", tickets: []string{kind("chat"), kind("hot"), kind("sales")}, asked: "t1", want: []string{
		"overtaken: ", "offered: the last 3 starts were not all in turn, so the earliest is next"}},
	{policy: "../examples/research", tickets: []string{kind("chat"), kind("call")}, asked: "t1", want: []string{
		"offered: its next minute of waiting costs 7.2 for each minute of work, against 1.6"}},
	{policy: "../examples/reference", tickets: []string{plan("silver", "s"), plan("silver", "s"), plan("gold", "a"), plan("gold", "b")}, asked: "t2",
		want: []string{"overtaken: its share was next: gold-companies had got nothing of late, silver had",
			"overtaken: its share was next: gold-companies had got 33 % of what silver had, for its weight", "offered: "}, agent: `"skills":["language:de@4"],"channels":{"email":1}`, work: time.Minute},
}

func company(name string) string {
	return fmt.Sprintf(`"channel":"email","attributes":{"plan":"gold","company":"%s"}`, name)
}

func plan(name, company string) string {
	return fmt.Sprintf(`"channel":"email","attributes":{"plan":"%s","company":"%s"}`, name, company)
}

func kind(name string) string {
	return fmt.Sprintf(`"channel":"phone","attributes":{"kind":"%s"}`, name)
}

// TestGreatExamplesAreServed serves each of the five as it stands, and asks why.
func TestGreatExamplesAreServed(t *testing.T) {
	for i, c := range greatCases {
		c.wait = 58 * time.Hour // to Monday at ten
		t.Run(fmt.Sprint(i, "-", c.policy[len("../examples/"):]), func(t *testing.T) { synctest.Test(t, func(t *testing.T) { c.test(t) }) })
	}
}

const (
	gold   = `"channel":"chat","attributes":{"plan":"gold"}`
	acme   = `"channel":"email","attributes":{"company":"acme"}`
	post   = `"channel":"social"`
	member = `"channel":"phone","attributes":{"member":true}`
)

// TestOrdersInWords says what was compared, as a supervisor can follow it, for each order that moves and each protection that gives
// turns.
func TestOrdersInWords(t *testing.T) {
	for i, c := range orderCases {
		t.Run(fmt.Sprint(i, "-", c.policy), func(t *testing.T) { synctest.Test(t, func(t *testing.T) { c.test(t) }) })
	}
}

func (c *orderCase) test(t *testing.T) {
	s := startSite(t, journal.NewMemory(), func(cfg *Config) {
		cfg.PolicyFile, cfg.PolicySource = c.policy+".yaml", keyPolicy(t, c.policy)
		if c.order != "" {
			cfg.PolicySource = regexp.MustCompile("(?m)^order: .*$").ReplaceAll(cfg.PolicySource, []byte("order: "+c.order))
		}
	})
	defer s.close()
	s.pass(c.wait)
	for i, data := range c.tickets {
		s.send("fl.in.main.pbx.ticket", fmt.Sprintf(`{"id":"t%d","data":{%s}}`, i+1, data))
		s.pass(time.Minute)
	}
	s.send("fl.agent.main.ana.sign-in", "{"+c.agent+"}")
	for range c.tickets {
		for _, o := range asked[agentsAnswer](t, s, "agents", `{}`).Agents[0].Offers {
			s.send("fl.agent.main.ana.accept", fmt.Sprintf(`{"offer":%d}`, o.Offer))
			s.pass(c.work)
			s.send("fl.agent.main.ana.finish", fmt.Sprintf(`{"offer":%d}`, o.Offer))
		}
	}
	var got []string
	for _, step := range asked[Explanation](t, s, "explain", fmt.Sprintf(`{"id":"%s"}`, c.asked)).Steps {
		if step.What == "overtaken" || step.What == "offered" {
			got = append(got, step.What+": "+sayings(&step))
		}
	}
	if text, want := strings.Join(got, "\n"), strings.Join(c.want, "\n"); text != want {
		t.Errorf("%s of %s says\n%s\nwant\n%s", c.asked, c.policy, text, want)
	}
}

// sayings are what a step says beside its rule.
func sayings(step *Step) string {
	text := ""
	switch k := step.Keys; {
	case k != nil && k.Text != "":
		text = k.Text
	case k != nil && k.Kind == "latest":
		text = k.Kind + " " + k.Won + " " + k.Lost
	}
	text += step.Rule.Says
	for _, r := range step.Spent {
		name, _, _ := strings.Cut(r.Policy, "@")
		text += " spent " + name + ".yaml: " + r.Says
	}
	return text
}

// keyPolicy is one of the small policies, each with one key.
func keyPolicy(t *testing.T, name string) []byte {
	t.Helper()
	src, err := os.ReadFile("../../policy/testdata/keys/" + name + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// TestFencesInWords finds the reserve or the cap that let a ticket be passed, and tells all where it may be one of several.
func TestFencesInWords(t *testing.T) {
	classes := []engine.Class{{Name: "danger"}, {Name: "gold"}, {Name: "rest"}}
	one := engine.Reserve{Agents: 1, For: []engine.ClassID{0}, Line: 7}
	two := engine.Reserve{Agents: 1, For: []engine.ClassID{0, 1}, Line: 8}
	posts := engine.Cap{Starts: 2, Per: engine.Hour, Classes: []engine.ClassID{2}, Line: 9}
	p := &engine.Policy{Classes: classes, Reserve: []engine.Reserve{one, two}, Caps: []engine.Cap{posts}}
	for _, test := range []struct {
		why      engine.Cause
		by, over engine.ClassID
		want     fence
	}{
		{engine.ByReserve, 1, 2, fence{8, "the agent was kept for danger, gold"}},
		{engine.ByReserve, 0, 1, fence{7, "the agent was kept for danger"}},
		{engine.ByReserve, 0, 2, fence{0, "the agent was kept for danger, or the agent was kept for danger, gold"}},
		{engine.ByCap, 0, 2, fence{9, "the agent had started 2 of rest within 1h"}},
		{engine.ByCap, 2, 0, fence{}},
	} {
		if got := fenceOf(p, test.why, test.by, test.over); got != test.want {
			t.Errorf("class %d over %d: %+v, want %+v", test.by, test.over, got, test.want)
		}
	}
}

// TestCausesHaveWords wants a word for every cause that can be said. By the order, by a protection and by a miss are said by the
// rule.
func TestCausesHaveWords(t *testing.T) {
	for c := engine.ByDecline; c <= engine.ByCap; c++ {
		ruled := c == engine.ByOrder || c == engine.ByGuard || c == engine.ByMiss
		if (whys[c] == "") != ruled {
			t.Errorf("cause %d is said as %q", c, whys[c])
		}
	}
}

// TestPartsInWords names the part that was below its percentage only where it is known: somebody else may have been served than the
// protection wanted.
func TestPartsInWords(t *testing.T) {
	p := &engine.Policy{Root: &engine.Node{Protect: []engine.Protection{{Kind: engine.MinShare, Minutes: true, Over: engine.Hour,
		Parts: []engine.Part{{Name: "mail", Classes: []engine.ClassID{1}, Percent: 20}}}, {Kind: engine.Budget, Every: 4}}}}
	for _, test := range []struct {
		guard  int8
		class  int
		forced bool
		want   string
	}{
		{0, 1, true, "mail had less than 20 % of the work of the last 1h"},
		{0, 1, false, "somebody had less than their part of the work of the last 1h"},
		{0, 2, true, "somebody had less than their part of the work of the last 1h"},
		{1, 1, true, "the last 3 starts were not all in turn, so the earliest is next"},
		{2, 1, true, ""}, {-1, 1, true, ""},
	} {
		if got := saysOf(p, 0, test.guard, test.class, test.forced); got != test.want {
			t.Errorf("protection %d says %q, want %q", test.guard, got, test.want)
		}
	}
}
