package policy

import (
	"slices"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
	"fairline/policy/sheet"
)

var closedRules = map[string]engine.ClosedRule{"refuse": engine.ClosedRefuse, "callback": engine.ClosedCallback}

// readPresence reads what a channel says of customers who are there while they wait, or are not.
func (m *model) readPresence(c *channel, n *yaml.Node) {
	field := "channels." + c.name
	c.live = sheet.TruthOf(sheet.Get(n, "live").Val, slices.Contains(live, c.name))
	c.closed = closedRules[sheet.Str(sheet.Get(n, "closed").Val)]
	c.grace = spanOr(sheet.Get(n, "grace").Val, 0)
	c.leaveAfter = m.positive(sheet.Get(n, "leave_after").Val, field+".leave_after")
	for _, name := range []string{"grace", "leave_after"} {
		if e := sheet.Get(n, name); e.Key != nil && !c.live {
			m.Wrong("FL0104", e.Key, sheet.Child(field, name), "nobody is there while waiting on `"+c.name+"`", "", "write `live: true`, or take it out")
		}
	}
	calls := []sheet.Entry{sheet.Get(n, "leave_after")}
	if c.closed == engine.ClosedCallback {
		calls = append(calls, sheet.Get(n, "closed"))
	}
	for _, e := range calls {
		if e.Key != nil && sheet.Get(m.root, "callback").Key == nil {
			m.Wrong("FL0102", e.Key, sheet.Child(field, e.Key.Value), "somebody must call back, and `callback` is missing", "",
				"write `callback: {attempts: 2, apart: 30m, then: close, reason: We could not reach you}`")
		}
	}
}

// readInterrupts reads whose work may be put aside for a channel's tickets; all channels must be known.
func (m *model) readInterrupts() {
	for _, e := range sheet.Entries(sheet.Get(m.root, "channels").Val) {
		i := slices.Index(m.channelNames(), e.Key.Value)
		for j, n := range sheet.Items(sheet.Get(e.Val, "interrupt").Val) {
			field := sheet.Element("channels."+e.Key.Value+".interrupt", j)
			k := slices.Index(m.channelNames(), sheet.Str(n))
			switch {
			case sheet.Str(n) == "" || i < 0:
			case k < 0:
				m.Wrong("FL0120", n, field, "no channel is called `"+n.Value+"`", "", sheet.DidYouMean(n.Value, m.channelNames()))
			case m.channels[k].live:
				m.Wrong("FL0104", n, field, "somebody is there on `"+n.Value+"`: that work cannot be put aside", "", "name deferred channels, such as email")
			case slices.Contains(m.channels[i].interrupts, engine.ChannelID(k)):
				m.Wrong("FL0112", n, field, "`"+n.Value+"` stands here twice", "", "keep one of the two")
			case i == k:
				m.Wrong("FL0104", n, field, "a channel does not interrupt itself", "", "take it out")
			default:
				m.channels[i].interrupts = append(m.channels[i].interrupts, engine.ChannelID(k))
			}
		}
	}
}

var beyondRules = map[string]engine.BeyondRule{"next class": engine.NextClass, "go ahead and alarm": engine.GoAhead}

// readLimit reads a class's limit and what comes beyond it.
func (m *model) readLimit(c *class, n *yaml.Node, last bool, field string) {
	limit, beyond := sheet.Get(n, "limit"), sheet.Get(n, "beyond")
	c.limit, c.per, _, _, _ = parseRate(sheet.Str(limit.Val))
	c.beyond = beyondRules[sheet.Str(beyond.Val)]
	switch {
	case limit.Key != nil && beyond.Key == nil:
		m.Wrong("FL0225", limit.Key, field+".limit", "`limit` without `beyond`: what does the next ticket over it get?", "",
			"write `beyond: go ahead and alarm`, or `beyond: next class`: then it waits as if it were less urgent")
	case limit.Key == nil && beyond.Key != nil:
		m.Wrong("FL0225", beyond.Key, field+".beyond", "`beyond` without `limit`", "", "write `limit: 3 per 15m`, or take it out")
	case last && c.beyond == engine.NextClass:
		m.Wrong("FL0225", beyond.Val, field+".beyond", "the last class has no next class", "", "write `go ahead and alarm`")
	}
}
