package natsbus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
)

const (
	// doorMax is how many messages may stand in the door: eight full turns of a host. The handler only
	// reads a message and lets it in or refuses it, about 5 us, so the door is empty unless the machine
	// stands still for a tenth of a second under full load. What does not fit is logged and lost: its
	// sender gets no answer and asks again.
	doorMax = 16_384
	// doorDrain bounds the wait for what the server had on its way when a door closes.
	doorDrain = 5 * time.Second
)

// doorSubjects are where a line is asked. What it says itself, such as fl.agent.LINE.AGENT.offered, is
// not among them.
var doorSubjects = []string{
	"fl.in.>", "fl.ask.>", "fl.desk.>",
	"fl.agent.*.*.sign-in", "fl.agent.*.*.sign-out", "fl.agent.*.*.renew", "fl.agent.*.*.break", "fl.agent.*.*.ready",
	"fl.agent.*.*.accept", "fl.agent.*.*.decline", "fl.agent.*.*.finish",
	"fl.agent.*.*.pull", "fl.agent.*.*.hold", "fl.agent.*.*.transfer",
}

// A Handler takes one message. It must not block. respond is called at most once, by any goroutine, and
// is nil when nobody waits for an answer.
type Handler func(subject string, payload []byte, respond func([]byte))

// A Door is where the bus hands requests to a line.
type Door struct {
	conn     *nats.Conn
	subs     []*nats.Subscription
	messages chan *nats.Msg
}

// OpenDoor subscribes to the subjects of a line's requests. Messages wait until Run hands them on. All
// come through one channel, so what one client sends on several subjects keeps its order: a finish is
// never before its accept.
func (b *Bus) OpenDoor() (*Door, error) {
	d := &Door{conn: b.conn, messages: make(chan *nats.Msg, doorMax)}
	for _, subject := range doorSubjects {
		sub, err := d.conn.ChanSubscribe(subject, d.messages)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("open door: subscribe %s: %w", subject, err), d.unsubscribe())
		}
		d.subs = append(d.subs, sub)
	}
	if err := d.conn.FlushTimeout(doorDrain); err != nil {
		return nil, errors.Join(fmt.Errorf("open door: %w", err), d.unsubscribe())
	}
	return d, nil
}

// Run hands each message to the handler, in order, until ctx ends; then it takes no more, hands over
// what had come, and returns. Run must be called once.
func (d *Door) Run(ctx context.Context, handle Handler) error {
	for {
		select {
		case <-ctx.Done():
			return d.drain(handle)
		case m := <-d.messages:
			give(handle, m)
		}
	}
}

// drain closes the door behind the last message.
func (d *Door) drain(handle Handler) error {
	err := d.unsubscribe()
	if err == nil {
		err = d.conn.FlushTimeout(doorDrain) // what was on its way is in the channel now
	}
	for {
		select {
		case m := <-d.messages:
			give(handle, m)
		default:
			if err != nil {
				return fmt.Errorf("close door: %w", err)
			}
			return nil
		}
	}
}

// unsubscribe tells the server to send no more. What it has sent still comes: Unsubscribe would drop that.
func (d *Door) unsubscribe() error {
	var errs []error
	for _, sub := range d.subs {
		errs = append(errs, sub.Drain())
	}
	return errors.Join(errs...)
}

func give(handle Handler, m *nats.Msg) {
	if m.Reply == "" {
		handle(m.Subject, m.Data, nil)
		return
	}
	handle(m.Subject, m.Data, func(answer []byte) {
		// An answer that cannot be sent is lost with its connection: the sender asks again, and a
		// repeat is answered as the first time.
		_ = m.Respond(answer)
	})
}
