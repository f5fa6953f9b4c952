package host

import (
	"encoding/json"
	"fmt"
	"slices"

	"fairline/engine"
	"fairline/policy"
)

// rules are a policy file, compiled, as the door asks it about payloads.
type rules struct {
	policy  *policy.Policy
	zone    string // the table of local time by which its hours were worked out; "" where it has none
	noted   uint64 // values that the policy does not have: read as the attribute's else, or as absent
	notKept uint64 // attributes that the policy does not declare
}

// compile reads a policy file. Warnings and notes do not matter here: they were shown when it was checked. The zone is
// the text of the table of local time that a journal has kept; "" stands for the program's own.
func compile(file string, src []byte, zone string) (*rules, error) {
	var table *policy.Zone
	if zone != "" {
		table = new(policy.Zone)
		if err := table.UnmarshalText([]byte(zone)); err != nil {
			return nil, err
		}
	}
	p, faults := policy.ParseWith(file, src, table)
	if faults.Err() != nil {
		return nil, newFileError(faults)
	}
	r := &rules{policy: p}
	if p.Zone == nil {
		return r, nil
	}
	text, err := p.Zone.MarshalText()
	r.zone = string(text)
	return r, err
}

// compileNew is compile for a policy that is to be adopted: this version must be able to serve it.
func compileNew(file string, src []byte) (*rules, error) {
	if len(src) > PolicyLenMax {
		return nil, fmt.Errorf("policy %s has %d bytes, want at most %d", file, len(src), PolicyLenMax)
	}
	r, err := compile(file, src, "")
	if err != nil {
		return nil, err
	}
	if err := r.policy.Serveable(); err != nil {
		return nil, err
	}
	return r, nil
}

// A fileError says what is wrong with a policy file. Its text is that of the first fault; it unwraps to all of them.
type fileError []error

func newFileError(faults policy.Faults) fileError {
	var list fileError
	for _, f := range faults {
		if f.Severity == policy.Error {
			list = append(list, f)
		}
	}
	return list
}

func (e fileError) Error() string {
	if len(e) == 1 {
		return e[0].Error()
	}
	return fmt.Sprintf("%v, and %d more", e[0], len(e)-1)
}

func (e fileError) Unwrap() []error { return e }

func (r *rules) engine() *engine.Policy { return r.policy.Engine }

// name is the policy as logs and answers call it.
func (r *rules) name() string {
	return fmt.Sprintf("%s@%x", r.policy.Engine.Name, r.policy.Engine.Hash[:3])
}

// read asks the policy about a ticket's fields.
func (r *rules) read(m *message, channel string) (policy.Reading, *Refusal) {
	t := policy.Ticket{Channel: channel, Arrived: m.arrived, Due: m.due, NotBefore: m.notBefore,
		Matter: m.matter, Needs: m.needs, Attributes: map[string]any{}}
	if !m.unverified {
		t.Customer = m.customer
	}
	if m.overheard {
		t.Origin = "overheard"
	}
	for _, a := range m.attributes {
		switch a.kind {
		case isText:
			t.Attributes[a.name] = a.text
		case isNumeral:
			t.Attributes[a.name] = json.Number(a.text)
		case isTruth:
			t.Attributes[a.name] = a.truth
		}
	}
	reading := r.policy.Ticket(t)
	for _, p := range reading.Problems {
		if p.Severity == policy.Error {
			return reading, refuse(Malformed, "data.%s: %s", p.Field, p.Message)
		}
	}
	r.noted += uint64(len(reading.Problems))
	r.notKept += uint64(len(reading.NotKept))
	return reading, nil
}

// facts makes the facts of a new ticket, and gives the texts of the Words in them.
func (r *rules) facts(m *message, f *engine.Facts) ([]string, *Refusal) {
	reading, refusal := r.read(m, m.channel)
	if refusal != nil {
		return nil, refusal
	}
	*f = reading.Facts
	return r.words(m, f), nil
}

// change puts what a message says into the facts of a waiting ticket. What it does not say stays.
func (r *rules) change(m *message, f *engine.Facts) ([]string, *Refusal) {
	channel := r.engine().Channels[f.Channel].Name
	if m.channel != "" && m.channel != channel {
		return nil, refuse(Malformed, "data.channel: is %s, want %s, which cannot change", shown(m.channel), channel)
	}
	reading, refusal := r.read(m, channel)
	if refusal != nil {
		return nil, refusal
	}
	if m.due != 0 {
		f.Due = m.due
	}
	if m.hasNeeds {
		f.Needs, f.NeedsLen = reading.Facts.Needs, reading.Facts.NeedsLen
	}
	for _, a := range m.attributes {
		if i := slices.Index(r.engine().Attrs, a.name); i >= 0 {
			f.Attrs[i] = reading.Facts.Attrs[i]
			f.Has = f.Has&^(1<<i) | reading.Facts.Has&(1<<i)
		}
	}
	return r.words(m, f), nil
}

// words gives the texts of a message whose Words are in its facts. What the policy does not read is not
// among them: it must not get into the journal.
func (r *rules) words(m *message, f *engine.Facts) []string {
	words := slices.DeleteFunc(slices.Clone(m.needs), func(need string) bool { return need == "" })
	for _, a := range m.attributes {
		i := slices.Index(r.engine().Attrs, a.name)
		if i >= 0 && a.kind == isText && f.Attrs[i] == int64(engine.WordOf(a.text)) {
			words = append(words, a.text)
		}
	}
	return words
}

// profile makes what an agent can do.
func (r *rules) profile(m *message) (*engine.Profile, *Refusal) {
	p := &engine.Profile{Skills: wordsOf(m.skills)}
	if m.channels == nil {
		p.Takes = r.engine().Takes()
		return p, nil
	}
	for _, c := range m.channels {
		i := slices.IndexFunc(r.engine().Channels, func(of engine.Channel) bool { return of.Name == c.channel })
		if i < 0 {
			return nil, refuse(Malformed, "channels.%s: is unknown, want channels of policy %s", c.channel, r.engine().Name)
		}
		p.Takes[i] = c.takes
	}
	return p, nil
}
