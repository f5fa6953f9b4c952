package worst_test

import (
	"fmt"
	"slices"
	"strings"
)

// moving is a random order that ranks anew at each decision.
func (g *grower) moving(members []string) string {
	weight := func() string { return fmt.Sprint(1 + g.r.IntN(5)) }
	switch g.r.IntN(9) {
	case 0:
		return g.accumulate(members)
	case 1, 2:
		of := []string{"wait", "queue"}[g.r.IntN(2)]
		price := func() string { return fmt.Sprintf("%s x %s^%d", weight(), of, 1+g.r.IntN(3)) }
		return fmt.Sprintf("{cost: %s, of: %s, per: %s}", g.each(members, price), of, []string{"second", "minute"}[g.r.IntN(2)])
	case 3:
		return "{waiting_mix: " + g.mix(members) + "}"
	case 4:
		lot := ""
		if !slices.ContainsFunc(members, func(m string) bool { return m[0] == 'g' }) {
			lot = []string{"", ", lot: ticket"}[g.r.IntN(2)]
		}
		return fmt.Sprintf("{draw: %s, seed: %d%s}", g.each(members, weight), g.r.IntN(100), lot)
	case 5:
		return "{last_in: [" + strings.Join(members, ", ") + "]}"
	}
	return g.share(members)
}

func (g *grower) accumulate(members []string) string {
	return "{accumulate: " + g.each(members, func() string { return fmt.Sprint(1 + g.r.IntN(5)) }) + "}"
}

// mix is a percentage for each, together 100.
func (g *grower) mix(members []string) string {
	left, i := 100, 0
	return g.each(members, func() string {
		v := []int{g.r.IntN(left + 1), 0, left}[g.r.IntN(3)]
		if i++; i == len(members) {
			v = left
		}
		left -= v
		return fmt.Sprintf("%d%%", v)
	})
}

func (g *grower) share(members []string) string {
	weight := func() string { return fmt.Sprint(1 + g.r.IntN(3)) }
	how, charge := "", []string{"tickets", "minutes"}[g.r.IntN(2)]
	switch g.r.IntN(4) {
	case 0:
		how = ", half_life: " + []string{"90s", "1h"}[g.r.IntN(2)]
	case 1:
		how, charge = ", at: arrival", "tickets"
	}
	group := slices.ContainsFunc(members, func(m string) bool { return m[0] == 'g' }) // it cannot be cut into flows
	if group || g.r.IntN(3) > 0 {
		return fmt.Sprintf("{share: %s, charge: %s%s}", g.each(members, weight), charge, how)
	}
	by := []string{"channel", "firm, unknown: alone", "firm, unknown: together", "firm, unknown: average", "customer, unknown: together"}[g.r.IntN(5)]
	if by == "firm, unknown: average" {
		how = ""
	}
	return fmt.Sprintf("{share: equal, by: %s, charge: %s%s}", by, charge, how)
}

// granting is a random protection that gives turns away.
func (g *grower) granting(members []string) string {
	if g.r.IntN(2) == 0 {
		return fmt.Sprintf("{budget: 1 in %d", 2+g.r.IntN(4))
	}
	parts := fmt.Sprintf("%d%%", 1+g.r.IntN(100/len(members)))
	if g.r.IntN(2) == 0 {
		parts = g.each(members[:1+g.r.IntN(min(2, len(members)))], func() string { return fmt.Sprintf("%d%%", 1+g.r.IntN(50)) })
	}
	return fmt.Sprintf("{min_share: %s, charge: %s, over: %s", parts, []string{"tickets", "minutes"}[g.r.IntN(2)], []string{"30s", "5m"}[g.r.IntN(2)])
}

// agents keeps some free, holds them back, and says who is chosen.
func (g *grower) agents(classes []string) string {
	out := ""
	if g.r.IntN(4) == 0 && len(classes) > 1 {
		out += fmt.Sprintf("reserve: [{agents: %d, skill: spare, for: [%s]}]\n", 1+g.r.IntN(2), strings.Join(classes[:1+g.r.IntN(len(classes)-1)], ", "))
	}
	rules := []string{"longest_idle", "least_occupied", "most_free_capacity", "fullest_first", "fewest_skills", "fastest", "ordered_list, list: [a]",
		"idleness_ratio", "random, seed: 1"}
	out += "agents: {choose: " + rules[g.r.IntN(len(rules))]
	if g.r.IntN(4) == 0 {
		out += fmt.Sprintf(", caps: [{classes: [%s], starts: %d, per: 30s}]", classes[g.r.IntN(len(classes))], 1+g.r.IntN(3))
	}
	return out + "}\n"
}
