package natsbus

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// ConnectThrough gives a second connection of the daemon's user, through what wrap makes of the
// server.
func ConnectThrough(
	b *Bus, wrap func(nats.InProcessConnProvider) nats.InProcessConnProvider,
) (*nats.Conn, error) {
	key, err := loadKey(filepath.Join(b.cfg.StoreDir, keysDir, daemonKey))
	if err != nil {
		return nil, err
	}
	name, err := key.PublicKey()
	if err != nil {
		return nil, err
	}
	return nats.Connect("", nats.InProcessServer(wrap(b.server)), nats.Nkey(name, key.Sign))
}

// Rebind gives a writer that knows what j knows and writes over another connection.
func Rebind(j *Journal, conn *nats.Conn) *Journal {
	s := *j.store.(*streamStore)
	js, err := jetstream.New(conn)
	if err != nil {
		panic(err)
	}
	s.conn, s.js = conn, js
	if s.stream, err = js.Stream(context.Background(), s.name); err != nil {
		panic(err)
	}
	n := &Journal{name: j.name, store: &s, append: j.append, log: j.log, last: j.last}
	n.append.store = &s
	return n
}

// Age makes the anchor of j older than AnchorEvery.
func Age(j *Journal) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.written = j.written.Add(-AnchorEvery)
}

// SetAckWait changes how long j waits for one answer.
func SetAckWait(j *Journal, wait time.Duration) { j.store.(*streamStore).wait = wait }

// SyncsAlways is what the server itself says about its streams.
func SyncsAlways(b *Bus) bool {
	js := b.server.JetStreamConfig()
	return js != nil && js.SyncAlways
}

// TakenBy gives an Out that has taken a message of each frame and sent none.
func TakenBy(frames ...uint64) *Out {
	o := &Out{room: make(chan struct{}, 1)}
	for _, seq := range frames {
		if !o.take(seq) {
			panic("no room")
		}
	}
	return o
}

// Acknowledge has o hear that a message of a frame is stored.
func Acknowledge(o *Out, frame uint64) {
	o.acknowledged(&nats.Msg{Subject: fmt.Sprintf("_INBOX.x.%d", frame), Data: []byte(`{"stream":"FL_OUT","seq":1}`)})
}
