package host

import (
	"fairline/engine"
	"fairline/engine/ledger"
)

// SharesSchema is the version of Shares.
const SharesSchema = "fairline.shares/1"

// sharesNote is beside how those fared whose value is known and whose is not.
const sharesNote = "no controlled comparison: those whose value is known and those whose value is not may differ in other ways too"

// What fl.ask.LINE.shares answers.
type (
	// Shares says what each member of a share got against what it is promised.
	Shares struct {
		Schema string        `json:"schema"`
		Line   string        `json:"line"`
		Policy string        `json:"policy"` // name@hash
		Groups []GroupShares `json:"groups"` // that have the order share, in the order of the policy
	}

	// GroupShares is one group whose order is a share.
	GroupShares struct {
		Group   string        `json:"group"`
		By      string        `json:"by,omitempty"` // what tells the flows apart, where they are not the members
		Charge  string        `json:"charge"`       // tickets or minutes
		Members []MemberShare `json:"members"`
		Flows   int           `json:"flows"`             // that have somebody who waits, or something charged that still counts
		Known   *Heard        `json:"known,omitempty"`   // how those fared whose value is known
		Unknown *Heard        `json:"unknown,omitempty"` // and whose is not
		Note    string        `json:"note,omitempty"`
	}

	// A MemberShare is what a member got. A weight is a promise only among those with the same component: agents on duty connect
	// them. Parts are of what those got together.
	MemberShare struct {
		Name      string   `json:"name"`
		Weight    int64    `json:"weight,omitempty"`
		Component int      `json:"component"`          // 0: no agent on duty can serve it
		Promised  *float64 `json:"promised,omitempty"` // percent; absent: nothing is promised
		Got       float64  `json:"got"`                // tickets or minutes, since the policy of that name came
		Part      *float64 `json:"part,omitempty"`     // percent; absent: nobody got anything
	}

	// Heard is how some fared.
	Heard struct {
		Starts   uint64   `json:"starts"`
		WaitedMS int64    `json:"waited_ms"` // all of them together, on the line's clock
		WaitMS   int64    `json:"mean_wait_ms"`
		Behind   *float64 `json:"mean_behind,omitempty"` // absent with a half-life; by how many tickets, or minutes, their turn came after the first that was possible
	}
)

// askShares reports on every share of the policy in force.
func (h *Host) askShares(*message) (any, *Refusal) {
	a := Shares{Schema: SharesSchema, Line: h.cfg.Line, Policy: ledger.PolicyName(h.engine.Policy()), Groups: []GroupShares{}}
	for _, r := range h.engine.Shares() {
		g := groupShares(&r)
		if fades(h.engine.Policy(), r.Node) && g.Known != nil {
			g.Known.Behind, g.Unknown.Behind = nil, nil
		}
		a.Groups = append(a.Groups, g)
	}
	return a, nil
}

// fades reports whether a group forgets what its members got: then how far behind they are is in the worth of another time.
func fades(p *engine.Policy, group string) bool {
	for _, n := range p.Nodes() {
		if o, ok := n.Order.(engine.Share); ok && n.Name == group {
			return o.HalfLife > 0
		}
	}
	return false
}

func groupShares(r *engine.ShareReport) GroupShares {
	g := GroupShares{Group: r.Node, By: r.Field, Charge: "tickets", Members: []MemberShare{}, Flows: r.Flows}
	unit := 1.0
	if r.Minutes {
		g.Charge, unit = "minutes", float64(engine.Minute/engine.Millisecond)
	}
	weights, got := map[int]float64{}, map[int]float64{}
	for _, m := range r.Members {
		weights[m.Component] += float64(m.Weight)
		got[m.Component] += float64(m.Got)
	}
	for _, m := range r.Members {
		s := MemberShare{Name: m.Name, Weight: m.Weight, Component: m.Component, Got: float64(m.Got) / unit}
		if m.Component > 0 && m.Weight > 0 {
			s.Promised = percent(float64(m.Weight), weights[m.Component])
		}
		if m.Component > 0 {
			s.Part = percent(float64(m.Got), got[m.Component])
		}
		g.Members = append(g.Members, s)
	}
	if r.Known.Starts+r.Unknown.Starts > 0 {
		g.Known, g.Unknown, g.Note = heard(r.Known, unit), heard(r.Unknown, unit), sharesNote
	}
	return g
}

// percent is a part of all in percent; nil where there is nothing.
func percent(part, all float64) *float64 {
	if all <= 0 {
		return nil
	}
	p := 100 * part / all
	return &p
}

func heard(x engine.Heard, unit float64) *Heard {
	h := &Heard{Starts: x.Starts, WaitedMS: millis(x.Waited)}
	if x.Starts > 0 {
		h.WaitMS = millis(x.Waited) / int64(x.Starts)
		behind := float64(x.Behind) / 1000 / unit / float64(x.Starts)
		h.Behind = &behind
	}
	return h
}
