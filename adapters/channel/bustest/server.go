// Package bustest has a NATS server for tests that are about no server.
package bustest

import (
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// Start begins a server in this process, without a network, with JetStream in a folder, and connects to it. stop ends both, and is
// called at the end of the test at the latest.
func Start(t testing.TB, dir string) (conn *nats.Conn, stop func()) {
	t.Helper()
	s, err := server.NewServer(&server.Options{DontListen: true, JetStream: true, StoreDir: dir, NoLog: true, NoSigs: true, SyncAlways: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server is not ready")
	}
	conn, err = nats.Connect("", nats.InProcessServer(s))
	if err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		conn.Close()
		s.Shutdown()
		s.WaitForShutdown()
	})
	t.Cleanup(stop)
	return conn, stop
}
