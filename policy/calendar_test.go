package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"

	"fairline/engine"
	"fairline/policy"
)

// withHours is a policy with something about time in front.
func withHours(top string) string {
	return "fairline: 1\npolicy: hours\n" + top + "\nchannels: {phone: {takes: agent}}\nclasses: [{name: everyone}]\n"
}

func at(t testing.TB, loc *time.Location, s string) engine.Instant {
	t.Helper()
	when, err := time.ParseInLocation("2006-01-02 15:04", s, loc)
	if err != nil {
		t.Fatal(err)
	}
	return engine.Instant(when.UnixNano())
}

func location(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// A plan is opening hours as a minute of a week can be looked up in them.
type plan struct {
	text   string
	open   [7][1440]bool
	closed map[string]bool
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// drawPlan draws up to three stretches for some of the days, which often meet midnight or the hours of clock changes.
func drawPlan(t *rapid.T, around time.Time) plan {
	p := plan{closed: map[string]bool{}}
	edge := rapid.OneOf(rapid.IntRange(0, 1440), rapid.SampledFrom([]int{0, 60, 90, 120, 150, 180, 1440}))
	var days []string
	for d, name := range weekdays {
		cuts := rapid.SliceOfNDistinct(edge, 0, 6, rapid.ID).Draw(t, name)
		slices.Sort(cuts)
		var hours []string
		for i := 0; i+1 < len(cuts); i += 2 {
			hours = append(hours, fmt.Sprintf("%02d:%02d-%02d:%02d", cuts[i]/60, cuts[i]%60, cuts[i+1]/60, cuts[i+1]%60))
			for m := cuts[i]; m < cuts[i+1]; m++ {
				p.open[d][m] = true
			}
		}
		days = append(days, name+": ["+strings.Join(hours, ", ")+"]")
	}
	for range max(rapid.IntRange(-2, 2).Draw(t, "closed days"), 0) {
		p.closed[around.AddDate(0, 0, rapid.IntRange(-2, 2).Draw(t, "closed")).Format(time.DateOnly)] = true
	}
	var closed []string
	for day := range p.closed {
		closed = append(closed, day)
	}
	p.text = "hours: {" + strings.Join(days, ", ") + "}\nclosed: [" + strings.Join(closed, ", ") + "]"
	return p
}

// The hours of a policy are open exactly in the minutes in which the clock on the wall says so, whatever it does: looked
// at minute by minute around changes of the clock, with package time instead of our table.
func TestHoursAgreeWithTheClockOnTheWall(t *testing.T) {
	for _, name := range someZones[:5] {
		loc, table := location(t, name), zone(t, name)
		rapid.Check(t, func(t *rapid.T) {
			turn := time.Unix(rapid.Int64Range(policy.ZoneFrom+10*86400, 1_760_000_000).Draw(t, "about"), 0)
			if n := len(table.Turns); n > 1 && rapid.IntRange(0, 3).Draw(t, "change") > 0 {
				turn = time.Unix(table.Turns[rapid.IntRange(1, n/2).Draw(t, "turn")].From, 0)
			}
			plan := drawPlan(t, turn.In(loc))
			p, faults := policy.Parse("hours.yaml", []byte(withHours("timezone: "+name+"\n"+plan.text)))
			if p == nil {
				t.Fatalf("%v\n%s", faults, plan.text)
			}
			cal, minutes := p.Engine.Hours, 0
			begin := turn.Add(-2 * 24 * time.Hour).Truncate(time.Minute)
			for when := begin; when.Before(turn.Add(2 * 24 * time.Hour)); when = when.Add(time.Minute) {
				local := when.In(loc)
				want := plan.open[local.Weekday()][local.Hour()*60+local.Minute()] && (len(plan.closed) == 0 || !plan.closed[local.Format(time.DateOnly)])
				if got := cal.Open(engine.Instant(when.UnixNano())); got != want {
					t.Fatalf("%s at %v: open %v, want %v\n%s", name, local, got, want, plan.text)
				}
				if want {
					minutes++
				}
				end := engine.Instant(when.Add(time.Minute).UnixNano())
				if got := cal.Opened(end) - cal.Opened(engine.Instant(begin.UnixNano())); got != engine.Duration(minutes)*engine.Minute {
					t.Fatalf("%s up to %v: %d open, want %d minutes\n%s", name, local, got, minutes, plan.text)
				}
			}
		})
	}
}

// What happens at a change of the clock, by hand: Vienna skips 02:00 to 03:00 in March and has it twice in October.
func TestHoursAtAChangeOfTheClock(t *testing.T) {
	vienna := location(t, "Europe/Vienna")
	night := func(hours string) *engine.Calendar {
		return parse(t, withHours("timezone: Europe/Vienna\nhours: {sun: "+hours+"}")).Engine.Hours
	}
	on := func(c *engine.Calendar, day string) engine.Duration {
		return c.Opened(at(t, vienna, day+" 12:00")) - c.Opened(at(t, vienna, day+" 00:00"))
	}
	for _, c := range []struct {
		hours, day string
		want       engine.Duration
	}{
		{"02:00-03:00", "2027-03-21", engine.Hour}, {"02:00-03:00", "2027-03-28", 0}, {"02:30-04:00", "2027-03-28", engine.Hour},
		{"02:00-03:00", "2027-10-31", 2 * engine.Hour}, {"02:30-03:00", "2027-10-31", engine.Hour}, {"01:00-02:00", "2027-10-31", engine.Hour},
		{"00:00-04:00", "2027-10-31", 5 * engine.Hour},
	} {
		if got := on(night(c.hours), c.day); got != c.want {
			t.Errorf("%s on %s: got %v open, want %v", c.hours, c.day, time.Duration(got), time.Duration(c.want))
		}
	}
}

func TestHoursThatMeetAreOneSpan(t *testing.T) {
	whole := []engine.Span{{From: policy.ZoneFrom * engine.Instant(engine.Second), To: policy.ZoneUntil * engine.Instant(engine.Second)}}
	for _, hours := range []string{"{mon-sun: 00:00-24:00}", "{mon-sun: [00:00-08:00, 08:00-24:00]}", "{sat-fri: 00:00-24:00}"} {
		for _, name := range someZones {
			if got := parse(t, withHours("timezone: "+name+"\nhours: "+hours)).Engine.Hours.Spans(); !slices.Equal(got, whole) {
				t.Errorf("%s in %s: got %d spans, want one", hours, name, len(got))
			}
		}
	}
	over := parse(t, withHours("timezone: Europe/Lisbon\nhours: {fri: 20:00-24:00, sat: 00:00-04:00}")).Engine.Hours.Spans()
	if got := over[1000].To.Sub(over[1000].From); got != 8*engine.Hour {
		t.Errorf("over midnight: got %v, want one span of 8h", time.Duration(got))
	}
}

// Which clock counts, and which hours hold for whom.
func TestHoursOfLineAndClass(t *testing.T) {
	lisbon := location(t, "Europe/Lisbon")
	src := `fairline: 1
policy: hours
timezone: Europe/Lisbon
hours: {mon-fri: 08:00-20:00}
closed: [2026-12-25]
channels: {phone: {takes: agent, closed: refuse}, email: {takes: 1 of 2, closed: wait}, web: {takes: 1 of 2, closed: callback}}
callback: {}
classes:
  - {name: danger, when: '"danger" in ticket.needs', reason: r, hours: {mon-sun: 00:00-24:00}}
  - {name: shift, when: '"shift" in ticket.needs', reason: r, hours: {mon-fri: 08:00-22:00}}
  - {name: shift2, when: '"shift2" in ticket.needs', reason: r, hours: {fri: 08:00-22:00, mon-thu: 08:00-22:00}}
  - {name: like, when: '"like" in ticket.needs', reason: r, hours: {mon-fri: 08:00-20:00}}
  - {name: everyone}
`
	p := parse(t, src)
	e := p.Engine
	friday, holiday, night := at(t, lisbon, "2026-12-18 10:00"), at(t, lisbon, "2026-12-25 10:00"), at(t, lisbon, "2026-12-18 21:00")
	for _, c := range e.Classes[:3] { // a class with hours of its own does not keep the line's closed days
		for i, when := range []engine.Instant{friday, holiday, night} {
			if !c.Hours.Open(when) {
				t.Errorf("class %s at instant %d: closed", c.Name, i)
			}
		}
	}
	if like := e.Classes[3].Hours; !like.Open(friday) || !like.Open(holiday) || like.Open(night) {
		t.Error("hours like the line's keep the line's closed days")
	}
	if e.Classes[4].Hours != nil || !e.Hours.Open(friday) || e.Hours.Open(holiday) || e.Hours.Open(night) || e.Clock != e.Hours {
		t.Error("the line's hours, or its clock, are not as written")
	}
	if e.Classes[1].Hours != e.Classes[2].Hours {
		t.Error("equal hours are worked out twice")
	}
	if e.Channels[0].Closed != engine.ClosedRefuse || e.Channels[1].Closed != engine.ClosedWait || e.Channels[2].Closed != engine.ClosedCallback {
		t.Errorf("closed: got %+v", e.Channels)
	}
	if wall := parse(t, src+"clock: wall\n").Engine; wall.Clock != nil || wall.Hours == nil {
		t.Error("clock: wall counts the hours")
	}
	only := parse(t, withHours("timezone: Europe/Lisbon\nclosed: [2026-12-25]")).Engine
	if only.Clock != nil || only.Hours.Open(holiday) || !only.Hours.Open(night) {
		t.Error("closed days without hours are not as written")
	}
	if none := parse(t, withHours("timezone: Europe/Lisbon")); none.Engine.Hours != nil || none.Zone == nil {
		t.Error("a timezone alone makes hours, or is forgotten")
	}
}

// A replay goes by the table that the journal has kept, not by the program's.
func TestParseWithATableOfItsOwn(t *testing.T) {
	src := []byte(withHours("timezone: Europe/Lisbon\nhours: {mon-sun: 08:00-20:00}"))
	p, _ := policy.Parse("a.yaml", src)
	moved := policy.Zone{Name: "Europe/Lisbon", Turns: []policy.Turn{{From: policy.ZoneFrom, Offset: -7200}}}
	with, faults := policy.ParseWith("a.yaml", src, &moved)
	if p == nil || with == nil {
		t.Fatal(faults)
	}
	when := at(t, time.UTC, "2026-01-05 09:00")
	if !p.Engine.Hours.Open(when) || with.Engine.Hours.Open(when) || !with.Engine.Hours.Open(when.Add(2*engine.Hour)) || with.Zone.Turns[0] != moved.Turns[0] {
		t.Error("the table that was given does not decide")
	}
	other := policy.Zone{Name: "Europe/Vienna", Turns: moved.Turns}
	if p, faults := policy.ParseWith("a.yaml", src, &other); p != nil || faults[0].Code != "FL0121" {
		t.Errorf("a table of another timezone: got %v", faults)
	}
	if p, _ := policy.ParseWith("a.yaml", []byte(withHours("")), &other); p == nil || p.Zone != nil {
		t.Error("a file without a timezone takes a table's")
	}
}

func BenchmarkParseHours(b *testing.B) {
	src := []byte(withHours("timezone: Europe/Lisbon\nhours: {mon-fri: 08:00-20:00, sat: 09:00-13:00}\nclosed: [2026-12-25]"))
	for b.Loop() {
		if p, _ := policy.Parse("hours", src); p == nil {
			b.Fatal("no policy")
		}
	}
}
