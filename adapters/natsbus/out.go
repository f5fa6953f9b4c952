package natsbus

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// OutStream keeps what lines say to the adapters of the configuration until they have heard it.
const OutStream = "FL_OUT"

// Limits of the stream, and of what is on its way into it.
const (
	outAgeMax   = 24 * time.Hour
	outBytesMax = 256 << 20
	// dedupeWindow is how long a stream knows what it has: a message with the same name is stored once. A daemon that is away
	// for longer repeats at its start what may not have gone out; adapters take that for what it is.
	dedupeWindow = 2 * time.Minute
	// outPendingMax is how many messages may wait for the disk; the host waits beside the next. The server would drop what comes
	// over 100,000.
	outPendingMax = 4096
	// outWaitMax is how long the host waits there.
	outWaitMax = 10 * time.Second
	// outAckWait is how long a notice is an adapter's before it comes again.
	outAckWait = 10 * time.Second
)

// ErrOutStuck says that the stream stores nothing any more. What was said is said again after the next start.
var ErrOutStuck = errors.New("the stream " + OutStream + " stores nothing; is the disk full?")

// An Out publishes what a line says, as the host's Publisher: to everybody on core NATS, and what is for an adapter of the
// configuration into OutStream too. It does not wait for the disk: Unstored says what is not there yet.
type Out struct {
	conn     *nats.Conn
	sub      *nats.Subscription
	inbox    string // acknowledgements come to inbox.FRAME
	shard    string
	adapters map[string]bool

	mu     sync.Mutex
	frames []unstored // in rising order; the first is not stored
	total  int        // messages in them
	stored uint64
	failed uint64
	room   chan struct{} // size 1: told when a message was stored
}

// An unstored is a frame some of whose messages are on their way to the disk.
type unstored struct {
	seq  uint64
	left int
}

// OpenOut makes the stream and its consumers, one for each adapter of the configuration, named like it; it removes those of
// adapters that are not there any more. shard is the line's, in the names of messages: SHARD.FRAME.INDEX.
func (b *Bus) OpenOut(ctx context.Context, shard uint32) (*Out, error) {
	o := &Out{conn: b.conn, inbox: nats.NewInbox(), shard: strconv.FormatUint(uint64(shard), 10), adapters: map[string]bool{},
		room: make(chan struct{}, 1)}
	for _, a := range b.cfg.Adapters {
		o.adapters[a.Name] = true
	}
	if len(o.adapters) == 0 {
		return o, nil
	}
	if err := b.makeOut(ctx); err != nil {
		return nil, fmt.Errorf("open %s: %w", OutStream, err)
	}
	var err error
	if o.sub, err = b.conn.Subscribe(o.inbox+".*", o.acknowledged); err != nil {
		return nil, fmt.Errorf("open %s: %w", OutStream, err)
	}
	return o, nil
}

// makeOut makes the stream over the subjects of the adapters. What is said to others is not stored: nobody could read it.
func (b *Bus) makeOut(ctx context.Context) error {
	js, err := jetstream.New(b.conn)
	if err != nil {
		return err
	}
	cfg := jetstream.StreamConfig{Name: OutStream, Description: "fairline: what lines say to adapters", Storage: jetstream.FileStorage,
		Replicas: 1, Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardOld, MaxAge: outAgeMax, MaxBytes: outBytesMax,
		Duplicates: dedupeWindow}
	for _, a := range b.cfg.Adapters {
		cfg.Subjects = append(cfg.Subjects, outSubjects(a.Name))
	}
	stream, err := js.CreateOrUpdateStream(ctx, cfg)
	if err != nil {
		return err
	}
	names := stream.ConsumerNames(ctx)
	for name := range names.Name() {
		if !slices.ContainsFunc(b.cfg.Adapters, func(a Adapter) bool { return a.Name == name }) {
			if err := stream.DeleteConsumer(ctx, name); err != nil {
				return fmt.Errorf("remove consumer %s: %w", name, err)
			}
		}
	}
	if err := names.Err(); err != nil {
		return err
	}
	for _, a := range b.cfg.Adapters {
		if _, err := stream.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{Durable: a.Name, FilterSubject: outSubjects(a.Name),
			AckPolicy: jetstream.AckExplicitPolicy, AckWait: outAckWait, MaxAckPending: 1}); err != nil {
			return fmt.Errorf("make consumer %s: %w", a.Name, err)
		}
	}
	return nil
}

func outSubjects(adapter string) string { return "fl.out." + adapter + ".>" }

// Publish sends one message; seq and index are its name. It waits while too many are on their way to the disk.
func (o *Out) Publish(seq uint64, index int, subject string, data []byte) error {
	adapter, out := strings.CutPrefix(subject, "fl.out.")
	adapter, _, _ = strings.Cut(adapter, ".")
	if !out || !o.adapters[adapter] {
		return o.conn.Publish(subject, data)
	}
	if err := o.enter(seq); err != nil {
		return err
	}
	frame := strconv.FormatUint(seq, 10)
	return o.conn.PublishMsg(&nats.Msg{Subject: subject, Reply: o.inbox + "." + frame, Data: data, Header: nats.Header{
		jetstream.MsgIDHeader: {o.shard + "." + frame + "." + strconv.Itoa(index)}}})
}

// enter counts a message of a frame.
func (o *Out) enter(seq uint64) error {
	timer := time.NewTimer(outWaitMax)
	defer timer.Stop()
	for !o.take(seq) {
		select {
		case <-o.room:
		case <-timer.C:
			return ErrOutStuck
		}
	}
	return nil
}

func (o *Out) take(seq uint64) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.total >= outPendingMax {
		return false
	}
	o.total++
	if n := len(o.frames); n == 0 || o.frames[n-1].seq != seq {
		o.frames = append(o.frames, unstored{seq: seq})
	}
	o.frames[len(o.frames)-1].left++
	return true
}

// acknowledged hears that a message is stored, or was before. One that the stream refused stays unstored: only a new start says
// it again.
func (o *Out) acknowledged(m *nats.Msg) {
	seq, err := strconv.ParseUint(m.Subject[strings.LastIndexByte(m.Subject, '.')+1:], 10, 64)
	o.mu.Lock()
	defer o.mu.Unlock()
	if err != nil || !ackGood(m) {
		o.failed++
		return
	}
	i, found := slices.BinarySearchFunc(o.frames, seq, func(f unstored, seq uint64) int { return cmp.Compare(f.seq, seq) })
	if !found || o.frames[i].left == 0 {
		o.failed++
		return
	}
	o.frames[i].left--
	o.total--
	o.stored++
	for len(o.frames) > 0 && o.frames[0].left == 0 {
		o.frames = o.frames[1:]
	}
	select {
	case o.room <- struct{}{}:
	default:
	}
}

// ackGood reports whether an acknowledgement says that the message is stored.
func ackGood(m *nats.Msg) bool {
	var ack struct {
		Error *struct{} `json:"error"`
	}
	return m.Header.Get("Status") == "" && json.Unmarshal(m.Data, &ack) == nil && ack.Error == nil
}

// Unstored returns the earliest frame of which a message is not stored yet, 0: none.
func (o *Out) Unstored() uint64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.frames) == 0 {
		return 0
	}
	return o.frames[0].seq
}

// An OutStats counts messages to adapters since the start.
type OutStats struct {
	Stored uint64 // also those that the stream had already
	Failed uint64 // the stream refused them; they are said again after the next start
}

// Stats returns the counts.
func (o *Out) Stats() OutStats {
	o.mu.Lock()
	defer o.mu.Unlock()
	return OutStats{Stored: o.stored, Failed: o.failed}
}
