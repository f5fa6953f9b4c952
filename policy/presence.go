package policy

import (
	"slices"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
)

var closedRules = map[string]engine.ClosedRule{"refuse": engine.ClosedRefuse, "callback": engine.ClosedCallback}

// readPresence reads what a channel says of customers who are there while they wait, or are not.
func (m *model) readPresence(c *channel, n *yaml.Node) {
	field := "channels." + c.name
	c.live = truthOf(get(n, "live").val, slices.Contains(live, c.name))
	c.closed = closedRules[str(get(n, "closed").val)]
	c.grace = spanOr(get(n, "grace").val, 0)
	c.leaveAfter = m.positive(get(n, "leave_after").val, field+".leave_after")
	for _, name := range []string{"grace", "leave_after"} {
		if e := get(n, name); e.key != nil && !c.live {
			m.wrong("FL0104", e.key, child(field, name), "nobody is there while waiting on `"+c.name+"`", "", "write `live: true`, or take it out")
		}
	}
	calls := []entry{get(n, "leave_after")}
	if c.closed == engine.ClosedCallback {
		calls = append(calls, get(n, "closed"))
	}
	for _, e := range calls {
		if e.key != nil && get(m.root, "callback").key == nil {
			m.wrong("FL0102", e.key, child(field, e.key.Value), "somebody must call back, and `callback` is missing", "",
				"write `callback: {attempts: 2, apart: 30m, then: close, reason: We could not reach you}`")
		}
	}
}

// readInterrupts reads whose work may be put aside for a channel's tickets; all channels must be known.
func (m *model) readInterrupts() {
	for _, e := range entries(get(m.root, "channels").val) {
		i := slices.Index(m.channelNames(), e.key.Value)
		for j, n := range items(get(e.val, "interrupt").val) {
			field := element("channels."+e.key.Value+".interrupt", j)
			k := slices.Index(m.channelNames(), str(n))
			switch {
			case str(n) == "" || i < 0:
			case k < 0:
				m.wrong("FL0120", n, field, "no channel is called `"+n.Value+"`", "", didYouMean(n.Value, m.channelNames()))
			case m.channels[k].live:
				m.wrong("FL0104", n, field, "somebody is there on `"+n.Value+"`: that work cannot be put aside", "", "name deferred channels, such as email")
			case slices.Contains(m.channels[i].interrupts, engine.ChannelID(k)):
				m.wrong("FL0112", n, field, "`"+n.Value+"` stands here twice", "", "keep one of the two")
			case i == k:
				m.wrong("FL0104", n, field, "a channel does not interrupt itself", "", "take it out")
			default:
				m.channels[i].interrupts = append(m.channels[i].interrupts, engine.ChannelID(k))
			}
		}
	}
}

var beyondRules = map[string]engine.BeyondRule{"next class": engine.NextClass, "go ahead and alarm": engine.GoAhead}

// readLimit reads a class's limit and what comes beyond it.
func (m *model) readLimit(c *class, n *yaml.Node, last bool, field string) {
	limit, beyond := get(n, "limit"), get(n, "beyond")
	c.limit, c.per, _, _, _ = parseRate(str(limit.val))
	c.beyond = beyondRules[str(beyond.val)]
	switch {
	case limit.key != nil && beyond.key == nil:
		m.wrong("FL0225", limit.key, field+".limit", "`limit` without `beyond`: what does the next ticket over it get?", "",
			"write `beyond: go ahead and alarm`, or `beyond: next class`: then it waits as if it were less urgent")
	case limit.key == nil && beyond.key != nil:
		m.wrong("FL0225", beyond.key, field+".beyond", "`beyond` without `limit`", "", "write `limit: 3 per 15m`, or take it out")
	case last && c.beyond == engine.NextClass:
		m.wrong("FL0225", beyond.val, field+".beyond", "the last class has no next class", "", "write `go ahead and alarm`")
	}
}
