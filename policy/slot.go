package policy

import (
	"encoding/json"
	"fmt"

	"fairline/policy/rule"
)

// A Slot says where Facts hold an attribute, and what they hold for a value. It spares who makes many tickets, such as a
// simulator, to read each of them as Policy.Ticket does.
type Slot struct {
	Index int // into Facts.Attrs; -1: nothing reads the attribute, so it is not kept
	attr  attribute
}

// Slot returns the Slot of an attribute, false where the policy does not declare it.
func (p *Policy) Slot(name string) (Slot, bool) {
	for i := range p.attrs {
		if p.attrs[i].name != name {
			continue
		}
		s := Slot{Index: -1, attr: p.attrs[i]}
		if index, kept := p.slots[name]; kept && !s.attr.later {
			s.Index = index
		}
		return s, true
	}
	return Slot{Index: -1}, false
}

// Number returns what Facts hold for a value as a file writes it: "medical", "true", "120", "5m". Like Policy.Ticket it reads
// a value that the declaration does not have as `else`; has is false where there is none. A value of a wrong type is an error.
func (s Slot) Number(text string) (num int64, has bool, err error) {
	var raw any = text
	switch s.attr.field.Type {
	case rule.Bool:
		if text == "true" || text == "false" {
			raw = text == "true"
		}
	case rule.Int:
		raw = json.Number(text)
	}
	v, ok := decode(s.attr.field, raw)
	if !ok {
		return 0, false, fmt.Errorf("attribute %s: %s is wanted, this is %q", s.attr.name, typeWanted(s.attr.field), text)
	}
	num, has = s.orElse(v)
	return num, has, nil
}

// Whole is Number for an attribute that is a number; of another type it is an error.
func (s Slot) Whole(n int64) (num int64, has bool, err error) {
	if s.attr.field.Type != rule.Int {
		return 0, false, fmt.Errorf("attribute %s: %s is wanted, this is a number", s.attr.name, typeWanted(s.attr.field))
	}
	num, has = s.orElse(value{num: n})
	return num, has, nil
}

func (s Slot) orElse(v value) (int64, bool) {
	switch {
	case within(s.attr.field, v):
		return v.num, true
	case s.attr.or != nil:
		return s.attr.or.num, true
	}
	return 0, false
}
