package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"fairline/adapters/natsbus"
	"fairline/engine/journal"
)

// TestVerifyFindsWhatIsWrong lays frames into a store that no host would write.
func TestVerifyFindsWhatIsWrong(t *testing.T) {
	claim := journal.Frame{Kind: journal.Claim, Generation: 1, Epoch: 1, Node: "a"}
	stranger := journal.Frame{Kind: journal.Turn, Generation: 1, Epoch: 1, Node: "a", Prev: [32]byte{1}}
	digest := journal.Frame{Kind: journal.Claim, Generation: 1, Epoch: 1, Node: "a", HasDigest: true, Digest: 7}
	for _, test := range []struct {
		frames []journal.Frame
		bytes  string
		want   string
	}{
		{frames: []journal.Frame{claim}},
		{frames: []journal.Frame{claim, stranger}, want: "sequence 2"},
		{frames: []journal.Frame{digest}, want: "sequence 1: digest"},
		{frames: []journal.Frame{claim}, bytes: "not a frame", want: "sequence 2"},
	} {
		cfg := defaultConfig()
		cfg.Store = t.TempDir() + "/store"
		lay(t, cfg, test.frames, test.bytes)
		r, err := verifyStore(t.Context(), cfg)
		if r.OK != (test.want == "") || r.OK != (err == nil) || !strings.Contains(r.Finding, test.want) {
			t.Errorf("verifyStore: %+v, %v; want a finding with %q", r, err, test.want)
		}
	}
}

// lay stores frames, and then bytes.
func lay(t *testing.T, cfg config, frames []journal.Frame, bytes string) {
	t.Helper()
	bus, err := natsbus.Open(t.Context(), natsbus.Config{StoreDir: cfg.Store, StoreBytesMax: int64(cfg.DiskMax)})
	if err != nil {
		t.Fatal(err)
	}
	log, err := bus.OpenJournal(t.Context(), natsbus.JournalConfig{Generation: 1, BytesMax: int64(cfg.DiskMax)})
	if err != nil {
		t.Fatal(err)
	}
	for i := range frames {
		b, err := frames[i].AppendBinary(nil)
		if err == nil {
			_, err = log.Append(context.WithoutCancel(t.Context()), b)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if bytes != "" {
		if _, err := log.Append(t.Context(), []byte(bytes)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(log.Close(), bus.Close()); err != nil {
		t.Fatal(err)
	}
}
