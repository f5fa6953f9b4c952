package engine

// A ShareReport says what the flows of a Share got against what it promises them.
type ShareReport struct {
	Node    string // its name in the policy
	Field   string // what tells flows apart; empty: they are the members
	Minutes bool   // what is charged is work, in milliseconds, not tickets
	Members []ShareOf
	// Known and Unknown tell how those fared whose value is known, and whose is not: what hiding it pays. Both are zero where flows
	// are members.
	Known, Unknown Heard
	Flows          int // flows with a ticket that waits, or with something charged to them that still counts
}

// A ShareOf is what one member of a Share got.
type ShareOf struct {
	Name   string
	Weight int64 // 0: the flows are values
	Got    int64 // charged since the policy of that name came, in tickets or milliseconds; settled where the work is done
	// Component numbers the members that agents on duty connect: a weight is a promise only among those with the same number. Two
	// members are connected where some agent can serve both. 0: no agent on duty can serve the member.
	Component int
}

// Shares reports on every Share of the policy, in the order of its nodes. It costs O(members x agents' profiles x demands).
func (e *Engine) Shares() []ShareReport {
	var all []ShareReport
	for _, n := range e.sharings() {
		s := n.sharing
		r := ShareReport{Node: n.spec.Name, Field: s.spec.Field, Minutes: s.spec.Minutes, Flows: len(s.by)}
		if s.spec.valued() {
			r.Unknown, r.Known = s.heard[0], s.heard[1]
		}
		components := e.components(n)
		for i := range n.members {
			m := ShareOf{Name: e.memberName(n, i), Got: s.got[i], Component: components[i]}
			if !s.spec.valued() {
				m.Weight = s.spec.Weight[i]
			}
			r.Members = append(r.Members, m)
		}
		all = append(all, r)
	}
	return all
}

func (e *Engine) memberName(n *node, i int) string {
	if g := n.members[i].group; g != nil {
		return g.spec.Name
	}
	return e.policy.Classes[n.members[i].leaf.class].Name
}

// components numbers the members of n: those who share an agent on duty, for anything that was ever asked for, have the same number.
func (e *Engine) components(n *node) []int {
	number := make([]int, len(n.members))
	next := 0
	for _, p := range e.skills.profiles {
		if p.onDuty == 0 {
			continue
		}
		next++
		joined := map[int]bool{next: true}
		for i := range n.members {
			if e.serves(p, &n.members[i]) {
				if number[i] != 0 {
					joined[number[i]] = true
				}
				number[i] = next
			}
		}
		for i := range number {
			if joined[number[i]] {
				number[i] = next
			}
		}
	}
	return renumber(number)
}

// renumber counts components from 1 in the order in which they come.
func renumber(number []int) []int {
	names := map[int]int{0: 0}
	for i, n := range number {
		if _, ok := names[n]; !ok {
			names[n] = len(names)
		}
		number[i] = names[n]
	}
	return number
}

// serves reports whether agents of a profile can serve something that was asked for below b.
func (e *Engine) serves(p *profile, b *branch) bool {
	if b.group != nil {
		for i := range b.group.members {
			if e.serves(p, &b.group.members[i]) {
				return true
			}
		}
		return false
	}
	for d, r := range b.leaf.regs {
		if r != nil && p.cost[d] > 0 {
			return true
		}
	}
	return false
}
