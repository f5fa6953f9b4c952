package journal_test

import (
	"errors"
	"testing"

	"fairline/engine/journal"
)

// story is a chain that holds: a claim, two turns, another node's claim, its turn.
func story() []journal.Frame {
	return []journal.Frame{
		{Kind: journal.Claim, Shard: 2, Generation: 1, Epoch: 1, Node: "a", LTime: 5},
		{Kind: journal.Turn, Shard: 2, Generation: 1, Epoch: 1, Node: "a", LTime: 5},
		{Kind: journal.Turn, Shard: 2, Generation: 1, Epoch: 1, Node: "a", LTime: 9, OutWatermark: 2},
		{Kind: journal.Claim, Shard: 2, Generation: 1, Epoch: 2, Node: "b", LTime: 9, OutWatermark: 2},
		{Kind: journal.Turn, Shard: 2, Generation: 1, Epoch: 2, Node: "b", LTime: 10, OutWatermark: 4},
	}
}

// feed links the frames by their hashes, feeds them, and returns the first error.
func feed(t *testing.T, c *journal.Chain, frames []journal.Frame) error {
	t.Helper()
	var f journal.Frame
	prev := c.Head.Hash
	for _, frame := range frames {
		if frame.Prev == [32]byte{} {
			frame.Prev = prev
		}
		b := encode(t, frame)
		if err := c.Feed(c.Head.Seq+1, b, &f); err != nil {
			return err
		}
		prev = journal.Hash(b)
	}
	return nil
}

func newChain() *journal.Chain {
	return &journal.Chain{Stream: "FL_JRN_2_1", Shard: 2, Generation: 1}
}

func TestChainHolds(t *testing.T) {
	c := newChain()
	if err := feed(t, c, story()); err != nil {
		t.Fatalf("Feed = %v, want a chain that holds", err)
	}
	h := c.Head
	if h.Seq != 5 || h.Epoch != 2 || h.Node != "b" || h.LTime != 10 || h.OutWatermark != 4 {
		t.Errorf("Head = %+v, want that of frame 5", h)
	}
}

func TestChainRefuses(t *testing.T) {
	tests := []struct {
		name   string
		at     int // which frame of the story is changed, from 0
		change func(f *journal.Frame)
		want   string
	}{
		{"shard", 1, func(f *journal.Frame) { f.Shard = 3 },
			"frame of shard 3 generation 1, want shard 2 generation 1"},
		{"generation", 1, func(f *journal.Frame) { f.Generation = 2 },
			"frame of shard 2 generation 2, want shard 2 generation 1"},
		{"first is a turn", 0, func(f *journal.Frame) { f.Kind, f.Epoch = journal.Turn, 0 },
			"turn in epoch 0, but the last claim was of 0"},
		{"genesis with a predecessor", 0, func(f *journal.Frame) { f.Prev[0] = 1 },
			"frame follows one with hash 0100000000000000, but the one before has 0000000000000000"},
		{"turn of an older epoch", 4, func(f *journal.Frame) { f.Epoch = 1 },
			"turn in epoch 1, but the last claim was of 2"},
		{"turn of a later epoch", 4, func(f *journal.Frame) { f.Epoch = 3 },
			"turn in epoch 3, but the last claim was of 2"},
		{"turn by another node", 4, func(f *journal.Frame) { f.Node = "a" },
			`turn by node "a", but "b" holds epoch 2`},
		{"claim of the same epoch", 3, func(f *journal.Frame) { f.Epoch = 1 },
			"claim of epoch 1, want 2"},
		{"claim that skips", 3, func(f *journal.Frame) { f.Epoch = 3 }, "claim of epoch 3, want 2"},
		{"time falls", 2, func(f *journal.Frame) { f.LTime = 4 }, "logical time 4 is before 5"},
		{"watermark falls", 3, func(f *journal.Frame) { f.OutWatermark = 1 },
			"out watermark 1, want 2 to 3"},
		{"watermark ahead", 3, func(f *journal.Frame) { f.OutWatermark = 4 },
			"out watermark 4, want 2 to 3"},
	}
	for _, test := range tests {
		frames := story()
		test.change(&frames[test.at])
		c := newChain()
		err := feed(t, c, frames)
		var place *journal.Error
		if !errors.Is(err, journal.ErrChain) || !errors.As(err, &place) {
			t.Errorf("%s: Feed = %v, want ErrChain with its place", test.name, err)
			continue
		}
		want := test.want + ": the chain is broken"
		if place.Err.Error() != want || place.Stream != "FL_JRN_2_1" || place.Seq != uint64(test.at+1) {
			t.Errorf("%s: Feed = %v\nwant %s at sequence %d", test.name, err, want, test.at+1)
		}
		if c.Head.Seq != uint64(test.at) {
			t.Errorf("%s: head moved to %d, want it before the frame refused", test.name, c.Head.Seq)
		}
	}
}

func TestChainHole(t *testing.T) {
	c := newChain()
	b := encode(t, story()[0])
	var f journal.Frame
	err := c.Feed(2, b, &f)
	if want := "chain FL_JRN_2_1 sequence 1: found sequence 2 instead: a frame is missing"; err == nil ||
		err.Error() != want || !errors.Is(err, journal.ErrHole) {
		t.Errorf("Feed = %v, want %s", err, want)
	}
}

// Every bit of every frame but the last is guarded by the chain; flipping one is found at the frame
// itself or at the next.
func TestChainFindsEveryFlippedBit(t *testing.T) {
	var stored [][]byte
	var prev [32]byte
	for _, frame := range story() {
		frame.Prev = prev
		b := encode(t, frame)
		stored, prev = append(stored, b), journal.Hash(b)
	}
	var f journal.Frame
	for at := range len(stored) - 1 {
		for bit := range len(stored[at]) * 8 {
			c := newChain()
			var err error
			for i, b := range stored {
				if i == at {
					b = append([]byte(nil), b...)
					b[bit/8] ^= 1 << (bit % 8)
				}
				if err = c.Feed(uint64(i+1), b, &f); err != nil {
					break
				}
			}
			var place *journal.Error
			if !errors.As(err, &place) || place.Seq < uint64(at+1) || place.Seq > uint64(at+2) {
				t.Fatalf("bit %d of frame %d flipped: %v, want an error there or at the next", bit, at+1, err)
			}
		}
	}
}

// otherEnd is a log that claims to end with another hash than its frames do.
type otherEnd struct{ *journal.Memory }

func (l otherEnd) Last() (uint64, [32]byte) {
	seq, hash := l.Memory.Last()
	hash[0]++
	return seq, hash
}

func TestReplayComparesTheEnd(t *testing.T) {
	m := journal.NewMemory()
	if _, err := m.Append(t.Context(), encode(t, story()[0])); err != nil {
		t.Fatal(err)
	}
	if err := journal.Replay(t.Context(), m, newChain(), nil); err != nil {
		t.Errorf("Replay = %v, want a journal that holds", err)
	}
	err := journal.Replay(t.Context(), otherEnd{m}, newChain(), nil)
	var place *journal.Error
	if !errors.Is(err, journal.ErrChain) || !errors.As(err, &place) || place.Seq != 1 {
		t.Errorf("Replay = %v, want ErrChain at sequence 1", err)
	}
}
