package policy

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// comesLater notes something of the format that this version does not have: the file can be checked and tried, and
// not served.
func (m *model) comesLater(n *yaml.Node, field, what string) {
	m.Warn("FL0190", n, field, "`"+what+"` is part of the format, but not built into this version", "comes later",
		"the file can be checked and tried; to serve it, take this out or use a later version")
	m.later = append(m.later, postponed{what, m.Faults[len(m.Faults)-1]})
}

// A postponed is a name that comes later, with the warning about it.
type postponed struct {
	name  string
	fault Fault
}

// Serveable is nil when this version can serve all that the file says. Otherwise it is an error that names what comes
// later, with its places.
func (p *Policy) Serveable() error {
	if len(p.later) == 0 {
		return nil
	}
	var what []string
	for _, l := range p.later {
		what = append(what, fmt.Sprintf("%s:%d:%d: `%s`", l.fault.File, l.fault.Line, l.fault.Column, l.name))
	}
	return fmt.Errorf("policy %s cannot be served by this version: %s", p.Engine.Name, strings.Join(what, ", "))
}

// laterNames are the names of what comes later, each once, in file order.
func laterNames(all []postponed) []string {
	var names []string
	for _, l := range all {
		if !slices.Contains(names, l.name) {
			names = append(names, l.name)
		}
	}
	return names
}
