package host

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"fairline/engine"
)

// A message is what a payload of any verb may carry. Its verb's fields say which of it count.
type message struct {
	id         string
	line       string
	channel    string
	customer   string
	ref        string
	reason     string
	overheard  bool
	arrived    engine.Instant // 0: not said
	due        engine.Instant // 0: not said
	hasNeeds   bool
	needs      []string
	attributes []attribute

	matter     string
	unverified bool           // the customer is what somebody said, and nobody checked
	notBefore  engine.Instant // 0: not said

	skills   []string // each level of a skill is one
	channels []count  // nil: as the policy says
	lease    engine.Duration
	to       string // an agent
	toLine   string // another line
	offer    engine.OfferID
	wrap     engine.Duration

	adapter string
	ticket  engine.TicketID
	limit   uint64
	from    uint64
	pairs   bool

	why     engine.Cause
	until   engine.Instant  // 0: not said
	length  engine.Duration // 0: not said
	tickets []engine.TicketID
	other   engine.TicketID
	stuck   bool
	preview bool
	file    string
	source  string
}

// An attribute is one member of data.attributes: a text, a number as it is written, or true or false.
type attribute struct {
	name  string
	kind  attributeKind
	text  string
	truth bool
}

type attributeKind uint8

const (
	isText attributeKind = iota + 1
	isNumeral
	isTruth
)

// A count is how many tickets of one channel fill an agent.
type count struct {
	channel string
	takes   uint8
}

// A field is one member of a payload: its name, whether it must be there, and how it is read.
type field struct {
	name     string
	required bool
	read     func(d *decoder, path string, m *message)
	inner    []field // of an object: its members
}

// dateMax is the last date that may be named; nanoseconds since 1970 in 64 bits reach to 2262.
var dateMax = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)

// decode reads a payload of at most most bytes by its fields. An empty payload is an empty object.
func decode(payload []byte, fields []field, most int) (message, *Refusal) {
	var m message
	switch {
	case len(payload) > most:
		return m, refuse(TooMuch, "payload: has %d bytes, want at most %d", len(payload), most)
	case !utf8.Valid(payload):
		return m, refuse(Malformed, "payload: is not UTF-8, want JSON in UTF-8")
	case len(payload) == 0:
		payload = []byte("{}")
	}
	d := decoder{b: payload}
	readFields(&d, "", fields, &m)
	d.end()
	return m, d.fault
}

// readFields reads an object that has the fields and no others. A field that is null counts as absent: that
// is how some languages write what they do not have.
func readFields(d *decoder, path string, fields []field, m *message) {
	var found uint64
	d.object(path, AttributesMax, func(name string) {
		for i := range fields {
			if f := &fields[i]; f.name == name {
				if !d.null(joined(path, name)) {
					found |= 1 << i
					f.value(d, joined(path, name), m)
				}
				return
			}
		}
		d.fail(Malformed, path, "unknown field %s, want %s", shown(name), names(fields))
	})
	for i := range fields {
		if fields[i].required && found&(1<<i) == 0 {
			d.fail(Malformed, joined(path, fields[i].name), "is missing, want it")
		}
	}
}

func (f *field) value(d *decoder, path string, m *message) {
	if f.inner != nil {
		readFields(d, path, f.inner, m)
		return
	}
	f.read(d, path, m)
}

// names lists what an object may have, for messages.
func names(fields []field) string {
	if len(fields) == 0 {
		return "none"
	}
	var list []string
	for _, f := range fields {
		list = append(list, f.name)
	}
	return "one of " + strings.Join(list, ", ")
}

// constant reads a text that has only one value.
func constant(want ...string) func(*decoder, string, *message) {
	return func(d *decoder, path string, _ *message) {
		got := d.text(path, TextLenMax)
		for _, w := range want {
			if got == w {
				return
			}
		}
		d.fail(Malformed, path, "is %s, want %s", shown(got), strings.Join(want, " or "))
	}
}

// unused reads a text that nothing is done with.
func unused(d *decoder, path string, _ *message) { d.text(path, RefLenMax) }

// text reads a text into the place that of names.
func text(most int, of func(*message) *string) func(*decoder, string, *message) {
	return func(d *decoder, path string, m *message) { *of(m) = d.text(path, most) }
}

// filled is text that is not empty.
func filled(most int, of func(*message) *string) func(*decoder, string, *message) {
	return func(d *decoder, path string, m *message) {
		if *of(m) = d.text(path, most); *of(m) == "" {
			d.fail(Malformed, path, "is empty, want a text")
		}
	}
}

// identifier is a name that is not empty.
func identifier(of func(*message) *string) func(*decoder, string, *message) {
	return filled(TextLenMax, of)
}

// token is a name that may stand in a subject.
func token(of func(*message) *string) func(*decoder, string, *message) {
	return func(d *decoder, path string, m *message) {
		if *of(m) = d.text(path, TextLenMax); !isToken(*of(m)) {
			d.fail(Malformed, path, "is %s, want 1 to %d of a-z A-Z 0-9 _ -", shown(*of(m)), TokenLenMax)
		}
	}
}

// span reads a duration into the place that of names.
func span(least, most time.Duration, of func(*message) *engine.Duration) func(*decoder, string, *message) {
	return func(d *decoder, path string, m *message) {
		want := fmt.Sprintf("a duration from %s to %s, such as 30s", brief(least), brief(most))
		if d.found() != "a text" {
			d.wrong(path, want)
			return
		}
		written := d.text(path, TextLenMax)
		length, err := time.ParseDuration(written)
		if d.fault == nil && (err != nil || length < least || length > most) {
			d.fail(Malformed, path, "is %s, want %s", shown(written), want)
			return
		}
		*of(m) = engine.Duration(length)
	}
}

// brief writes a duration without the parts that are nothing.
func brief(d time.Duration) string {
	text := d.String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return text
}

// date reads a date and time into the place that of names.
func date(of func(*message) *engine.Instant) func(*decoder, string, *message) {
	return func(d *decoder, path string, m *message) {
		const want = "a time such as 2026-11-21T09:00:00Z"
		if d.found() != "a text" {
			d.wrong(path, want)
			return
		}
		written := d.text(path, TextLenMax)
		if d.fault != nil {
			return
		}
		t, err := time.Parse(time.RFC3339Nano, written)
		switch {
		case err != nil:
			d.fail(Malformed, path, "is %s, want %s", shown(written), want)
		case t.Unix() < 1 || t.After(dateMax):
			d.fail(Malformed, path, "is %s, want a time from 1970 to 2200", shown(written))
		default:
			*of(m) = engine.Instant(t.UnixNano())
		}
	}
}

func readNothing(d *decoder, path string, m *message) {
	var at engine.Instant
	date(func(*message) *engine.Instant { return &at })(d, path, m)
}

func readOrigin(d *decoder, path string, m *message) {
	switch got := d.text(path, TextLenMax); got {
	case "direct":
	case "overheard":
		m.overheard = true
	default:
		d.fail(Malformed, path, "is %s, want direct or overheard", shown(got))
	}
}

func readAttributes(d *decoder, path string, m *message) {
	d.object(path, AttributesMax, func(name string) {
		a := attribute{name: name}
		at := joined(path, name)
		switch d.found() {
		case "a text":
			a.kind, a.text = isText, d.text(at, TextLenMax)
		case "a number":
			a.kind, a.text = isNumeral, d.number(at, "a number")
		case "true or false":
			a.kind, a.truth = isTruth, d.boolean(at)
		default:
			d.wrong(at, "a text, a number, true or false")
		}
		m.attributes = append(m.attributes, a)
	})
}

func readChannels(d *decoder, path string, m *message) {
	m.channels = []count{}
	d.object(path, engine.ChannelsMax, func(name string) {
		takes := d.whole(joined(path, name), 0, engine.TakesMax)
		m.channels = append(m.channels, count{channel: name, takes: uint8(takes)})
	})
}
