package natsbus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
)

// startMax bounds how long Open waits for the server after it has read the store.
const startMax = 10 * time.Second

// A Bus is a running server and the daemon's connection to it. Its methods may be called by any
// goroutine.
type Bus struct {
	cfg    Config
	lock   *os.File
	server *server.Server
	conn   *nats.Conn
	close  func() error
}

// Open starts a server on the store and connects to it. It holds the store until Close. It refuses
// with ErrListen, ErrExposed or ErrStoreInUse, or with the server's own reason, such as a port that
// is taken; after an error nothing runs and nothing is held.
func Open(ctx context.Context, cfg Config) (_ *Bus, err error) {
	if ctx.Err() != nil {
		return nil, fmt.Errorf("open bus: %w", context.Cause(ctx))
	}
	cfg, err = cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	b := &Bus{cfg: cfg}
	b.close = sync.OnceValue(b.shut)
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("open bus on store %s: %w", cfg.StoreDir, err), b.Close())
		}
	}()
	if err = privateDir(cfg.StoreDir); err != nil {
		return nil, err
	}
	if b.lock, err = lockStore(cfg.StoreDir); err != nil {
		return nil, err
	}
	users, daemon, err := loadUsers(cfg.StoreDir, cfg.Adapters)
	if err != nil {
		return nil, err
	}
	if err = b.serve(users); err != nil {
		return nil, err
	}
	if b.conn, err = b.connect(daemon); err != nil {
		return nil, err
	}
	return b, nil
}

// serve starts the server.
func (b *Bus) serve(users []*server.NkeyUser) error {
	opts, err := b.cfg.options(users)
	if err != nil {
		return err
	}
	opts.Accounts = apart(users)
	s, err := server.NewServer(opts)
	if err != nil {
		return fmt.Errorf("configure server: %w", err)
	}
	b.server = s
	log := newServerLog(b.cfg.Log)
	s.SetLoggerV2(log, false, false, false)
	if err = openAccounts(s, opts.Accounts); err != nil {
		return fmt.Errorf("configure server: %w", err)
	}
	s.Start()
	if err = log.failed(); err != nil {
		return fmt.Errorf("start server: %w", err)
	}
	if !s.ReadyForConnections(startMax) {
		return fmt.Errorf("start server: not ready after %s", startMax)
	}
	if err = s.GlobalAccount().EnableJetStream(nil, nil); err != nil {
		return fmt.Errorf("start server: %w", err)
	}
	return nil
}

// options are the server's: nothing of it is reachable from another machine, every user has a key,
// and each write is synced before it is acknowledged. The daemon is in the server's default account,
// which alone has JetStream; each other user is in one of its own, see apart. The system account has no user.
func (c Config) options(users []*server.NkeyUser) (*server.Options, error) {
	opts := &server.Options{
		ServerName:             "fairline",
		DontListen:             c.Listen == "",
		Nkeys:                  users,
		NoSigs:                 true,
		NoLog:                  true, // until SetLoggerV2
		DisableJetStreamBanner: true,
		MaxPayload:             PayloadLenMax,
		MaxConn:                c.ConnsMax,
		MaxSubs:                SubsMax,
		JetStream:              true,
		StoreDir:               c.StoreDir,
		JetStreamMaxStore:      c.StoreBytesMax,
		JetStreamMaxMemory:     MemoryBytesMax,
		SyncAlways:             true,
	}
	if c.Listen == "" {
		return opts, nil
	}
	host, port, err := loopback(c.Listen)
	if err != nil {
		return nil, err
	}
	if port == 0 {
		port = server.RANDOM_PORT
	}
	opts.Host, opts.Port = host, port
	return opts, nil
}

// connect gives a connection of the user with the key. It does not queue messages while it is
// disconnected: a frame must not be sent after its writer has given up.
func (b *Bus) connect(key nkeys.KeyPair) (*nats.Conn, error) {
	name, err := key.PublicKey()
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	conn, err := nats.Connect("", nats.InProcessServer(b.server), nats.Nkey(name, key.Sign),
		nats.Name("fairline"), nats.MaxReconnects(-1), nats.ReconnectBufSize(-1),
		nats.ErrorHandler(logErrors(b.cfg.Log)))
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return conn, nil
}

func logErrors(log *slog.Logger) nats.ErrHandler {
	return func(_ *nats.Conn, sub *nats.Subscription, err error) {
		if sub == nil {
			log.Warn("bus connection error", "err", err)
			return
		}
		log.Warn("bus connection error", "err", err, "subject", sub.Subject)
	}
}

// Conn is the daemon's connection: in process, with all rights. It is closed by Close.
func (b *Bus) Conn() *nats.Conn { return b.conn }

// ClientURL is where other processes of this machine connect, or "" when the bus listens nowhere.
func (b *Bus) ClientURL() string {
	if b.cfg.Listen == "" {
		return ""
	}
	return b.server.ClientURL()
}

// CredsFile is the seed of the local user, for nats.NkeyOptionFromSeed: it may send tickets, act as
// agents and ask questions, and nothing else.
func (b *Bus) CredsFile() string { return filepath.Join(b.cfg.StoreDir, keysDir, localKey) }

// DeskFile is the seed of the supervisors' user: it may do what the local user may, and what is done at the desk.
func (b *Bus) DeskFile() string { return filepath.Join(b.cfg.StoreDir, keysDir, deskKey) }

// OpenJournal opens a journal on this bus; its anchor is kept in the bus's AnchorDir and its log is
// the bus's, whatever cfg says. See the function OpenJournal. Close the journal before the bus.
func (b *Bus) OpenJournal(ctx context.Context, cfg JournalConfig) (*Journal, error) {
	cfg.AnchorDir, cfg.Log = b.cfg.AnchorDir, b.cfg.Log
	return OpenJournal(ctx, b.conn, cfg)
}

// Close ends the connection, stops the server, waits for it, and gives the store free. Calling it
// again gives the same result.
func (b *Bus) Close() error { return b.close() }

func (b *Bus) shut() error {
	if b.conn != nil {
		b.conn.Close()
	}
	if b.server != nil {
		b.server.Shutdown()
		b.server.WaitForShutdown()
	}
	if b.lock != nil {
		return b.lock.Close()
	}
	return nil
}
