package policy

import (
	"go.yaml.in/yaml/v4"
)

// A flow is a field each value of which is a flow of a `share`.
type flow struct {
	name string
	attr *attribute // nil for channel, origin and customer
}

// readShare reads what is shared among whom.
func (m *model) readShare(g *group, order, of *yaml.Node) {
	m.comesLater(g.key, child(g.field, "order.share"), "share")
	if get(order, "by").key == nil {
		m.readMembers(g, get(order, "share").val, of)
	}
}
