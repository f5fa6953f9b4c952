package host

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fairline/engine"
	"fairline/engine/journal"
)

// Limits of a turn. It is closed when it reaches one of them; what is left waits for the next.
const (
	// TurnMax is how many inputs one frame holds.
	TurnMax = 2000
	// PolicyLenMax bounds the file of a policy, which must fit into a frame beside a full turn.
	PolicyLenMax = 256 << 10
)

// A Turn is what an observer hears of: a frame that is stored.
type Turn struct {
	Seq    uint64
	At     engine.Instant
	Inputs int
	Bytes  int
	Took   time.Duration // until the frame was stored
	Waited int           // requests in the inbox when it was
	Events []engine.Event
}

// A turn is what one pass of the loop collects. Its memory is kept for the next.
type turn struct {
	at      engine.Instant
	seq     uint64 // of its frame, if it gets one
	frame   journal.Frame
	arena   []byte // of the items of the frame
	size    int
	bytes   []byte
	checked journal.Frame
	answers []answer
	asked   []*request
	says    []saying
	said    int // how many of them came of events
	events  []engine.Event

	offered, accepted engine.OfferID // by the last command; 0: none
}

// begin empties the turn.
func (t *turn) begin(at engine.Instant, seq uint64) {
	t.at, t.seq, t.size, t.arena = at, seq, 0, t.arena[:0]
	t.frame = journal.Frame{Kind: journal.Turn, Inputs: t.frame.Inputs[:0], Events: t.frame.Events[:0]}
	clear(t.answers)
	clear(t.asked)
	clear(t.says)
	t.answers, t.asked, t.says, t.said, t.events = t.answers[:0], t.asked[:0], t.says[:0], 0, t.events[:0]
}

// room reports whether the turn can take another input.
func (t *turn) room() bool {
	return len(t.frame.Inputs) < TurnMax && len(t.answers)+len(t.asked) < TurnMax && t.size < journal.FrameLenGood
}

// item takes what was appended to the arena since start.
func (t *turn) item(start int) []byte {
	part := t.arena[start:len(t.arena):len(t.arena)]
	t.size += journal.ItemSize(len(part))
	return part
}

func (t *turn) input(in *Input) {
	start := len(t.arena)
	t.arena = AppendInput(t.arena, in)
	t.frame.Inputs = append(t.frame.Inputs, t.item(start))
}

func (t *turn) event(ev *engine.Event) {
	start := len(t.arena)
	t.arena = engine.AppendEvent(t.arena, ev)
	t.frame.Events = append(t.frame.Events, t.item(start))
}

// newTurn begins a turn now, behind the last frame.
func (h *Host) newTurn() { h.turn.begin(h.clock.now(), h.chain.Head.Seq+1) }

// runTurn collects what has arrived, first of all the request first if there is one, and stores it.
func (h *Host) runTurn(ctx context.Context, first *request) error {
	h.newTurn()
	if by := h.clock.step(); by != 0 {
		h.steps++
		h.log.Warn("the wall clock was set; the line does not follow it", "step_ms", by.Milliseconds())
		if err := h.resume(fmt.Sprintf("the wall clock stepped by %s", by)); err != nil {
			return err
		}
	}
	if err := h.collect(first); err != nil {
		return err
	}
	return h.store(ctx)
}

// collect serves requests while the turn has room. One that finds none waits in h.carried.
func (h *Host) collect(r *request) error {
	for {
		if err := h.tick(); err != nil {
			return err
		}
		if !h.turn.room() || h.late() {
			h.carried = r
			return nil
		}
		if r == nil {
			select {
			case r = <-h.inbox:
			default:
				return h.lose()
			}
		}
		h.decide(r)
		r = nil
	}
}

// decide lets the engine decide about one request. Questions wait until the turn is stored.
func (h *Host) decide(r *request) {
	h.bytes.Add(-int64(r.size))
	if r.subject.door == "agent" {
		h.leases.renew(engine.WordOf(r.subject.who), h.turn.at)
	}
	if r.verb.act == nil {
		h.turn.asked = append(h.turn.asked, r)
		return
	}
	a, refusal := r.verb.act(h, r)
	a.respond, a.refusal, a.door = r.respond, refusal, r.verb.door
	h.turn.answers = append(h.turn.answers, a)
}

// late reports whether something is due.
func (h *Host) late() bool {
	due := h.engine.Due()
	return due != 0 && due <= h.turn.at
}

// tick lets happen what is due, as far as the turn has room.
func (h *Host) tick() error {
	for h.late() && h.turn.room() {
		before := h.engine.Due()
		n, err := h.do(&Input{Command: engine.Command{Kind: engine.Tick}})
		if err != nil {
			return fmt.Errorf("tick: %w", err)
		}
		if n == 0 && h.engine.Due() == before {
			return errors.New("tick: something is due, and nothing happens")
		}
	}
	return nil
}

// do gives one command to the engine and puts it into the turn with what followed. It returns how many
// events that were; where there were none the command has changed nothing and is not kept.
func (h *Host) do(in *Input) (int, error) {
	in.Command.At = h.turn.at
	events, err := h.engine.Do(in.Command)
	h.turn.offered, h.turn.accepted = 0, 0
	if err != nil || len(events) == 0 {
		return 0, err
	}
	h.book.note(in)
	h.turn.input(in)
	for i := range events {
		ev := &events[i]
		h.turn.event(ev)
		h.book.apply(ev, h.turn.seq)
		h.follow(ev)
		from := len(h.turn.says)
		h.turn.says = h.book.say(h.turn.says, h.cfg.Line, ev)
		h.turn.said = named(h.turn.says[from:], h.turn.seq, h.turn.said)
		if h.cfg.Observe != nil {
			h.turn.events = append(h.turn.events, kept(ev))
		}
	}
	return len(events), nil
}

// follow notes what the host itself wants to know of an event.
func (h *Host) follow(ev *engine.Event) {
	switch ev.Kind {
	case engine.Offered:
		h.turn.offered = ev.Offer
		t := h.book.Ticket(ev.Ticket)
		t.offered = started{ticket: ev.Ticket, class: ev.Class, overtook: ev.Count > 0}
	case engine.Accepted:
		h.turn.accepted = ev.Offer
		t := h.book.Ticket(ev.Ticket)
		h.told.start(t.offered)
		h.keep(h.book.head(t).Number, ev.At)
	case engine.Leased, engine.Found:
		h.leases.set(ev.Agent, h.book.leased[ev.Agent], h.turn.at)
	case engine.SignedOut, engine.Lost:
		h.leases.set(ev.Agent, 0, h.turn.at)
	}
}

// kept is an event that stays valid when the engine goes on.
func kept(ev *engine.Event) engine.Event {
	c := *ev
	if c.Facts != nil {
		facts := *c.Facts
		c.Facts = &facts
	}
	c.Profile = nil
	return c
}

// store appends the turn's frame, if there is anything to store, and then lets out what waited for it.
func (h *Host) store(ctx context.Context) error {
	t := &h.turn
	f := &t.frame
	empty := f.Kind == journal.Turn && !f.HasDigest && len(f.Inputs) == 0
	if !empty {
		if err := h.append(ctx); err != nil {
			return err
		}
	}
	for i := range t.answers {
		h.send(&t.answers[i], h.chain.Head.Seq)
	}
	for _, s := range t.says {
		if err := h.cfg.Publish.Publish(s.seq, s.index, s.subject, s.data); err != nil {
			return fmt.Errorf("publish %s: %w", s.subject, err)
		}
	}
	if !empty {
		h.out = t.seq
	}
	for _, r := range t.asked {
		h.reply(r)
	}
	if len(t.frame.Events) > 0 {
		h.book.forget(t.at) // as the engine did with the last event
	}
	return nil
}

// watermark is the frame up to which all that frames caused has gone out for good.
func (h *Host) watermark() uint64 {
	if first := h.cfg.Publish.Unstored(); first != 0 {
		return min(h.out, first-1)
	}
	return h.out
}

// append stores the turn's frame. It is checked against the chain first: a frame that no replay would
// accept must not be stored.
func (h *Host) append(ctx context.Context) error {
	t := &h.turn
	f := &t.frame
	f.Shard, f.Generation, f.Node = h.cfg.Shard, h.cfg.Generation, h.cfg.Node
	f.Prev, f.Epoch = h.chain.Head.Hash, h.chain.Head.Epoch
	if f.Kind == journal.Claim {
		f.Epoch++
	}
	f.LTime, f.OutWatermark = int64(t.at), h.watermark()
	if f.HasDigest = f.HasDigest || t.seq%h.cfg.DigestEvery == 0; f.HasDigest {
		f.Digest = h.engine.Digest()
	}
	var err error
	if t.bytes, err = f.AppendBinary(t.bytes[:0]); err != nil {
		return err
	}
	if err = h.chain.Feed(t.seq, t.bytes, &t.checked); err != nil {
		return err
	}
	began := h.cfg.Elapsed()
	// A frame on its way is not called back: whether it is stored would be unknown.
	if _, err = h.cfg.Log.Append(context.WithoutCancel(ctx), t.bytes); err != nil {
		return err
	}
	if h.cfg.Observe != nil {
		h.cfg.Observe(&Turn{Seq: t.seq, At: t.at, Inputs: len(f.Inputs), Bytes: len(t.bytes),
			Took: h.cfg.Elapsed() - began, Waited: len(h.inbox), Events: t.events})
	}
	return nil
}
