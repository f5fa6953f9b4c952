package journal

import (
	"encoding/binary"
	"fmt"
	"math"
)

// Decode reads one encoded frame. The items of the result are parts of b, which must therefore not
// change while they are in use. The error wraps ErrFrame, or ErrLimit for a frame over a limit, and
// names the offset; it refuses every byte string that AppendBinary would not have produced.
func Decode(b []byte) (Frame, error) {
	var f Frame
	err := f.Decode(b)
	return f, err
}

// Decode is like the function Decode, but keeps the memory of f's Inputs and Events for the new
// ones: a replay decodes into one Frame. After an error the content of f means nothing.
func (f *Frame) Decode(b []byte) error {
	if len(b) > FrameLenMax {
		return fmt.Errorf("frame of %d bytes, want at most %d: %w", len(b), FrameLenMax, ErrLimit)
	}
	r := reader{b: b}
	if v := r.byte("version"); r.err == nil && v != FrameVersion {
		return fmt.Errorf("version %d, want %d: %w", v, FrameVersion, ErrFrame)
	}
	f.Kind = Kind(r.byte("kind"))
	flags := r.byte("flags")
	f.Shard = r.uint32("shard")
	f.Generation = r.uint32("generation")
	f.Epoch = r.uvarint("epoch")
	if node := r.bytes("node", NodeLenMax); f.Node != string(node) {
		f.Node = string(node) // mostly the same node wrote, and no new string is needed
	}
	copy(f.Prev[:], r.take("prev", len(f.Prev)))
	f.LTime = int64(r.uint64("ltime"))
	f.OutWatermark = r.uvarint("out watermark")
	f.Inputs = r.items("inputs", f.Inputs[:0])
	f.Events = r.items("events", f.Events[:0])
	f.HasDigest, f.Digest = flags&flagDigest != 0, 0
	if f.HasDigest {
		f.Digest = r.uint64("digest")
	}
	switch {
	case r.err != nil:
		return r.err
	case flags&^flagDigest != 0:
		return fmt.Errorf("flags %#x are unknown: %w", flags, ErrFrame)
	case r.at != len(b):
		return fmt.Errorf("%d bytes after the end at offset %d: %w", len(b)-r.at, r.at, ErrFrame)
	}
	return f.Check()
}

// A reader walks over an encoded frame. After its first error all further reads give zero.
type reader struct {
	b   []byte
	at  int // Invariant: 0 <= at <= len(b)
	err error
}

func (r *reader) fail(field, why string) {
	if r.err == nil {
		r.err = fmt.Errorf("%s at offset %d: %s: %w", field, r.at, why, ErrFrame)
	}
}

// take gives the next n bytes as a part of the frame, with no room to append into what follows.
func (r *reader) take(field string, n int) []byte {
	if r.err != nil {
		return nil
	}
	if n > len(r.b)-r.at {
		r.fail(field, "cut short")
		return nil
	}
	part := r.b[r.at : r.at+n : r.at+n]
	r.at += n
	return part
}

func (r *reader) byte(field string) byte {
	if b := r.take(field, 1); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) uint64(field string) uint64 {
	if b := r.take(field, 8); b != nil {
		return binary.BigEndian.Uint64(b)
	}
	return 0
}

// uvarint reads an unsigned varint in its shortest form; a longer form of the same number is refused.
func (r *reader) uvarint(field string) uint64 {
	if r.err != nil {
		return 0
	}
	x, n := binary.Uvarint(r.b[r.at:])
	switch {
	case n == 0:
		r.fail(field, "cut short")
	case n < 0:
		r.fail(field, "number too large")
	case n != uvarintLen(x):
		r.fail(field, "number not in its shortest form")
	default:
		r.at += n
		return x
	}
	return 0
}

func (r *reader) uint32(field string) uint32 {
	x := r.uvarint(field)
	if x > math.MaxUint32 {
		r.fail(field, "number too large")
		return 0
	}
	return uint32(x)
}

// bytes reads a length of at most limit and then that many bytes.
func (r *reader) bytes(field string, limit int) []byte {
	n := r.uvarint(field)
	if n > uint64(limit) {
		r.fail(field, "too long")
		return nil
	}
	return r.take(field, int(n))
}

// items reads a count and then that many items into dst. Each item takes at least one byte, so a
// count beyond the bytes that are left is refused before anything is allocated for it.
func (r *reader) items(field string, dst [][]byte) [][]byte {
	count := r.uvarint(field)
	if r.err != nil || count == 0 {
		return dst
	}
	if count > ItemsMax || count > uint64(len(r.b)-r.at) {
		r.fail(field, "more than the frame can hold")
		return dst
	}
	if uint64(cap(dst)) < count {
		dst = make([][]byte, 0, count)
	}
	for range count {
		dst = append(dst, r.bytes(field, FrameLenMax))
		if r.err != nil {
			return dst
		}
	}
	return dst
}
