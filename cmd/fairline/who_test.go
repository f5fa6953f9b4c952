package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"fairline/adapters/channel/bustest"
	"fairline/adapters/vault"
	"fairline/policy"
)

// A slowVault takes its time with who is slow.
type slowVault struct{ customers }

func (slowVault) Person(ctx context.Context, _, identity string, _ bool) (string, error) {
	if identity == "slow" {
		<-ctx.Done()
	}
	return "k", ctx.Err()
}

// TestCustomersAreAskedForSideBySide: one slow question delays no other adapter's, and no other agent's.
func TestCustomersAreAskedForSideBySide(t *testing.T) {
	conn, _ := bustest.Start(t, t.TempDir())
	if err := answerWho(conn, []string{"email", "webhook"}, slowVault{}, func() *policy.Policy { return nil }); err != nil {
		t.Fatal(err)
	}
	slow, _ := json.Marshal(question{Person: &askedPerson{"mail", "slow", true}})
	if err := conn.PublishRequest(whoSubject+"email", "nobody", slow); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if key, err := (asking{conn, "webhook"}).Person(ctx, "mail", "ana@example.org", true); err != nil || key != "k" {
		t.Errorf("another adapter's customer: %q, %v", key, err)
	}
	if _, err := conn.Subscribe("fl.ask.main.ticket", func(m *nats.Msg) {
		var which struct{ ID string }
		if json.Unmarshal(m.Data, &which) == nil && which.ID == "fast" {
			_ = m.Respond([]byte(`{"ticket":1,"offer":7,"agent":"ben","arrived":"2026-11-21T09:00:00Z"}`))
		}
	}); err != nil {
		t.Fatal(err)
	}
	v, err := vault.Open(t.Context(), vault.NewMemory(), vault.Keys{Site: []vault.Key{vault.NewKey("1")}, Hash: []vault.Key{vault.NewKey("1")}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := answerRecent(conn, "main", v); err != nil {
		t.Fatal(err)
	}
	ask, _ := json.Marshal(recentQuestion{Offer: 7, Adapter: "email", ID: "slow"})
	if err := conn.PublishRequest(customerSubject+"main.eva.recent", "nobody", ask); err != nil {
		t.Fatal(err)
	}
	var known recentAnswer
	ctx, cancel = context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	line := &lineConn{Conn: conn, line: "main"}
	if err := line.ask(ctx, customerSubject+"main.ben.recent", recentQuestion{Offer: 7, Adapter: "email", ID: "fast"}, &known); err != nil || known.Ticket != 1 {
		t.Errorf("another agent's customer: %+v, %v", known, err)
	}
}

// TestACustomerWithoutAnIdentity has a place all the same: what a platform calls a customer may be none of ours.
func TestACustomerWithoutAnIdentity(t *testing.T) {
	c, stop := withChannels(t)
	for id, from := range map[string]string{"m1": "Ana <ana@example.org>", "m2": "anonymous", "m3": "@ana"} {
		if code := c.post(id, from, 3, channelsSecret); code != http.StatusOK {
			t.Errorf("%s: a message was answered with %d", from, code)
		}
	}
	var first shownTicket
	if err := connectTo(t, c.s).ask(t.Context(), "fl.ask.main.ticket", map[string]uint64{"ticket": 1}, &first); err != nil || first.Customer != "" {
		t.Errorf("%+v, %v", first, err)
	}
	if err := stop(); err != nil {
		t.Errorf("serve = %v", err)
	}
}

// TestCustomersTextsGo where the site keeps none any more, also those that were kept before.
func TestCustomersTextsGo(t *testing.T) {
	dir := t.TempDir()
	file, store := filepath.Join(dir, "channels.yaml"), filepath.Join(dir, "store")
	for i, kept := range []string{"720h", "0s", "0s", "720h"} {
		if err := os.WriteFile(file, []byte("vault: {contents: "+kept+"}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		d, _, stop := beginDaemonWith(t, func(cfg *config) {
			cfg.Policy, cfg.Channels, cfg.Store, cfg.Adapters = "weekday", file, store, "webhook"
		})
		if err := d.vault.Keep(t.Context(), "", vault.Source{Adapter: "webhook", ID: fmt.Sprint(i)}, []byte("no dial tone")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		for id, want := range map[string]bool{"0": i == 0, "1": false, "2": false, "3": i == 3} {
			if _, err := d.vault.Content(t.Context(), vault.Source{Adapter: "webhook", ID: id}); (err == nil) != want {
				t.Errorf("at start %d with contents: %s, content %s: %v, want it %t", i, kept, id, err, want)
			}
		}
		if err := stop(); err != nil {
			t.Errorf("serve = %v", err)
		}
	}
}

// TestAdaptersApartHaveTheirOwnContents: with its key one neither reads, overwrites nor removes another's, whatever it writes into the
// question. The largest content passes.
func TestAdaptersApartHaveTheirOwnContents(t *testing.T) {
	d, s, stop := beginDaemonWith(t, func(cfg *config) { cfg.Policy, cfg.Adapters = "weekday", "email,webhook" })
	as := func(name string) asking {
		conn, err := remote{nats: s.NATS, key: d.bus.AdapterFile(name)}.connect(name, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(conn.Close)
		return asking{conn, name}
	}
	mine, other := as("webhook"), as("email")
	of := vault.Source{Adapter: "webhook", ID: "1"}
	large := bytes.Repeat([]byte("x"), vault.ContentMax)
	if err := mine.Keep(t.Context(), "", of, large); err != nil {
		t.Fatal(err)
	}
	if text, err := other.Content(t.Context(), of); err != nil || text != nil {
		t.Errorf("another's content: %d bytes, %v", len(text), err)
	}
	if err := errors.Join(other.Keep(t.Context(), "", of, []byte("forged")), other.Forget(t.Context(), of), other.Drop(t.Context(), of)); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := (asking{other.conn, "webhook"}).Forget(ctx, of); err == nil {
		t.Error("it may speak in another's name")
	}
	if text, err := mine.Content(t.Context(), of); err != nil || !bytes.Equal(text, large) {
		t.Errorf("of its own: %d bytes, %v", len(text), err)
	}
	if err := stop(); err != nil {
		t.Errorf("serve = %v", err)
	}
}
