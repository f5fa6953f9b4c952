package run

import (
	"fairline/engine"
	"fairline/simulations/dist"
	"fairline/simulations/scenario"
	"fairline/simulations/stream"
)

// A visit is one time a customer comes: the source whose laws hold now, and whose customer it is.
type visit struct {
	source  int32  // whose laws hold
	origin  int32  // where the customer began
	index   uint64 // there
	attempt uint8
}

// number is a random number of a visit.
func (p *Player) number(v visit, of purpose) float64 {
	return p.u(p.doors[v.origin].flow[of].Sub(uint64(v.attempt)), v.index)
}

// factor is the normal quantile of the customer's hidden factor.
func (p *Player) factor(v visit) float64 {
	return dist.Normal01(p.u(p.doors[v.origin].flow[forFactor], v.index))
}

// fill draws what the customer of a visit carries, into the door's facts and the slot.
func (p *Player) fill(v visit, x *slot) *engine.Facts {
	src, d := &p.model.sources[v.source], &p.doors[v.source]
	x.Channel, x.Action, x.Need = src.channel, 0, uint8(len(p.model.Scenario.Needs))
	f := &d.facts
	if !src.plain {
		*f = src.facts
	}
	f.Arrived = p.now
	z := 0.0
	if src.coupled {
		z = p.factor(v)
	}
	for i := range src.attrs {
		p.carry(v, x, f, i, z)
	}
	if src.plain {
		if p.cohorts {
			x.Cohorts = p.cohortsOf(v, x)
		}
		return f
	}
	if r := src.row(v); r >= 0 {
		for k := range src.rows[r] {
			p.say(x, f, &src.rows[r][k])
		}
	}
	for i, n := range src.skills {
		if p.u(p.stream(v, d.skills, i, src.spec.Skills[i].Skill, forSkill), v.index) < n.p {
			f.Needs[f.NeedsLen] = n.word
			f.NeedsLen++
		}
	}
	p.identify(v, src, f)
	if src.actions != nil {
		p.act(v, x, f, p.choose(v, src))
	}
	if p.cohorts {
		x.Cohorts = p.cohortsOf(v, x)
	}
	return f
}

// stream is the stream for something that a customer carries by a name. It belongs to the customer: who comes again, by
// another channel, carries the same of what has the same name.
func (p *Player) stream(v visit, list []stream.Base, i int, name string, of uint64) stream.Base {
	if v.attempt == 0 {
		return list[i]
	}
	return stream.Of(p.model.options.Seed, p.replication, p.model.sources[v.origin].spec.Name+"\x00"+name, of)
}

// carry draws attribute i.
func (p *Player) carry(v visit, x *slot, f *engine.Facts, i int, z float64) {
	a := &p.model.sources[v.source].attrs[i]
	u := coupled(p.u(p.stream(v, p.doors[v.source].attrs, i, a.spec.Name, forAttribute), v.index), z, a.spec.Factor)
	var num int64
	var has bool
	if a.spec.Values == nil {
		p.drawn[i] = int64(a.spec.Law.Quantile(u) + 0.5)
		if a.slot.Index >= 0 {
			num, has, _ = a.slot.Whole(p.drawn[i]) // of that type: asked when the model was made
		}
	} else {
		k := 0
		for k < len(a.upTo)-1 && u >= a.upTo[k] {
			k++
		}
		p.drawn[i], num, has = int64(k), a.numbers[k], a.has[k]
		if i == p.model.sources[v.source].need {
			x.Need = a.needs[k]
		}
	}
	set(f, a.slot.Index, num, has)
}

func set(f *engine.Facts, index int, num int64, has bool) {
	switch {
	case index < 0:
	case has:
		f.Attrs[index] = num
		f.Has |= 1 << index
	default:
		f.Attrs[index] = 0
		f.Has &^= 1 << index
	}
}

// identify draws who the customer is, and a date of the ticket's own.
func (p *Player) identify(v visit, src *source, f *engine.Facts) {
	spec := src.spec
	if spec.Known > 0 && p.u(p.doors[v.origin].flow[forKnown], v.index) < spec.Known {
		who := v.index
		if spec.Customers > 0 {
			who = uint64(p.u(p.doors[v.origin].flow[forCustomer], v.index) * float64(spec.Customers))
		}
		f.Customer = engine.Word(stream.Of(0, uint64(v.origin), "customer", who)) | 1
	}
	if spec.Due != nil {
		f.Due = p.now.Add(seconds(spec.Due.Quantile(p.number(v, forDue))))
	}
}

// choose returns which action the customer takes.
func (p *Player) choose(v visit, src *source) int {
	if fl := p.play.Flip; fl != nil && fl.Source == int(v.origin) && v.source == v.origin && fl.Index == v.index {
		return fl.Action
	}
	u := p.u(p.doors[v.origin].flow[forAction], v.index)
	for i := range src.actions {
		share := src.actions[i].spec.Share
		if s := p.play.Shares; s != nil && s[v.source] != nil {
			share = s[v.source][i]
		}
		if u < share {
			return i
		}
		u -= share
	}
	return 0
}

// act does what the action says to the ticket.
func (p *Player) act(v visit, x *slot, f *engine.Facts, i int) {
	a := &p.model.sources[v.source].actions[i]
	x.Action, x.Channel = uint8(i), a.channel
	f.Channel = engine.ChannelID(a.channel)
	for k := range a.sets {
		p.say(x, f, &a.sets[k])
	}
}

// say gives a ticket an attribute that was not drawn.
func (p *Player) say(x *slot, f *engine.Facts, s *setting) {
	set(f, s.index, s.num, s.has)
	if s.name == "need" {
		x.Need = p.model.rank(s.value)
	}
}

// work draws how long a started ticket takes, with the agent who has it.
func (p *Player) work(x *slot) engine.Duration {
	v, a := x.visit(), &p.model.agents[x.Agent]
	src := &p.model.sources[x.Source]
	span, of := &src.spec.Handling, forHandling
	if x.tries > 0 {
		span, of = &src.spec.Transfer.Handling, forTransferred
		if span.Law == nil {
			span = &src.spec.Handling
		}
	} else if r := src.row(v); r >= 0 && src.spec.Arrivals.Trace.Rows[r].Handling >= 0 {
		return src.spec.Arrivals.Trace.Rows[r].Handling
	}
	u := 0.0
	if p.model.options.BySlot {
		u = p.u(p.bySlot, p.starts)
	} else {
		u = p.number(v, of)
	}
	return seconds(p.quantile(v, span, a.spec.Name, x.Arrived, u) * a.slower)
}

// quantile draws a span for a visit.
func (p *Player) quantile(v visit, s *scenario.Span, group string, arrived engine.Instant, u float64) float64 {
	l := s.Law
	if s.ByGroup != nil || s.Periods != nil {
		l = law(s, group, arrived.Sub(p.model.Scenario.Starts))
	}
	if l == nil {
		return 0
	}
	if s.Factor != 0 {
		u = coupled(u, p.factor(v), s.Factor)
	}
	return l.Quantile(u)
}

func (x *slot) visit() visit {
	return visit{source: int32(x.Source), origin: x.origin, index: uint64(x.Index), attempt: x.Attempt}
}

// wrap draws the work after the customer has gone.
func (p *Player) wrap(x *slot) engine.Duration {
	s := &p.model.sources[x.Source].spec.Wrap
	if s.Law == nil && s.ByGroup == nil && s.Periods == nil {
		return 0
	}
	v := x.visit()
	return seconds(p.quantile(v, s, p.model.agents[x.Agent].spec.Name, x.Arrived, p.number(v, forWrap)))
}

// patience draws how long the customer waits. Who waits from the beginning has waited so long already: theirs is that of those who
// do, and none longer where nobody would.
func (p *Player) patience(x *slot) engine.Duration {
	src := &p.model.sources[x.Source]
	spec := &src.spec.Patience
	if r := src.row(x.visit()); r >= 0 && src.spec.Arrivals.Trace.Rows[r].Patience >= 0 {
		return src.spec.Arrivals.Trace.Rows[r].Patience
	}
	v, age := x.visit(), p.now.Sub(x.Arrived)
	if age == 0 && x.state != rings && spec.AtOnce > 0 && p.number(v, forLeavingAtOnce) < spec.AtOnce {
		return 0
	}
	if spec.Law == nil && spec.Periods == nil {
		return engine.None
	}
	quantile := func(u float64) engine.Duration { return seconds(p.quantile(v, &spec.Span, "", x.Arrived, u)) }
	if age == 0 {
		return quantile(p.number(v, forPatience))
	}
	return beyond(quantile, age, p.number(v, forPatience))
}

// beyond is the u-quantile of the part of a law that is longer than an age; the age itself where nothing is.
func beyond(quantile func(float64) engine.Duration, age engine.Duration, u float64) engine.Duration {
	const most = 1 - 0x1p-53
	low, high := 0.0, most // the part of the law up to the age lies between
	if quantile(most) <= age {
		return age
	}
	for range 64 {
		if mid := (low + high) / 2; mid == 0 || quantile(mid) > age {
			high = mid
		} else {
			low = mid
		}
	}
	return max(age, quantile(min(high+(1-high)*u, most)))
}

// cohortsOf says to which cohorts a ticket belongs, by what was drawn last.
func (p *Player) cohortsOf(v visit, x *slot) (mask uint32) {
	for i := range p.model.Scenario.Cohorts {
		if p.belongs(v, x, &p.model.Scenario.Cohorts[i]) {
			mask |= 1 << i
		}
	}
	return mask
}

func (p *Player) belongs(v visit, x *slot, c *scenario.Cohort) bool {
	src := &p.model.sources[v.source]
	if c.Sources != nil && !contains(c.Sources, int(v.source)) || c.Channels != nil && !contains(c.Channels, p.model.Shape.Channels[x.Channel]) {
		return false
	}
	if c.Actions != nil && (src.actions == nil || !contains(c.Actions, src.actions[x.Action].spec.Name)) {
		return false
	}
	if c.Attribute == "" {
		return true
	}
	if s := src.said(v, x, c.Attribute); s != nil {
		return c.Values != nil && contains(c.Values, s.value) || c.Values == nil && within(c, s.num)
	}
	for i := range src.attrs {
		if a := src.attrs[i].spec; a.Name == c.Attribute {
			return c.Values != nil && a.Values != nil && contains(c.Values, a.Values[p.drawn[i]].Value) ||
				c.Values == nil && a.Values == nil && within(c, p.drawn[i])
		}
	}
	return false
}

func within(c *scenario.Cohort, n int64) bool {
	return (c.AtLeast == nil || n >= *c.AtLeast) && (c.AtMost == nil || n <= *c.AtMost)
}

func contains[T comparable](list []T, x T) bool {
	for _, y := range list {
		if x == y {
			return true
		}
	}
	return false
}
