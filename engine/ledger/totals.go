package ledger

import (
	"cmp"
	"slices"

	"fairline/engine"
)

// A Cell is a kind of overtaking: what decided, and who went ahead of whom.
type Cell struct {
	Policy      string // name@hash
	Node        engine.NodeID
	Guard       int8
	Why         engine.Cause
	By, Over    string // classes; By is empty where a miss is about several starts
	ByChannel   string // of the one who went ahead, empty where By is
	OverChannel string
}

// A Sum is how often a kind of overtaking happened.
type Sum struct {
	Cell
	Pairs uint64
}

// Totals are the sums of a ledger.
type Totals struct {
	Entries uint64 // starts and misses
	Pairs   uint64 // overtakings
	// Of the pairs, those that stand against an agent who missed, those that somebody wanted by asking for a ticket or by
	// moving it ahead, those over a ticket that was held for another agent, and those over one that the agent might not take:
	// kept for others by a reserve, or capped.
	Missed, Pulled, Moved, Preferred, Reserved, Capped uint64
	Skill                                              uint64 // passings by skill, of the starts that have an entry
	Room                                               uint64 // passings by room, likewise
	cells                                              map[Cell]uint64
}

// Manual returns the overtakings that no rule of the policy is the reason for, but somebody's wish.
func (t *Totals) Manual() uint64 { return t.Pulled + t.Moved }

func (t *Totals) add(e *Entry) {
	if t.cells == nil {
		t.cells = map[Cell]uint64{}
	}
	t.Entries++
	t.Pairs += uint64(e.Count)
	t.Skill += uint64(e.Skill)
	t.Room += uint64(e.Room)
	p := e.Policy
	if e.Missed {
		t.Missed += uint64(e.Count)
		t.cells[Cell{Policy: PolicyName(p), Guard: -1, Why: engine.ByMiss, Over: p.Classes[e.Class].Name,
			OverChannel: p.Channels[e.Channel].Name}] += uint64(e.Count)
		return
	}
	for i := range e.Rows {
		r := &e.Rows[i]
		switch r.Why {
		case engine.ByPull:
			t.Pulled += uint64(r.Count)
		case engine.ByMove:
			t.Moved += uint64(r.Count)
		case engine.ByPreference:
			t.Preferred += uint64(r.Count)
		case engine.ByReserve:
			t.Reserved += uint64(r.Count)
		case engine.ByCap:
			t.Capped += uint64(r.Count)
		}
		t.cells[Cell{Policy: PolicyName(p), Node: r.Node, Guard: r.Guard, Why: r.Why, By: p.Classes[e.Class].Name,
			Over: p.Classes[r.Class].Name, ByChannel: p.Channels[e.Channel].Name,
			OverChannel: p.Channels[r.Channel].Name}] += uint64(r.Count)
	}
}

// Cells returns the sums, the greatest first.
func (t *Totals) Cells() []Sum {
	var list []Sum
	for c, n := range t.cells {
		list = append(list, Sum{Cell: c, Pairs: n})
	}
	slices.SortFunc(list, func(a, b Sum) int {
		return cmp.Or(cmp.Compare(b.Pairs, a.Pairs), cmp.Compare(a.Policy, b.Policy), cmp.Compare(a.Node, b.Node),
			cmp.Compare(a.Guard, b.Guard), cmp.Compare(a.Why, b.Why), cmp.Compare(a.By, b.By), cmp.Compare(a.Over, b.Over),
			cmp.Compare(a.ByChannel, b.ByChannel), cmp.Compare(a.OverChannel, b.OverChannel))
	})
	return list
}
