package journal_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"reflect"
	"strings"
	"testing"

	"fairline/engine/journal"
)

// sample has every field set.
func sample() journal.Frame {
	return journal.Frame{
		Kind: journal.Turn, Shard: 3, Generation: 300, Epoch: 1 << 40, Node: "desk-1",
		Prev: [32]byte{0: 0xaa, 31: 0xbb}, LTime: 1795251600000000001, OutWatermark: 127,
		Inputs:    [][]byte{[]byte("arrive"), {}},
		Events:    [][]byte{[]byte("arrived"), []byte("offered"), {0}},
		HasDigest: true, Digest: 0x0102030405060708,
	}
}

// encode encodes a frame that must be valid.
func encode(t testing.TB, f journal.Frame) []byte {
	t.Helper()
	b, err := f.AppendBinary(nil)
	if err != nil {
		t.Fatalf("encode %+v: %v", f, err)
	}
	return b
}

// golden is the encoding of sample. It may never change: journals on disk are written in it.
const golden = "01" + "01" + "01" + // version, turn, flags: digest
	"03" + "ac02" + "808080808020" + // shard, generation, epoch
	"06" + "6465736b2d31" + // node
	"aa000000000000000000000000000000" + "000000000000000000000000000000bb" + // prev
	"18ea03d18c73a001" + "7f" + // ltime, out watermark
	"02" + "06" + "617272697665" + "00" + // inputs
	"03" + "07" + "61727269766564" + "07" + "6f666665726564" + "01" + "00" + // events
	"0102030405060708" // digest

func TestFrameGolden(t *testing.T) {
	if got := hex.EncodeToString(encode(t, sample())); got != golden {
		t.Errorf("encoding changed:\ngot  %s\nwant %s", got, golden)
	}
	claim := journal.Frame{Kind: journal.Claim, Epoch: 1}
	want := "01" + "02" + "00" + "00" + "00" + "01" + "00" + strings.Repeat("00", 32) +
		strings.Repeat("00", 8) + "00" + "00" + "00"
	if got := hex.EncodeToString(encode(t, claim)); got != want {
		t.Errorf("encoding of a claim changed:\ngot  %s\nwant %s", got, want)
	}
}

func TestFrameRoundTrip(t *testing.T) {
	frames := []journal.Frame{
		sample(),
		{Kind: journal.Claim},
		{Kind: journal.Turn, LTime: -1, Epoch: 1<<64 - 1, Shard: 1<<32 - 1, Generation: 1<<32 - 1},
		{Kind: journal.Turn, Node: strings.Repeat("n", journal.NodeLenMax), HasDigest: true},
	}
	var reused journal.Frame
	for _, want := range frames {
		b := encode(t, want)
		if len(b) != want.Size() {
			t.Errorf("Size() = %d, want the %d bytes encoded", want.Size(), len(b))
		}
		got, err := journal.Decode(b)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("Decode = %+v, %v; want %+v", got, err, want)
		}
		if err = reused.Decode(b); err != nil || !bytes.Equal(encode(t, reused), b) {
			t.Errorf("Decode into a used frame = %+v, %v; want %+v", reused, err, want)
		}
	}
}

func TestFrameAppendsBehind(t *testing.T) {
	f := sample()
	b, err := f.AppendBinary([]byte("before"))
	if err != nil || !bytes.Equal(b, append([]byte("before"), encode(t, f)...)) {
		t.Errorf("AppendBinary = %x, %v; want the frame behind what was there", b, err)
	}
}

func TestFrameEncodeRefuses(t *testing.T) {
	tooMany, tooLong := make([][]byte, journal.ItemsMax+1), make([]byte, journal.FrameLenMax)
	tests := []struct {
		name   string
		change func(f *journal.Frame)
		want   error
	}{
		{"no kind", func(f *journal.Frame) { f.Kind = 0 }, journal.ErrFrame},
		{"unknown kind", func(f *journal.Frame) { f.Kind = 3 }, journal.ErrFrame},
		{"digest without flag", func(f *journal.Frame) { f.HasDigest = false }, journal.ErrFrame},
		{"long node", func(f *journal.Frame) { f.Node = strings.Repeat("n", 65) }, journal.ErrLimit},
		{"inputs", func(f *journal.Frame) { f.Inputs = tooMany }, journal.ErrLimit},
		{"events", func(f *journal.Frame) { f.Events = tooMany }, journal.ErrLimit},
		{"size", func(f *journal.Frame) { f.Events = [][]byte{tooLong} }, journal.ErrLimit},
	}
	for _, test := range tests {
		f := sample()
		test.change(&f)
		b, err := f.AppendBinary([]byte("before"))
		if !errors.Is(err, test.want) || string(b) != "before" {
			t.Errorf("%s: AppendBinary = %q, %v; want %v and nothing appended", test.name, b, err, test.want)
		}
	}
}

// patch replaces the one place where old stands in the golden encoding.
func patch(t *testing.T, old, with string) string {
	t.Helper()
	if strings.Count(golden, old) != 1 {
		t.Fatalf("%q stands %d times in the golden encoding, want once", old, strings.Count(golden, old))
	}
	return strings.Replace(golden, old, with, 1)
}

func TestFrameDecodeRefuses(t *testing.T) {
	tests := []struct{ name, bytes, want string }{
		{"empty", "", "version at offset 0: cut short"},
		{"version", "02" + golden[2:], "version 2, want 1"},
		{"kind", "0103" + golden[4:], "kind(3) is unknown"},
		{"flags", "010103" + golden[6:], "flags 0x3 are unknown"},
		{"trailing byte", golden + "00", "1 bytes after the end"},
		{"digest without flag", "010100" + golden[6:], "8 bytes after the end"},
		{"flag without digest", golden[:len(golden)-16], "digest at offset 88: cut short"},
		{"overlong shard", "010101" + "8300" + golden[8:],
			"shard at offset 3: number not in its shortest form"},
		{"shard over 32 bits", "010101" + "8080808010" + golden[8:],
			"shard at offset 8: number too large"},
		{"number over 64 bits", patch(t, "808080808020", "80808080808080808002"),
			"epoch at offset 6: number too large"},
		{"long node", patch(t, "066465736b2d31", "41"+strings.Repeat("6e", 65)), "node at offset 13: too long"},
		{"overlong item", patch(t, "06617272697665", "8600617272697665"),
			"inputs at offset 61: number not in its"},
		{"count beyond the frame", patch(t, "0206617272697665", "7f06617272697665"),
			"inputs at offset 61: more than"},
		{"item beyond the frame", patch(t, "0761727269766564", "7f61727269766564"),
			"events at offset 71: cut short"},
	}
	for _, test := range tests {
		b, err := hex.DecodeString(test.bytes)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		_, err = journal.Decode(b)
		if err == nil || !errors.Is(err, journal.ErrFrame) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: Decode = %v, want ErrFrame with %q", test.name, err, test.want)
		}
	}
	if _, err := journal.Decode(make([]byte, journal.FrameLenMax+1)); !errors.Is(err, journal.ErrLimit) {
		t.Errorf("Decode of a frame too long = %v, want ErrLimit", err)
	}
}

func TestFrameDecodeCutShort(t *testing.T) {
	b := encode(t, sample())
	for n := range b {
		if _, err := journal.Decode(b[:n]); !errors.Is(err, journal.ErrFrame) {
			t.Errorf("Decode of the first %d of %d bytes = %v, want ErrFrame", n, len(b), err)
		}
	}
}

func TestFrameReuseDoesNotAllocate(t *testing.T) {
	f := sample()
	b := encode(t, f)
	var got journal.Frame
	buf := make([]byte, 0, len(b))
	allocs := testing.AllocsPerRun(100, func() {
		if err := got.Decode(b); err != nil {
			t.Fatal(err)
		}
		buf, _ = got.AppendBinary(buf[:0])
	})
	if allocs != 0 {
		t.Errorf("decoding and encoding again allocates %v times, want 0", allocs)
	}
}

func FuzzFrame(f *testing.F) {
	f.Add(encode(f, sample()))
	f.Add(encode(f, journal.Frame{Kind: journal.Claim}))
	f.Add([]byte{1, 1, 0, 0x80, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		frame, err := journal.Decode(b)
		if err != nil {
			if !errors.Is(err, journal.ErrFrame) && !errors.Is(err, journal.ErrLimit) {
				t.Fatalf("Decode = %v, want ErrFrame or ErrLimit", err)
			}
			return
		}
		again, err := frame.AppendBinary(nil)
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("encoded again: %x, %v; want %x", again, err, b)
		}
		if len(b) != frame.Size() {
			t.Fatalf("Size() = %d, want %d", frame.Size(), len(b))
		}
	})
}

func BenchmarkFrameDecode(b *testing.B) {
	f := sample()
	f.Events = nil
	for range 64 {
		f.Events = append(f.Events, make([]byte, 120))
	}
	frame := encode(b, f)
	b.SetBytes(int64(len(frame)))
	b.ReportAllocs()
	var got journal.Frame
	for b.Loop() {
		if err := got.Decode(frame); err != nil {
			b.Fatal(err)
		}
	}
}
