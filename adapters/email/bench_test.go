package email

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-smtp"

	"fairline/adapters/channel"
)

// started runs an adapter for a benchmark.
func started(b *testing.B, cfg Config, line channel.Line) *Adapter {
	b.Helper()
	cfg.State = b.TempDir()
	a, err := New(cfg, line, &vault{})
	if err != nil {
		b.Fatal(err)
	}
	done := make(chan error, 1)
	ctx := b.Context()
	go func() { done <- a.Run(ctx) }()
	b.Cleanup(func() {
		if err := <-done; err != nil { // the context has ended
			b.Error(err)
		}
	})
	return a
}

// BenchmarkDoor is mails a second through the LMTP door, each on the disk and in the line before it is answered, from one and from
// 16 connections.
func BenchmarkDoor(b *testing.B) {
	for _, peers := range []int{1, 16} {
		b.Run(fmt.Sprintf("connections=%d", peers), func(b *testing.B) {
			a := started(b, Config{Door: &Door{Listen: "127.0.0.1:0", Spool: b.TempDir(), Recipients: []Recipient{{Address: "h@b.example"}}}}, &quickLine{})
			var next atomic.Int64
			body := strings.Repeat("A line of seventy-two bytes, as they are in mails that people write.\r\n", 50)
			b.ResetTimer()
			var group sync.WaitGroup
			for range peers {
				group.Go(func() {
					conn, err := net.Dial("tcp", a.DoorAddr().String())
					if err != nil {
						b.Error(err)
						return
					}
					c := smtp.NewClientLMTP(conn)
					defer func() { _ = c.Close() }()
					for n := next.Add(1); n <= int64(b.N); n = next.Add(1) {
						if err := c.SendMail("x@a.example", []string{"h@b.example"}, strings.NewReader(mailOf(fmt.Sprint(n), "x@a.example")+body)); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			group.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
		})
	}
}

// A quickLine takes all there is, and keeps nothing but the time.
type quickLine struct {
	channel.Line
	n  atomic.Int64
	at sync.Map // by id
}

func (l *quickLine) Arrive(_ context.Context, c channel.Contact) (channel.Ack, error) {
	l.at.Store(c.ID, time.Now())
	return channel.Ack{Ticket: uint64(l.n.Add(1))}, nil
}

func (l *quickLine) Follow(ctx context.Context, _ func(context.Context, channel.Notice) error) error {
	<-ctx.Done()
	return nil
}

// BenchmarkBacklog is mails a second from a mailbox that is full when the adapter starts.
func BenchmarkBacklog(b *testing.B) {
	d := newDovecot(b)
	c := d.login(b)
	for n := range b.N {
		m := mailOf(fmt.Sprint(n), "x@a.example")
		cmd := c.Append("INBOX", int64(len(m)), &imap.AppendOptions{})
		if _, err := cmd.Write([]byte(m)); err != nil {
			b.Fatal(err)
		}
		if err := cmd.Close(); err != nil {
			b.Fatal(err)
		}
		if _, err := cmd.Wait(); err != nil {
			b.Fatal(err)
		}
	}
	b.ResetTimer()
	a := started(b, Config{Mailboxes: []Mailbox{d.box()}}, &quickLine{})
	for a.Stats().Marked < uint64(b.N) {
		time.Sleep(time.Millisecond)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
}

// BenchmarkDelivery is the time from the end of a delivery to Dovecot until the line has the contact.
func BenchmarkDelivery(b *testing.B) {
	d := newDovecot(b)
	line := &quickLine{}
	a := started(b, Config{Mailboxes: []Mailbox{d.box()}}, line)
	for a.Ready() != nil {
		time.Sleep(time.Millisecond)
	}
	var took []time.Duration
	for n := 0; b.Loop(); n++ {
		m := mailOf(fmt.Sprint(n), "x@a.example")
		d.deliver(b, m)
		began := time.Now()
		h, err := readHead(strings.NewReader(m), headerMaxDefault)
		if err != nil {
			b.Fatal(err)
		}
		for {
			if at, ok := line.at.Load(h.id("")); ok {
				took = append(took, at.(time.Time).Sub(began))
				break
			}
			time.Sleep(100 * time.Microsecond)
		}
	}
	reportTimes(b, "line", took)
}

// BenchmarkDoorDelivery is the time from the end of a mail at the door until the line has the contact, and until the answer is heard.
func BenchmarkDoorDelivery(b *testing.B) {
	line := &quickLine{}
	a := started(b, Config{Door: &Door{Listen: "127.0.0.1:0", Spool: b.TempDir(), Recipients: []Recipient{{Address: "h@b.example"}}}}, line)
	conn, err := net.Dial("tcp", a.DoorAddr().String())
	if err != nil {
		b.Fatal(err)
	}
	c := smtp.NewClientLMTP(conn)
	defer func() { _ = c.Close() }()
	var took, heard []time.Duration
	for n := 0; b.Loop(); n++ {
		m := mailOf(fmt.Sprint(n), "x@a.example")
		if err := errors.Join(c.Mail("x@a.example", nil), c.Rcpt("h@b.example", nil)); err != nil {
			b.Fatal(err)
		}
		w, err := c.Data()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.WriteString(w, m); err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		if err := w.Close(); err != nil { // the dot is said here
			b.Fatal(err)
		}
		heard = append(heard, time.Since(began))
		h, err := readHead(strings.NewReader("Return-Path: <x@a.example>\r\nDelivered-To: h@b.example\r\n"+m), headerMaxDefault)
		if err != nil {
			b.Fatal(err)
		}
		at, ok := line.at.Load(h.id(""))
		if !ok {
			b.Fatal("it is answered, and not in the line")
		}
		took = append(took, at.(time.Time).Sub(began))
	}
	reportTimes(b, "line", took)
	reportTimes(b, "answer", heard)
}

func reportTimes(b *testing.B, what string, took []time.Duration) {
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-p50-"+what)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms-p99-"+what)
}

// BenchmarkHeader is the reading of a header of an ordinary size, and all that is decided by it.
func BenchmarkHeader(b *testing.B) {
	a, err := New(Config{State: b.TempDir(), Mailboxes: []Mailbox{{Address: "127.0.0.1:1", Security: "none", User: "u", PasswordFile: "p"}}}, nil, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = a.Close() }()
	text := strings.Repeat("Received: from a.example by b.example with ESMTP id 123; Mon, 2 Nov 2026 10:00:00 +0000\r\n", 8) +
		mailOf("1@a.example", "Ann <ann@a.example>", "References: <2@a.example> <3@a.example>")
	for b.Loop() {
		h, err := readHead(strings.NewReader(text), headerMaxDefault)
		if err != nil || a.classify(h) != customer {
			b.Fatal(err)
		}
		_, _ = h.from()
		_ = h.id("")
		_, _ = a.memory.thread(h)
	}
}
