package host

import (
	"context"
	"errors"
	"fmt"

	"fairline/engine"
	"fairline/engine/journal"
	"fairline/policy"
)

// Errors of a start.
var (
	// ErrDigest says that the state replayed from the journal is not the state that was live.
	ErrDigest = errors.New("the replayed state has another digest than the journal")
	// ErrNoPolicy says that neither the journal nor the configuration has a policy.
	ErrNoPolicy = errors.New("the journal is empty and no policy is given")
)

// replay follows the journal from its first frame: the events are applied, never decided again.
func (h *Host) replay(ctx context.Context) error {
	f := follower{engine: h.engine, book: h.book, learned: map[[32]byte]*rules{},
		replayed: h.cfg.Replayed, adopted: h.cfg.Adopted}
	err := journal.Replay(ctx, h.cfg.Log, &h.chain, func(seq uint64, frame *journal.Frame) error {
		if err := f.follow(seq, frame); err != nil {
			return err
		}
		if len(frame.Events) > 0 {
			h.book.forget(engine.Instant(frame.LTime))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("replay: %w", err)
	}
	h.rules, h.out = f.rules, h.chain.Head.OutWatermark
	return h.recall(ctx)
}

// recall makes anew what the frames above the watermark said, because it may not have gone out.
func (h *Host) recall(ctx context.Context) error {
	var frame journal.Frame
	var decoder engine.Decoder
	var ev engine.Event
	return h.cfg.Log.Read(ctx, h.out+1, func(seq uint64, b []byte) error {
		if err := frame.Decode(b); err != nil {
			return fmt.Errorf("recall sequence %d: %w", seq, err)
		}
		from := len(h.unsaid)
		for i, item := range frame.Events {
			if err := decoder.Event(item, &ev); err != nil {
				return fmt.Errorf("recall sequence %d event %d: %w", seq, i+1, err)
			}
			h.unsaid = h.book.say(h.unsaid, h.cfg.Line, &ev)
		}
		named(h.unsaid[from:], seq, 0)
		return nil
	})
}

// A follower applies frames to an engine and a book.
type follower struct {
	engine  *engine.Engine
	book    *Book
	rules   *rules // in force; nil: none
	learned map[[32]byte]*rules
	decoder engine.Decoder

	replayed func(*engine.Event) // nil: nobody hears
	adopted  func(*policy.Policy)
}

// follow applies one frame.
func (f *follower) follow(seq uint64, frame *journal.Frame) error {
	for i, item := range frame.Inputs {
		var in Input
		if err := f.input(item, &in); err != nil {
			return fmt.Errorf("sequence %d input %d: %w", seq, i+1, err)
		}
		f.book.note(&in)
	}
	var ev engine.Event
	for i, item := range frame.Events {
		if err := f.decoder.Event(item, &ev); err != nil {
			return fmt.Errorf("sequence %d event %d: %w", seq, i+1, err)
		}
		if ev.Kind == engine.Adopted {
			if f.rules = f.learned[ev.Policy.Hash]; f.rules == nil {
				return fmt.Errorf("sequence %d event %d: adopts a policy that no input has: %w", seq, i+1, ErrInput)
			}
			ev.Policy = f.rules.engine()
			f.book.learn(f.rules.policy.Texts)
			if f.adopted != nil {
				f.adopted(f.rules.policy)
			}
		}
		f.engine.Apply(ev)
		f.book.apply(&ev, seq)
		if f.replayed != nil {
			f.replayed(&ev)
		}
	}
	return f.compare(seq, frame)
}

// compare holds the state against the frame's digest, if it has one.
func (f *follower) compare(seq uint64, frame *journal.Frame) error {
	if frame.HasDigest && f.engine.Digest() != frame.Digest {
		return fmt.Errorf("sequence %d: digest %016x, the journal has %016x: %w",
			seq, f.engine.Digest(), frame.Digest, ErrDigest)
	}
	return nil
}

// input reads an input. What its command points to is valid until the next one is read.
func (f *follower) input(item []byte, in *Input) error {
	if err := decodeInput(&f.decoder, item, in); err != nil {
		return err
	}
	return f.learn(in)
}

// learn compiles the policy of an Adopt, and puts it into the command.
func (f *follower) learn(in *Input) error {
	if in.Command.Kind != engine.Adopt {
		return nil
	}
	name, src := in.File()
	compiled, err := compile(name, src, in.Zone())
	if err != nil {
		return fmt.Errorf("policy %s of the journal: %w", name, err)
	}
	if compiled.engine().Hash != in.Command.Policy.Hash {
		return fmt.Errorf("policy %s has the hash of another: %w", name, ErrInput)
	}
	in.Command.Policy = compiled.engine()
	f.learned[compiled.engine().Hash] = compiled
	return nil
}

// open claims the journal, says again what may not have gone out, gives open offers new deadlines, and
// adopts the policy of the configuration.
func (h *Host) open(ctx context.Context) error {
	var adopt *rules
	if len(h.cfg.PolicySource) > 0 {
		var err error
		if adopt, err = compileNew(h.cfg.PolicyFile, h.cfg.PolicySource); err != nil {
			return err
		}
	}
	if h.rules == nil && adopt == nil {
		return ErrNoPolicy
	}
	if err := h.clock.start(engine.Instant(h.chain.Head.LTime)); err != nil {
		return err
	}
	h.newTurn()
	h.turn.frame.Kind = journal.Claim
	h.turn.says, h.unsaid = h.unsaid, nil
	if err := h.store(ctx); err != nil {
		return fmt.Errorf("claim: %w", err)
	}
	h.newTurn()
	if h.rules != nil {
		if err := h.resume("the line was started again"); err != nil {
			return err
		}
	}
	for {
		if err := h.tick(); err != nil {
			return err
		}
		if !h.late() {
			break
		}
		if err := h.store(ctx); err != nil {
			return err
		}
		h.newTurn()
	}
	if adopt != nil {
		in := Input{Command: engine.Command{Kind: engine.Adopt, Policy: adopt.engine()},
			Texts: []string{h.cfg.PolicyFile, string(h.cfg.PolicySource), adopt.zone}}
		if _, err := h.putInForce(adopt, in); err != nil {
			return err
		}
	}
	return h.store(ctx)
}

// resume gives open offers new deadlines, charges nobody, and says them again.
func (h *Host) resume(why string) error {
	in := Input{Command: engine.Command{Kind: engine.Resume}, Texts: []string{why}}
	if _, err := h.do(&in); err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	from := len(h.turn.says)
	h.turn.says = h.book.sayRinging(h.turn.says, h.cfg.Line, h.engine.Ringing())
	for i := range h.turn.says[from:] { // these come of no event: a recall makes others
		h.turn.says[from+i].seq, h.turn.says[from+i].index = h.turn.seq, -1-i
	}
	return nil
}
