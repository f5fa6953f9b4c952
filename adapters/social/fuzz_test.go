package social

import (
	"strings"
	"testing"

	"fairline/adapters/channel/channeltest"
)

// FuzzJetstream: whatever a server sends, each message is counted once as an event, a repeat or one that cannot be read, and the
// position moves forward only, and not beyond the clock.
func FuzzJetstream(f *testing.F) {
	for _, seed := range []string{
		`{"did":"did:plc:a","time_us":1725516666833633,"kind":"commit","commit":{"operation":"create","collection":"app.bsky.feed.post","rkey":"3l","record":{"text":"acme"}}}`,
		`{"did":"did:plc:a","time_us":9223372036854775807,"type":"com","commit":{"type":"d","collection":"app.bsky.feed.post","rkey":"3l"}}`,
		`{"time_us":"1"}`, `{"time_us":-5}`, `[]`, `{`, "", `{"did":"did:plc:a","kind":"account","account":{"active":false,"status":"deleted"}}`} {
		f.Add(seed)
	}
	cfg, line := quick(f), &channeltest.Line{}
	cfg.Bluesky = []Bluesky{{Name: "acme", Server: "ws://127.0.0.1:1/subscribe", Us: "did:plc:us", Words: []string{"acme"}, Mapping: loaded(f, "bluesky")}}
	d := newDesk(f, cfg, line)
	acc := d.accounts[0]
	f.Fuzz(func(t *testing.T, raw string) {
		j := &jetstream{account: acc, file: ledger{path: t.TempDir() + "/p"}}
		before := acc.tally.Stats()
		for range 2 {
			at := j.at.Cursor
			if err := j.event(t.Context(), []byte(raw)); err != nil {
				t.Fatal(err)
			}
			if j.at.Cursor < at || j.at.Cursor > d.cfg.Now().Add(aheadMax).UnixMicro() {
				t.Fatalf("the position is %d after %d", j.at.Cursor, at)
			}
		}
		after := acc.tally.Stats()
		if n := after.Events + after.Malformed - before.Events - before.Malformed; n != 1 || after.Repeats-before.Repeats != 1 {
			t.Fatalf("%q: %+v after %+v", raw, after, before)
		}
		if strings.Count(d.log.String(), "\n") > 0 {
			t.Fatal(d.log)
		}
	})
}
