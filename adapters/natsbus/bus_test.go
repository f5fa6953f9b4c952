package natsbus_test

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"go.uber.org/goleak"

	"fairline/adapters/natsbus"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// answerMax bounds the wait for something that must come.
const answerMax = 10 * time.Second

// config is a bus in a directory of the test's own.
func config(t testing.TB) natsbus.Config {
	return natsbus.Config{
		StoreDir: filepath.Join(t.TempDir(), "store"),
		Log:      slog.New(slog.NewTextHandler(t.Output(), nil)),
	}
}

// open opens a bus and closes it with the test.
func open(t testing.TB, cfg natsbus.Config) *natsbus.Bus {
	t.Helper()
	bus, err := natsbus.Open(t.Context(), cfg)
	if err != nil {
		t.Fatalf("Open = %v, want a bus", err)
	}
	t.Cleanup(func() { closeBus(t, bus) })
	return bus
}

func closeBus(t testing.TB, bus *natsbus.Bus) {
	t.Helper()
	if err := bus.Close(); err != nil {
		t.Errorf("Close = %v", err)
	}
}

// wantRefused opens and wants the error, and nothing left running.
func wantRefused(t *testing.T, cfg natsbus.Config, want error, texts ...string) {
	t.Helper()
	bus, err := natsbus.Open(t.Context(), cfg)
	if err == nil {
		closeBus(t, bus)
	}
	if err == nil || want != nil && !errors.Is(err, want) {
		t.Fatalf("Open = %v, want %v", err, want)
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("Open = %v\nwant it to say %q", err, text)
		}
	}
}

func TestBusListensNowhere(t *testing.T) {
	bus := open(t, config(t))
	if url := bus.ClientURL(); url != "" {
		t.Errorf("ClientURL() = %q, want none", url)
	}
	if !bus.Conn().IsConnected() {
		t.Error("the daemon is not connected")
	}
	if size := bus.Conn().Opts.ReconnectBufSize; size >= 0 {
		t.Errorf("the daemon's connection keeps %d bytes for later while disconnected, want none", size)
	}
}

func TestBusSyncsEachWrite(t *testing.T) {
	if !natsbus.SyncsAlways(open(t, config(t))) {
		t.Error("the server does not sync each write before it acknowledges")
	}
}

func TestBusFilesArePrivate(t *testing.T) {
	cfg := config(t)
	bus := open(t, cfg)
	if _, err := bus.OpenJournal(t.Context(), natsbus.JournalConfig{Generation: 1}); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(cfg.StoreDir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v, want nothing for others", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	for name, want := range map[string]fs.FileMode{
		cfg.StoreDir: 0o700, filepath.Dir(bus.CredsFile()): 0o700, bus.CredsFile(): 0o600,
	} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want mode %04o", name, info, err, want)
		}
	}
}

func TestBusRefusesExposedStore(t *testing.T) {
	for _, mode := range []fs.FileMode{0o755, 0o710, 0o701, 0o770} {
		cfg := config(t)
		if err := os.Mkdir(cfg.StoreDir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(cfg.StoreDir, mode); err != nil {
			t.Fatal(err)
		}
		wantRefused(t, cfg, natsbus.ErrExposed, cfg.StoreDir, "chmod 700")
	}
}

func TestBusRefusesExposedKey(t *testing.T) {
	cfg := config(t)
	bus := open(t, cfg)
	closeBus(t, bus)
	if err := os.Chmod(bus.CredsFile(), 0o640); err != nil {
		t.Fatal(err)
	}
	wantRefused(t, cfg, natsbus.ErrExposed, bus.CredsFile(), "0640")
}

func TestBusKeepsItsKeys(t *testing.T) {
	cfg := config(t)
	bus := open(t, cfg)
	before, err := os.ReadFile(bus.CredsFile())
	if err != nil || !strings.HasPrefix(string(before), "SU") {
		t.Fatalf("local key = %.2q…, %v; want a user's seed", before, err)
	}
	closeBus(t, bus)
	after, err := os.ReadFile(open(t, cfg).CredsFile())
	if err != nil || string(before) != string(after) {
		t.Errorf("local key changed with a restart, %v", err)
	}
}

func TestBusHoldsItsStore(t *testing.T) {
	cfg := config(t)
	bus := open(t, cfg)
	wantRefused(t, cfg, natsbus.ErrStoreInUse, cfg.StoreDir)
	if !bus.Conn().IsConnected() {
		t.Error("the first bus lost its connection to the refused one")
	}
	closeBus(t, bus)
	open(t, cfg)
}

func TestBusRefusesToListenOutside(t *testing.T) {
	for _, listen := range []string{
		"0.0.0.0:0", ":0", "[::]:0", "10.0.0.1:4222", "example.com:4222", "127.0.0.1.example.com:0",
	} {
		cfg := config(t)
		cfg.Listen = listen
		wantRefused(t, cfg, natsbus.ErrListen, listen, "TLS")
	}
	for _, listen := range []string{"127.0.0.1", "127.0.0.1:http", "127.0.0.1:65536", "localhost:-1"} {
		cfg := config(t)
		cfg.Listen = listen
		wantRefused(t, cfg, nil, listen)
	}
}

func TestBusPortTaken(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	cfg := config(t)
	cfg.Listen = taken.Addr().String()
	wantRefused(t, cfg, nil, cfg.Listen, "address already in use")
	cfg.Listen = ""
	open(t, cfg) // the refused one gave the store free
}

func TestBusContextEnded(t *testing.T) {
	why := errors.New("going home")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	if _, err := natsbus.Open(ctx, config(t)); !errors.Is(err, why) {
		t.Errorf("Open = %v, want the context's cause", err)
	}
	if _, err := natsbus.Open(t.Context(), natsbus.Config{}); err == nil {
		t.Error("Open without a store directory = nil, want an error")
	}
}

func TestBusNeedsAKey(t *testing.T) {
	cfg := config(t)
	cfg.Listen = "localhost:0"
	bus := open(t, cfg)
	conn, err := nats.Connect(bus.ClientURL())
	if !errors.Is(err, nats.ErrAuthorization) {
		t.Errorf("Connect without a key = %v, want an authorization error", err)
	}
	if err == nil {
		conn.Close()
	}
}

func TestFreeBytes(t *testing.T) {
	free, err := natsbus.FreeBytes(t.TempDir())
	if err != nil || free == 0 {
		t.Errorf("FreeBytes = %d, %v; want some", free, err)
	}
	if _, err = natsbus.FreeBytes(filepath.Join(t.TempDir(), "missing")); err == nil {
		t.Error("FreeBytes of a missing directory = nil, want an error")
	}
}
