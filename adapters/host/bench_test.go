package host

import (
	"fmt"
	"testing"
	"time"

	"fairline/engine/journal"
)

// BenchmarkTicket takes tickets of 128 bytes from the payload to the stored frame and the answer, 100 in a
// turn, and lets each leave again, so that the line stays short. The journal is in memory: what the disk
// adds is in natsbus.
func BenchmarkTicket(b *testing.B) {
	src := shippedPolicy(b, "one-line")
	h, err := New(Config{Line: "main", Node: "bench", Log: journal.NewMemory(), Publish: deaf{}, PolicyFile: "one-line.yaml",
		PolicySource: src})
	if err != nil {
		b.Fatal(err)
	}
	if err := h.open(b.Context()); err != nil {
		b.Fatal(err)
	}
	h.setState(serving)
	answered, n := 0, 0
	hear := func([]byte) { answered++ }
	for b.Loop() {
		for i := range 100 {
			payload := fmt.Appendf(nil, `{"id":"%09d","data":{"channel":"phone","needs":["PS"],"attributes":{"need":"other"},"customer":"k7kkkkkkkkkkkkk","ref":"crm/36468"}}`, n+i)
			h.Handle("fl.in.main.pbx.ticket", payload, hear)
			h.Handle("fl.in.main.pbx.leave", fmt.Appendf(nil, `{"id":"%09d"}`, n+i), hear)
		}
		n += 100
		if err := h.runTurn(b.Context(), nil); err != nil {
			b.Fatal(err)
		}
	}
	if answered != 2*n {
		b.Fatalf("%d answers, want %d", answered, 2*n)
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "tickets/s")
}

// BenchmarkReplay starts on a journal of 20,000 tickets that came and left.
func BenchmarkReplay(b *testing.B) {
	src := shippedPolicy(b, "one-line")
	memory := journal.NewMemory()
	cfg := Config{Line: "main", Node: "bench", Log: memory, Publish: deaf{}, PolicyFile: "one-line.yaml", PolicySource: src}
	h, err := New(cfg)
	if err != nil {
		b.Fatal(err)
	}
	if err := h.open(b.Context()); err != nil {
		b.Fatal(err)
	}
	h.setState(serving)
	for n := range 20_000 {
		h.Handle("fl.in.main.pbx.ticket", fmt.Appendf(nil, `{"id":"%d","data":{"channel":"phone","needs":["PS"]}}`, n), nil)
		h.Handle("fl.in.main.pbx.leave", fmt.Appendf(nil, `{"id":"%d"}`, n), nil)
		if n%50 == 49 {
			if err := h.runTurn(b.Context(), nil); err != nil {
				b.Fatal(err)
			}
		}
	}
	var took time.Duration
	for b.Loop() {
		cfg.Log = memory.Reopen()
		next, err := New(cfg)
		if err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		if err := next.replay(b.Context()); err != nil {
			b.Fatal(err)
		}
		took += time.Since(began)
	}
	b.ReportMetric(40_000*float64(b.N)/took.Seconds(), "events/s")
}
