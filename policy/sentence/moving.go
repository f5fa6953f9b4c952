package sentence

import (
	"fmt"
	"strings"

	"fairline/engine"
	"fairline/policy/outline"
	"fairline/policy/worst"
)

// This file says the orders in which who is first can change while nobody comes or goes.

// weighed are the members of a node with a weight each, equal ones together, the greatest first.
func (s *speaker) weighed(n *outline.Node, weight []int64) []rank {
	ranks := s.numbers(n, func(i int) int64 { return -weight[i] }, 0)
	for i := range ranks {
		ranks[i].v = -ranks[i].v
	}
	return ranks
}

func (s *speaker) accumulate(n *outline.Node, o *engine.Accumulate) {
	ranks := s.weighed(n, o.Rate)
	for i, a := range ranks {
		for _, b := range ranks[i+1:] {
			part := worst.Part{Num: a.v - b.v, Den: a.v}
			hour := engine.Duration(int64(engine.Hour/engine.Second)*part.Num/part.Den) * engine.Second
			s.say(n.Line, "a wait in %s counts %s one in %s: %s passes one of %s that has waited 1 h only if it came in the first %s (%s) of that wait, and so for any wait",
				outline.And(a.names), times(a.v, b.v), outline.And(b.names), aTicket(a.names), strings.Join(b.names, " or "), outline.Say(hour), part)
		}
	}
	if len(ranks) == 1 {
		s.say(n.Line, "%sit is first come, first served", s.among(n))
		return
	}
	s.say(n.Line, "tickets whose waits count the same are served first come, first served")
}

// times is how a compares with b: 4 times, or 4/3 of.
func times(a, b int64) string {
	if a%b == 0 {
		return fmt.Sprintf("%d times", a/b)
	}
	return worst.Part{Num: a, Den: b}.String() + " of"
}

// aTicket is a ticket of one of some names.
func aTicket(names []string) string { return "a ticket of " + strings.Join(names, " or ") }

func (s *speaker) cost(n *outline.Node, o *engine.Cost) {
	s.say(n.Line, "%sthe ticket is next whose waiting costs most just now, for each minute of work that the agent needs for it", s.among(n))
	unit := map[engine.Duration]string{engine.Second: "second", engine.Minute: "minute", engine.Hour: "hour"}[o.Per]
	for i, m := range n.Members {
		name, w, p := s.tree.MemberName(m), o.Weight[i], o.Power[i]
		all, more := w, w*int64(p) // of 10 units, and the slope there
		for range p {
			all *= 10
		}
		for range p - 1 {
			more *= 10
		}
		switch {
		case p == 1 && o.Queue:
			s.say(n.Line, "each ticket of %s that waits costs %d, however many there are", name, w)
		case o.Queue:
			s.say(n.Line, "10 waiting tickets of %s cost %d together, and about %d for each more: the longer its queue, the sooner it is next", name, all, more)
		case p == 1:
			s.say(n.Line, "each %s that a ticket of %s waits costs %d, however long it has waited", unit, name, w)
		default:
			s.say(n.Line, "a ticket of %s that has waited 10 %ss has cost %d, and costs about %d in the next %s: the longer it waits, the dearer", name, unit, all, more, unit)
		}
	}
}

func (s *speaker) waitingMix(n *outline.Node, o *engine.WaitingMix) {
	var parts []string
	for i, m := range n.Members {
		parts = append(parts, fmt.Sprintf("%s should be %d %%", s.tree.MemberName(m), o.Percent[i]))
	}
	s.say(n.Line, "of all tickets that wait in %s, %s: whoever is most above that is next", s.where(n), outline.And(parts))
	s.say(n.Line, "more percent is a longer queue, not more service")
}

func (s *speaker) draw(n *outline.Node, o *engine.Draw) {
	all, parts := int64(0), []string{}
	for _, w := range o.Weight {
		all += w
	}
	for i, m := range n.Members {
		parts = append(parts, fmt.Sprintf("%s has %d of %d chances", s.tree.MemberName(m), o.Weight[i], all))
	}
	if o.PerTicket {
		for i := range parts {
			name, w := s.tree.MemberName(n.Members[i]), o.Weight[i]
			parts[i] = fmt.Sprintf("one of %s %d", name, w)
			if i == 0 {
				parts[i] = fmt.Sprintf("a ticket of %s has %s", name, outline.Count(int(w), "lot", "lots"))
			}
		}
		s.say(n.Line, "%sthe next is drawn by lot among all tickets, whenever they came: %s", s.among(n), outline.And(parts))
		return
	}
	s.say(n.Line, "%sthe next is drawn by lot: where everybody has somebody, %s", s.among(n), outline.And(parts))
	s.say(n.Line, "of whoever is drawn the first in its own order is served; who has bad luck can wait for any time")
}

func (s *speaker) share(n *outline.Node, o *engine.Share) {
	of := "tickets served"
	if o.Minutes {
		of = "minutes of work"
	}
	switch {
	case o.Weight != nil:
		s.shares(n, o.Weight, of)
	case o.Customer:
		s.say(n.Line, "%severy customer of whom a ticket waits gets the same number of %s, however many they have", s.among(n), of)
	case o.WeightBy > 0:
		s.say(n.Line, "%severy %s of which a ticket waits gets its part of the %s: %s", s.among(n), n.By, of, s.proportions(n))
	default:
		s.say(n.Line, "%severy %s of which a ticket waits gets the same number of %s, however many it has", s.among(n), n.By, of)
	}
	switch {
	case o.AtArrival:
		s.say(n.Line, "the turn of a ticket is fixed when it comes, and is lost if it goes")
	case o.HalfLife > 0:
		s.say(n.Line, "whoever got least for its part is next; what was got %s ago counts half", s.span(int64(o.HalfLife)))
	default:
		s.say(n.Line, "whoever got least for its part is next; nobody saves up turns while none of their tickets waits")
	}
	s.unknown(n, o)
}

func (s *speaker) shares(n *outline.Node, weight []int64, of string) {
	ranks := s.weighed(n, weight)
	if len(ranks) == 1 {
		if len(n.Members) > 1 {
			s.say(n.Line, "%s get equal parts of the %s while tickets of all wait", outline.And(s.members(n)), of)
		}
		return
	}
	for i, a := range ranks[:len(ranks)-1] {
		b := ranks[i+1]
		s.say(n.Line, "while tickets of all wait, %s gets %s the %s of %s", eachOf(a.names), times(a.v, b.v), of, eachOf(b.names))
	}
}

func eachOf(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return "each of " + outline.And(names)
}

// where is what a node is called in a sentence.
func (s *speaker) where(n *outline.Node) string {
	if n.Up < 0 {
		return "the line"
	}
	return n.Name
}

// proportions are the weights of the values of a field.
func (s *speaker) proportions(n *outline.Node) string {
	var parts []string
	for _, v := range n.Table.Values {
		parts = append(parts, fmt.Sprintf("%s %d", v.Name, v.Number))
	}
	if !n.Table.Whole {
		parts = append(parts, fmt.Sprintf("any other %d", max(n.Table.Rest, 1)))
	}
	return outline.And(parts)
}

func (s *speaker) unknown(n *outline.Node, o *engine.Share) {
	if n.By != "" && !o.Customer && s.tree.Text("attributes", n.By, "type") != "string" {
		return // it is always known
	}
	who, what := "whose "+n.By+" is not known", "as one "+n.By
	if o.Customer {
		who, what = "whose customer is not verified", "as one customer"
	}
	switch o.Unknown {
	case engine.UnknownAlone:
		s.say(n.Line, "a ticket %s counts alone, as if it were the only one of its sender", who)
	case engine.UnknownTogether:
		s.say(n.Line, "all tickets %s count together, %s", who, what)
	case engine.UnknownAverage:
		s.say(n.Line, "a ticket %s is treated as the others fared on average", who)
	}
}
