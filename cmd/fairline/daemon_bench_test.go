package main

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"fairline/adapters/natsbus"
)

// benchDaemon serves a line for a benchmark, as `fairline serve` does, and connects as the local user over TCP.
func benchDaemon(b *testing.B) (*daemon, *nats.Conn) {
	b.Helper()
	d, s, stop := beginDaemon(b, "bank-arrival")
	b.Cleanup(func() {
		if err := stop(); err != nil {
			b.Error(err)
		}
	})
	return d, benchConnect(b, s.NATS, s.Creds)
}

func benchConnect(b *testing.B, url, creds string) *nats.Conn {
	b.Helper()
	key, err := nats.NkeyOptionFromSeed(creds)
	if err != nil {
		b.Fatal(err)
	}
	nc, err := nats.Connect(url, key)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(nc.Close)
	return nc
}

func benchAsk(b *testing.B, nc *nats.Conn, subject, payload string) {
	b.Helper()
	m, err := nc.Request(subject, []byte(payload), answerMax)
	if err != nil {
		b.Fatalf("%s: %v", subject, err)
	}
	var a struct {
		Error *refusal `json:"error"`
	}
	if err := json.Unmarshal(m.Data, &a); err != nil || a.Error != nil {
		b.Fatalf("%s: %s", subject, m.Data)
	}
}

// ticketText is a ticket of 128 bytes.
func ticketText(n int64) string {
	text := fmt.Sprintf(`{"id":"%d","data":{"channel":"phone","attributes":{"priority":%d},"ref":"`, n, n%3)
	for len(text) < 125 {
		text += "x"
	}
	return text + `"}}`
}

// BenchmarkDaemon is a whole ticket through the daemon, each step synced: in, offered, accepted, finished, by so many
// tickets at once. Beside it in the same run: frames of the same size appended by nobody but the benchmark. The floor is
// half their event rate.
func BenchmarkDaemon(b *testing.B) {
	for _, at := range []int{1, 64, 1024} {
		b.Run(fmt.Sprintf("tickets=%d", at), func(b *testing.B) { benchTickets(b, at) })
	}
}

func benchTickets(b *testing.B, at int) {
	d, nc := benchDaemon(b)
	var wg sync.WaitGroup
	begin, inside := make(chan struct{}), make(chan struct{}, at) // no more than at tickets in the line
	finished := make(chan struct{}, at)
	for i := range at {
		offers := make(chan *nats.Msg, 16)
		name := fmt.Sprint("a", i)
		benchAsk(b, nc, "fl.agent.main."+name+".sign-in", `{}`)
		sub, err := nc.ChanSubscribe("fl.agent.main."+name+".offered", offers)
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = sub.Unsubscribe(); close(offers) }()
		go func() {
			for m := range offers {
				var o struct {
					Offer uint64 `json:"offer"`
				}
				if err := json.Unmarshal(m.Data, &o); err != nil {
					b.Error(err)
				}
				offer := fmt.Sprintf(`{"offer":%d}`, o.Offer)
				benchAsk(b, nc, "fl.agent.main."+name+".accept", offer)
				benchAsk(b, nc, "fl.agent.main."+name+".finish", offer)
				<-inside
				finished <- struct{}{}
			}
		}()
	}
	var next atomic.Int64
	for range at {
		wg.Go(func() {
			<-begin
			for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
				inside <- struct{}{}
				benchAsk(b, nc, "fl.in.main.bench.ticket", ticketText(n))
			}
		})
	}
	began := time.Now()
	b.ResetTimer()
	close(begin)
	for range b.N {
		<-finished
	}
	wg.Wait()
	b.StopTimer()
	took := time.Since(began)
	frames, size := journalOf(b, d)
	bare := bareFrames(b, size)
	events := 5 * float64(b.N) // arrived, offered, accepted, finished, ended
	b.ReportMetric(float64(b.N)/took.Seconds(), "tickets/s")
	b.ReportMetric(events/took.Seconds(), "events/s")
	b.ReportMetric(events/float64(frames), "events/frame")
	b.ReportMetric(float64(size), "B/frame")
	b.ReportMetric(bare*events/float64(frames), "bare-events/s")
	b.ReportMetric(events/took.Seconds()/(bare*events/float64(frames)), "of-bare")
}

// journalOf says how many frames a daemon has written and how long they are on average.
func journalOf(b *testing.B, d *daemon) (frames uint64, size int) {
	js, err := jetstream.New(d.bus.Conn())
	if err != nil {
		b.Fatal(err)
	}
	s, err := js.Stream(b.Context(), "FL_JRN_0_1")
	if err != nil {
		b.Fatal(err)
	}
	state := s.CachedInfo().State
	return state.Msgs, int(state.Bytes / state.Msgs)
}

// bareFrames appends frames of a size for half a second, one after the other, and returns how many went in a second.
func bareFrames(b *testing.B, size int) float64 {
	_, log := bareBus(b, "")
	frame := make([]byte, size)
	began, n := time.Now(), 0
	for ; time.Since(began) < 500*time.Millisecond; n++ {
		if _, err := log.Append(b.Context(), frame); err != nil {
			b.Fatal(err)
		}
	}
	return float64(n) / time.Since(began).Seconds()
}

// bareBus opens a bus and a journal without a daemon.
func bareBus(b *testing.B, listen string) (*natsbus.Bus, *natsbus.Journal) {
	bus, err := natsbus.Open(b.Context(), natsbus.Config{StoreDir: filepath.Join(b.TempDir(), "bare"), Listen: listen})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = bus.Close() })
	log, err := bus.OpenJournal(b.Context(), natsbus.JournalConfig{Generation: 1})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = log.Close() })
	return bus, log
}

// BenchmarkPublishToOffer is the time from a customer's publish until the agent has the offer, one at a time. Beside it
// in the same run: a request over TCP answered after one frame of the same size. The bound is three times its p99.
func BenchmarkPublishToOffer(b *testing.B) {
	d, nc := benchDaemon(b)
	offers := make(chan *nats.Msg, 16)
	benchAsk(b, nc, "fl.agent.main.ana.sign-in", `{}`)
	if _, err := nc.ChanSubscribe("fl.agent.main.ana.offered", offers); err != nil {
		b.Fatal(err)
	}
	n := int64(0)
	var took []time.Duration
	for b.Loop() {
		n++
		began := time.Now()
		if err := nc.Publish("fl.in.main.bench.ticket", []byte(ticketText(n))); err != nil {
			b.Fatal(err)
		}
		<-offers
		took = append(took, time.Since(began))
		offer := fmt.Sprintf(`{"offer":%d}`, n)
		benchAsk(b, nc, "fl.agent.main.ana.accept", offer)
		benchAsk(b, nc, "fl.agent.main.ana.finish", offer)
	}
	_, size := journalOf(b, d)
	bare := bareRequests(b, size, len(took))
	report := func(name string, t []time.Duration) time.Duration {
		slices.Sort(t)
		b.ReportMetric(float64(t[len(t)/2].Microseconds()), name+"p50-us")
		b.ReportMetric(float64(t[len(t)*99/100].Microseconds()), name+"p99-us")
		return t[len(t)*99/100]
	}
	b.ReportMetric(float64(report("", took))/float64(report("bare-", bare)), "p99-of-bare")
}

// bareRequests answers requests after one frame each: what the bus and the disk alone take.
func bareRequests(b *testing.B, size, n int) (took []time.Duration) {
	bus, log := bareBus(b, "127.0.0.1:0")
	frame := make([]byte, size)
	_, err := bus.Conn().Subscribe("fl.in.>", func(m *nats.Msg) {
		if _, err := log.Append(context.Background(), frame); err != nil {
			b.Error(err)
		}
		_ = m.Respond(m.Data)
	})
	if err != nil {
		b.Fatal(err)
	}
	nc := benchConnect(b, bus.ClientURL(), bus.CredsFile())
	for range max(n, 500) {
		began := time.Now()
		if _, err := nc.Request("fl.in.main.bench.ticket", []byte(ticketText(1)), answerMax); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	return took
}
