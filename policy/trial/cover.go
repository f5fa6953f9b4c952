package trial

import (
	"fmt"

	"fairline/engine"
	"fairline/policy/outline"
)

// coverage notes which parts of a policy the tests have used.
type coverage struct {
	tree     *outline.Outline
	classes  []bool
	channels []bool
	orders   []bool   // by node: it chose between at least two
	protects [][]bool // by node
}

func newCoverage(o *outline.Outline) *coverage {
	c := &coverage{tree: o, classes: make([]bool, len(o.Policy.Engine.Classes)), channels: make([]bool, len(o.Policy.Engine.Channels)),
		orders: make([]bool, len(o.Nodes)), protects: make([][]bool, len(o.Nodes))}
	for i, n := range o.Nodes {
		c.protects[i] = make([]bool, len(n.Protect))
	}
	return c
}

func (c *coverage) ticket(class engine.ClassID, channel engine.ChannelID) {
	c.classes[class], c.channels[channel] = true, true
}

func (c *coverage) decided(ev *engine.Event) {
	switch {
	case ev.Guard >= 0:
		c.protects[ev.Node][ev.Guard] = true
	case ev.Rival != 0:
		c.orders[ev.Node] = true
	}
}

// A Part is a part of a policy that tests can use.
type Part struct {
	What string
	Line int // in the policy file; 0: it has none
	Used bool
}

// parts lists everything that counts: each channel, each class, each group's order, each protection.
func (c *coverage) parts() []Part {
	var all []Part
	for i, ch := range c.tree.Policy.Engine.Channels {
		all = append(all, Part{fmt.Sprintf("no ticket by %s", ch.Name), 0, c.channels[i]})
	}
	for i, cl := range c.tree.Policy.Engine.Classes {
		all = append(all, Part{fmt.Sprintf("no ticket of class %s", cl.Name), cl.Line, c.classes[i]})
	}
	for i, n := range c.tree.Nodes {
		all = append(all, Part{fmt.Sprintf("the order of %s never decided", n.Name), n.Line, c.orders[i]})
		for j, p := range n.Protections {
			all = append(all, Part{fmt.Sprintf("%s of %s never decided", p.Key, n.Name), p.Line, c.protects[i][j]})
		}
	}
	return all
}
