package policy

import (
	"slices"

	"fairline/engine"
	"fairline/policy/sheet"
)

// movingDisciplines rank anew at each decision, so that who is first can change while nobody comes or goes; and last_in.
var movingDisciplines = []string{"accumulate", "cost", "share", "waiting_mix", "draw", "last_in"}

// moving compiles them.
func (c *compiler) moving(g *group) engine.Order {
	seed, _ := sheet.ParseWhole(sheet.Plain(sheet.Get(g.order, "seed").Val))
	switch g.discipline {
	case "accumulate":
		return engine.Accumulate{Rate: g.weights()}
	case "cost":
		return g.cost()
	case "share":
		return c.share(g)
	case "waiting_mix":
		return engine.WaitingMix{Percent: g.each(sheet.ParsePercent)}
	case "draw":
		o := engine.Draw{Weight: g.weights(), Seed: uint64(seed), PerTicket: g.drawsTickets()}
		if o.PerTicket {
			c.wantClasses(g, "`lot: ticket` draws among tickets of classes", "name classes, or let members draw")
		}
		return o
	case "last_in":
		return engine.LastIn{}
	}
	return engine.Arrival{} // a fault was reported
}

// drawsTickets reports whether each ticket draws for itself.
func (g *group) drawsTickets() bool {
	return g.discipline == "draw" && sheet.Str(sheet.Get(g.order, "lot").Val) == "ticket"
}

// wantClasses reports members that are groups, where an order looks at each ticket.
func (c *compiler) wantClasses(g *group, why, help string) {
	for _, mb := range g.members {
		if mb.group != nil {
			c.Wrong("FL0104", mb.node, sheet.Child(g.field, "order"), "`"+mb.name+"` is a group: "+why, "", help)
		}
	}
}

// each is the number of each member.
func (g *group) each(number func(string) (int64, bool)) (all []int64) {
	for _, mb := range g.members {
		v, _ := number(sheet.Plain(mb.val))
		all = append(all, v)
	}
	return all
}

func (g *group) weights() []int64 { return g.each(sheet.ParseWhole) }

var costUnits = map[string]engine.Duration{"second": engine.Second, "minute": engine.Minute, "hour": engine.Hour}

func (g *group) cost() engine.Order {
	o := engine.Cost{Queue: sheet.Str(sheet.Get(g.order, "of").Val) == "queue", Per: costUnits[sheet.Str(sheet.Get(g.order, "per").Val)]}
	for _, mb := range g.members {
		p, _ := parsePrice(sheet.Plain(mb.val))
		o.Weight, o.Power = append(o.Weight, p.weight), append(o.Power, int(p.power))
	}
	return o
}

// mayPassMoving is mayPass of the disciplines that move. All who differ may pass one another, but by `accumulate`, where
// a greater rate is needed. Within a class they are in order of arrival, but by `last_in`, by lot where each ticket draws,
// where the class has several flows, and by `cost` where it has several channels, on which an agent is not equally fast.
func (m *model) mayPassMoving(g *group, i int, a member, j int, b member) bool {
	by := sheet.Str(sheet.Get(g.order, "by").Val)
	switch {
	case g.discipline == "accumulate":
		x, _ := sheet.ParseWhole(sheet.Plain(a.val))
		y, _ := sheet.ParseWhole(sheet.Plain(b.val))
		return x > y
	case i != j:
		return by != "channel" || len(m.channelsOf(a.class)) > 1 || !slices.Equal(m.channelsOf(a.class), m.channelsOf(b.class))
	case a.class == nil:
		return false // the group's own order says it
	case g.discipline == "cost", by == "channel":
		return len(m.channelsOf(a.class)) > 1
	case g.discipline == "share":
		return by != ""
	}
	return g.discipline == "last_in" || g.drawsTickets()
}

// channelsOf are the channels on which tickets of a class may come, all for a group.
func (m *model) channelsOf(c *class) []string {
	return slices.DeleteFunc(m.channelNames(), func(name string) bool { return c != nil && !m.mayHave(c, "channel", name) })
}
