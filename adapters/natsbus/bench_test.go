package natsbus_test

import (
	"fmt"
	"testing"

	"github.com/nats-io/nats.go"

	"fairline/adapters/natsbus"
)

// BenchmarkAppend is the time of one durable frame: a sync of the disk and what the bus adds.
func BenchmarkAppend(b *testing.B) {
	for _, kib := range []int{1, 8, 64, 256} {
		b.Run(fmt.Sprintf("frame=%dKiB", kib), func(b *testing.B) {
			cfg := first
			cfg.BytesMax = natsbus.JournalBytesMax
			log, err := open(b, config(b)).OpenJournal(b.Context(), cfg)
			if err != nil {
				b.Fatal(err)
			}
			frame := make([]byte, kib<<10)
			b.SetBytes(int64(len(frame)))
			for b.Loop() {
				if _, err := log.Append(b.Context(), frame); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkRead is the time of reading one frame back, in order, with its sequence checked.
func BenchmarkRead(b *testing.B) {
	log := openJournal(b, open(b, config(b)))
	frame := make([]byte, 8<<10)
	const frames = 2000
	for range frames {
		if _, err := log.Append(b.Context(), frame); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(len(frame)))
	left := 0
	for b.Loop() {
		if left > 0 {
			left--
			continue
		}
		left = frames - 1
		if err := log.Read(b.Context(), 1, func(uint64, []byte) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRequestReply is what the bus alone takes for a ticket: a request of the local user over
// TCP loopback, answered by the daemon in process, and nothing stored.
func BenchmarkRequestReply(b *testing.B) {
	bus := listening(b)
	_, err := bus.Conn().Subscribe("fl.in.>", func(m *nats.Msg) {
		if err := m.Respond(m.Data); err != nil {
			b.Error(err)
		}
	})
	if err != nil {
		b.Fatal(err)
	}
	l := connectLocal(b, bus)
	ticket := make([]byte, 128)
	for b.Loop() {
		if _, err := l.Request("fl.in.main.bench.ticket", ticket, answerMax); err != nil {
			b.Fatal(err)
		}
	}
}
