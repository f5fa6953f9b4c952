package natsbus_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"

	"fairline/adapters/natsbus"
)

func openDoor(t *testing.T, bus *natsbus.Bus) *natsbus.Door {
	t.Helper()
	door, err := bus.OpenDoor()
	if err != nil {
		t.Fatal(err)
	}
	return door
}

// TestDoorAnswers sends a request on each kind of subject, and one that nobody answers.
func TestDoorAnswers(t *testing.T) {
	bus := listening(t)
	door := openDoor(t, bus)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- door.Run(ctx, func(subject string, payload []byte, respond func([]byte)) {
			respond([]byte(subject + " " + string(payload)))
		})
	}()
	conn := connectBy(t, bus, bus.DeskFile())
	for _, subject := range []string{"fl.in.main.cli.ticket", "fl.in.odd", "fl.ask.main.status",
		"fl.agent.main.ana.sign-in", "fl.agent.main.ana.finish", "fl.agent.main.ana.renew", "fl.agent.main.ana.pull",
		"fl.agent.main.ana.hold", "fl.agent.main.ana.transfer", "fl.desk.main.mia.move"} {
		m, err := conn.Request(subject, []byte("hello"), answerMax)
		if err != nil || string(m.Data) != subject+" hello" {
			t.Errorf("request %s: %v, %v", subject, m, err)
		}
	}
	if _, err := conn.Request("fl.agent.main.ana.offered", nil, answerMax); err == nil {
		t.Error("the door answered what the line itself says")
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Run = %v", err)
	}
}

// TestDoorKeepsOrder sends on alternating subjects and wants the order of sending.
func TestDoorKeepsOrder(t *testing.T) {
	bus := listening(t)
	door := openDoor(t, bus)
	conn := connectLocal(t, bus)
	var want, got []string
	for i := range 2000 {
		verb := []string{"accept", "finish", "ready"}[i%3]
		text := fmt.Sprint(i)
		if err := conn.Publish("fl.agent.main.ana."+verb, []byte(text)); err != nil {
			t.Fatal(err)
		}
		want = append(want, text)
	}
	if err := conn.Flush(); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	ctx, stop := context.WithCancel(t.Context())
	stop() // a door that is closed at once still hands over what had come
	err := door.Run(ctx, func(_ string, payload []byte, respond func([]byte)) {
		mu.Lock()
		defer mu.Unlock()
		if respond != nil {
			t.Error("a message without a reply subject has somebody who waits")
		}
		got = append(got, string(payload))
	})
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("Run = %v; %d messages in another order than the %d sent", err, len(got), len(want))
	}
	if _, err := conn.Request("fl.ask.main.status", nil, answerMax); err == nil {
		t.Error("a closed door answers")
	}
}

func TestDoorOfAClosedBus(t *testing.T) {
	cfg := config(t)
	bus, err := natsbus.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	closeBus(t, bus)
	if _, err := bus.OpenDoor(); err == nil {
		t.Error("OpenDoor on a closed bus: no error")
	}
	if _, err := os.Stat(cfg.StoreDir); err != nil {
		t.Error(err)
	}
}
