package scenario

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"fairline/policy"
	"fairline/policy/sheet"
	"fairline/policy/spelling"
)

// Fits compares a scenario with a policy that is to serve it. Faults are those of the scenario's file. It is an Error where
// the policy would refuse tickets, or read another value than the scenario means: a channel that it does not have, a value
// that an attribute does not take. That the policy does not declare an attribute, and so keeps nothing of it, is a Warning.
func (s *Scenario) Fits(p *policy.Policy) policy.Faults {
	f := &fit{Sheet: sheet.New(s.File, s.Source, "a scenario", ""), s: s, p: p, said: map[string]bool{}}
	for _, c := range p.Engine.Channels {
		f.channels = append(f.channels, c.Name)
	}
	for i := range s.Sources {
		f.source(&s.Sources[i])
	}
	for _, g := range s.Groups {
		for _, name := range slices.Sorted(maps.Keys(g.Takes)) {
			f.channel(name, "agents."+g.Name+".takes."+name)
		}
	}
	return f.Faults.Sorted()
}

// A fit holds a scenario against a policy.
type fit struct {
	*sheet.Sheet
	s        *Scenario
	p        *policy.Policy
	channels []string
	said     map[string]bool // attributes that are not declared: once is enough
}

func (f *fit) report(severity policy.Severity, field, message, help string) {
	f.Report(policy.Fault{Severity: severity, Code: "FL0506", Span: f.s.places[field], Field: field, Message: message, Help: help})
}

func (f *fit) source(src *Source) {
	field := "customers." + src.Name
	f.channel(src.Channel, field+".channel")
	for _, a := range src.Attributes {
		path := field + ".attributes." + a.Name
		for _, v := range a.Values {
			f.value(src.Channel, a.Name, v.Value, path)
		}
		if a.Law != nil {
			f.number(a.Name, path)
		}
	}
	for i, a := range src.Actions {
		path := sheet.Element(field+".actions", i)
		f.channel(a.Channel, path+".channel")
		f.channel(a.Also, path+".also.channel")
		for _, name := range slices.Sorted(maps.Keys(a.Set)) {
			f.value(src.Channel, name, a.Set[name], path+".set."+name)
		}
		for _, name := range slices.Sorted(maps.Keys(a.AlsoSet)) {
			f.value(src.Channel, name, a.AlsoSet[name], path+".also.set."+name)
		}
	}
	traced := src.Arrivals.traced()
	for _, name := range slices.Sorted(maps.Keys(traced)) {
		for _, v := range slices.Sorted(maps.Keys(traced[name])) {
			f.value(src.Channel, name, v, field+".arrivals.trace")
		}
	}
}

func (f *fit) channel(name, field string) {
	if name != "" && !slices.Contains(f.channels, name) {
		f.report(policy.Error, field, "policy `"+f.p.Engine.Name+"` has no channel `"+name+"`", sheet.DidYouMean(name, f.channels))
	}
}

// declared reports, once, an attribute that the policy does not declare.
func (f *fit) declared(name, field string) bool {
	if _, ok := f.p.Slot(name); ok {
		return true
	}
	if !f.said[name] {
		f.said[name] = true
		f.report(policy.Warning, field, "policy `"+f.p.Engine.Name+"` does not declare `"+name+"`: it is not kept, and no rule can read it", "declare it in the policy, if a rule is to read it")
	}
	return false
}

// number compares an attribute that a law draws.
func (f *fit) number(name, field string) {
	if !f.declared(name, field) {
		return
	}
	slot, _ := f.p.Slot(name)
	if _, _, err := slot.Whole(1); err != nil {
		f.report(policy.Error, field, "policy `"+f.p.Engine.Name+"`: "+err.Error(),
			"give it values in the scenario, or `type: int` in the policy")
	}
}

// value compares a value that a ticket may carry, as the door of a line would.
func (f *fit) value(channel, name, value, field string) {
	if !f.declared(name, field) {
		return
	}
	if _, ok := f.s.places[field+"="+value]; ok {
		field += "=" + value
	}
	slot, _ := f.p.Slot(name)
	message := ""
	if _, _, err := slot.Number(value); err != nil {
		message = err.Error()
	} else {
		message = f.outside(channel, name, value)
	}
	if message != "" {
		at := f.s.places[field]
		path, _, _ := strings.Cut(field, "=")
		f.Report(policy.Fault{Severity: policy.Error, Code: "FL0506", Span: at, Field: path,
			Message: "policy `" + f.p.Engine.Name + "`: " + message,
			Help:    "use the same values in both files"})
	}
}

// outside is what the policy says of a value that is not among those of the attribute, "" where it is.
func (f *fit) outside(channel, name, value string) string {
	for _, raw := range []any{value, json.Number(value), value == "true"} {
		r := f.p.Ticket(policy.Ticket{Channel: channel, Arrived: f.s.Starts, Attributes: map[string]any{name: raw}})
		i := slices.IndexFunc(r.Problems, func(p policy.Problem) bool { return p.Field == "attributes."+name })
		switch {
		case i < 0:
			return ""
		case r.Problems[i].Severity == policy.Note:
			return fmt.Sprintf("%s: %s", spelling.List([]string{name}), r.Problems[i].Message)
		}
	}
	return ""
}
