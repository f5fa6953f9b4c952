package vault

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Names of the vault's key-value buckets. Contents have one of their own, because they go with their age.
const (
	Bucket         = "FL_VAULT"
	ContentsBucket = "FL_CONTENT"
)

// ContentsAge is how long contents are kept where nobody says otherwise.
const ContentsAge = 30 * 24 * time.Hour

// ContentsAgeMin is the least that a server knows: nothing is kept.
const ContentsAgeMin = 100 * time.Millisecond

// Limits of the buckets.
const (
	bucketBytesMax   = 1 << 30   // some 500,000 customers, each with a few identities and contacts
	rowLenMax        = 256 << 10 // a customer with all that one may have stays below
	contentsBytesMax = 512 << 20 // over it the oldest go before their age: a ticket matters more than an old text
	sealedMax        = 1 << 10   // what sealing adds
)

// A bucket is one kind of rows in JetStream.
type bucket struct {
	kv     jetstream.KeyValue
	stream jetstream.Stream
}

// jetStore is the Store in JetStream.
type jetStore struct{ rows, contents *bucket }

// OpenBucket returns the store of rows in JetStream, made if there is none. conn needs the rights of the bus's own user.
// Contents go when they are as old as age.
//
// The streams are those of buckets with one difference, that messages may be deleted: a bucket's own delete leaves a marker
// with the row's name, and the row's bytes behind it. Erase has the server overwrite them.
func OpenBucket(ctx context.Context, conn *nats.Conn, age time.Duration) (Store, error) {
	js, err := jetstream.New(conn)
	if err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	rows, err := openBucket(ctx, js, Bucket, jetstream.StreamConfig{Description: "fairline vault: who is which customer, sealed",
		MaxMsgSize: rowLenMax, MaxBytes: bucketBytesMax, Discard: jetstream.DiscardNew})
	if err != nil {
		return nil, err
	}
	contents, err := openBucket(ctx, js, ContentsBucket, jetstream.StreamConfig{Description: "fairline vault: what customers wrote, sealed",
		MaxMsgSize: ContentMax + sealedMax, MaxBytes: contentsBytesMax, Discard: jetstream.DiscardOld, MaxAge: age})
	if err != nil {
		return nil, err
	}
	return &jetStore{rows, contents}, nil
}

// openBucket opens one bucket, with what is the same for all.
func openBucket(ctx context.Context, js jetstream.JetStream, name string, cfg jetstream.StreamConfig) (*bucket, error) {
	cfg.Name, cfg.Subjects, cfg.MaxMsgsPerSubject = "KV_"+name, []string{"$KV." + name + ".>"}, 1
	cfg.Storage, cfg.Replicas, cfg.AllowDirect, cfg.AllowRollup = jetstream.FileStorage, 1, true, true
	stream, err := js.CreateOrUpdateStream(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	kv, err := js.KeyValue(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	return &bucket{kv, stream}, nil
}

// of is the bucket of a row.
func (s *jetStore) of(row string) *bucket {
	if strings.HasPrefix(row, contentPrefix) || strings.HasPrefix(row, nobodysPrefix) {
		return s.contents
	}
	return s.rows
}

func (s *jetStore) Get(ctx context.Context, name string) ([]byte, uint64, error) {
	row, err := s.of(name).kv.Get(ctx, name)
	switch {
	case errors.Is(err, jetstream.ErrKeyNotFound):
		return nil, 0, ErrNoRow
	case err != nil:
		return nil, 0, fmt.Errorf("read vault: %w", err)
	}
	return row.Value(), row.Revision(), nil
}

func (s *jetStore) Put(ctx context.Context, name string, value []byte, behind uint64) (uint64, error) {
	rev, err := s.of(name).kv.Update(ctx, name, value, behind)
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
		err = s.of(name).stream.SecureDeleteMsg(ctx, last)
		if err != nil && (last == tried || !errors.Is(err, jetstream.ErrMsgDeleteUnsuccessful)) {
			return fmt.Errorf("erase in vault: %w", err)
		}
		tried = last // on a failure: somebody put another row there meanwhile, or it is gone
	}
}

// Names asks the stream for its subjects: unlike a watcher's list it is whole or an error.
func (s *jetStore) Names(ctx context.Context, prefix string, fn func(string) error) error {
	b := s.of(prefix)
	space := "$KV." + b.kv.Bucket() + "."
	info, err := b.stream.Info(ctx, jetstream.WithSubjectFilter(space+prefix+">"))
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
