package policy

import (
	"slices"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/sheet"
)

// life is what the file says about what becomes of a ticket beside being served.
type life struct {
	same       []joint // what joined contacts have in common
	joinWithin engine.Duration
	endOfLine  engine.Moments
	reopened   engine.Duration
	callback   bool // the section is there
	attempts   int
	apart      engine.Duration
	unreached  string
	reconnect  engine.Duration
}

// A joint is one field that joined contacts have in common: customer, matter, or an attribute.
type joint struct {
	name string
	attr *attribute
}

func (m *model) readLife() {
	m.readJoin()
	m.readPlace()
	m.readCallback()
	m.readExpire()
	m.life.reconnect = m.positive(sheet.Get(sheet.Get(m.root, "agents").Val, "reconnect").Val, "agents.reconnect")
}

// positive reads a duration that cannot be 0, 0 where there is none.
func (m *model) positive(n *yaml.Node, field string) engine.Duration {
	d, _, ok := sheet.ParseDuration(sheet.Str(n))
	if ok && d == 0 {
		m.Wrong("FL0106", n, field, "0s is out of range", "", "write a time such as 30s, or take the key out")
	}
	return d
}

func (m *model) readJoin() {
	join := sheet.Get(m.root, "join")
	if join.Key == nil {
		for _, name := range []string{"customer", "matter"} {
			if at, _ := m.forbidden(name); at != nil {
				return // what may not buy a place joins nobody
			}
		}
		m.life.same = []joint{{"customer", nil}, {"matter", nil}}
		return
	}
	m.life.joinWithin = m.positive(sheet.Get(join.Val, "within").Val, "join.within")
	same := sheet.Get(join.Val, "same")
	if same.Val != nil && same.Val.Kind == yaml.SequenceNode && len(same.Val.Content) == 0 {
		m.Wrong("FL0102", same.Val, "join.same", "nothing stands here: no contact would be joined", "", "write [customer, matter]")
	}
	for i, n := range sheet.Items(same.Val) {
		name, field := sheet.Str(n), sheet.Element("join.same", i)
		a := m.attr(name)
		switch {
		case name == "":
		case slices.ContainsFunc(m.life.same, func(j joint) bool { return j.name == name }):
			m.Wrong("FL0112", n, field, "`"+name+"` stands here twice", "", "keep one of the two")
		case a == nil && name != "customer" && name != "matter":
			m.Wrong("FL0120", n, field, "no attribute is called `"+name+"`", "", sheet.DidYouMean(name, append(m.attrNames(), "customer", "matter")))
		case m.refuse("FL0203", m.SpanOf(n), field, name, "a signal this policy forbids would give a contact the place of another"):
		case a == nil || !a.later:
			m.life.same = append(m.life.same, joint{name, a})
		}
	}
}

func (m *model) readPlace() {
	place := sheet.Get(m.root, "place").Val
	for _, at := range []struct {
		key string
		is  engine.Moments
	}{{"transfer", engine.AtTransfer}, {"callback", engine.AtCallback}, {"reopened", engine.AtReopening}} {
		if sheet.Str(sheet.Get(place, at.key).Val) == "end of the line" {
			m.life.endOfLine |= at.is
		}
	}
	m.life.reopened = spanOr(sheet.Get(place, "reopened_within").Val, 0)
	if e := sheet.Get(place, "reopened"); e.Key != nil && m.life.reopened == 0 && sheet.Get(place, "reopened_within").Key == nil {
		m.Wrong("FL0102", e.Key, "place.reopened", "nothing is reopened: `reopened_within` is missing", "", "write `reopened_within: 72h`, or take this out")
	}
}

func (m *model) readCallback() {
	e := sheet.Get(m.root, "callback")
	m.life.callback = e.Key != nil
	m.life.attempts = m.count(sheet.Get(e.Val, "attempts").Val, "callback.attempts", 1, 100)
	m.life.apart = m.positive(sheet.Get(e.Val, "apart").Val, "callback.apart")
	reason := sheet.Get(e.Val, "reason")
	m.life.unreached = sheet.Str(reason.Val)
	attempts := sheet.Get(e.Val, "attempts")
	switch {
	case attempts.Key != nil && reason.Key == nil:
		m.Wrong("FL0102", attempts.Key, "callback.reason", "after so many attempts the ticket is closed, and no reason is given", "", "write `reason: We could not reach you`")
	case attempts.Key == nil && (reason.Key != nil || sheet.Get(e.Val, "then").Key != nil):
		m.Wrong("FL0102", e.Key, "callback.attempts", "`attempts` is missing: without a limit nothing is closed", "", "write `attempts: 2`, or take `then` and `reason` out")
	}
}

func (m *model) readExpire() {
	at := map[*class]*yaml.Node{}
	for i, n := range sheet.Items(sheet.Get(m.root, "expire").Val) {
		field := sheet.Element("expire", i)
		after := m.positive(sheet.Get(n, "after").Val, field+".after")
		for j, name := range sheet.Items(sheet.Get(n, "classes").Val) {
			for _, c := range m.namedClasses(name, sheet.Element(field+".classes", j)) {
				if at[c] != nil {
					m.Report(Fault{Severity: Error, Code: "FL0112", Span: m.SpanOf(name), Field: sheet.Element(field+".classes", j),
						Message: "class `" + c.name + "` expires twice", Help: "keep one of the two", Also: &Related{Span: m.SpanOf(at[c]), Label: "first here"}})
					continue
				}
				at[c], c.expire, c.expireReason = name, after, sheet.Str(sheet.Get(n, "reason").Val)
			}
		}
	}
}

// namedClasses are the classes of a name: a class, or those of a group.
func (m *model) namedClasses(n *yaml.Node, field string) []*class {
	if sheet.Str(n) == "" {
		return nil
	}
	cs, _ := m.under(m.groups[0], sheet.Str(n))
	if cs == nil {
		m.Wrong("FL0120", n, field, "no class or group is called `"+n.Value+"`", "", sheet.DidYouMean(n.Value, m.memberNames()))
	}
	return cs
}

// put enters the life into the engine's policy.
func (m *model) put(p *engine.Policy) {
	p.Hours = m.hours(m.time.line, m.time.closed)
	if m.OpenTime {
		p.Clock = p.Hours
	}
	p.Join, p.JoinWithin = m.joinFunc(), m.life.joinWithin
	p.EndOfLine, p.ReopenedWithin = m.life.endOfLine, m.life.reopened
	p.Attempts, p.Apart, p.Unreached = m.life.attempts, m.life.apart, engine.WordOf(m.life.unreached)
	m.says(m.life.unreached)
	p.Reconnect = m.life.reconnect
	p.Ask, p.Next = m.askFunc(), m.nextFunc()
	p.Reserve, p.Caps, p.Choose = m.reserves, m.caps, m.choice
}

// joinFunc tells contacts of one customer on one matter by one number. A field that a ticket does not carry joins it
// to nobody: two contacts without a matter have nothing in common.
func (m *model) joinFunc() func(*engine.Facts) engine.Word {
	if len(m.life.same) == 0 {
		return nil
	}
	var parts []func(*engine.Facts) uint64
	for _, j := range m.life.same {
		switch j.name {
		case "customer":
			parts = append(parts, func(f *engine.Facts) uint64 { return uint64(f.Customer) })
		case "matter":
			parts = append(parts, func(f *engine.Facts) uint64 { return uint64(f.Matter) })
		default:
			if slot := m.slot(j.name); slot >= 0 {
				parts = append(parts, carried(slot, j.attr))
			}
		}
	}
	return func(f *engine.Facts) engine.Word {
		mixed := uint64(len(parts))
		for _, part := range parts {
			v := part(f)
			if v == 0 {
				return 0
			}
			mixed = mix(mixed ^ v)
		}
		return engine.Word(max(mixed, 1))
	}
}

// carried is a number for each value of an attribute that a ticket carries itself; 0 for one that it does not carry or
// that is its `else`.
func carried(slot int, a *attribute) func(*engine.Facts) uint64 {
	return func(f *engine.Facts) uint64 {
		if f.Has&(1<<slot) == 0 || a.or != nil && f.Attrs[slot] == a.or.num {
			return 0
		}
		return max(mix(uint64(f.Attrs[slot])), 1)
	}
}

// mix spreads a number over all bits (the finalizer of splitmix64), one to one.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// nextFunc finds what a ticket of a class over its limit counts as: the next class whose `when` is true.
func (m *model) nextFunc() func(*engine.Facts, engine.ClassID) engine.ClassID {
	if !slices.ContainsFunc(m.classes, func(c *class) bool { return c.beyond == engine.NextClass }) {
		return nil
	}
	var matches []func(*engine.Facts) bool
	for _, c := range m.classes {
		if c.rule != nil {
			matches = append(matches, c.rule.Match)
		}
	}
	last := engine.ClassID(len(matches))
	return func(f *engine.Facts, c engine.ClassID) engine.ClassID {
		for c++; c < last; c++ {
			if matches[c](f) {
				return c
			}
		}
		return last
	}
}
