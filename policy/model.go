package policy

import (
	"slices"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/rule"
	"fairline/policy/sheet"
)

// A model is what a file says, with the node of everything that a fault may be about. Parts that could not be read
// are left out; a fault says why.
type model struct {
	*sheet.Sheet
	later       []postponed // what this version does not have
	root        *yaml.Node
	name        string
	description string

	attrs    []*attribute
	channels []*channel
	classes  []*class
	groups   []*group              // groups[0] is the line itself
	forbids  map[string]*yaml.Node // names under `never`, where they stand
	breaks   int
	full     Full
	time     timing
	life     life
	asks     []*asked
	reserves []engine.Reserve
	caps     []engine.Cap
	choice   engine.Choice
	known    *attribute // with the name of the agent whom a ticket knows
	knownFor engine.Duration
	texts    []string // whose Words the compiled policy has

	slots   []string // attributes that rules and orders read: Facts.Attrs
	reached *reach   // what enumeration found, once asked
}

// An attribute is something a ticket may carry.
type attribute struct {
	name  string
	node  *yaml.Node // its name
	field rule.Field
	or    *value // its `else`
	from  []*yaml.Node
	later bool
}

// A value is what an attribute has: the number that Facts hold, and the text of a text.
type value struct {
	num  int64
	text string
}

type channel struct {
	name   string
	node   *yaml.Node
	takes  int
	offer  engine.Duration
	late   engine.Duration
	work   engine.Duration
	target Target

	live       bool
	closed     engine.ClosedRule
	grace      engine.Duration
	leaveAfter engine.Duration
	interrupts []engine.ChannelID
}

type class struct {
	name   string
	node   *yaml.Node // its name, or where that is missing the class
	reason string
	target Target
	when   *yaml.Node // nil: takes everything
	rule   *rule.Rule // nil where when is nil or has a fault

	hours        *week // nil: the line's
	limit        int
	per          engine.Duration
	beyond       engine.BeyondRule
	expire       engine.Duration
	expireReason string
}

// Full is what happens when too many tickets wait.
type Full struct {
	At  int    // tickets that may wait; 0: engine.LineLenMax
	Say string // the reason given to those who are refused
}

// A group orders its members.
type group struct {
	name       string
	node       *yaml.Node // where it is named; for the line its `order` or its first key
	order      *yaml.Node // its `order`, nil for arrival
	key        *yaml.Node // the discipline's key
	discipline string
	unread     bool  // what its discipline is could not be read
	refs       []ref // members that the file names
	named      bool  // the members are all named
	by         *byField
	attr       *yaml.Node    // of greatest
	values     []sheet.Entry // values by name, of `by`
	grid       *grid         // what its tickets go by, where that depends on a field
	flow       *flow         // of share: what makes a flow, where the members do not
	reason     string
	protects   []*protection
	parent     *group
	members    []member
	field      string // path in the file
}

// A ref is the name of a member, with what stands beside it.
type ref struct {
	name string
	node *yaml.Node
	val  *yaml.Node // nil in a list
}

// A member is a resolved ref: one of class, group and others.
type member struct {
	ref
	class *class
	group *group
}

// A protection is one entry of `protect`.
type protection struct {
	kind   engine.ProtectionKind
	key    *yaml.Node
	val    *yaml.Node
	by     *byField
	except []*class
	said   bool // `except` stands there
	limit  map[*class]int64
	grid   *grid // of `by`
	field  string

	every   int64  // of budget
	parts   []part // of min_share
	over    engine.Duration
	minutes bool
}

// A part is what a min_share grants some classes together.
type part struct {
	name    string
	classes []*class
	percent int64
}

// says notes a text whose Word the compiled policy has.
func (m *model) says(text string) {
	if text != "" && !slices.Contains(m.texts, text) {
		m.texts = append(m.texts, text)
	}
}

func (m *model) class(name string) *class {
	for _, c := range m.classes {
		if c.name == name {
			return c
		}
	}
	return nil
}

func (m *model) group(name string) *group {
	for _, g := range m.groups[1:] {
		if g.name == name {
			return g
		}
	}
	return nil
}

func (m *model) attr(name string) *attribute {
	for _, a := range m.attrs {
		if a.name == name {
			return a
		}
	}
	return nil
}

// classesUnder are the classes below a member, in the order of the tree.
func (mb member) classesUnder() []*class {
	if mb.class != nil {
		return []*class{mb.class}
	}
	if mb.group == nil {
		return nil
	}
	return mb.group.classes()
}

func (g *group) classes() []*class {
	var cs []*class
	for _, mb := range g.members {
		cs = append(cs, mb.classesUnder()...)
	}
	return cs
}

func (m *model) channelNames() []string {
	var ns []string
	for _, c := range m.channels {
		ns = append(ns, c.name)
	}
	return ns
}

func (m *model) attrNames() []string {
	var ns []string
	for _, a := range m.attrs {
		ns = append(ns, a.name)
	}
	return ns
}

func (m *model) classNames() []string {
	var ns []string
	for _, c := range m.classes {
		ns = append(ns, c.name)
	}
	return ns
}

func (m *model) memberNames() []string {
	ns := m.classNames()
	for _, g := range m.groups[1:] {
		ns = append(ns, g.name)
	}
	return append(ns, "others")
}
