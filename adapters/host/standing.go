package host

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"fairline/engine"
)

// Where a ticket stands, in words that may be shown to its customer: no names of others, and what let them go ahead only
// as the policy's own reason.
type (
	placeAnswer struct {
		Ticket  engine.TicketID `json:"ticket"`
		Place   int             `json:"place,omitempty"`
		Of      int             `json:"of"`
		NoPlace string          `json:"no_place,omitempty"`
		Expect  *expectAnswer   `json:"expect,omitempty"`
		Told    *toldAnswer     `json:"told,omitempty"`  // when it was last asked
		Ahead   []aheadAnswer   `json:"ahead,omitempty"` // who went ahead since then, or stands ahead now
		Text    string          `json:"text"`
	}
	expectAnswer struct {
		P50MS int64 `json:"p50_ms"`
		P90MS int64 `json:"p90_ms"`
	}
	toldAnswer struct {
		Place int    `json:"place"`
		At    string `json:"at"`
	}
	aheadAnswer struct {
		Class  string `json:"class"`
		Reason string `json:"reason,omitempty"`
		How    string `json:"how"` // went: it was served; stands: it is before this one now
		Count  int    `json:"count"`
	}
)

// askPlace says where a ticket stands, and why that is worse than it was last told.
func (h *Host) askPlace(m *message) (any, *Refusal) {
	t, refusal := h.meant(m)
	if refusal != nil {
		return nil, refusal
	}
	t = h.book.head(t)
	a := placeAnswer{Ticket: t.Number}
	s, err := h.engine.Place(t.Number, h.clock.now())
	a.Of = s.Of
	switch {
	case t.End != 0:
		a.NoPlace = "it has ended: " + endName(t.End)
	case err != nil:
		a.NoPlace = fmt.Sprint(err)
	case s.Place == 0:
		a.NoPlace = fmt.Sprintf("behind the first %d", engine.PlaceMax)
	default:
		a.Place = s.Place
	}
	if a.Place == 0 {
		a.Text = a.NoPlace
		return a, nil
	}
	h.tell(t, &a)
	return h.expecting(a), nil
}

// tell says what has changed since the ticket was last told its place, and remembers what it is told now.
func (h *Host) tell(t *Ticket, a *placeAnswer) {
	ahead := h.ahead(t.Number)
	if last := h.told.of[t.Number]; last != nil {
		a.Told = &toldAnswer{Place: last.place, At: stamp(last.at)}
		a.Ahead = h.news(t, last, ahead)
	}
	a.Text = fmt.Sprintf("Place %d of %d", a.Place, a.Of)
	for _, x := range a.Ahead {
		how := map[string]string{"went": "went ahead", "stands": "came ahead"}[x.How]
		a.Text += fmt.Sprintf("; %d %s", x.Count, how)
		if x.Reason != "" {
			a.Text += ": " + x.Reason
		}
	}
	h.told.remember(t.Number, &lastTold{place: a.Place, at: h.turn.at, ahead: ahead, starts: h.told.starts})
}

// news counts by class those who were not before a ticket when it was last told, and were served since or are before it now.
func (h *Host) news(t *Ticket, last *lastTold, ahead []engine.TicketID) []aheadAnswer {
	counts := map[aheadAnswer]int{}
	for _, s := range h.told.since(last.starts) {
		if s.ticket != t.Number && !slices.Contains(last.ahead, s.ticket) {
			counts[h.newsOf("went", s.class, s.overtook)]++
		}
	}
	for _, id := range ahead {
		if v, ok := h.engine.Ticket(id); ok && !slices.Contains(last.ahead, id) {
			counts[h.newsOf("stands", v.Class, true)]++
		}
	}
	var list []aheadAnswer
	for x, n := range counts {
		x.Count = n
		list = append(list, x)
	}
	slices.SortFunc(list, func(x, y aheadAnswer) int {
		return cmp.Or(cmp.Compare(y.How, x.How), cmp.Compare(y.Count, x.Count), cmp.Compare(x.Class, y.Class), cmp.Compare(x.Reason, y.Reason))
	})
	return list
}

// elsewhere is the reason of a start that passed nobody whom its agent could have served.
const elsewhere = "served by somebody who could not have served this one"

func (h *Host) newsOf(how string, class engine.ClassID, overtook bool) aheadAnswer {
	x := aheadAnswer{How: how, Class: h.book.class(class), Reason: elsewhere}
	if overtook {
		x.Reason = h.reasonOf(class)
	}
	return x
}

// reasonOf is the reason that lets a class go ahead: its own, else that of the smallest group that has one and has the class
// in it; "" where nothing lets it.
func (h *Host) reasonOf(class engine.ClassID) string {
	p := h.engine.Policy()
	if int(class) >= len(p.Classes) {
		return ""
	}
	reason := p.Classes[class].Reason
	nodes := p.Nodes()
	for i := len(nodes) - 1; i >= 0 && reason == ""; i-- { // members come after their groups
		if holds(nodes[i], class) {
			reason = nodes[i].Reason
		}
	}
	return reason
}

// holds reports whether a class is in a group or in one below.
func holds(n *engine.Node, class engine.ClassID) bool {
	for _, m := range n.Members {
		if m.Group == nil && m.Class == class || m.Group != nil && holds(m.Group, class) {
			return true
		}
	}
	return false
}

// ahead gives who stands before a ticket in the order of service, sorted.
func (h *Host) ahead(id engine.TicketID) []engine.TicketID {
	list, err := h.engine.Ahead(id, h.clock.now())
	if err != nil && !errors.Is(err, engine.ErrProtected) {
		return nil
	}
	slices.Sort(list)
	return list
}
