package main

import (
	"strings"
	"time"

	"fairline/adapters/host"
	"fairline/adapters/natsbus"
	"fairline/adapters/player"
	"fairline/engine"
	"fairline/engine/journal"
)

// A dayAudit reads a journal as it was written, with no engine.
type dayAudit struct {
	d       *day
	events  map[engine.EventKind]int
	ends    map[engine.EndKind]int
	over    map[engine.TicketID]int
	offered map[engine.TicketID]engine.OfferID // ringing
	with    map[engine.TicketID]engine.OfferID // accepted
	works   map[engine.AgentID]engine.OfferID
	most    int // events of a turn
}

// audit verifies the store, and compares the journal with what the player and the others did.
func (d *day) audit(r player.Result) {
	cfg := defaultConfig()
	cfg.Store = d.store
	v, err := verifyStore(d.t.Context(), cfg)
	if err != nil || !v.OK || !v.Counted || v.Starts == 0 {
		d.t.Errorf("verify: %v: %+v", err, v)
	}
	d.t.Logf("verified: %d frames in %d epochs, %d inputs decided again, %d events byte for byte, %d digests, %d starts, "+
		"%d overtakings counted by hand (%d against agents who missed)", v.Frames, v.Epochs, v.Inputs, v.Events, v.Digests,
		v.Starts, v.Overtakings, v.Missed)
	if want := uint64(len(d.ready)) + 1; v.Epochs != want {
		d.t.Errorf("%d epochs, want one for each of %d starts", v.Epochs, want)
	}
	a := &dayAudit{d: d, events: map[engine.EventKind]int{}, ends: map[engine.EndKind]int{}, over: map[engine.TicketID]int{},
		offered: map[engine.TicketID]engine.OfferID{}, with: map[engine.TicketID]engine.OfferID{},
		works: map[engine.AgentID]engine.OfferID{}}
	a.read()
	a.compare(r)
}

func (a *dayAudit) read() {
	t := a.d.t
	bus, err := natsbus.Open(t.Context(), natsbus.Config{StoreDir: a.d.store})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = bus.Close() }()
	config := natsbus.JournalConfig{Generation: 1}
	log, err := bus.OpenJournal(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	err = journal.Replay(t.Context(), log, &journal.Chain{Stream: config.Stream(), Generation: 1}, func(seq uint64, f *journal.Frame) error {
		a.most = max(a.most, len(f.Events))
		for _, b := range f.Events {
			ev, err := engine.DecodeEvent(b)
			if err != nil {
				return err
			}
			a.follow(seq, &ev)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	c, err := host.Recount(t.Context(), log, &journal.Chain{Stream: config.Stream(), Generation: 1})
	if err != nil {
		t.Fatal(err)
	}
	causes := map[string]uint64{}
	for _, cell := range c.Cells {
		causes[dayCause(cell.Why)] += cell.Pairs
	}
	t.Logf("overtakings: %s", sums(causes))
}

func dayCause(why engine.Cause) string {
	if name, ok := map[engine.Cause]string{engine.ByOrder: "by order", engine.ByGuard: "by protection", engine.ByCoolOff: "by cool-off",
		engine.ByMiss: "by a missed offer", engine.ByPull: "by pull", engine.ByMove: "by move", engine.ByPreference: "by preference",
		engine.ByDrain: "by drain"}[why]; ok {
		return name
	}
	return "by something else"
}

// follow holds each event against those before it.
func (a *dayAudit) follow(seq uint64, ev *engine.Event) {
	t := a.d.t
	a.events[ev.Kind]++
	switch ev.Kind {
	case engine.Arrived:
		a.over[ev.Ticket] = 0
	case engine.Offered:
		if a.offered[ev.Ticket] != 0 || a.with[ev.Ticket] != 0 || a.over[ev.Ticket] != 0 {
			t.Errorf("frame %d: ticket %d is offered by %d, rings by %d, is in work by %d, has %d ends", seq, ev.Ticket, ev.Offer,
				a.offered[ev.Ticket], a.with[ev.Ticket], a.over[ev.Ticket])
		}
		a.offered[ev.Ticket] = ev.Offer
	case engine.Withdrawn:
		delete(a.offered, ev.Ticket)
	case engine.Accepted:
		if a.offered[ev.Ticket] != ev.Offer || a.works[ev.Agent] != 0 {
			t.Errorf("frame %d: ticket %d is accepted by offer %d, it rang by %d, the agent works on %d", seq, ev.Ticket, ev.Offer,
				a.offered[ev.Ticket], a.works[ev.Agent])
		}
		delete(a.offered, ev.Ticket)
		a.with[ev.Ticket], a.works[ev.Agent] = ev.Offer, ev.Offer
	case engine.Finished, engine.Returned, engine.Transferred, engine.Held:
		a.put(ev.Ticket)
	case engine.Ended:
		a.put(ev.Ticket)
		a.over[ev.Ticket]++
		a.ends[ev.End]++
	}
}

// put has nobody be with a ticket.
func (a *dayAudit) put(ticket engine.TicketID) {
	for agent, offer := range a.works {
		if offer == a.with[ticket] {
			delete(a.works, agent)
		}
	}
	delete(a.with, ticket)
	delete(a.offered, ticket)
}

// compare holds the journal against what the player, the supervisor and the others counted.
func (a *dayAudit) compare(r player.Result) {
	t, d := a.d.t, a.d
	for ticket, n := range a.over {
		if n != 1 {
			t.Errorf("ticket %d has %d ends", ticket, n)
		}
	}
	refused, late := 0, r.Upsets.TooLate
	for _, o := range r.Outcomes {
		if o.End == player.Refused {
			refused++
		}
	}
	for _, c := range []struct {
		what       string
		is, wanted int
	}{
		{"tickets that arrived", a.events[engine.Arrived], r.All.Offered - refused + late},
		{"served", a.ends[engine.Served], r.All.Served},
		{"abandoned", a.ends[engine.Abandoned], r.All.HungUp + late},
		{"closed", a.ends[engine.ClosedBy], r.All.Other - refused},
		{"ends", a.events[engine.Ended], a.events[engine.Arrived]},
		{"policies adopted", a.events[engine.Adopted], 1 + d.reloads},
		{"faulty policies refused", d.refused, 1},
		{"kills", len(d.ready), *dayKills},
	} {
		if c.is != c.wanted {
			t.Errorf("%s: %d, want %d", c.what, c.is, c.wanted)
		}
	}
	if a.events[engine.Lost] == 0 || a.events[engine.Found] == 0 || r.Upsets.Vanished == 0 || r.Upsets.HandedOn == 0 {
		t.Errorf("too little happened: %d lost, %d found, %+v", a.events[engine.Lost], a.events[engine.Found], r.Upsets)
	}
	t.Logf("journal: %d tickets, ends: %d served, %d abandoned, %d closed; %d policies adopted, %d agents lost and %d found in time, "+
		"%d works returned, %d transferred, %d held, %d released, %d moved, at most %d events in a turn",
		a.events[engine.Arrived], a.ends[engine.Served], a.ends[engine.Abandoned], a.ends[engine.ClosedBy], a.events[engine.Adopted],
		a.events[engine.Lost], a.events[engine.Found], a.events[engine.Returned], a.events[engine.Transferred], a.events[engine.Held],
		a.events[engine.Released], a.events[engine.Moved], a.most)
}

// report prints what the day was.
func (d *day) report(r player.Result) {
	ms := func(span time.Duration) time.Duration { return span.Round(time.Millisecond) }
	d.t.Logf("player: %d calls: %d served, %d hung up, %d other; %+v; sent again %d, signed in again %d, missed %d; took %v",
		r.All.Offered, r.All.Served, r.All.HungUp, r.All.Other, r.Upsets, r.Retries, r.Resumed, r.Missed, ms(r.Took))
	d.t.Logf("policy: %d reloads, %d of them late, %d faulty file refused; %d kills, ready after %v; longest answer of a living daemon %v, longest append "+
		"of each below %s s",
		d.reloads, d.late, d.refused, len(d.ready), d.ready, ms(d.slowest), strings.Join(d.appends, ", "))
	d.t.Logf("supervisor: %s; refused %s", sums(d.did), sums(d.refusals))
}
