package host

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"fairline/engine/journal"
	"fairline/policy"
)

// A site is a host in a bubble, with a journal in memory, and everything that came out of it.
type site struct {
	t    *testing.T
	host *Host
	log  journal.Log
	stop context.CancelFunc
	done chan error

	mu       sync.Mutex
	said     []saying
	unstored uint64
}

func (s *site) Publish(seq uint64, index int, subject string, data []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = append(s.said, saying{subject, data, seq, index})
	return nil
}

func (s *site) Unstored() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unstored
}

// heard gives what was said since the last time.
func (s *site) heard() []saying {
	s.mu.Lock()
	defer s.mu.Unlock()
	said := s.said
	s.said = nil
	return said
}

// shippedPolicy is the source of a policy that the program ships.
func shippedPolicy(t testing.TB, name string) []byte {
	t.Helper()
	src, ok := policy.Shipped(name)
	if !ok {
		t.Fatalf("no policy %s is shipped", name)
	}
	return src
}

// newSite makes a host for the line main that has not begun. It must be called in a bubble.
func newSite(t *testing.T, log journal.Log, edit func(*Config)) *site {
	t.Helper()
	s := &site{t: t, log: log, done: make(chan error, 1)}
	cfg := Config{
		Line: "main", Node: "test", Log: log, Publish: s, Generation: 1,
		PolicyFile: "one-line.yaml", PolicySource: shippedPolicy(t, "one-line"),
		Logger: slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
	if edit != nil {
		edit(&cfg)
	}
	h, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	s.host = h
	return s
}

// run starts the host and waits until it has nothing more to do.
func (s *site) run() *site {
	ctx, cancel := context.WithCancel(context.Background())
	s.stop = cancel
	go func() { s.done <- s.host.Run(ctx) }()
	synctest.Wait()
	return s
}

// startSite makes a host and runs it; it must become ready.
func startSite(t *testing.T, log journal.Log, edit func(*Config)) *site {
	t.Helper()
	s := newSite(t, log, edit).run()
	if !s.host.Ready() {
		t.Fatalf("the host does not become ready: %v", <-s.done)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.said = slices.DeleteFunc(s.said, func(x saying) bool { return x.subject == "fl.say.main.adopted" })
	return s
}

// close stops the host cleanly.
func (s *site) close() {
	s.t.Helper()
	s.stop()
	if err := <-s.done; err != nil {
		s.t.Errorf("Run: %v, want nil", err)
	}
}

// send hands in a message and waits for what follows. It returns "" when there was no answer.
func (s *site) send(subject, payload string) string {
	s.t.Helper()
	answer := make(chan string, 2)
	s.host.Handle(subject, []byte(payload), func(b []byte) { answer <- string(b) })
	synctest.Wait()
	if len(answer) > 1 {
		s.t.Errorf("Handle(%s) was answered %d times", subject, len(answer))
	}
	select {
	case text := <-answer:
		return text
	default:
		return ""
	}
}

// pass lets time go by in the bubble.
func (s *site) pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// String is the message as tests show it.
func (s saying) String() string { return s.subject + " " + string(s.data) }
