package natsbus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// A row is one stored frame with its sequence.
type row struct {
	seq   uint64
	frame []byte
}

// A store is what the rules of appending and reading need of a stream. The rules are tested with a
// double that loses, repeats and lies.
type store interface {
	// publish appends the frame if the stream's last sequence is behind, and returns its sequence.
	publish(ctx context.Context, frame []byte, behind uint64) (uint64, error)
	// last gives the stream's last sequence.
	last(ctx context.Context) (uint64, error)
	// rows gives up to n stored frames from the sequence from, in order; none if there is none at or
	// behind it. It may give fewer than are stored, and skips what is missing.
	rows(ctx context.Context, from uint64, n int) ([]row, error)
}

// streamStore is the store in JetStream.
type streamStore struct {
	conn    *nats.Conn
	js      jetstream.JetStream
	stream  jetstream.Stream
	name    string
	subject string
	wait    time.Duration // for one answer
}

// streamConfig is the journal's stream: frames are added behind the last one, and nothing takes any
// away; when it is full it says so.
func (c JournalConfig) streamConfig() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:        c.Stream(),
		Description: "fairline journal: frames of a line, never edited",
		Subjects:    []string{c.Subject()},
		Storage:     jetstream.FileStorage,
		Replicas:    1,
		Retention:   jetstream.LimitsPolicy,
		Discard:     jetstream.DiscardNew,
		MaxBytes:    c.BytesMax,
		MaxMsgSize:  PayloadLenMax,
		DenyDelete:  true,
		DenyPurge:   true,
		AllowDirect: true,
	}
}

func (s *streamStore) publish(ctx context.Context, frame []byte, behind uint64) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, s.wait)
	defer cancel()
	msg := &nats.Msg{Subject: s.subject, Data: frame, Header: nats.Header{
		jetstream.ExpectedLastSeqHeader: {strconv.FormatUint(behind, 10)},
		jetstream.ExpectedStreamHeader:  {s.name},
	}}
	ack, err := s.js.PublishMsg(ctx, msg, jetstream.WithRetryAttempts(0))
	if err != nil {
		return 0, err
	}
	return ack.Sequence, nil
}

func (s *streamStore) last(ctx context.Context) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, s.wait)
	defer cancel()
	info, err := s.stream.Info(ctx)
	if err != nil {
		return 0, err
	}
	return info.State.LastSeq, nil
}

// rowsBytesMax bounds the bytes of one batch, but for its last frame: larger ones gain nothing.
const rowsBytesMax = 4 << 20

// getRequest asks the stream for a batch: see the server's JSApiMsgGetRequest.
type getRequest struct {
	Seq      uint64 `json:"seq"`
	Batch    int    `json:"batch"`
	MaxBytes int    `json:"max_bytes"`
}

// rows asks for one batch by direct get: no consumer to make and to lose, and each message carries
// its sequence. The server sends the batch and then an empty message with a status.
func (s *streamStore) rows(ctx context.Context, from uint64, n int) ([]row, error) {
	ctx, cancel := context.WithTimeout(ctx, s.wait)
	defer cancel()
	inbox := s.conn.NewInbox() // one for each batch, so that a late answer meets no reader
	sub, err := s.conn.SubscribeSync(inbox)
	if err != nil {
		return nil, err
	}
	defer sub.Unsubscribe()
	request, err := json.Marshal(getRequest{Seq: from, Batch: n, MaxBytes: rowsBytesMax})
	if err != nil {
		return nil, err
	}
	if err = s.conn.PublishRequest("$JS.API.DIRECT.GET."+s.name, inbox, request); err != nil {
		return nil, err
	}
	rows := make([]row, 0, n)
	for {
		msg, err := sub.NextMsgWithContext(ctx)
		if err != nil {
			return nil, err
		}
		end, err := batchEnd(msg)
		if end || err != nil {
			return rows, err
		}
		seq, err := strconv.ParseUint(msg.Header.Get(jetstream.SequenceHeader), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("direct get from %d: answer without a sequence: %w", from, err)
		}
		rows = append(rows, row{seq, msg.Data})
	}
}

// batchEnd says whether a message of a batch is its end, and whether a bad one. No status is a frame.
func batchEnd(msg *nats.Msg) (bool, error) {
	switch status := msg.Header.Get("Status"); status {
	case "":
		return false, nil
	case "204", "404": // end of batch; nothing there
		return true, nil
	case "503":
		return true, nats.ErrNoResponders
	default:
		return true, fmt.Errorf("direct get: status %s: %s", status, msg.Header.Get("Description"))
	}
}

// firstMissing is the sequence of the first frame that the stream lacks, or 0. It counts and does
// not read.
func firstMissing(ctx context.Context, stream jetstream.Stream) (uint64, error) {
	info, err := stream.Info(ctx, jetstream.WithDeletedDetails(true))
	if err != nil {
		return 0, err
	}
	state := info.State
	switch {
	case state.LastSeq > 0 && state.FirstSeq != 1:
		return 1, nil
	case len(state.Deleted) > 0:
		return state.Deleted[0], nil
	}
	return 0, nil
}

// makeStream finds the stream or makes it, with the settings that it must have.
func makeStream(
	ctx context.Context, js jetstream.JetStream, cfg jetstream.StreamConfig, anchor Anchor, file string,
) (jetstream.Stream, error) {
	_, err := js.Stream(ctx, cfg.Name)
	switch {
	case err == nil:
		return js.UpdateStream(ctx, cfg)
	case !errors.Is(err, jetstream.ErrStreamNotFound):
		return nil, err
	case anchor.Seq > 0:
		return nil, anchor.regressed(file, Anchor{Stream: cfg.Name})
	}
	return js.CreateStream(ctx, cfg)
}
