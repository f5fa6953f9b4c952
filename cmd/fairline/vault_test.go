package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"fairline/adapters/channel"
	"fairline/adapters/vault"
)

// TestErasedCustomer has a customer call twice, be erased, and call again: a new customer then. The journal never had the number, and
// verifies as before.
func TestErasedCustomer(t *testing.T) {
	d, s, stop := beginDaemon(t, "one-line")
	store, err := vault.OpenBucket(t.Context(), d.bus.Conn(), vault.ContentsAge)
	if err != nil {
		t.Fatal(err)
	}
	people, err := vault.Open(t.Context(), store, vault.Keys{Site: []vault.Key{vault.NewKey("1")}, Hash: []vault.Key{vault.NewKey("1")}})
	if err != nil {
		t.Fatal(err)
	}
	const number = "+4930999000111"
	line := channel.NewBus(connectTo(t, s).Conn, s.Line, "pbx")
	call := func(id string) string {
		t.Helper()
		key, err := people.Person(t.Context(), "tel", number, true)
		if err == nil {
			_, err = line.Arrive(t.Context(), channel.Contact{ID: id, Channel: "phone", Customer: key})
		}
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	first := call("1")
	if again := call("2"); again != first {
		t.Errorf("the same number is %s and %s", first, again)
	}
	if e, err := people.Erase(t.Context(), first, "dpo"); err != nil || len(e.Keys) != 1 || e.Keys[0] != first {
		t.Errorf("Erase = %+v, %v", e, err)
	}
	if next := call("3"); next == first {
		t.Error("an erased customer was known again")
	}
	if err := stop(); err != nil {
		t.Errorf("serve = %v", err)
	}
	if r, err := verifyStore(t.Context(), d.cfg); err != nil || !r.OK {
		t.Errorf("verify = %+v, %v", r, err)
	}
	found := false
	err = filepath.WalkDir(d.cfg.Store, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if bytes.Contains(text, []byte(number)) {
			t.Errorf("the number stands in %s", path)
		}
		found = found || bytes.Contains(text, []byte(first))
		return err
	})
	if err != nil || !found {
		t.Errorf("look into the store: %v; the first key is found in the journal: %t", err, found)
	}
}
