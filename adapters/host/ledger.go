package host

import (
	"maps"
	"slices"

	"fairline/engine"
	"fairline/engine/ledger"
)

// LedgerSchema is the version of a LedgerPage.
const LedgerSchema = "fairline.ledger/1"

// linesMax bounds the rows and pairs of one page, so that it fits into a message.
const linesMax = 2000

// What fl.ask.LINE.ledger answers.
type (
	// A LedgerPage is a part of the ledger: entries in order of their numbers.
	LedgerPage struct {
		Schema      string        `json:"schema"`
		Line        string        `json:"line"`
		Total       uint64        `json:"total"`               // entries so far
		Overtakings uint64        `json:"overtakings"`         // pairs so far
		Pulled      uint64        `json:"pulled,omitempty"`    // of those, wanted by an agent who asked for a ticket
		Moved       uint64        `json:"moved,omitempty"`     // wanted by a supervisor
		Preferred   uint64        `json:"preferred,omitempty"` // over a ticket that was held for another agent
		Reserved    uint64        `json:"reserved,omitempty"`  // because the agent was kept for others by a reserve
		Capped      uint64        `json:"capped,omitempty"`    // because the agent had started as many as a cap allows
		Missed      uint64        `json:"missed,omitempty"`    // against an agent who missed an offer
		Entries     []LedgerEntry `json:"entries"`
		Next        uint64        `json:"next,omitempty"` // the number to ask from for more
		Formula     string        `json:"formula,omitempty"`
	}

	// A LedgerEntry is one start that overtook, or one miss.
	LedgerEntry struct {
		Entry   uint64      `json:"entry"`
		Seq     uint64      `json:"seq"`     // frame that entered it
		Decided uint64      `json:"decided"` // frame with the decision
		At      string      `json:"at"`      // when it was entered
		Offered string      `json:"offered"` // when it was decided
		Ticket  *Who        `json:"ticket"`  // who went ahead; of a miss: who was passed
		Class   string      `json:"class"`
		Channel string      `json:"channel"`
		Arrived string      `json:"arrived"`
		Agent   string      `json:"agent"` // who served it; of a miss: who missed it
		Offer   uint64      `json:"offer"`
		Policy  string      `json:"policy"`
		Count   uint32      `json:"count"`
		BySkill uint32      `json:"by_skill,omitempty"`
		ByRoom  uint32      `json:"by_room,omitempty"`
		Missed  bool        `json:"missed,omitempty"`
		Rival   *Who        `json:"rival,omitempty"`      // of a miss: who went ahead, where it is one start
		Beyond  uint32      `json:"over_limit,omitempty"` // so many starts of its class in its window: more than the limit
		Asker   string      `json:"asked_by,omitempty"`   // who pulled the ticket, or moved it ahead
		Wish    string      `json:"wish,omitempty"`       // the reason that was given for that
		Rows    []LedgerRow `json:"rows"`
	}

	// A LedgerRow is those of an entry who are alike, with the reason.
	LedgerRow struct {
		Class   string       `json:"class"`
		Channel string       `json:"channel"`
		Needs   []string     `json:"needs,omitempty"`
		Only    string       `json:"only,omitempty"` // the agent whom they were held for
		Count   uint32       `json:"count"`
		Rule    *Rule        `json:"rule"`
		Reason  string       `json:"reason,omitempty"`
		Winner  *Who         `json:"winner,omitempty"` // of the group that decided
		Keys    *Keys        `json:"keys,omitempty"`
		Pairs   []LedgerPair `json:"pairs,omitempty"`
	}

	// A LedgerPair is one who was overtaken.
	LedgerPair struct {
		Ticket    *Who  `json:"ticket"`
		Able      int   `json:"able"`
		HandledMS int64 `json:"handled_ms"`
		CostMS    int64 `json:"cost_ms"`
		Open      bool  `json:"open,omitempty"` // the cost is not known yet
	}
)

// A pager collects a page.
type pager struct {
	host    *Host
	message *message
	ticket  *Ticket // only entries that it is in; nil: all
	scan    scan
	entries []*ledger.Entry
	lines   int
	next    ledger.Number
	own     own
}

// askLedger gives a page of the ledger.
func (h *Host) askLedger(m *message) (any, *Refusal) {
	p := &pager{host: h, message: m}
	if m.id != "" || m.ticket != 0 {
		t, refusal := h.named(m)
		if refusal != nil {
			return nil, refusal
		}
		p.ticket, p.own = t, newOwn(t.Number)
	}
	if err := p.collect(); err != nil {
		h.log.Error("a question could not be answered from the journal", "error", err)
		return nil, refuse(Internal, "ledger: %v", err)
	}
	sums := h.book.index.Book().Totals()
	page := LedgerPage{Schema: LedgerSchema, Line: h.cfg.Line, Total: uint64(h.book.index.Book().Number()),
		Overtakings: h.engine.Counts().Overtakings, Pulled: sums.Pulled, Moved: sums.Moved, Preferred: sums.Preferred, Reserved: sums.Reserved, Capped: sums.Capped,
		Missed: sums.Missed, Entries: []LedgerEntry{}, Next: uint64(p.next)}
	for _, e := range p.entries {
		page.Entries = append(page.Entries, h.describeEntry(e))
	}
	if m.pairs {
		page.Formula = costFormula
		if err := p.expand(page.Entries); err != nil {
			return nil, refuse(Internal, "ledger: %v", err)
		}
	}
	return page, nil
}

// from is the first number wanted.
func (p *pager) from() ledger.Number { return ledger.Number(max(1, p.message.from)) }

// collect reads the entries of the page.
func (p *pager) collect() error {
	x := &p.host.book.index
	stop := x.Find(p.from())
	var ids []engine.TicketID
	if p.ticket != nil {
		if at := x.FindFrame(p.host.first(x.Contacts(p.ticket.Number))); at.Number > stop.Number {
			stop = at
		}
		ids = x.Contacts(p.ticket.Number)
	}
	watch, from := x.Watch(stop.From, ids...)
	p.scan = scan{watch: watch, stop: stop, begin: p.begin, hear: p.hear}
	full, err := p.scan.run(p.host.cfg.Log, from)
	if !full && p.next == 0 {
		p.next = watch.Book().Number() + 1
	}
	return err
}

// begin reports whether the page is not full yet, and the ticket may still be in an entry.
func (p *pager) begin(seq uint64) bool {
	open, _ := p.scan.watch.Pending()
	return p.next == 0 && (p.ticket == nil || !p.own.ended || open > 0)
}

// hear takes the entries that are wanted.
func (p *pager) hear(ev *engine.Event, e *ledger.Entry, by []*ledger.Passing) {
	if p.ticket != nil {
		p.own.hear(p.scan.watch, ev)
	}
	if e == nil || e.Number < p.from() {
		return
	}
	if p.ticket != nil && !p.own.has(e.Ticket) && !slices.ContainsFunc(by, func(b *ledger.Passing) bool { return b.Row != nil && p.own.has(b.Over) }) {
		return
	}
	if p.lines += 1 + len(e.Rows); p.message.pairs {
		p.lines += int(e.Count)
	}
	if p.next != 0 || len(p.entries) == limitOf(p.message) || p.lines > linesMax && len(p.entries) > 0 {
		if p.next == 0 {
			p.next = e.Number
		}
		return
	}
	p.entries = append(p.entries, e)
}

func (h *Host) describeEntry(e *ledger.Entry) LedgerEntry {
	a := LedgerEntry{Entry: uint64(e.Number), Seq: e.Entered, Decided: e.Decided, At: stamp(e.Accepted), Offered: stamp(e.Offered),
		Ticket: h.book.who(e.Ticket), Class: e.Policy.Classes[e.Class].Name, Channel: e.Policy.Channels[e.Channel].Name,
		Arrived: stamp(e.Place.Arrived), Agent: h.book.Agent(e.Agent), Offer: uint64(e.Offer), Policy: e.PolicyName(),
		Count: e.Count, BySkill: e.Skill, ByRoom: e.Room, Missed: e.Missed, Rival: h.book.who(e.Rival), Beyond: e.Beyond,
		Asker: h.book.person(e.Asker), Wish: h.book.Word(e.Wish), Rows: []LedgerRow{}}
	for i := range e.Rows {
		r := &e.Rows[i]
		a.Rows = append(a.Rows, LedgerRow{Class: e.Policy.Classes[r.Class].Name, Channel: e.Policy.Channels[r.Channel].Name,
			Needs: h.texts(r.Needs), Count: r.Count, Rule: h.book.ruleOf(e, r), Reason: e.ReasonOf(r),
			Only:   h.book.person(r.Only),
			Winner: h.book.who(r.Winner), Keys: keys(e, r)})
	}
	return a
}

// expand names those who were overtaken. Whom the line does not remember any more is missing.
func (p *pager) expand(page []LedgerEntry) error {
	wanted := map[uint64]*LedgerEntry{}
	for i := range page {
		wanted[page[i].Offer] = &page[i]
	}
	from, ids := p.candidates()
	if len(ids) == 0 {
		return nil
	}
	watch, at := p.host.book.index.Watch(from, ids...)
	last := page[len(page)-1].Seq
	var found []*ledger.Passing
	s := scan{watch: watch, stop: ledger.Stop{}, begin: func(seq uint64) bool {
		_, working := watch.Pending()
		return seq <= last || working > 0
	}, hear: func(_ *engine.Event, _ *ledger.Entry, by []*ledger.Passing) {
		for _, b := range by {
			if e := wanted[uint64(b.Entry.Offer)]; b.Row != nil && e != nil && !e.Missed {
				found = append(found, b)
			}
		}
	}}
	if _, err := s.run(p.host.cfg.Log, at); err != nil {
		return err
	}
	for _, b := range found {
		cost, known := b.Cost()
		pair := LedgerPair{Ticket: p.host.book.who(b.Over), Able: b.Able, Open: !known}
		if known {
			pair.HandledMS, pair.CostMS = millis(b.Handled), millis(cost)
		}
		for i := range b.Entry.Rows {
			if &b.Entry.Rows[i] == b.Row {
				row := &wanted[uint64(b.Entry.Offer)].Rows[i]
				row.Pairs = append(row.Pairs, pair)
			}
		}
	}
	return nil
}

// candidates are the tickets that may stand in a row of the page, with all their contacts, and the frame that accepted the
// first of them.
func (p *pager) candidates() (from uint64, ids []engine.TicketID) {
	set := map[engine.TicketID]bool{}
	for _, t := range p.host.book.tickets {
		for _, e := range p.entries {
			if t.Seq > e.Decided || t.End != 0 && t.EndSeq < e.Decided || e.Missed {
				continue
			}
			place := engine.Place{Arrived: t.Arrived, Seq: t.Number}
			if !slices.ContainsFunc(e.Rows, func(r ledger.Row) bool { return !place.Before(r.From) && place.Before(r.Before) }) {
				continue
			}
			set[t.Number] = true
		}
	}
	ids = p.host.book.index.Contacts(slices.Collect(maps.Keys(set))...)
	return p.host.first(ids), ids
}
