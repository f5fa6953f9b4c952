package scenario_test

import (
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"fairline/engine"
	"fairline/policy"
	"fairline/simulations/dist"
	"fairline/simulations/scenario"
)

func all(t *testing.T) *scenario.Scenario {
	t.Helper()
	s, faults, err := scenario.Load("testdata/all.yaml")
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	return s
}

func TestHead(t *testing.T) {
	s := all(t)
	src, err := os.ReadFile("testdata/all.yaml")
	if err != nil || string(s.Source) != string(src) || s.File != "testdata/all.yaml" {
		t.Errorf("source of %s, %v", s.File, err)
	}
	// Lisbon is an hour ahead of UTC in April.
	if want := engine.Instant(time.Date(2026, 4, 13, 7, 0, 0, 0, time.UTC).UnixNano()); s.Starts != want {
		t.Errorf("starts %d, want %d", s.Starts, want)
	}
	if s.Name != "all" || s.Description != "Every key of a scenario file stands here once." || s.Length != 10*engine.Hour || s.After != engine.Hour ||
		s.Period != 30*engine.Minute || s.Short != 5*engine.Second {
		t.Errorf("got %+v", s)
	}
	equal(t, "targets", s.Targets, map[string]engine.Duration{"phone": engine.Minute, "social": 10 * engine.Minute, "email": 4 * engine.Hour})
	equal(t, "needs", s.Needs, []string{"medical", "safety", "other"})
	equal(t, "channels", s.Channels, []string{"phone", "social", "email"})
	equal(t, "waiting", s.Waiting, []scenario.Start{{Source: 1, Number: 500, Age: 60 * engine.Hour}, {Source: 2, Number: 3}})
	if len(s.Busy) != 2 || s.Busy[0].Name != "day" || s.Busy[1].Name != "noise" {
		t.Fatalf("busyness %+v", s.Busy)
	}
	moments(t, s.Busy[0].Law, 1, 0.2)
	moments(t, s.Busy[1].Law, 1, 0.25)
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %+v, want %+v", what, got, want)
	}
}

func moments(t *testing.T, law dist.Law, mean, sd float64) {
	t.Helper()
	if law == nil || math.Abs(law.Mean()-mean) > 1e-6*mean || math.Abs(law.SD()-sd) > 1e-6*mean {
		t.Errorf("got %v, want mean %g and sd %g", law, mean, sd)
	}
}

func TestCalls(t *testing.T) {
	s := all(t)
	c := &s.Sources[0]
	if c.Name != "calls" || c.Channel != "phone" || c.Busy != 0 || c.Known != 0.7 || c.Customers != 500 {
		t.Errorf("got %+v", c)
	}
	equal(t, "arrivals", c.Arrivals.Rates, []scenario.Rate{{From: 0, PerHour: 20}, {From: 2 * engine.Hour, PerHour: 30}, {From: 9*engine.Hour + 30*engine.Minute, PerHour: 10}})
	moments(t, c.Batch, 2, 2/math.Sqrt(12))
	if got := c.Handling.Law.Quantile(1 - 1e-9); got != 3600 || c.Handling.Factor != 0.3 {
		t.Errorf("handling at most %g, factor %g", got, c.Handling.Factor)
	}
	moments(t, c.Handling.ByGroup["juniors"], 450, 360)
	if len(c.Handling.Periods) != 1 || c.Handling.Periods[0].From != 6*engine.Hour {
		t.Fatalf("periods %+v", c.Handling.Periods)
	}
	moments(t, c.Handling.Periods[0].Law, 360, 180)
	moments(t, c.Wrap.Law, 30, 0)
	moments(t, c.Patience.Law, 240, 240)
	if r := c.Patience.Retry; c.Patience.AtOnce != 0.05 || len(r) != 2 || r[0].As != 1 || r[0].Probability != 0.3 || r[0].Most != 1 || r[1].As != 2 || r[1].Most != 2 {
		t.Errorf("patience %+v", c.Patience)
	}
	moments(t, c.Patience.Retry[1].After, 3600, 0)
	equal(t, "balk", c.Balk, []scenario.Balk{{Waiting: 10, Probability: 0.2}, {Waiting: 30, Probability: 1}})
	equal(t, "skills", c.Skills, []scenario.Chance{{Skill: "german", Probability: 0.2}, {Skill: "nurse@2", Probability: 0.01}})
	moments(t, c.Due, 4*3600, 0)
	if c.Transfer.Probability != 0.1 || !slices.Equal(c.Transfer.Skills, []string{"billing"}) {
		t.Errorf("transfer %+v", c.Transfer)
	}
	moments(t, c.Transfer.Handling.Law, 360, 360/math.Sqrt(3))
}

func TestAttributesAndActions(t *testing.T) {
	c := &all(t).Sources[0]
	if len(c.Attributes) != 3 {
		t.Fatalf("attributes %+v", c.Attributes)
	}
	equal(t, "need", c.Attributes[0], scenario.Attribute{Name: "need", Factor: -0.2,
		Values: []scenario.Weighted{{Value: "medical", Weight: 0.02}, {Value: "safety", Weight: 0.005}, {Value: "other", Weight: 0.975}}})
	moments(t, c.Attributes[1].Law, 300, 3000)
	if c.Attributes[1].Factor != 0.8 {
		t.Errorf("reach %+v", c.Attributes[1])
	}
	equal(t, "plan", c.Attributes[2], scenario.Attribute{Name: "plan", Values: []scenario.Weighted{{Value: "gold", Weight: 1}}})
	if len(c.Actions) != 2 {
		t.Fatalf("actions %+v", c.Actions)
	}
	equal(t, "call", c.Actions[0], scenario.Action{Name: "call", Share: 0.9})
	moments(t, c.Actions[1].Cost, 30, 30)
	post := c.Actions[1]
	post.Cost = nil
	equal(t, "post", post, scenario.Action{Name: "post", Share: 0.1, Channel: "social", Set: map[string]string{"public": "true", "plan": "none"},
		Also: "email", AlsoSet: map[string]string{"public": "false"}})
}

func TestArrivals(t *testing.T) {
	s := all(t)
	equal(t, "mails", s.Sources[1].Arrivals, scenario.Arrivals{})
	equal(t, "posts", s.Sources[2].Arrivals.Points, []scenario.Rate{{From: 0, PerHour: 0}, {From: 4 * engine.Hour, PerHour: 60}, {From: 10 * engine.Hour}})
	equal(t, "waves", *s.Sources[3].Arrivals.Wave, scenario.Wave{PerHour: 31, Swing: 0.5, Every: 24 * engine.Hour, Shift: 6 * engine.Hour})
	equal(t, "counted", s.Sources[4].Arrivals.Counts, []scenario.Count{{From: 30 * engine.Minute, Number: 20}, {From: engine.Hour, Number: 35}, {From: 2 * engine.Hour}})
	moments(t, s.Sources[5].Arrivals.Interval, 150, 150*math.Sqrt(1/(2.5*0.5)))
	equal(t, "fitted", s.Sources[7].Arrivals.Rates, []scenario.Rate{{PerHour: 3600}})
	equal(t, "recorded", s.Sources[6].Arrivals.Trace, &scenario.Trace{File: "calls.csv", Rows: []scenario.Row{
		{At: 12 * engine.Second, Handling: 4 * engine.Minute, Patience: -1, Values: map[string]string{"need": "medical"}},
		{At: 30*engine.Second + 500*engine.Millisecond, Handling: 270 * engine.Second, Patience: 2 * engine.Minute},
		{At: 7 * engine.Hour, Handling: -1, Patience: 90 * engine.Second, Values: map[string]string{"need": "safety"}}}})
}

func TestLaws(t *testing.T) {
	s := all(t)
	values := func(source int, values ...float64) {
		t.Helper()
		for i, want := range values {
			if got := s.Sources[source].Handling.Law.Quantile((float64(i) + 0.5) / float64(len(values))); got != want {
				t.Errorf("%s: value %d is %g, want %g", s.Sources[source].Name, i, got, want)
			}
		}
	}
	// A Weibull law of shape k and scale l has mean l Gamma(1+1/k).
	g1, g2 := math.Gamma(1+1/1.5), math.Gamma(1+2/1.5)
	moments(t, s.Sources[1].Handling.Law, 300*g1, 300*math.Sqrt(g2-g1*g1))
	moments(t, s.Sources[1].Patience.Law, 2*86400, 86400)
	moments(t, s.Sources[2].Handling.Law, 240, 60)
	moments(t, s.Sources[3].Handling.Law, 180, 60*math.Sqrt((1+4+36-2-6-12)/18.0))
	moments(t, s.Sources[4].Handling.Law, 300, 450)
	moments(t, s.Sources[5].Handling.Law, 0.3*60+0.7*600, math.Sqrt(2*(0.3*3600+0.7*360000)-438*438))
	values(6, 60, 90, 120)
	moments(t, s.Sources[7].Handling.Law, (60+120+90.5)/3, sampleSD(60, 120, 90.5))
	moments(t, s.Sources[7].Wrap.Law, 60, 30)
	moments(t, s.Sources[7].Patience.Law, 90, math.Sqrt(30*30+60*60)) // 30 s, then a minute
	moments(t, s.Sources[7].Due, 0.25*3600+0.75*7800, math.Sqrt(0.25*3600*3600+0.75*(7200*7200+7800*7800)-6750*6750))
	moments(t, s.Sources[7].Batch, 4.0/3, math.Sqrt(2.0/9))
	values(8, 90)
	moments(t, s.Sources[8].Patience.Law, 180, 180)
	if p := s.Sources[3].Patience; p.Law != nil || p.AtOnce != 1 {
		t.Errorf("who leaves at once or never: %+v", p)
	}
}

func sampleSD(values ...float64) float64 {
	mean, square := 0.0, 0.0
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		square += (v - mean) * (v - mean)
	}
	return math.Sqrt(square / float64(len(values)-1))
}

func TestAgents(t *testing.T) {
	s := all(t)
	h := engine.Hour
	desk := s.Groups[0]
	equal(t, "desk", desk.Shifts, []scenario.Shift{{From: 0, Agents: 4}, {From: 2 * h, Agents: 2}, {From: 2 * h, To: 8 * h, Agents: 2}})
	moments(t, desk.Answer, 3, 3)
	if desk.Misses != 0.02 || desk.Faster != 1.2 || desk.Leaving != scenario.HandingBack || !slices.Equal(desk.Skills, []string{"german@2", "billing"}) {
		t.Errorf("desk %+v", desk)
	}
	equal(t, "takes", desk.Takes, map[string]int{"phone": 1, "email": 2, "social": 3})
	equal(t, "juniors", s.Groups[1], scenario.Group{Name: "juniors", Skills: []string{"nurse@3"}, Shifts: []scenario.Shift{
		{From: h, To: 9 * h, Agents: 3, Breaks: []scenario.Break{{At: 4 * h, Length: 30 * engine.Minute}, {At: 7 * h, Length: 15 * engine.Minute}}},
		{From: 2 * h, Agents: 1}}})
	equal(t, "seniors", s.Groups[2], scenario.Group{Name: "seniors", Shifts: []scenario.Shift{{Agents: 2}}})
}

// A shift that ends at what the clock shows when it has begun ends on the next day, and so do its breaks.
func TestShiftOverNight(t *testing.T) {
	src := strings.NewReplacer("length: 2h", "starts: 2026-04-13 08:00\nlength: 30h",
		"agents: 1", "shifts: [{from: 20:00, to: 09:00, agents: 1, breaks: [{at: 08:15, length: 15m}]}]").Replace(small)
	s, faults := scenario.Parse("night.yaml", []byte(src), nil)
	if s == nil {
		t.Fatal(faults)
	}
	h := engine.Hour
	equal(t, "shift", s.Groups[0].Shifts, []scenario.Shift{{From: 12 * h, To: 25 * h, Agents: 1, Breaks: []scenario.Break{{At: 24*h + h/4, Length: h / 4}}}})
}

// Numbers by time become shifts of those who come and go together: who came last goes first.
func TestStaffingByTime(t *testing.T) {
	for _, c := range []struct {
		agents string
		want   []scenario.Shift
	}{
		{"{0h: 4, 30m: 1, 1h: 3}", []scenario.Shift{{Agents: 1}, {To: 30 * engine.Minute, Agents: 3}, {From: engine.Hour, Agents: 2}}},
		{"{30m: 2, 1h: 5, 90m: 0}", []scenario.Shift{{From: 30 * engine.Minute, To: 90 * engine.Minute, Agents: 2}, {From: engine.Hour, To: 90 * engine.Minute, Agents: 3}}},
		{"{0h: 0, 1h: 1}", []scenario.Shift{{From: engine.Hour, Agents: 1}}},
	} {
		s, faults := scenario.Parse("staffed.yaml", []byte(strings.Replace(small, "agents: 1", "agents: "+c.agents, 1)), nil)
		if s == nil {
			t.Fatal(faults)
		}
		equal(t, c.agents, s.Groups[0].Shifts, c.want)
	}
}

func TestCohorts(t *testing.T) {
	number := func(n int64) *int64 { return &n }
	equal(t, "cohorts", all(t).Cohorts, []scenario.Cohort{
		{Name: "loud public posts", Channels: []string{"social"}, Attribute: "reach", AtLeast: number(10000)},
		{Name: "emergencies", Attribute: "need", Values: []string{"medical", "safety"}},
		{Name: "mid-sized", Sources: []int{0}, Attribute: "reach", AtLeast: number(100), AtMost: number(10000)},
		{Name: "who posted", Actions: []string{"post"}, Attribute: "plan", Values: []string{"none"}},
	})
}

// What is not said has the value that the table of keys says.
func TestDefaults(t *testing.T) {
	s, faults := scenario.Parse("small.yaml", []byte(small), nil)
	if s == nil || len(faults) > 0 {
		t.Fatal(faults)
	}
	if s.Starts != engine.Instant(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()) || s.Period != 30*engine.Minute || s.After != 0 {
		t.Errorf("got %+v", s)
	}
	if c := s.Sources[0]; c.Busy != -1 || c.Batch != nil || c.Patience.Law != nil || c.Due != nil || c.Actions != nil {
		t.Errorf("customers %+v", c)
	}
	odd, faults := scenario.Parse("odd.yaml", []byte(strings.Replace(small, "length: 2h", "length: 50m", 1)), nil)
	if odd == nil || odd.Period != 50*engine.Minute {
		t.Errorf("a period for 50 minutes: %+v, %v", odd, faults)
	}
	// What is greater than `at_most` becomes it after `plus`.
	most, faults := scenario.Parse("most.yaml", []byte(strings.Replace(small, "handling: 5m", "handling: {constant: 1m, times: 3, plus: 2m, at_most: 4m}", 1)), nil)
	if most == nil {
		t.Fatal(faults)
	}
	moments(t, most.Sources[0].Handling.Law, 240, 0)
	// Nobody comes before the first rate begins, and what the clock shows may be that of the next day.
	late := strings.NewReplacer("length: 2h", "starts: 2026-04-13 22:00\nlength: 10h", "1 per hour", "{23:00: 6 per hour, 01:00: 7 per hour}").Replace(small)
	night, faults := scenario.Parse("night.yaml", []byte(late), nil)
	if night == nil {
		t.Fatal(faults)
	}
	equal(t, "rates", night.Sources[0].Arrivals.Rates, []scenario.Rate{{}, {From: engine.Hour, PerHour: 6}, {From: 3 * engine.Hour, PerHour: 7}})
}

const small = `fairline: 1
scenario: small
length: 2h
customers:
  calls: {channel: phone, arrivals: {poisson: 1 per hour}, handling: 5m}
agents: {desk: {agents: 1}}
`

// The scenarios that the project ships are without a fault.
func TestShippedScenarios(t *testing.T) {
	for _, name := range []string{"mm10", "w2"} {
		s, faults, err := scenario.Load("../scenarios/" + name + ".yaml")
		if err != nil || len(faults) > 0 || s.Name != name {
			t.Errorf("%s: %v %v", name, err, faults)
		}
	}
	s, _, _ := scenario.Load("../scenarios/w2.yaml")
	p, faults, err := policy.Load("../policies/urgent-first.yaml")
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	if faults := s.Fits(p); len(faults) > 0 {
		t.Error(faults)
	}
}
