package mapping

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"go.yaml.in/yaml/v4"

	"fairline/policy"
	"fairline/policy/sheet"
)

// Parse reads a mapping file. It returns every fault of the file at once, in file order, each at the place where it can be
// mended; name is what they call the file. The Mapping is nil when one of the faults is an Error. The policy is the one that
// the line runs: its `never`, its channels and its attributes hold; where it is nil none are checked. Parse is pure.
func Parse(name string, src []byte, p *policy.Policy) (*Mapping, sheet.Faults) {
	r := &reader{Sheet: sheet.New(name, src, "a mapping", "one file is one mapping"), m: &Mapping{File: name, policy: p, src: bytes.Clone(src)}, env: newEnv()}
	root := r.Load(src)
	if root == nil {
		return nil, r.Faults.Sorted()
	}
	r.Check(root, fileShape)
	if root.Kind != yaml.MappingNode {
		return nil, r.Faults.Sorted()
	}
	r.root = root
	r.readHead()
	r.readVariables()
	r.readEvents()
	r.checkSignals()
	if faults := r.Faults.Sorted(); faults.Count(sheet.Error) > 0 {
		return nil, faults
	}
	return r.m, r.Faults.Sorted()
}

// A reader reads a file into m. Parts that could not be read are left out; a fault says why.
type reader struct {
	*sheet.Sheet
	root *yaml.Node
	m    *Mapping
	env  *cel.Env
}

func (r *reader) readHead() {
	val := func(key string) *yaml.Node { return sheet.Get(r.root, key).Val }
	if n := val("fairline"); n != nil {
		if v, ok := sheet.ParseWhole(n.Value); ok && v != 1 {
			r.Wrong("FL0101", n, "fairline", fmt.Sprintf("format %d, this program reads format 1", v), "", "use a program that is at least as new as the file")
		}
	}
	r.m.Name, r.m.Scheme = sheet.Str(val("mapping")), Scheme(sheet.Str(val("verify")))
	r.m.Description = strings.TrimSpace(sheet.Str(val("description")))
	r.m.Answer = Answer{sheet.Str(sheet.Get(val("answer"), "type").Val), sheet.Str(sheet.Get(val("answer"), "body").Val)}
}

// readVariables reads the variables, each of which those below it may name.
func (r *reader) readVariables() {
	for _, e := range sheet.Entries(sheet.Get(r.root, "variables").Val) {
		name, field := e.Key.Value, "variables."+e.Key.Value
		if slices.Contains(given, name) {
			r.Wrong("FL0105", e.Key, field, "`"+name+"` is given with every event", "", "choose another name")
			continue
		}
		if sheet.Str(e.Val) == "" {
			continue
		}
		c := r.compile(e.Val, field)
		if c == nil {
			c = &compiled{typ: cel.DynType} // who names it is not to blame
		}
		env, err := r.env.Extend(cel.Variable(name, c.typ))
		if err != nil {
			r.Wrong("FL0105", e.Key, field, "`"+name+"` cannot be a variable: "+err.Error(), "", "choose another name")
			continue
		}
		r.env = env
		r.m.variables = append(r.m.variables, variable{name, c.prg, c.reads, c.is})
	}
}

func (r *reader) readEvents() {
	for i, n := range sheet.Items(sheet.Get(r.root, "events").Val) {
		if n.Kind == yaml.MappingNode {
			r.readEvent(n, sheet.Element("events", i))
		}
	}
}

func (r *reader) readEvent(n *yaml.Node, field string) {
	val := func(key string) *yaml.Node { return sheet.Get(n, key).Val }
	under := func(key string) string { return sheet.Child(field, key) }
	e := &event{name: sheet.Str(val("name")), channel: sheet.Str(val("channel")), ends: sheet.Str(val("ends")), skip: sheet.Str(val("skip"))}
	e.each = r.each(val("each"), under("each"))
	r.outcome(n, e, field)
	r.channel(n, e, field)
	e.when = r.source(val("when"), under("when"), cel.BoolType)
	e.id = r.source(val("id"), under("id"), cel.StringType, cel.IntType)
	e.line = r.line(val("line"), under("line"))
	if c := val("customer"); c != nil {
		e.kind = sheet.Str(sheet.Get(c, "kind").Val)
		e.customer = r.source(sheet.Get(c, "id").Val, under("customer.id"), cel.StringType, cel.IntType)
		e.verified = r.source(sheet.Get(c, "verified").Val, under("customer.verified"), cel.BoolType)
	}
	e.matter, e.ref = r.named(val("matter"), under("matter")), r.named(val("ref"), under("ref"))
	e.arrived, e.due = r.instant(val("arrived"), under("arrived")), r.instant(val("due"), under("due"))
	e.origin = r.origin(val("origin"), under("origin"))
	e.replyTo = r.replyTo(val("reply_to"), e, under("reply_to"))
	e.filter = r.source(val("filter"), under("filter"), cel.BoolType)
	if f := val("filter"); f != nil && (e.origin == nil || e.origin.fixed && e.origin.text == "direct") {
		r.Wrong("FL0604", f, under("filter"), "a filter of events that are direct", "whoever addresses us is heard", "say what is `overheard`: origin: overheard")
	}
	for _, entry := range sheet.Entries(val("needs")) {
		if s := r.source(entry.Val, sheet.Child(under("needs"), entry.Key.Value), cel.BoolType); s != nil {
			e.needs = append(e.needs, output{entry.Key.Value, s})
		}
	}
	for _, entry := range sheet.Entries(val("attributes")) {
		s := r.source(entry.Val, sheet.Child(under("attributes"), entry.Key.Value), cel.StringType, cel.IntType, cel.DoubleType, cel.BoolType)
		if s != nil {
			e.attrs = append(e.attrs, output{entry.Key.Value, s})
			r.noContent(s)
		}
	}
	r.m.events = append(r.m.events, e)
}

// replyTo reads where an answer may go: never where others read it.
func (r *reader) replyTo(n *yaml.Node, e *event, field string) *source {
	if n != nil && e.origin != nil && e.origin.fixed && e.origin.text == "overheard" {
		r.Wrong("FL0609", n, field, "an answer to what was overheard", "nobody addressed us, and others would read it", "leave `reply_to` out, or say that it is `direct`")
	}
	return r.source(n, field, cel.StringType, cel.IntType)
}

// outcome checks what becomes of an event, and that the entry can be reached.
func (r *reader) outcome(n *yaml.Node, e *event, field string) {
	var said []string
	for _, key := range []string{"channel", "ends", "skip"} {
		if sheet.Get(n, key).Key != nil {
			said = append(said, key)
		}
	}
	id := sheet.Get(n, "id")
	switch {
	case len(said) == 0:
		r.Wrong("FL0602", n, field, "nothing becomes of these events", "", "write `channel: ...` for contacts, `ends: deleted`, or `skip: why`")
	case len(said) > 1:
		r.Wrong("FL0602", sheet.Get(n, said[1]).Key, field, "an event cannot be both", "`"+said[0]+"` and `"+said[1]+"`", "keep one, or write two entries with `when`")
	case id.Key == nil && e.skip == "":
		r.Wrong("FL0602", n, field, "`id` is missing: a repeat could not be told from news", "", "write the pointer to the platform's id: `id: /id`")
	}
	for _, above := range r.m.events {
		name := sheet.Get(n, "name").Val
		switch {
		case above.name == e.name && e.name != "":
			r.Wrong("FL0105", name, field+".name", "two entries are called `"+e.name+"`", "", "names tell the counts apart")
			return
		case above.when == nil && above.id != nil && within(e.each, above.each):
			r.Wrong("FL0603", name, field, "no event gets here: `"+above.name+"` above takes them all", "", "give that one a `when`, or put this one above it")
			return
		}
	}
}

// channel holds an entry's channel to the policy.
func (r *reader) channel(n *yaml.Node, e *event, field string) {
	if r.m.policy != nil && e.channel != "" {
		for _, p := range r.m.policy.Ticket(policy.Ticket{Channel: e.channel}).Problems {
			if p.Field == "channel" {
				r.Wrong("FL0605", sheet.Get(n, "channel").Val, field+".channel", p.Message, "", "name one of them, or declare it in the policy")
			}
		}
	}
}

// each reads where the events are: a pointer, or several.
func (r *reader) each(n *yaml.Node, field string) [][]string {
	pointers, fields := []*yaml.Node{n}, []string{field}
	if n != nil && n.Kind == yaml.SequenceNode {
		pointers, fields = sheet.Items(n), nil
		for i := range pointers {
			fields = append(fields, sheet.Element(field, i))
		}
	}
	var each [][]string
	for i, p := range pointers {
		if sheet.Str(p) == "" {
			continue
		}
		steps, err := parsePointer(p.Value, true)
		if err != nil {
			r.Wrong("FL0600", p, fields[i], "no JSON pointer: "+err.Error(), "", "write the way from the body down: /entry/*/messaging/*")
			continue
		}
		each = append(each, steps)
	}
	if each == nil {
		return [][]string{nil}
	}
	return each
}

// within reports whether all of some pointers are among others.
func within(some, others [][]string) bool {
	for _, a := range some {
		if !slices.ContainsFunc(others, func(b []string) bool { return slices.Equal(a, b) }) {
			return false
		}
	}
	return true
}

// named reads what stands in a contact as a hash or plainly.
func (r *reader) named(n *yaml.Node, field string) named {
	p := sheet.Get(n, "plain").Val
	if p == nil {
		return named{source: r.source(n, field, cel.StringType, cel.IntType)}
	}
	s := r.source(p, field+".plain", cel.StringType, cel.IntType)
	if s != nil {
		r.noContent(s)
	}
	return named{s, true}
}

// instant reads a time. Due may stand as within 24h.
func (r *reader) instant(n *yaml.Node, field string) instant {
	if text, ok := strings.CutPrefix(sheet.Str(n), "within "); ok {
		d, help, ok := sheet.ParseDuration(text)
		if !ok || d == 0 || strings.HasSuffix(field, "arrived") {
			r.Wrong("FL0103", n, field, "no duration: `"+text+"`", help, "write `due: within 24h`")
		}
		return instant{within: time.Duration(d)}
	}
	if a := sheet.Get(n, "at").Val; a != nil {
		return instant{source: r.source(a, field+".at", cel.StringType, cel.IntType, cel.DoubleType, cel.TimestampType), as: sheet.Str(sheet.Get(n, "as").Val)}
	}
	return instant{source: r.source(n, field, cel.StringType, cel.TimestampType), as: "rfc3339"}
}

// origin reads who was addressed.
func (r *reader) origin(n *yaml.Node, field string) *source {
	switch text := sheet.Str(n); text {
	case "direct", "overheard":
		return &source{node: n, field: field, text: text, fixed: true}
	default:
		return r.source(n, field, cel.StringType)
	}
}

// line reads a name, or an expression for one.
func (r *reader) line(n *yaml.Node, field string) *source {
	if text := sheet.Str(n); text != "" && sheet.Name.Form.MatchString(text) && !slices.Contains(r.names(), text) {
		return &source{node: n, field: field, text: text, fixed: true}
	}
	return r.source(n, field, cel.StringType)
}
