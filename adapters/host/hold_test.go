package host

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"fairline/engine"
	"fairline/engine/journal"
)

// A slowLog stores a frame only when the test lets it.
type slowLog struct {
	journal.Log
	hold    bool
	waiting chan struct{} // one for each append that is held
	release chan error    // what the append shall answer; nil stores
}

func (l *slowLog) Append(ctx context.Context, frame []byte) (uint64, error) {
	if l.hold {
		l.waiting <- struct{}{}
		if err := <-l.release; err != nil {
			return 0, err
		}
	}
	return l.Log.Append(ctx, frame)
}

// A heldSite is a site whose disk is slow.
func heldSite(t *testing.T, edit func(*Config)) (*site, *slowLog) {
	log := &slowLog{Log: journal.NewMemory(), waiting: make(chan struct{}), release: make(chan error)}
	s := startSite(t, log, edit)
	log.hold = true
	return s, log
}

// TestNothingLeavesBeforeItIsStored holds the append, and looks at everything that could come out.
func TestNothingLeavesBeforeItIsStored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var turns []Turn
		s, log := heldSite(t, func(cfg *Config) { cfg.Observe = func(turn *Turn) { turns = append(turns, *turn) } })
		turns = nil
		answers := make(chan string, 100)
		hear := func(b []byte) { answers <- string(b) }
		s.host.Handle("fl.agent.main.ana.sign-in", nil, hear)
		<-log.waiting
		for i := range 50 {
			channel := []string{"phone", "chat"}[i%2]
			s.host.Handle("fl.in.main.pbx.ticket", fmt.Appendf(nil, `{"id":"%d","data":{"channel":%q}}`, i, channel), hear)
		}
		s.host.Handle("fl.ask.main.status", nil, hear)
		synctest.Wait()
		if len(answers) > 0 || len(s.heard()) > 0 || len(turns) > 0 {
			t.Fatalf("%d answers left before the frame was stored: %s", len(answers), <-answers)
		}
		log.release <- nil
		<-log.waiting // the fifty are one frame
		if got := <-answers; len(answers) > 0 || got != `{"seq":3}` {
			t.Errorf("answer of the first turn: %s and %d more, want one", got, len(answers))
		}
		log.release <- nil
		synctest.Wait()
		if len(turns) != 2 || turns[1].Inputs != 50 || turns[1].Seq != 4 {
			t.Errorf("turns %+v, want the second with 50 inputs", turns)
		}
		if len(answers) != 51 || len(s.heard()) != 2 {
			t.Errorf("%d answers, want 51, and one offer of a call with two messages", len(answers))
		}
		for _, ev := range turns[1].Events {
			if ev.Kind == engine.Arrived && ev.Facts.Channel != engine.ChannelID(ev.Ticket+1)%2 {
				t.Errorf("the observer heard %d of channel %d, want each arrival with its own facts", ev.Ticket, ev.Facts.Channel)
			}
		}
		log.hold = false
		s.close()
	})
}

// TestFailedAppendAnswersNobody stops a host in the middle of a turn.
func TestFailedAppendAnswersNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, log := heldSite(t, nil)
		answers := make(chan string, 10)
		hear := func(b []byte) { answers <- string(b) }
		s.host.Handle("fl.in.main.pbx.ticket", []byte(`{"id":"1","data":{"channel":"chat"}}`), hear)
		<-log.waiting
		s.host.Handle("fl.in.main.pbx.ticket", []byte(`{"id":"2","data":{"channel":"chat"}}`), hear)
		broken := errors.New("the disk is gone")
		log.release <- broken
		if err := <-s.done; !errors.Is(err, broken) {
			t.Errorf("Run: %v, want %v", err, broken)
		}
		synctest.Wait()
		if got := <-answers; len(answers) > 0 || !strings.Contains(got, `"code":503`) {
			t.Errorf("answers: %s and %d more; want 503 for the second, which no turn has seen", got, len(answers))
		}
		if said := s.heard(); len(said) > 0 || s.host.Ready() {
			t.Errorf("after the stop: ready %v, said %v", s.host.Ready(), said)
		}
	})
}

// TestStopWhileAppending says that a frame on its way is waited for.
func TestStopWhileAppending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, log := heldSite(t, nil)
		answers := make(chan string, 10)
		s.host.Handle("fl.in.main.pbx.ticket", []byte(`{"id":"1","data":{"channel":"chat"}}`),
			func(b []byte) { answers <- string(b) })
		<-log.waiting
		s.stop()
		synctest.Wait()
		log.hold = false
		log.release <- nil
		if err := <-s.done; err != nil {
			t.Errorf("Run: %v, want nil", err)
		}
		if got := <-answers; !strings.Contains(got, `"ticket":1`) {
			t.Errorf("answer: %s, want the ticket's number", got)
		}
		if got := s.send("fl.ask.main.status", ""); !strings.Contains(got, `"code":503`) {
			t.Errorf("answer after the stop: %s, want 503", got)
		}
	})
}

// TestInboxIsBounded fills the inbox by number and by bytes while a frame is on its way.
func TestInboxIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, log := heldSite(t, nil)
		var refused, answered int
		hear := func(b []byte) {
			answered++
			if strings.Contains(string(b), "more requests than it can store") {
				refused++
			}
		}
		s.host.Handle("fl.agent.main.ana.sign-in", nil, hear)
		<-log.waiting
		for range InboxMax + 10 {
			s.host.Handle("fl.agent.main.ana.ready", nil, hear)
		}
		if refused != 10 {
			t.Errorf("%d of %d requests refused, want 10", refused, InboxMax+10)
		}
		log.hold = false
		log.release <- nil
		synctest.Wait()
		if answered != InboxMax+11 || s.host.bytes.Load() != 0 {
			t.Errorf("%d answers, %d bytes left; want %d, 0", answered, s.host.bytes.Load(), InboxMax+11)
		}

		log.hold, refused, answered = true, 0, 0
		s.host.Handle("fl.agent.main.ana.break", nil, hear)
		<-log.waiting
		big := []byte(`{"code":"lunch"` + strings.Repeat(" ", PayloadMax-16) + "}")
		for range 2 * InboxBytesMax / PayloadMax {
			s.host.Handle("fl.agent.main.ana.break", big, hear)
		}
		if want := InboxBytesMax / PayloadMax; refused != want {
			t.Errorf("%d big requests refused, want %d", refused, want)
		}
		log.hold = false
		log.release <- nil
		synctest.Wait()
		if s.host.bytes.Load() != 0 {
			t.Errorf("%d bytes are left in an empty inbox", s.host.bytes.Load())
		}
		s.close()
	})
}

// TestPublishFailureStops says that a message which the bus does not take is said by the next host.
func TestPublishFailureStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := journal.NewMemory()
		broken := errors.New("the bus is gone")
		s := startSite(t, memory, func(cfg *Config) { cfg.Publish = deaf{broken} })
		s.send("fl.agent.main.ana.sign-in", "")
		if got := s.send("fl.in.main.pbx.ticket", `{"id":"1","data":{"channel":"chat"}}`); !strings.Contains(got, `"ticket":1`) {
			t.Errorf("answer: %s, want the ticket's number: it is stored", got)
		}
		if err := <-s.done; !errors.Is(err, broken) {
			t.Fatalf("Run: %v, want %v", err, broken)
		}
		next := startSite(t, memory.Reopen(), nil)
		if said := next.heard(); len(said) != 4 {
			t.Errorf("the next host says %v, want the offer as it was made, and again with its new deadline", said)
		}
		next.close()
	})
}

type deaf struct{ err error }

func (d deaf) Unstored() uint64 { return 0 }

func (d deaf) Publish(_ uint64, _ int, subject string, _ []byte) error {
	if subject == "fl.say.main.adopted" {
		return nil // so that the host starts
	}
	return d.err
}

// TestTurnHasRoom sends more than one frame can hold.
func TestTurnHasRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, log := heldSite(t, nil)
		answered := 0
		hear := func(b []byte) {
			if strings.Contains(string(b), `"ticket"`) {
				answered++
			}
		}
		s.host.Handle("fl.agent.main.ana.sign-in", nil, hear)
		<-log.waiting
		for i := range InboxMax {
			s.host.Handle("fl.in.main.pbx.ticket", fmt.Appendf(nil, `{"id":"%d","data":{"channel":"chat","ref":%q}}`, i,
				strings.Repeat("x", 200)), hear)
		}
		log.hold = false
		log.release <- nil
		synctest.Wait()
		if answered != InboxMax {
			t.Errorf("%d tickets acknowledged, want %d", answered, InboxMax)
		}
		largest, n := 0, 0
		for _, frame := range framesOf(t, log.Log.(*journal.Memory)) {
			largest, n = max(largest, len(frame)), n+1
		}
		if largest > journal.FrameLenGood+4096 || n < 6 {
			t.Errorf("%d frames, the largest of %d bytes; want turns closed at %d", n, largest, journal.FrameLenGood)
		}
		s.close()
	})
}
