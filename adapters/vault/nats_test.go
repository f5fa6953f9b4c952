package vault_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"go.uber.org/goleak"

	"fairline/adapters/channel/bustest"
	"fairline/adapters/vault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A bus is a server in this process, that can be stopped.
type bus struct {
	conn *nats.Conn
	stop func()
}

func startBus(t testing.TB, dir string) bus {
	t.Helper()
	conn, stop := bustest.Start(t, dir)
	return bus{conn, stop}
}

func bucket(t testing.TB, b bus) vault.Store {
	t.Helper()
	store, err := vault.OpenBucket(t.Context(), b.conn, vault.ContentsAge)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// TestStores holds both stores to what Store says.
func TestStores(t *testing.T) {
	for name, store := range map[string]vault.Store{"memory": vault.NewMemory(), "bucket": bucket(t, startBus(t, t.TempDir()))} {
		t.Run(name, func(t *testing.T) { testStore(t, store) })
	}
}

func testStore(t *testing.T, s vault.Store) {
	ctx := t.Context()
	if _, _, err := s.Get(ctx, "a.1"); !errors.Is(err, vault.ErrNoRow) {
		t.Errorf("Get of nothing = %v", err)
	}
	if err := s.Erase(ctx, "a.1", 0); err != nil {
		t.Errorf("Erase of nothing = %v", err)
	}
	first, err := s.Put(ctx, "a.1", []byte("one"), 0)
	if err != nil || first == 0 {
		t.Fatalf("Put = %d, %v", first, err)
	}
	if _, err := s.Put(ctx, "a.1", []byte("two"), 0); !errors.Is(err, vault.ErrConflict) {
		t.Errorf("Put over a row = %v", err)
	}
	second, err := s.Put(ctx, "a.1", []byte("two"), first)
	if err != nil || second <= first {
		t.Errorf("Put behind %d = %d, %v", first, second, err)
	}
	if _, err := s.Put(ctx, "a.1", []byte("three"), first); !errors.Is(err, vault.ErrConflict) {
		t.Errorf("Put behind an old revision = %v", err)
	}
	if value, rev, err := s.Get(ctx, "a.1"); err != nil || string(value) != "two" || rev != second {
		t.Errorf("Get = %q, %d, %v", value, rev, err)
	}
	for _, other := range []string{"a.2", "ab.1"} {
		if _, err := s.Put(ctx, other, []byte("x"), 0); err != nil {
			t.Error(err)
		}
	}
	if err := s.Erase(ctx, "a.1", first); !errors.Is(err, vault.ErrConflict) {
		t.Errorf("Erase of an old revision = %v", err)
	}
	names := func(prefix string) (list []string) {
		if err := s.Names(ctx, prefix, func(name string) error { list = append(list, name); return nil }); err != nil {
			t.Error(err)
		}
		slices.Sort(list)
		return list
	}
	if got := fmt.Sprint(names("a."), names("none.")); got != "[a.1 a.2] []" {
		t.Errorf("Names = %s", got)
	}
	if err := s.Erase(ctx, "a.1", second); err != nil {
		t.Errorf("Erase = %v", err)
	}
	if _, _, err := s.Get(ctx, "a.1"); !errors.Is(err, vault.ErrNoRow) {
		t.Errorf("Get of an erased row = %v", err)
	}
	if got := names("a."); !slices.Equal(got, []string{"a.2"}) {
		t.Errorf("Names = %s, want no mark of what was erased", got)
	}
	if _, err := s.Put(ctx, "a.1", []byte("new"), second); !errors.Is(err, vault.ErrConflict) {
		t.Errorf("Put behind an erased row = %v", err)
	}
	if rev, err := s.Put(ctx, "a.1", []byte("new"), 0); err != nil || rev <= second {
		t.Errorf("Put of a new row = %d, %v", rev, err)
	}
	stop := errors.New("enough")
	if err := s.Names(ctx, "a.", func(string) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("Names = %v, want what its function said", err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := s.Put(gone, "a.9", nil, 0); err == nil {
		t.Error("Put in a context that is over")
	}
}

// files gives everything that stands in a directory.
func files(t *testing.T, dir string) (all []byte) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			var text []byte
			text, err = os.ReadFile(path)
			all = append(append(all, d.Name()...), text...)
		}
		return err
	})
	if err != nil || len(all) == 0 {
		t.Fatalf("read the store: %d bytes, %v", len(all), err)
	}
	return all
}

// TestNothingIsLeftBehind reads the files of a store: no identity stands there ever, and behind an erasure neither a row that
// led from an identity, nor a data key, wrapped by whichever site key: whoever has all keys still reads nothing.
func TestNothingIsLeftBehind(t *testing.T) {
	dir := t.TempDir()
	b := startBus(t, dir)
	store := &recorder{Store: bucket(t, b), values: map[string][][]byte{}}
	keys := siteKeys()
	v := open(t, store, keys)
	other := person(t, v, tel(2), true)
	victim := person(t, v, tel(1), true)
	link(t, v, tel(1), mail(1))
	second := person(t, v, mail(2), false)
	link(t, v, mail(2), mail(1))
	seen(t, v, victim, contact(1, false))
	seen(t, v, victim, contact(2, true))
	keys.Site = append([]vault.Key{vault.NewKey("2")}, keys.Site...)
	keys.Hash = append([]vault.Key{vault.NewKey("2")}, keys.Hash...)
	open(t, store, keys) // writes what tells the new keys
	before := slices.Collect(maps.Keys(store.values))
	b.stop()
	all := files(t, dir)
	for _, id := range []vault.Identity{tel(1), mail(1), mail(2), tel(2)} {
		if bytes.Contains(all, []byte(id.Name)) {
			t.Errorf("%s stands in the store", id.Name)
		}
	}
	if n := store.found(all, shred(before)); n < 12 {
		t.Fatalf("%d names and values of 3 customers' keys and 4 identities are found in the files: this test finds nothing", n)
	}
	b = startBus(t, dir)
	store.Store = bucket(t, b)
	v = open(t, store, keys)
	rewrapped, err := v.Rewrap(t.Context())
	rehashed, err2 := v.Rehash(t.Context())
	if err != nil || err2 != nil || rewrapped != 3 || rehashed != 4 {
		t.Fatalf("Rewrap = %d, %v; Rehash = %d, %v; want 3 customers and 4 identities", rewrapped, err, rehashed, err2)
	}
	e, err := v.Erase(t.Context(), second, "dpo")
	if err != nil || len(e.Keys) != 2 {
		t.Fatalf("Erase = %+v, %v", e, err)
	}
	if person(t, v, tel(2), true) != other {
		t.Error("another customer was touched")
	}
	b.stop()
	all = files(t, dir)
	if n := store.found(all, shred(before)); n != 0 {
		t.Errorf("behind rotation and erasure %d names and values of the keys and identities from before stand in the store", n)
	}
	after := slices.DeleteFunc(slices.Collect(maps.Keys(store.values)), func(name string) bool {
		return slices.Contains(before, name) || strings.HasSuffix(name, other)
	})
	if n := store.found(all, shred(after)); n != 2 {
		t.Errorf("%d names and values of new rows stand in the store, want the name and the value of the one identity that stays", n)
	}
}

// shred picks the rows that must be overwritten; the others are noise without them.
func shred(rows []string) (list []string) {
	for _, name := range rows {
		if strings.HasPrefix(name, "k.") || strings.HasPrefix(name, "i.") {
			list = append(list, name)
		}
	}
	return list
}

// A recorder remembers every row that was ever put.
type recorder struct {
	vault.Store
	values map[string][][]byte
}

func (r *recorder) Put(ctx context.Context, name string, value []byte, behind uint64) (uint64, error) {
	r.values[name] = append(r.values[name], bytes.Clone(value))
	return r.Store.Put(ctx, name, value, behind)
}

// found counts the names and values of rows that stand in a text.
func (r *recorder) found(text []byte, rows []string) (n int) {
	for _, name := range rows {
		for _, part := range append([][]byte{[]byte(name)}, r.values[name]...) {
			if bytes.Contains(text, part) {
				n++
			}
		}
	}
	return n
}

// BenchmarkPerson is the time to find a customer, and to make one, in a bucket that syncs each write.
func BenchmarkPerson(b *testing.B) {
	v := open(b, bucket(b, startBus(b, b.TempDir())), siteKeys())
	person(b, v, tel(1), true)
	b.Run("known", func(b *testing.B) {
		for b.Loop() {
			person(b, v, tel(1), true)
		}
	})
	b.Run("new", func(b *testing.B) {
		for n := 0; b.Loop(); n++ {
			person(b, v, mail(n), true)
		}
	})
	b.Run("seen", func(b *testing.B) {
		key := person(b, v, tel(1), true)
		for n := 0; b.Loop(); n++ {
			seen(b, v, key, contact(n, false))
		}
	})
	m := open(b, vault.NewMemory(), siteKeys())
	person(b, m, tel(1), true)
	b.Run("memory", func(b *testing.B) {
		for b.Loop() {
			person(b, m, tel(1), true)
		}
	})
}
