package mapping

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"fairline/policy"
)

// Limits of what a body may become.
const (
	StepsMax = 1000 // events of one body that are taken; those beyond are dropped and counted
	AskedMax = 4000 // events of one entry that are asked about: the 1,000 of Meta's largest body, and what holds them
	TextMax  = 64   // runes of a text in an attribute
	plainMax = 128  // bytes of a matter or ref that is plain
)

// Read makes contacts and endings of a body. It is pure and safe for concurrent use; it fails at nothing: what cannot be
// read is a drop with its reason.
func (m *Mapping) Read(in Input) Result {
	var res Result
	asked, taken, around := map[string]*scope{}, map[string]bool{}, map[string]bool{}
	large := ""
	for _, e := range m.events {
		places := e.places(in.Body)
		if len(places) > AskedMax {
			places, large = places[:AskedMax], e.name
		}
		for _, p := range places {
			s := asked[p.key]
			if s == nil {
				s = m.scope(in, p.value)
				asked[p.key] = s
			}
			if !taken[p.key] && (e.when == nil || e.when.truth(s)) {
				taken[p.key] = true
				mark(around, p.key)
				m.take(e, s, in, len(taken) > StepsMax, &res)
			}
		}
	}
	if large != "" {
		res.Drops = append(res.Drops, Drop{Event: large, Why: "more than " + strconv.Itoa(AskedMax) + " events in one body"})
	}
	for key, s := range asked {
		res.Errors += s.errors
		if !taken[key] && !around[key] { // what holds events that were taken is none itself
			res.Others++
		}
	}
	if len(asked) == 0 {
		res.Others = 1
	}
	return res
}

// mark notes every place that a place stands in.
func mark(around map[string]bool, key string) {
	for i := strings.LastIndexByte(key, '/'); i >= 0 && !around[key[:i]]; i = strings.LastIndexByte(key[:i], '/') {
		around[key[:i]] = true
	}
}

func (e *event) places(body any) []place {
	var list []place
	for _, each := range e.each {
		list = all(body, each, "", list)
	}
	return list
}

// scope is what is asked of one event.
func (m *Mapping) scope(in Input, event any) *scope {
	words := in.Words
	if words == nil {
		words = []string{}
	}
	return &scope{event: event, variables: m.variables,
		values: map[string]any{"event": event, "body": in.Body, "us": in.Us, "kind": in.Kind, "words": words}}
}

// take makes of an event what its entry says.
func (m *Mapping) take(e *event, s *scope, in Input, tooMany bool, res *Result) {
	id := text(e.id.value(s))
	drop := func(why string) {
		d := Drop{Event: e.name, Why: why}
		if id != "" {
			d.ID = m.hash(id)
		}
		if why == Filtered {
			d.Content = s.values["event"]
		}
		res.Drops = append(res.Drops, d)
	}
	switch {
	case tooMany:
		drop("more than " + strconv.Itoa(StepsMax) + " events in one body")
	case e.skip != "":
		drop(e.skip)
	case id == "":
		drop("it has no id")
	case e.ends != "":
		res.Endings = append(res.Endings, Ending{Event: e.name, Line: text(e.line.value(s)), ID: m.hash(id), Reason: e.ends})
	default:
		c, why := m.contact(e, s, in, id)
		if why != "" {
			drop(why)
			return
		}
		res.Contacts = append(res.Contacts, c)
	}
}

func (m *Mapping) contact(e *event, s *scope, in Input, id string) (c Contact, why string) {
	c = Contact{Event: e.name, Line: text(e.line.value(s)), ID: m.hash(id), Channel: e.channel,
		Content: s.values["event"]}
	switch origin := text(e.origin.value(s)); {
	case origin == "overheard":
		c.Overheard = true
	case e.origin != nil && origin != "direct":
		return c, "its origin is neither direct nor overheard"
	}
	if c.Overheard && e.filter != nil && !e.filter.truth(s) {
		return c, Filtered
	}
	if !c.Overheard {
		c.ReplyTo = text(e.replyTo.value(s))
	}
	if c.Identity = text(e.customer.value(s)); c.Identity != "" {
		c.Kind = e.kind
		c.Verified = m.Scheme != Loopback && !c.Overheard && (e.verified == nil || e.verified.truth(s))
	}
	c.Matter, c.Ref = m.naming(e.matter, s), m.naming(e.ref, s)
	if c.Ref == "" {
		c.Ref = c.ID
	}
	c.Arrived, c.Due = e.arrived.time(s), e.due.time(s)
	if e.due.within > 0 {
		c.Due = in.Now.Add(e.due.within)
		if !c.Arrived.IsZero() && c.Arrived.Before(in.Now) {
			c.Due = c.Arrived.Add(e.due.within)
		}
	}
	for _, o := range e.needs {
		if o.truth(s) {
			c.Needs = append(c.Needs, o.name)
		}
	}
	m.attributes(e, s, &c)
	return c, ""
}

// attributes adds what the policy declares and does not forbid.
func (m *Mapping) attributes(e *event, s *scope, c *Contact) {
	for _, o := range e.attrs {
		v := o.value(s)
		if v == nil {
			continue
		}
		if f, ok := v.(float64); ok && f == math.Trunc(f) && math.Abs(f) < 1<<53 {
			v = int64(f)
		}
		if why := m.keepBack(o.name, v, c.Channel); why != "" {
			c.Kept = append(c.Kept, o.name+": "+why)
			continue
		}
		if c.Attributes == nil {
			c.Attributes = map[string]any{}
		}
		c.Attributes[o.name] = v
	}
	slices.Sort(c.Kept)
}

// keepBack says why an attribute is not handed on; empty where it is.
func (m *Mapping) keepBack(name string, v any, channel string) string {
	if t, ok := v.(string); ok && (utf8.RuneCountInString(t) > TextMax || strings.ContainsFunc(t, unicode.IsControl)) {
		return "a text that is too long, or has signs that cannot be shown"
	}
	if f, ok := v.(float64); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
		return "no number"
	}
	if m.policy == nil {
		return ""
	}
	if slices.Contains(m.policy.Never, name) {
		return "the policy forbids it"
	}
	r := m.policy.Ticket(policy.Ticket{Channel: channel, Attributes: map[string]any{name: v}})
	if slices.Contains(r.NotKept, name) {
		return "the policy does not declare it"
	}
	for _, p := range r.Problems {
		if p.Field == "attributes."+name {
			return "it has no value that the policy declares"
		}
	}
	return ""
}

// hash is what stands for an id of the platform: the mapping's name, and 128 bits of SHA-256 over the name, a zero byte and
// the id. Who has the content finds it by the same hash.
func (m *Mapping) hash(id string) string {
	sum := sha256.Sum256([]byte(m.Name + "\x00" + id))
	return m.Name + "-" + hex.EncodeToString(sum[:16])
}

var plainForm = regexp.MustCompile(`^[A-Za-z0-9._:/#-]+$`)

// naming is a matter or a ref. One that is plain and has other signs than plain numbers have becomes a hash too.
func (m *Mapping) naming(n named, s *scope) string {
	v := text(n.value(s))
	if v == "" || n.plain && len(v) <= plainMax && plainForm.MatchString(v) {
		return v
	}
	return m.hash(v)
}

// text is a value as a text: of a whole number its digits.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case float64: // 17.0, or 1.7e1
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return strconv.FormatInt(int64(v), 10)
		}
	}
	return ""
}

// time is when an event says it was, zero where it does not: what is no time between 1970 and the year 9999 is none.
func (i instant) time(s *scope) time.Time {
	if i.source == nil {
		return time.Time{}
	}
	t := i.said(i.value(s)).UTC()
	if t.Unix() <= 0 || t.Year() > 9999 {
		return time.Time{}
	}
	return t
}

// layouts are the times that are written in words.
var layouts = map[string]string{"rfc3339": time.RFC3339Nano, "rfc1123": time.RFC1123Z, "x": time.RubyDate}

func (i instant) said(v any) time.Time {
	if t, ok := v.(time.Time); ok {
		return t
	}
	if layout, ok := layouts[i.as]; ok {
		t, err := time.Parse(layout, text(v))
		if err != nil {
			return time.Time{}
		}
		return t
	}
	n, err := strconv.ParseInt(text(v), 10, 64)
	if f, ok := v.(float64); ok && math.Abs(f) < 1e18 {
		n, err = int64(f), nil
	}
	if err != nil {
		return time.Time{}
	}
	per := map[string]int64{"seconds": 1, "milliseconds": 1e3, "microseconds": 1e6}[i.as]
	if per == 0 { // by its size: a number of this length is a time between 1973 and 5138 as one of them only
		per = 1
		for n/per >= 1e11 && per < 1e6 {
			per *= 1e3
		}
	}
	return time.Unix(n/per, n%per*(1e9/per))
}
