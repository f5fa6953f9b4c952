package vault

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Bucket is the name of the vault's key-value bucket.
const Bucket = "FL_VAULT"

// Limits of the bucket.
const (
	bucketBytesMax = 1 << 30   // some 500,000 customers, each with a few identities and contacts
	rowLenMax      = 256 << 10 // a customer with all that one may have stays below
)

// jetStore is the Store in JetStream.
type jetStore struct {
	kv     jetstream.KeyValue
	stream jetstream.Stream
}

// OpenBucket returns the store of rows in JetStream, made if there is none. conn needs the rights of the bus's own user.
//
// The stream is that of a bucket with one difference, that messages may be deleted: a bucket's own delete leaves a marker with
// the row's name, and the row's bytes behind it. Erase has the server overwrite them.
func OpenBucket(ctx context.Context, conn *nats.Conn) (Store, error) {
	js, err := jetstream.New(conn)
	if err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	stream, err := js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name:              "KV_" + Bucket,
		Description:       "fairline vault: who is which customer, sealed",
		Subjects:          []string{"$KV." + Bucket + ".>"},
		MaxMsgsPerSubject: 1,
		MaxMsgSize:        rowLenMax,
		MaxBytes:          bucketBytesMax,
		Discard:           jetstream.DiscardNew,
		Storage:           jetstream.FileStorage,
		Replicas:          1,
		AllowDirect:       true,
		AllowRollup:       true,
		DenyDelete:        false,
	})
	if err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	kv, err := js.KeyValue(ctx, Bucket)
	if err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	return &jetStore{kv: kv, stream: stream}, nil
}

func (s *jetStore) Get(ctx context.Context, name string) ([]byte, uint64, error) {
	row, err := s.kv.Get(ctx, name)
	switch {
	case errors.Is(err, jetstream.ErrKeyNotFound):
		return nil, 0, ErrNoRow
	case err != nil:
		return nil, 0, fmt.Errorf("read vault: %w", err)
	}
	return row.Value(), row.Revision(), nil
}

func (s *jetStore) Put(ctx context.Context, name string, value []byte, behind uint64) (uint64, error) {
	rev, err := s.kv.Update(ctx, name, value, behind)
	switch {
	case errors.Is(err, jetstream.ErrKeyExists), wrongSequence(err):
		return 0, ErrConflict
	case err != nil:
		return 0, fmt.Errorf("write vault: %w", err)
	}
	return rev, nil
}

func wrongSequence(err error) bool {
	api, ok := errors.AsType[*jetstream.APIError](err)
	return ok && (api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence ||
		api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant)
}

func (s *jetStore) Erase(ctx context.Context, name string, rev uint64) error {
	var tried uint64
	for {
		_, last, err := s.Get(ctx, name)
		switch {
		case errors.Is(err, ErrNoRow):
			return nil
		case err != nil:
			return err
		case rev != 0 && last != rev:
			return ErrConflict
		}
		err = s.stream.SecureDeleteMsg(ctx, last)
		if err != nil && (last == tried || !errors.Is(err, jetstream.ErrMsgDeleteUnsuccessful)) {
			return fmt.Errorf("erase in vault: %w", err)
		}
		tried = last // on a failure: somebody put another row there meanwhile, or it is gone
	}
}

// Names asks the stream for its subjects: unlike a watcher's list it is whole or an error.
func (s *jetStore) Names(ctx context.Context, prefix string, fn func(string) error) error {
	const space = "$KV." + Bucket + "."
	info, err := s.stream.Info(ctx, jetstream.WithSubjectFilter(space+prefix+">"))
	if err != nil {
		return fmt.Errorf("list vault: %w", err)
	}
	for subject := range info.State.Subjects {
		if err := fn(strings.TrimPrefix(subject, space)); err != nil {
			return err
		}
	}
	return nil
}
