package host

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"fairline/engine"
	"fairline/engine/ledger"
)

// keysIn writes keys that were compared at the node id of p, between the members of the classes won and lost; -1: it is not known
// which class. Nil where nothing was compared.
func keysIn(p *engine.Policy, id engine.NodeID, k ledger.Keys, won, lost int) *Keys {
	to := keysOf(k)
	if nodes := p.Nodes(); to != nil && int(id) < len(nodes) {
		c := comparison{node: nodes[id], keys: k, won: memberOf(nodes[id], won), lost: memberOf(nodes[id], lost)}
		c.names(p)
		to.Text = c.text()
	}
	return to
}

// memberOf is which member of a node holds a class; -1: none.
func memberOf(n *engine.Node, class int) int {
	return slices.IndexFunc(n.Members, func(m engine.Member) bool {
		return class >= 0 && (m.Group == nil && m.Class == engine.ClassID(class) || m.Group != nil && holds(m.Group, engine.ClassID(class)))
	})
}

// A comparison is what a discipline compared, to be put into words.
type comparison struct {
	node              *engine.Node
	keys              ledger.Keys
	won, lost         int // members of the node; -1: not known
	wonName, lostName string
}

func (c *comparison) names(p *engine.Policy) {
	name := func(m int, unknown string) string {
		switch {
		case m < 0:
			return unknown
		case c.node.Members[m].Group != nil:
			return c.node.Members[m].Group.Name
		}
		return p.Classes[c.node.Members[m].Class].Name
	}
	c.wonName, c.lostName = name(c.won, "the first"), name(c.lost, "the next")
}

// text says what was compared; "" where the keys themselves do.
func (c *comparison) text() string {
	text := ""
	switch o := c.node.Order.(type) {
	case engine.Accumulate:
		text = fmt.Sprintf("wait x rate: %s against %s", c.weighted(o, c.won, c.keys.Won), c.weighted(o, c.lost, c.keys.Lost))
	case engine.Cost:
		text = c.cost(o)
	case engine.WaitingMix:
		text = fmt.Sprintf("%s is %s its part of the queue, %s %s", c.wonName, over(c.keys.Won), c.lostName, over(c.keys.Lost))
	case engine.Share:
		text = "its share was next: " + c.turn(o)
	case engine.Draw:
		return c.lot(o)
	default:
		return ""
	}
	if c.keys.Won == c.keys.Lost {
		text += "; equal, so the earlier arrival goes first"
	}
	return text
}

// weighted writes a wait that counts more than once.
func (c *comparison) weighted(o engine.Accumulate, m int, key int64) string {
	if m < 0 || o.Rate[m] == 1 {
		return lasting(key)
	}
	return fmt.Sprintf("%s (%s x %d)", lasting(key), lasting(key/o.Rate[m]), o.Rate[m])
}

func (c *comparison) cost(o engine.Cost) string {
	unit := map[engine.Duration]string{engine.Second: "second", engine.Minute: "minute", engine.Hour: "hour"}[o.Per]
	what := "its next " + unit + " of waiting costs"
	if o.Queue {
		what = "one more in its queue costs"
	}
	slope := func(key int64) string { return number(float64(key) / float64(o.Unit())) }
	return fmt.Sprintf("%s %s for each %s of work, against %s", what, slope(c.keys.Won), unit, slope(c.keys.Lost))
}

// over says how far a queue is over its part, in hundredths of a ticket.
func over(key int64) string {
	if key < 0 {
		return number(float64(-key)/100) + " under"
	}
	return number(float64(key)/100) + " over"
}

// turn says where two flows stand.
func (c *comparison) turn(o engine.Share) string {
	won, lost := c.wonName, c.lostName
	if o.Weight == nil {
		won, lost = "this "+o.Field, "the next"
	}
	if o.HalfLife > 0 {
		switch {
		case c.keys.Lost <= 0:
			return fmt.Sprintf("neither %s nor %s had got anything of late", won, lost)
		case c.keys.Won <= 0:
			return fmt.Sprintf("%s had got nothing of late, %s had", won, lost)
		}
		return fmt.Sprintf("%s had got %.0f %% of what %s had, for its weight", won, 100*float64(c.keys.Won)/float64(c.keys.Lost), lost)
	}
	at := func(key int64) string {
		if o.Minutes {
			return lasting(key / o.Unit() * int64(engine.Millisecond))
		}
		return number(float64(key) / float64(o.Unit()))
	}
	what := map[bool]string{false: "tickets", true: "work"}[o.Minutes]
	return fmt.Sprintf("%s stands at %s, %s at %s (%s for its weight)", won, at(c.keys.Won), lost, at(c.keys.Lost), what)
}

func (c *comparison) lot(o engine.Draw) string {
	text := "drawn by lot"
	if o.PerTicket {
		text += ", one for each ticket"
	}
	switch {
	case c.won >= 0 && c.lost >= 0 && c.won != c.lost:
		text += fmt.Sprintf(": %s with %d, %s with %d", c.wonName, o.Weight[c.won], c.lostName, o.Weight[c.lost])
	case c.won >= 0 && c.won == c.lost && !o.PerTicket:
		text += ", and the earlier arrival of " + c.wonName
	}
	return text
}

// number writes a number with at most two digits behind the point.
func number(x float64) string {
	text := strconv.FormatFloat(x, 'f', 2, 64)
	for text[len(text)-1] == '0' {
		text = text[:len(text)-1]
	}
	if text[len(text)-1] == '.' {
		text = text[:len(text)-1]
	}
	if text == "-0" {
		return "0"
	}
	return text
}

// lasting writes nanoseconds as m:ss, short ones with a tenth of a second.
func lasting(ns int64) string {
	d := time.Duration(ns)
	if d < 10*time.Second {
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	s := int64(d.Round(time.Second) / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
