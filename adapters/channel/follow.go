package channel

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
)

// OutStream is the stream of what lines say to adapters. Who runs the line makes it, and in it a durable consumer for each
// adapter, with the adapter's name: an adapter's key may read its own and ask nothing else of JetStream.
const OutStream = "FL_OUT"

// How notices are pulled: one at a time, so that none is on its way to somebody who has just gone.
const (
	pullFor    = 20 * time.Second // then the request is made again
	pullSlack  = 5 * time.Second  // the server's own end of a request comes within it, or the link is dead
	pullRest   = time.Second      // after a request that failed
	laterAfter = "{\"delay\":1000000000}"
)

// Follow hears what the line says of the adapter's contacts. It goes on through lost connections; it fails only where the
// connection is closed for good.
func (b *Bus) Follow(ctx context.Context, handle func(context.Context, Notice) error) error {
	inbox := b.conn.NewInbox()
	sub, err := b.conn.SubscribeSync(inbox)
	if err != nil {
		return fmt.Errorf("follow adapter %s: %w", b.adapter, err)
	}
	defer func() { _ = sub.Unsubscribe() }() // the connection may be gone already
	for ctx.Err() == nil {
		switch err := b.pull(ctx, sub, inbox, handle); {
		case errors.Is(err, nats.ErrConnectionClosed):
			return fmt.Errorf("follow adapter %s: %w", b.adapter, err)
		case err != nil:
			Rest(ctx, pullRest)
		}
	}
	return nil
}

// pull asks for the next notice and handles it.
func (b *Bus) pull(ctx context.Context, sub *nats.Subscription, inbox string, handle func(context.Context, Notice) error) error {
	request := fmt.Sprintf(`{"batch":1,"expires":%d}`, pullFor.Nanoseconds())
	if err := b.conn.PublishRequest("$JS.API.CONSUMER.MSG.NEXT."+OutStream+"."+b.adapter, inbox, []byte(request)); err != nil {
		return err
	}
	wait, cancel := context.WithTimeout(ctx, pullFor+pullSlack)
	defer cancel()
	m, err := sub.NextMsgWithContext(wait)
	if err != nil {
		return err
	}
	switch status := m.Header.Get("Status"); status {
	case "":
		b.heard(ctx, m, handle)
	case "404", "408": // nothing new
	default:
		return fmt.Errorf("the server says %s: %s", status, m.Header.Get("Description"))
	}
	return nil
}

// heard handles one notice, and says whether it was heard. An acknowledgement that is lost makes it come again, which is
// harmless.
func (b *Bus) heard(ctx context.Context, m *nats.Msg, handle func(context.Context, Notice) error) {
	n, err := ReadNotice(m.Subject, m.Data)
	if err == nil {
		err = handle(ctx, n)
	}
	if err != nil {
		_ = m.Respond([]byte("-NAK " + laterAfter))
		return
	}
	_ = m.Respond([]byte("+ACK"))
}
