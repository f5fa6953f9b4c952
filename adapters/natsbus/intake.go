package natsbus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// The streams of door B: contacts that wait for their line, and those that it refused for good.
const (
	IntakeStream = "FL_INTAKE"
	DeadStream   = "FL_DLQ"
)

// Limits of door B.
const (
	intakeMsgsMax  = 1_000_000
	intakeBytesMax = 512 << 20
	intakeLenMax   = 72 << 10 // a payload as door A takes it, and headers
	deadAgeMax     = 31 * 24 * time.Hour
	deadBytesMax   = 64 << 20
	// intakeFlight is how many contacts are with the host at a time: half a turn, so that both doors have room in it.
	intakeFlight = 1000
	// intakeAckWait is how long the server waits for word of a contact before it comes again. A new start does not wait.
	intakeAckWait = 30 * time.Second
	// intakeAgain is when a contact comes again that the line could not take now.
	intakeAgain = time.Second
	// intakeDrain bounds the wait for the host's answers when the door closes.
	intakeDrain = 2 * time.Second
)

// The headers of a contact in DeadStream; its payload is as it came.
const (
	DeadSubject     = "Fairline-Subject" // where door A would have had it
	DeadCode        = "Fairline-Code"
	DeadDescription = "Fairline-Description"
)

// An Intake is door B: a stream into which adapters put contacts while nobody serves the line, and from which they are handed to
// the host like those that come through a Door.
type Intake struct {
	conn     *nats.Conn
	js       jetstream.JetStream
	consumer jetstream.Consumer
	line     string
	log      *slog.Logger

	stored, refused, later atomic.Uint64
}

// OpenIntake makes the streams of door B for a line, and the daemon's consumer. From here on contacts are taken in; Run hands
// them over. The consumer is made anew: what an earlier process had in hand comes again at once, in its place.
func (b *Bus) OpenIntake(ctx context.Context, line string) (*Intake, error) {
	i := &Intake{conn: b.conn, line: line, log: b.cfg.Log}
	if err := i.open(ctx); err != nil {
		return nil, fmt.Errorf("open %s: %w", IntakeStream, err)
	}
	return i, nil
}

func (i *Intake) open(ctx context.Context) (err error) {
	if i.js, err = jetstream.New(i.conn); err != nil {
		return err
	}
	stream, err := i.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{Name: IntakeStream,
		Description: "fairline: contacts that wait for their line",
		Subjects:    []string{"fl.q." + i.line + ".*.ticket"}, Storage: jetstream.FileStorage, Replicas: 1,
		Retention: jetstream.WorkQueuePolicy, Discard: jetstream.DiscardNew, MaxMsgs: intakeMsgsMax, MaxBytes: intakeBytesMax,
		MaxMsgSize: intakeLenMax, Duplicates: dedupeWindow})
	if err != nil {
		return err
	}
	if _, err = i.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{Name: DeadStream,
		Description: "fairline: contacts that a line refused",
		Subjects:    []string{"fl.dlq." + i.line}, Storage: jetstream.FileStorage, Replicas: 1,
		Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardOld, MaxAge: deadAgeMax, MaxBytes: deadBytesMax,
		Duplicates: dedupeWindow}); err != nil {
		return err
	}
	const name = "fairline"
	if err = stream.DeleteConsumer(ctx, name); err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
		return err
	}
	i.consumer, err = stream.CreateConsumer(ctx, jetstream.ConsumerConfig{Durable: name, AckPolicy: jetstream.AckExplicitPolicy,
		AckWait: intakeAckWait, MaxAckPending: intakeFlight})
	return err
}

// An intakeAnswer is what the host said of a contact.
type intakeAnswer struct {
	msg  jetstream.Msg
	text []byte
}

// Run hands each contact to the handler, under the subject that it would have at door A, until ctx ends. A contact is taken from
// the stream when the handler has answered that it is stored, or that it is refused for good and it lies in DeadStream. One
// that nobody can take now comes again. Run must be called once.
func (i *Intake) Run(ctx context.Context, handle Handler) error {
	messages, err := i.consumer.Messages(jetstream.PullMaxMessages(intakeFlight))
	if err != nil {
		return fmt.Errorf("run %s: %w", IntakeStream, err)
	}
	defer messages.Stop()
	defer context.AfterFunc(ctx, messages.Stop)()
	flight := make(chan struct{}, intakeFlight)      // one for each contact that the host has
	answers := make(chan intakeAnswer, intakeFlight) // so that no answer waits
	quit, settled := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(settled)
		for {
			select {
			case a := <-answers:
				i.settle(context.WithoutCancel(ctx), a)
				<-flight
			case <-quit:
				return
			}
		}
	}()
	for ctx.Err() == nil {
		msg, err := messages.Next()
		switch {
		case errors.Is(err, jetstream.ErrMsgIteratorClosed):
		case err != nil:
			i.log.Warn("door B was interrupted", "err", err)
			rest(ctx, intakeAgain)
		default:
			flight <- struct{}{}
			handle("fl.in."+strings.TrimPrefix(msg.Subject(), "fl.q."), msg.Data(), func(text []byte) {
				answers <- intakeAnswer{msg, text}
			})
		}
	}
	drain(flight)
	close(quit)
	<-settled
	if err := i.conn.FlushTimeout(intakeDrain); err != nil {
		return fmt.Errorf("close %s: %w", IntakeStream, err)
	}
	return nil
}

// drain waits until nothing is in flight. What a host that failed leaves without an answer comes again at the next start.
func drain(flight chan struct{}) {
	timer := time.NewTimer(intakeDrain)
	defer timer.Stop()
	for range cap(flight) {
		select {
		case flight <- struct{}{}:
		case <-timer.C:
			return
		}
	}
}

func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// settle tells the stream what the host said. A word to the stream that is lost makes the contact come again: it is a duplicate
// then.
func (i *Intake) settle(ctx context.Context, a intakeAnswer) {
	var said struct {
		Error *struct {
			Code        int    `json:"code"`
			Description string `json:"description"`
		} `json:"error"`
	}
	err := json.Unmarshal(a.text, &said)
	switch {
	case err == nil && said.Error == nil:
		i.stored.Add(1)
		err = a.msg.Ack()
	case err == nil && said.Error.Code != 503:
		if err = i.bury(ctx, a.msg, said.Error.Code, said.Error.Description); err == nil {
			i.refused.Add(1)
			err = a.msg.Ack()
			break
		}
		fallthrough
	default:
		i.later.Add(1)
		err = errors.Join(err, a.msg.NakWithDelay(intakeAgain))
	}
	if err != nil {
		i.log.Warn("door B could not settle a contact", "err", err)
	}
}

// bury puts a contact into DeadStream as it came, with the reason. Its name there is its place in the stream, so that it lies
// there once.
func (i *Intake) bury(ctx context.Context, msg jetstream.Msg, code int, why string) error {
	meta, err := msg.Metadata()
	if err != nil {
		return err
	}
	_, err = i.js.PublishMsg(ctx, &nats.Msg{Subject: "fl.dlq." + i.line, Data: msg.Data(), Header: nats.Header{
		DeadSubject: {"fl.in." + strings.TrimPrefix(msg.Subject(), "fl.q.")}, DeadCode: {strconv.Itoa(code)}, DeadDescription: {why},
		jetstream.MsgIDHeader: {IntakeStream + "." + strconv.FormatUint(meta.Sequence.Stream, 10)}}})
	return err
}

// An IntakeStats counts what became of contacts at door B since the start.
type IntakeStats struct {
	Stored  uint64 // duplicates too
	Refused uint64 // for good: they lie in DeadStream
	Later   uint64 // not now: they came again, or will; one contact may be counted often
}

// Stats returns the counts.
func (i *Intake) Stats() IntakeStats {
	return IntakeStats{Stored: i.stored.Load(), Refused: i.refused.Load(), Later: i.later.Load()}
}
