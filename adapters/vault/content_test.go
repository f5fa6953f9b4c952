package vault_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"fairline/adapters/vault"
)

func content(t *testing.T, v *vault.Vault, of vault.Source) string {
	t.Helper()
	text, err := v.Content(t.Context(), of)
	if err != nil && !errors.Is(err, vault.ErrUnknown) {
		t.Fatalf("Content(%v) = %v", of, err)
	}
	return string(text)
}

func keep(t *testing.T, v *vault.Vault, customer string, of vault.Source, text string) {
	t.Helper()
	if err := v.Keep(t.Context(), customer, of, []byte(text)); err != nil {
		t.Fatalf("Keep(%v) = %v", of, err)
	}
}

func TestContents(t *testing.T) {
	v := newVault(t)
	ana := person(t, v, mail(1), true)
	first, second := vault.Source{Adapter: "webhook", ID: "crm-1"}, vault.Source{Adapter: "webhook", ID: "crm-2"}
	keep(t, v, ana, first, "no dial tone")
	keep(t, v, ana, first, "what comes later under its name")
	keep(t, v, "", second, "from nobody")
	if got := content(t, v, first); got != "no dial tone" {
		t.Errorf("the first content is %q", got)
	}
	if got := content(t, v, second); got != "from nobody" {
		t.Errorf("the content of nobody's is %q", got)
	}
	if got := content(t, v, vault.Source{Adapter: "social", ID: "crm-1"}); got != "" {
		t.Errorf("another adapter's contact of that id has %q", got)
	}
	for _, of := range []vault.Source{first, second, {Adapter: "webhook", ID: "never"}} {
		if err := v.Forget(t.Context(), of); err != nil {
			t.Errorf("Forget(%v) = %v", of, err)
		}
		if got := content(t, v, of); got != "" {
			t.Errorf("forgotten, and still %q", got)
		}
	}
}

func TestContentsThatCannotBeKept(t *testing.T) {
	v := newVault(t)
	of := vault.Source{Adapter: "webhook", ID: "1"}
	for name, err := range map[string]error{
		"too large":  v.Keep(t.Context(), "", of, make([]byte, vault.ContentMax+1)),
		"no adapter": v.Keep(t.Context(), "", vault.Source{ID: "1"}, nil),
		"no id":      v.Keep(t.Context(), "", vault.Source{Adapter: "webhook"}, nil),
	} {
		if !errors.Is(err, vault.ErrContent) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := v.Keep(t.Context(), "NOBODY", of, nil); !errors.Is(err, vault.ErrUnknown) {
		t.Errorf("of an unknown customer: %v", err)
	}
}

// TestContentsGoWithTheirCustomer who became part of another, and was then erased.
func TestContentsGoWithTheirCustomer(t *testing.T) {
	v := newVault(t)
	of := vault.Source{Adapter: "webhook", ID: "crm-1"}
	keep(t, v, person(t, v, mail(1), true), of, "no dial tone")
	l := link(t, v, tel(1), mail(1))
	if got := content(t, v, of); got != "no dial tone" {
		t.Errorf("after the link it is %q", got)
	}
	if _, err := v.Erase(t.Context(), l.Key, "mia"); err != nil {
		t.Fatal(err)
	}
	if got := content(t, v, of); got != "" {
		t.Errorf("of an erased customer there is %q", got)
	}
}

// TestWhatIsForgottenIsNotKeptAgain, a customer's or nobody's, also under another site key; what is dropped may be.
func TestWhatIsForgottenIsNotKeptAgain(t *testing.T) {
	for name, store := range map[string]vault.Store{"memory": vault.NewMemory(), "JetStream": bucket(t, startBus(t, t.TempDir()))} {
		keys := siteKeys()
		v := open(t, store, keys)
		ana := person(t, v, mail(1), true)
		of := vault.Source{Adapter: "webhook", ID: "1"}
		for i, customer := range []string{ana, ""} {
			of.ID = fmt.Sprint(i)
			keep(t, v, customer, of, "no dial tone")
			if err := errors.Join(v.Drop(t.Context(), of), v.Drop(t.Context(), of)); err != nil || content(t, v, of) != "" {
				t.Errorf("%s: dropped: %v", name, err)
			}
			keep(t, v, customer, of, "no dial tone")
			if got := content(t, v, of); got != "no dial tone" {
				t.Errorf("%s: kept again: %q", name, got)
			}
			if err := errors.Join(v.Forget(t.Context(), of), v.Forget(t.Context(), of)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			keep(t, v, customer, of, "no dial tone")
			if got := content(t, v, of); got != "" {
				t.Errorf("%s: forgotten, and kept again: %q", name, got)
			}
		}
		keys.Site = slices.Insert(keys.Site, 0, vault.NewKey("2"))
		v = open(t, store, keys)
		if _, err := v.Rewrap(t.Context()); err != nil {
			t.Fatal(name, err)
		}
		keep(t, v, "", of, "no dial tone")
		if got := content(t, v, of); got != "" {
			t.Errorf("%s: under another site key: %q", name, got)
		}
	}
}

// TestContentsSurviveAnotherSiteKey of customers and of nobody.
func TestContentsSurviveAnotherSiteKey(t *testing.T) {
	store, keys := vault.NewMemory(), siteKeys()
	v := open(t, store, keys)
	mine, nobodys := vault.Source{Adapter: "webhook", ID: "1"}, vault.Source{Adapter: "webhook", ID: "2"}
	keep(t, v, person(t, v, mail(1), true), mine, "mine")
	keep(t, v, "", nobodys, "nobody's")
	keys.Site = slices.Insert(keys.Site, 0, vault.NewKey("2"))
	if n, err := open(t, store, keys).Rewrap(t.Context()); err != nil || n != 2 {
		t.Fatalf("Rewrap = %d, %v", n, err)
	}
	keys.Site = keys.Site[:1]
	v = open(t, store, keys)
	if a, b := content(t, v, mine), content(t, v, nobodys); a != "mine" || b != "nobody's" {
		t.Errorf("%q and %q", a, b)
	}
}

// TestContentsAreSealedAndAge in JetStream: no file has the text, and it goes by itself.
func TestContentsAreSealedAndAge(t *testing.T) {
	dir := t.TempDir()
	store, err := vault.OpenBucket(t.Context(), startBus(t, dir).conn, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	v := open(t, store, siteKeys())
	of := vault.Source{Adapter: "webhook", ID: "1"}
	ana := person(t, v, mail(1), true)
	keep(t, v, ana, of, "no dial tone")
	if got := content(t, v, of); got != "no dial tone" {
		t.Errorf("it is %q", got)
	}
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		if bytes.Contains(text, []byte("dial")) {
			t.Errorf("%s has the text", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for try := 0; content(t, v, of) != ""; try++ {
		if try > 200 {
			t.Fatal("it does not age")
		}
		time.Sleep(50 * time.Millisecond)
	}
	if person(t, v, mail(1), true) != ana {
		t.Error("the customer aged too")
	}
}
