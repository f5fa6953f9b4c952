package journal

import "fmt"

// A Head is how far a chain has been followed, and what the next frame must agree with. The zero
// Head stands before the first frame.
type Head struct {
	Seq          uint64
	Hash         [32]byte
	Epoch        uint64
	Node         string
	LTime        int64
	OutWatermark uint64
}

// A Chain follows a journal frame by frame and refuses the first that does not follow from the one
// before it. It has no memory beyond its Head: whoever starts from a snapshot sets Head to what the
// snapshot recorded. It is not safe for concurrent use.
type Chain struct {
	Stream     string // the journal's name, for errors
	Shard      uint32
	Generation uint32
	Head       Head
}

// Feed decodes b, the frame stored at seq, into f, checks that it follows from Head, and moves Head
// onto it. After an error Head is where it was. What must hold:
//
//   - seq is the next one (ErrHole), the bytes are a canonical frame (ErrFrame, ErrLimit);
//   - the frame belongs to this shard and generation, and carries the hash of the one before it;
//   - a claim raises the epoch by one; a turn has the epoch and the node of the last claim, so the
//     first frame is a claim;
//   - logical time and the out watermark do not fall, and the watermark is below seq.
//
// The last three are ErrChain. All errors are an [*Error] that names stream and sequence.
func (c *Chain) Feed(seq uint64, b []byte, f *Frame) error {
	if want := c.Head.Seq + 1; seq != want {
		return c.refuse(want, fmt.Errorf("found sequence %d instead: %w", seq, ErrHole))
	}
	if err := f.Decode(b); err != nil {
		return c.refuse(seq, err)
	}
	if err := c.follows(seq, f); err != nil {
		return c.refuse(seq, err)
	}
	c.Head = Head{
		Seq: seq, Hash: Hash(b), Epoch: f.Epoch, Node: f.Node,
		LTime: f.LTime, OutWatermark: f.OutWatermark,
	}
	return nil
}

func (c *Chain) refuse(seq uint64, err error) error {
	return &Error{Op: "chain", Stream: c.Stream, Seq: seq, Err: err}
}

// follows compares a decoded frame with the head.
func (c *Chain) follows(seq uint64, f *Frame) error {
	h := &c.Head
	switch {
	case f.Shard != c.Shard || f.Generation != c.Generation:
		return fmt.Errorf("frame of shard %d generation %d, want shard %d generation %d: %w",
			f.Shard, f.Generation, c.Shard, c.Generation, ErrChain)
	case f.Prev != h.Hash:
		return fmt.Errorf("frame follows one with hash %x, but the one before has %x: %w",
			f.Prev[:8], h.Hash[:8], ErrChain)
	case f.Kind == Claim && f.Epoch != h.Epoch+1:
		return fmt.Errorf("claim of epoch %d, want %d: %w", f.Epoch, h.Epoch+1, ErrChain)
	case f.Kind == Turn && (f.Epoch != h.Epoch || h.Epoch == 0):
		return fmt.Errorf("turn in epoch %d, but the last claim was of %d: %w",
			f.Epoch, h.Epoch, ErrChain)
	case f.Kind == Turn && f.Node != h.Node:
		return fmt.Errorf("turn by node %q, but %q holds epoch %d: %w", f.Node, h.Node, h.Epoch, ErrChain)
	case h.Seq != 0 && f.LTime < h.LTime:
		return fmt.Errorf("logical time %d is before %d: %w", f.LTime, h.LTime, ErrChain)
	case f.OutWatermark < h.OutWatermark || f.OutWatermark >= seq:
		return fmt.Errorf("out watermark %d, want %d to %d: %w",
			f.OutWatermark, h.OutWatermark, seq-1, ErrChain)
	}
	return nil
}
