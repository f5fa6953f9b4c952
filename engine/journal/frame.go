package journal

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/bits"
)

// FrameVersion is the first byte of every encoded frame. A reader refuses any other.
const FrameVersion = 1

// The limits of a [Frame].
const (
	// FrameLenMax bounds an encoded frame. The bus carries messages of 1 MiB with their headers;
	// 1 KiB is left to the headers, so that the largest frame still fits.
	FrameLenMax = 1<<20 - 1<<10
	// FrameLenGood is the length at which a host closes a turn: throughput peaks between 16 and
	// 64 KiB, and beyond 256 KiB a larger frame only adds delay.
	FrameLenGood = 256 << 10
	// NodeLenMax bounds the name of the writing node.
	NodeLenMax = 64
	// ItemsMax bounds the inputs, and likewise the events, of one frame. It keeps the memory that
	// decoding takes within four times the length of the frame.
	ItemsMax = 1 << 17
)

// A Kind says what a frame is for. The zero value is no kind, so that it cannot be forgotten.
type Kind uint8

// The kinds of frames. Kinds are added, never changed.
const (
	Turn Kind = 1 // an ordinary turn of the engine
	// Claim is a node taking the lead: the epoch rises by one. Its bytes must differ from those of
	// every other claim, or two writers could both find theirs stored: a node's name is therefore
	// drawn anew at each start, or carries something that is.
	Claim Kind = 2
)

// String gives the kind as documents write it.
func (k Kind) String() string {
	switch k {
	case Turn:
		return "turn"
	case Claim:
		return "claim"
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// A Frame is one message of the journal: one turn of the engine, whole. Inputs and events are
// opaque here; the engine's codec makes and reads them. The zero Frame is not valid: it has no kind.
type Frame struct {
	Kind       Kind
	Shard      uint32
	Generation uint32
	Epoch      uint64   // Invariant: rises by one with each claim, and only then
	Node       string   // who wrote it; Invariant: len(Node) <= NodeLenMax
	Prev       [32]byte // Hash of the frame before; zero for the first
	LTime      int64    // logical time in nanoseconds; Invariant: never falls along the chain
	// OutWatermark is the sequence up to which everything that frames caused is known to have gone
	// out. Invariant: never falls along the chain, and is below the frame's own sequence.
	OutWatermark uint64
	Inputs       [][]byte // Invariant: len(Inputs) <= ItemsMax
	Events       [][]byte // Invariant: len(Events) <= ItemsMax
	HasDigest    bool
	Digest       uint64 // of the state after this frame; Invariant: 0 unless HasDigest
}

// flagDigest marks a frame that ends with the digest of the state. All other flags are refused.
const flagDigest = 1

// headLen is the length of the parts that do not vary: version, kind, flags, prev, ltime.
const headLen = 3 + 32 + 8

// Hash is the SHA-256 of an encoded frame: what the next frame carries as Prev.
func Hash(frame []byte) [32]byte { return sha256.Sum256(frame) }

// Size is the length that the frame has when encoded. It costs a walk over the items.
func (f *Frame) Size() int {
	n := headLen + uvarintLen(uint64(f.Shard)) + uvarintLen(uint64(f.Generation)) +
		uvarintLen(f.Epoch) + ItemSize(len(f.Node)) + uvarintLen(f.OutWatermark) +
		itemsSize(f.Inputs) + itemsSize(f.Events)
	if f.HasDigest {
		n += 8
	}
	return n
}

// ItemSize is what an input or event of n bytes adds to a frame, the counts aside: a host that
// fills a turn adds these up instead of asking for Size each time.
func ItemSize(n int) int { return uvarintLen(uint64(n)) + n }

func itemsSize(items [][]byte) int {
	n := uvarintLen(uint64(len(items)))
	for _, item := range items {
		n += ItemSize(len(item))
	}
	return n
}

// Check says whether the frame can be encoded: its kind is known and it is within the limits.
// The error wraps ErrFrame or ErrLimit.
func (f *Frame) Check() error {
	switch {
	case f.Kind != Turn && f.Kind != Claim:
		return fmt.Errorf("%s is unknown: %w", f.Kind, ErrFrame)
	case !f.HasDigest && f.Digest != 0:
		return fmt.Errorf("digest without its flag: %w", ErrFrame)
	case len(f.Node) > NodeLenMax:
		return fmt.Errorf("node of %d bytes, want at most %d: %w", len(f.Node), NodeLenMax, ErrLimit)
	case len(f.Inputs) > ItemsMax:
		return fmt.Errorf("%d inputs, want at most %d: %w", len(f.Inputs), ItemsMax, ErrLimit)
	case len(f.Events) > ItemsMax:
		return fmt.Errorf("%d events, want at most %d: %w", len(f.Events), ItemsMax, ErrLimit)
	}
	if n := f.Size(); n > FrameLenMax {
		return fmt.Errorf("frame of %d bytes, want at most %d: %w", n, FrameLenMax, ErrLimit)
	}
	return nil
}

// AppendBinary appends the one encoding of the frame to dst and returns the longer slice. It
// allocates only if dst is too short. A frame that does not pass Check leaves dst as it was.
//
// The layout: version, kind, flags (one byte each); shard, generation, epoch (uvarint); node
// (length, bytes); prev (32 bytes); ltime (8 bytes, big endian); out watermark (uvarint); inputs,
// events (count, then length and bytes of each); digest (8 bytes, big endian) if its flag is set.
func (f *Frame) AppendBinary(dst []byte) ([]byte, error) {
	if err := f.Check(); err != nil {
		return dst, err
	}
	var flags byte
	if f.HasDigest {
		flags = flagDigest
	}
	dst = append(dst, FrameVersion, byte(f.Kind), flags)
	dst = binary.AppendUvarint(dst, uint64(f.Shard))
	dst = binary.AppendUvarint(dst, uint64(f.Generation))
	dst = binary.AppendUvarint(dst, f.Epoch)
	dst = binary.AppendUvarint(dst, uint64(len(f.Node)))
	dst = append(dst, f.Node...)
	dst = append(dst, f.Prev[:]...)
	dst = binary.BigEndian.AppendUint64(dst, uint64(f.LTime))
	dst = binary.AppendUvarint(dst, f.OutWatermark)
	dst = appendItems(dst, f.Inputs)
	dst = appendItems(dst, f.Events)
	if f.HasDigest {
		dst = binary.BigEndian.AppendUint64(dst, f.Digest)
	}
	return dst, nil
}

func appendItems(dst []byte, items [][]byte) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(items)))
	for _, item := range items {
		dst = binary.AppendUvarint(dst, uint64(len(item)))
		dst = append(dst, item...)
	}
	return dst
}

// uvarintLen is the number of bytes of x as an unsigned varint.
func uvarintLen(x uint64) int { return (bits.Len64(x|1) + 6) / 7 }
