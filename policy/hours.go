package policy

import (
	"errors"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
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
	if word := str(get(root, "clock").val); word != "" {
		return word == "open"
	}
	return get(root, "hours").key != nil
}

func (m *model) readTime() {
	hours, closed, clock := get(m.root, "hours"), get(m.root, "closed"), get(m.root, "clock")
	m.time.line = m.readWeek(hours, "hours")
	m.time.closed = map[int64]bool{}
	for i, n := range items(closed.val) {
		day, ok := parseDay(n.Value)
		if ok && m.time.closed[day] {
			m.wrong("FL0112", n, element("closed", i), "`"+n.Value+"` stands here twice", "", "keep one of the two")
		}
		if ok {
			m.time.closed[day] = true
		}
	}
	if str(clock.val) == "open" && hours.key == nil && closed.key == nil {
		m.wrong("FL0102", clock.val, "clock", "`clock: open` counts the hours, and there are none", "", "write `hours: {mon-fri: 08:00-20:00}`, or `clock: wall`")
	}
	m.readZone(hours.key, closed.key)
}

// readZone finds the timezone, which whatever stands in local time needs.
func (m *model) readZone(needed ...*yaml.Node) {
	for _, n := range items(get(m.root, "classes").val) {
		needed = append(needed, get(n, "hours").key)
	}
	e := get(m.root, "timezone")
	if e.key == nil {
		if i := slices.IndexFunc(needed, func(n *yaml.Node) bool { return n != nil }); i >= 0 {
			m.wrong("FL0102", needed[i], "timezone", "`"+needed[i].Value+"` stands in local time, and `timezone` is missing", "", "write `timezone: Europe/Vienna`; there is no default")
		}
		return
	}
	name := str(e.val)
	switch {
	case name == "":
	case m.time.given != nil && m.time.given.Name != name:
		m.wrong("FL0121", e.val, "timezone", "the table of local times that came with this file is of `"+m.time.given.Name+"`", "", "write that, or read the file without a table")
	case m.time.given != nil:
		m.time.zone = m.time.given
	default:
		z, err := ZoneTable(name)
		if errors.Is(err, ErrUnknownZone) {
			m.wrong("FL0120", e.val, "timezone", "no timezone is called `"+name+"`", "", zoneHelp(name))
			return
		}
		m.time.zone = &z
	}
}

// zoneHelp is the nearest name, else how names look: there are hundreds.
func zoneHelp(name string) string {
	if help := didYouMean(name, zoneNames()); strings.HasPrefix(help, "did") {
		return help
	}
	return "timezones are called after a continent and a city, such as Europe/Vienna"
}

var dayNames = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// readWeek reads hours by day. Nil when the key is missing.
func (m *model) readWeek(e entry, field string) *week {
	if e.key == nil || e.val.Kind != yaml.MappingNode {
		return nil
	}
	var w week
	var at [7]*yaml.Node
	if len(entries(e.val)) == 0 {
		m.wrong("FL0102", e.val, field, "no day stands here", "", "write {mon-fri: 08:00-20:00}, or take the key out")
	}
	for _, d := range entries(e.val) {
		if !matches(daysPattern, d.key.Value) {
			continue
		}
		hours := m.readHours(d.val, child(field, d.key.Value))
		for _, day := range daysOf(d.key.Value) {
			if at[day] != nil {
				m.report(Fault{Severity: Error, Code: "FL0112", Span: m.spanOf(d.key), Field: child(field, d.key.Value), Message: "`" + dayNames[day] + "` stands here twice",
					Help: "write each day once; a day with a break is a list: mon: [08:00-12:00, 13:00-17:00]", Also: &Related{m.spanOf(at[day]), "first here"}})
				break
			}
			w[day], at[day] = hours, d.key
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
	list := items(n)
	if n.Kind == yaml.ScalarNode {
		list = []*yaml.Node{n}
	}
	var hours []stretch
	for i, one := range list {
		s, _, ok := parseDayHours(str(one))
		switch {
		case !ok:
		case len(hours) > 0 && s.from < hours[len(hours)-1].to:
			m.wrong("FL0104", one, element(field, i), "these hours begin before those above them end", "", "write the hours of a day in order, without overlap")
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
	if w == nil || m.time.zone == nil || m.faults.Count(Error) > 0 {
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
