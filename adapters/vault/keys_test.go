package vault_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fairline/adapters/vault"
)

func TestKeyFile(t *testing.T) {
	dir := t.TempDir()
	store, file := filepath.Join(dir, "store"), filepath.Join(dir, "vault.keys")
	made, err := vault.MakeKeys(file, store)
	if err != nil {
		t.Fatal(err)
	}
	read, err := vault.ReadKeys(file, store)
	if err != nil || len(read.Site) != 1 || read.Site[0] != made.Site[0] || read.Hash[0] != made.Hash[0] {
		t.Errorf("ReadKeys = %v, %v; want what was made", read, err)
	}
	if _, err := vault.MakeKeys(file, store); !errors.Is(err, fs.ErrExist) {
		t.Errorf("MakeKeys over a file = %v", err)
	}
	for _, inside := range []string{store + "/keys/vault.keys", filepath.Join(dir, "store", "k")} {
		if _, err := vault.ReadKeys(inside, store); !errors.Is(err, vault.ErrExposed) {
			t.Errorf("ReadKeys in the store = %v", err)
		}
		if _, err := vault.MakeKeys(inside, store); !errors.Is(err, vault.ErrExposed) {
			t.Errorf("MakeKeys in the store = %v", err)
		}
	}
	if err := os.Chmod(file, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := vault.ReadKeys(file, store); !errors.Is(err, vault.ErrExposed) || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("ReadKeys of a file that others read = %v", err)
	}
	if _, err := vault.ReadKeys(filepath.Join(dir, "none"), store); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("ReadKeys of no file = %v", err)
	}
}

func TestKeyFileFaults(t *testing.T) {
	const secret = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="
	for text, want := range map[string]string{
		"":                                   "0 ",
		"site 1 " + secret:                   "0 hash keys",
		"site 1 " + secret + "\nhash 1 QUJD": ":2: want",
		"site 1\n":                           ":1: want",
		"door 1 " + secret:                   ":1: want",
		"site A " + secret + "\nhash 1 " + secret:                        `id "A"`,
		"site 1 " + secret + "\nsite 1 " + secret + "\nhash 1 " + secret: `id "1"`,
		"site 1 " + strings.Repeat("A", 43) + "=\nhash 1 " + secret:      "zeros",
		strings.Repeat("# much\n", 1000) + "site 1 " + secret:            "want at most",
		strings.Repeat("site 1 "+secret+"\n", 9) + "hash 1 " + secret:    "9 site keys",
	} {
		file := filepath.Join(t.TempDir(), "keys")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := vault.ReadKeys(file, t.TempDir())
		if !errors.Is(err, vault.ErrKeys) || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), secret) {
			t.Errorf("ReadKeys of %.30q = %v, want ErrKeys with %q", text, err, want)
		}
	}
}

// TestWrongKeys opens a vault with keys that are not its own.
func TestWrongKeys(t *testing.T) {
	store, keys := vault.NewMemory(), siteKeys()
	v := open(t, store, keys)
	known := person(t, v, tel(1), true)
	other := siteKeys()
	both := vault.Keys{Site: []vault.Key{vault.NewKey("2"), keys.Site[0]}, Hash: []vault.Key{vault.NewKey("2"), keys.Hash[0]}}
	for name, bad := range map[string]vault.Keys{
		"other secrets":    other,
		"another site key": {Site: other.Site, Hash: keys.Hash},
		"another hash key": {Site: keys.Site, Hash: other.Hash},
		"a key is missing": {Site: []vault.Key{vault.NewKey("2")}, Hash: keys.Hash},
		"none":             {},
	} {
		if _, err := vault.Open(t.Context(), store, bad); !errors.Is(err, vault.ErrKeys) {
			t.Errorf("Open with %s = %v, want ErrKeys", name, err)
		}
	}
	for _, good := range []vault.Keys{keys, both} {
		store := copyOf(t, store)
		if key := person(t, open(t, store, good), tel(1), true); key != known {
			t.Errorf("with %v the customer is %s, want %s", good, key, known)
		}
	}
	v = open(t, store, both)
	if _, err := vault.Open(t.Context(), store, keys); !errors.Is(err, vault.ErrKeys) {
		t.Errorf("Open without keys that may have been written with = %v", err)
	}
	newcomer := person(t, v, mail(1), true)
	if n, err := v.Rewrap(t.Context()); n != 1 || err != nil {
		t.Errorf("Rewrap = %d, %v; want the one customer from before", n, err)
	}
	if n, err := v.Rehash(t.Context()); n != 1 || err != nil {
		t.Errorf("Rehash = %d, %v; want the one identity from before", n, err)
	}
	v = open(t, store, vault.Keys{Site: both.Site[:1], Hash: both.Hash[:1]})
	if a, b := person(t, v, tel(1), true), person(t, v, mail(1), true); a != known || b != newcomer {
		t.Errorf("under the new keys alone: %s and %s, want %s and %s", a, b, known, newcomer)
	}
}

// copyOf copies a store.
func copyOf(t *testing.T, from vault.Store) vault.Store {
	t.Helper()
	to := vault.NewMemory()
	for _, prefix := range []string{"k.", "i.", "p.", "c.", "q.", "check."} {
		if err := from.Names(t.Context(), prefix, func(name string) error {
			value, _, err := from.Get(t.Context(), name)
			if err == nil {
				_, err = to.Put(t.Context(), name, value, 0)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// TestRowsCannotStandIn swaps the rows of two customers: none opens under the other's name.
func TestRowsCannotStandIn(t *testing.T) {
	for _, prefix := range []string{"k.1.", "p.", "c."} {
		store := vault.NewMemory()
		v := open(t, store, siteKeys())
		a, b := person(t, v, tel(1), true), person(t, v, tel(2), true)
		seen(t, v, a, contact(1, false))
		seen(t, v, b, contact(2, false))
		value, _, err := store.Get(t.Context(), prefix+b)
		_, rev, err2 := store.Get(t.Context(), prefix+a)
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Put(t.Context(), prefix+a, value, rev); err != nil {
			t.Fatal(err)
		}
		if _, err := v.Recent(t.Context(), a, 10); !errors.Is(err, vault.ErrSealed) {
			t.Errorf("with another customer's row %s Recent = %v, want ErrSealed", prefix, err)
		}
	}
}
