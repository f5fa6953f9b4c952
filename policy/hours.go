package policy

import (
	"errors"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/sheet"
)

// timing is what the file says about local time.
type timing struct {
	given  *Zone // a table to go by instead of the embedded one
	zone   *Zone // nil without a timezone, or with one that is not known
	line   *week // the line's hours; nil: always
	closed map[int64]bool
	made   map[string]*engine.Calendar
}

// clockIsOpen reports whether waits are counted in open time: by default where hours stand.
func clockIsOpen(root *yaml.Node) bool {
	if word := sheet.Str(sheet.Get(root, "clock").Val); word != "" {
		return word == "open"
	}
	return sheet.Get(root, "hours").Key != nil
}

func (m *model) readTime() {
	hours, closed, clock := sheet.Get(m.root, "hours"), sheet.Get(m.root, "closed"), sheet.Get(m.root, "clock")
	m.time.line = m.readWeek(hours, "hours")
	m.time.closed = map[int64]bool{}
	for i, n := range sheet.Items(closed.Val) {
		day, ok := parseDay(n.Value)
		if ok && m.time.closed[day] {
			m.Wrong("FL0112", n, sheet.Element("closed", i), "`"+n.Value+"` stands here twice", "", "keep one of the two")
		}
		if ok {
			m.time.closed[day] = true
		}
	}
	if sheet.Str(clock.Val) == "open" && hours.Key == nil && closed.Key == nil {
		m.Wrong("FL0102", clock.Val, "clock", "`clock: open` counts the hours, and there are none", "", "write `hours: {mon-fri: 08:00-20:00}`, or `clock: wall`")
	}
	m.readZone(hours.Key, closed.Key)
}

// readZone finds the timezone, which whatever stands in local time needs.
func (m *model) readZone(needed ...*yaml.Node) {
	for _, n := range sheet.Items(sheet.Get(m.root, "classes").Val) {
		needed = append(needed, sheet.Get(n, "hours").Key)
	}
	e := sheet.Get(m.root, "timezone")
	if e.Key == nil {
		if i := slices.IndexFunc(needed, func(n *yaml.Node) bool { return n != nil }); i >= 0 {
			m.Wrong("FL0102", needed[i], "timezone", "`"+needed[i].Value+"` stands in local time, and `timezone` is missing", "", "write `timezone: Europe/Vienna`; there is no default")
		}
		return
	}
	name := sheet.Str(e.Val)
	switch {
	case name == "":
	case m.time.given != nil && m.time.given.Name != name:
		m.Wrong("FL0121", e.Val, "timezone", "the table of local times that came with this file is of `"+m.time.given.Name+"`", "", "write that, or read the file without a table")
	case m.time.given != nil:
		m.time.zone = m.time.given
	default:
		z, err := ZoneTable(name)
		if errors.Is(err, ErrUnknownZone) {
			m.Wrong("FL0120", e.Val, "timezone", "no timezone is called `"+name+"`", "", zoneHelp(name))
			return
		}
		m.time.zone = &z
	}
}

// zoneHelp is the nearest name, else how names look: there are hundreds.
func zoneHelp(name string) string {
	if help := sheet.DidYouMean(name, zoneNames()); strings.HasPrefix(help, "did") {
		return help
	}
	return "timezones are called after a continent and a city, such as Europe/Vienna"
}

var dayNames = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// readWeek reads hours by day. Nil when the key is missing.
func (m *model) readWeek(e sheet.Entry, field string) *week {
	if e.Key == nil || e.Val.Kind != yaml.MappingNode {
		return nil
	}
	var w week
	var at [7]*yaml.Node
	if len(sheet.Entries(e.Val)) == 0 {
		m.Wrong("FL0102", e.Val, field, "no day stands here", "", "write {mon-fri: 08:00-20:00}, or take the key out")
	}
	for _, d := range sheet.Entries(e.Val) {
		if !daysNaming.Form.MatchString(d.Key.Value) {
			continue
		}
		hours := m.readHours(d.Val, sheet.Child(field, d.Key.Value))
		for _, day := range daysOf(d.Key.Value) {
			if at[day] != nil {
				m.Report(Fault{Severity: Error, Code: "FL0112", Span: m.SpanOf(d.Key), Field: sheet.Child(field, d.Key.Value), Message: "`" + dayNames[day] + "` stands here twice",
					Help: "write each day once; a day with a break is a list: mon: [08:00-12:00, 13:00-17:00]", Also: &Related{Span: m.SpanOf(at[day]), Label: "first here"}})
				break
			}
			w[day], at[day] = hours, d.Key
		}
	}
	return &w
}

// daysOf are the days from one to another. A week goes round: sat-mon has three days.
func daysOf(s string) (days []time.Weekday) {
	first, last, two := strings.Cut(s, "-")
	if !two {
		last = first
	}
	from, to := slices.Index(dayNames, first), slices.Index(dayNames, last)
	for d := from; ; d = (d + 1) % 7 {
		days = append(days, time.Weekday(d))
		if d == to {
			return days
		}
	}
}

// readHours reads the hours of a day: one stretch, or a list of them.
func (m *model) readHours(n *yaml.Node, field string) []stretch {
	list := sheet.Items(n)
	if n.Kind == yaml.ScalarNode {
		list = []*yaml.Node{n}
	}
	var hours []stretch
	for i, one := range list {
		s, _, ok := parseDayHours(sheet.Str(one))
		switch {
		case !ok:
		case len(hours) > 0 && s.from < hours[len(hours)-1].to:
			m.Wrong("FL0104", one, sheet.Element(field, i), "these hours begin before those above them end", "", "write the hours of a day in order, without overlap")
		default:
			hours = append(hours, s)
		}
	}
	return hours
}

// hours are the spans of a week, equal ones shared. Nil for a nil week, and where a fault stands.
func (m *model) hours(w *week, closed map[int64]bool) *engine.Calendar {
	if w == nil && len(closed) > 0 {
		all := always()
		w = &all
	}
	if w == nil || m.time.zone == nil || m.Faults.Count(Error) > 0 {
		return nil
	}
	key := w.key()
	if len(closed) > 0 {
		key += " but for closed days" // there is one list of them
	}
	if m.time.made == nil {
		m.time.made = map[string]*engine.Calendar{}
	}
	if m.time.made[key] == nil {
		m.time.made[key] = engine.NewCalendar(m.time.zone.spans(*w, closed))
	}
	return m.time.made[key]
}
