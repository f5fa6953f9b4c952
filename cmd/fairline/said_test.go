package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"fairline/adapters/natsbus"
)

// TestKilledSaysOnce kills a daemon that says much to an adapter, again and again: of every end that was acknowledged one notice is
// in the stream, and never two.
func TestKilledSaysOnce(t *testing.T) {
	t.Setenv("FAIRLINE_ADAPTERS", "mail")
	d := newVictim(t)
	defer func() { d.kill() }()
	ended := map[string]bool{}
	n := 0
	for range 4 {
		d.start()
		life := time.AfterFunc(time.Duration(50+rand.IntN(300))*time.Millisecond, func() { _ = d.cmd.Process.Kill() })
		n = comeAndGo(t, d, n, ended)
		life.Stop()
		d.kill()
	}
	if len(ended) < 20 {
		t.Fatalf("%d contacts ended, want more to look at", len(ended))
	}
	d.start() // says again what had not gone out
	d.kill()
	said := map[string]int{}
	for _, id := range endsSaid(t, d.store) {
		said[id]++
	}
	for id, times := range said {
		if times != 1 {
			t.Errorf("the end of %s is there %d times", id, times)
		}
	}
	for id := range ended {
		if said[id] == 0 {
			t.Errorf("the end of %s, which was acknowledged, is not there", id)
		}
	}
	t.Logf("%d ends were acknowledged, %d are there", len(ended), len(said))
}

// comeAndGo hands in contacts that leave at once, until the daemon dies, and notes those whose leaving was acknowledged.
func comeAndGo(t *testing.T, d *victim, n int, ended map[string]bool) int {
	t.Helper()
	key, err := credentials(d.creds)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := nats.Connect(d.url, key, nats.NoReconnect())
	if err != nil {
		return n // it is dead already
	}
	defer conn.Close()
	for {
		n++
		id := fmt.Sprint(n)
		for _, verb := range []string{"ticket", "leave"} {
			text := map[string]string{"ticket": `{"id":"` + id + `","data":{"channel":"phone"}}`, "leave": `{"id":"` + id + `"}`}[verb]
			m, err := conn.Request("fl.in.main.mail."+verb, []byte(text), answerMax)
			if err != nil {
				return n
			}
			if strings.Contains(string(m.Data), `"error"`) {
				t.Fatalf("%s: %s", verb, m.Data)
			}
		}
		ended[id] = true
	}
}

// endsSaid reads the ids of all ends that a store keeps for the adapter.
func endsSaid(t *testing.T, store string) (ids []string) {
	t.Helper()
	bus, err := natsbus.Open(t.Context(), natsbus.Config{StoreDir: store})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := bus.Close(); err != nil {
			t.Error(err)
		}
	}()
	js, err := jetstream.New(bus.Conn())
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.Stream(t.Context(), natsbus.OutStream)
	if err != nil {
		t.Fatal(err)
	}
	for seq := uint64(1); seq <= stream.CachedInfo().State.LastSeq; seq++ {
		m, err := stream.GetMsg(t.Context(), seq)
		if err != nil {
			t.Fatal(err)
		}
		var n struct {
			ID string `json:"id"`
		}
		if err := json.Unmarshal(m.Data, &n); err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(m.Subject, ".ended") {
			ids = append(ids, n.ID)
		}
	}
	return ids
}
