package natsbus_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"fairline/adapters/channel"
	"fairline/adapters/natsbus"
)

// awaitStored waits until an Out has nothing on its way.
func awaitStored(t testing.TB, out *natsbus.Out) {
	t.Helper()
	for end := time.Now().Add(answerMax); out.Unstored() != 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("frame %d is not stored", out.Unstored())
		}
	}
}

func say(t testing.TB, out *natsbus.Out, seq uint64, index int, adapter, id string) {
	t.Helper()
	if err := out.Publish(seq, index, "fl.out."+adapter+".main.ended", fmt.Appendf(nil, `{"id":%q,"end":"served"}`, id)); err != nil {
		t.Fatal(err)
	}
}

func messages(t testing.TB, bus *natsbus.Bus, stream string) uint64 {
	t.Helper()
	js, err := jetstream.New(bus.Conn())
	if err != nil {
		t.Fatal(err)
	}
	s, err := js.Stream(t.Context(), stream)
	if err != nil {
		t.Fatal(err)
	}
	return s.CachedInfo().State.Msgs
}

// TestNoticesWait says notices while nobody listens, and again after a restart as a host does: an adapter hears each once and in
// order, with the rights of its key, by the kit's own reader.
func TestNoticesWait(t *testing.T) {
	cfg := config(t)
	cfg.Listen = "127.0.0.1:0"
	cfg.Adapters = []natsbus.Adapter{{Name: "mail"}, {Name: "phone", Agents: true}}
	first := open2(t, cfg)
	out := openOut(t, first)
	say(t, out, 7, 0, "mail", "1")
	say(t, out, 7, 1, "phone", "x")
	say(t, out, 7, 2, "mail", "2")
	say(t, out, 8, -1, "mail", "3")
	say(t, out, 8, 0, "nobody", "y")
	awaitStored(t, out)
	if got := out.Stats(); got != (natsbus.OutStats{Stored: 4}) {
		t.Errorf("Stats = %+v, want 4 stored: what is for nobody of the configuration is not", got)
	}
	closeBus(t, first)

	bus := open(t, cfg)
	out = openOut(t, bus)
	say(t, out, 7, 2, "mail", "2")
	say(t, out, 8, -1, "mail", "3")
	say(t, out, 9, 0, "mail", "4")
	awaitStored(t, out)
	if n := messages(t, bus, natsbus.OutStream); n != 5 {
		t.Errorf("%d messages are in the stream, want what was said again once", n)
	}
	var heard []string
	line := channel.NewBus(connectAs(t, bus, "mail").Conn, "main", "mail")
	ctx, stop := context.WithTimeout(t.Context(), answerMax)
	defer stop()
	if err := line.Follow(ctx, func(_ context.Context, n channel.Notice) error {
		if heard = append(heard, n.ID); n.ID == "4" {
			stop()
		}
		return nil
	}); err != nil || !slices.Equal(heard, []string{"1", "2", "3", "4"}) {
		t.Errorf("Follow = %v, heard %q", err, heard)
	}
}

// TestAcknowledgedInAnyOrder has the word of the disk come in another order than the messages went.
func TestAcknowledgedInAnyOrder(t *testing.T) {
	out := natsbus.TakenBy(5, 5, 6, 8)
	for _, step := range []struct{ frame, want uint64 }{{6, 5}, {5, 5}, {5, 8}, {7, 8}, {8, 0}, {8, 0}} {
		natsbus.Acknowledge(out, step.frame)
		if got := out.Unstored(); got != step.want {
			t.Errorf("behind the word of frame %d Unstored = %d, want %d", step.frame, got, step.want)
		}
	}
	if got := out.Stats(); got != (natsbus.OutStats{Stored: 4, Failed: 2}) {
		t.Errorf("Stats = %+v", got)
	}
}

// TestUnstored is the earliest frame with a message on its way, at every moment.
func TestUnstored(t *testing.T) {
	bus := withAdapters(t)
	out := openOut(t, bus)
	if out.Unstored() != 0 {
		t.Errorf("Unstored = %d of nothing", out.Unstored())
	}
	var last uint64
	for n := range uint64(500) {
		say(t, out, 10+n, 0, "mail", fmt.Sprint(n))
		say(t, out, 10+n, 1, "phone", fmt.Sprint(n))
		now := out.Unstored()
		if now != 0 && (now < last || now > 10+n) {
			t.Fatalf("Unstored = %d behind %d, at frame %d", now, last, 10+n)
		}
		last = max(last, now)
	}
	awaitStored(t, out)
	if n := messages(t, bus, natsbus.OutStream); n != 1000 || last == 0 {
		t.Errorf("%d messages are stored, want 1000; the last that was not was %d", n, last)
	}
}

// TestARefusedNoticeStaysUnstored removes the stream under a publisher: the frame stays unstored, so that the next start says it again.
func TestARefusedNoticeStaysUnstored(t *testing.T) {
	bus := withAdapters(t)
	out := openOut(t, bus)
	js, err := jetstream.New(bus.Conn())
	if err != nil {
		t.Fatal(err)
	}
	if err := js.DeleteStream(t.Context(), natsbus.OutStream); err != nil {
		t.Fatal(err)
	}
	say(t, out, 3, 0, "mail", "1")
	for end := time.Now().Add(answerMax); out.Stats().Failed == 0 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	if got := out.Stats(); got != (natsbus.OutStats{Failed: 1}) || out.Unstored() != 3 {
		t.Errorf("Stats = %+v, Unstored = %d; want one that failed, and frame 3", got, out.Unstored())
	}
}

// TestAdaptersComeAndGo changes the configuration: who is gone has no consumer any more, who comes hears from then on.
func TestAdaptersComeAndGo(t *testing.T) {
	cfg := config(t)
	for _, names := range [][]string{{"a", "b"}, {"b", "c"}, {}, {"c"}} {
		cfg.Adapters = nil
		for _, name := range names {
			cfg.Adapters = append(cfg.Adapters, natsbus.Adapter{Name: name})
		}
		bus := open2(t, cfg)
		out := openOut(t, bus)
		for n, name := range names {
			say(t, out, 1, n, name, "1")
		}
		awaitStored(t, out)
		if len(names) > 0 {
			js, err := jetstream.New(bus.Conn())
			if err != nil {
				t.Fatal(err)
			}
			stream, err := js.Stream(t.Context(), natsbus.OutStream)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range names {
				c, err := stream.Consumer(t.Context(), name)
				if err != nil {
					t.Fatal(err)
				}
				if cfg := c.CachedInfo().Config; cfg.MaxAckPending != 1 || cfg.AckPolicy != jetstream.AckExplicitPolicy || cfg.FilterSubject != "fl.out."+name+".>" {
					t.Errorf("the consumer %s is %+v", name, cfg)
				}
			}
			var got []string
			for name := range stream.ConsumerNames(t.Context()).Name() {
				got = append(got, name)
			}
			if slices.Sort(got); !slices.Equal(got, names) {
				t.Errorf("the consumers are %q, want %q", got, names)
			}
		}
		closeBus(t, bus)
	}
}

// BenchmarkOut is the time of one notice until it is stored, each synced, many on their way.
func BenchmarkOut(b *testing.B) {
	out := openOut(b, withAdapters(b))
	b.ResetTimer()
	for n := range b.N {
		say(b, out, uint64(n+1), 0, "mail", "1")
	}
	awaitStored(b, out)
}
