package natsbus

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"strconv"
)

// The limits of the bus.
const (
	// PayloadLenMax is the largest message that the server takes, headers included.
	PayloadLenMax = 1 << 20
	// ConnsMax is the default for Config.ConnsMax.
	ConnsMax = 1024
	// SubsMax bounds the subscriptions of one connection.
	SubsMax = 10_000
	// StoreBytesMax is the default for Config.StoreBytesMax.
	StoreBytesMax = 16 << 30
	// SideBytesMax is what the streams beside the journals reserve on disk: those to and from adapters, and the vault.
	SideBytesMax = 3 << 30
	// MemoryBytesMax bounds the streams that the server keeps in memory. The journal is none.
	MemoryBytesMax = 64 << 20
)

// The reasons why Open refuses to start. Each comes wrapped with the place and what to do.
var (
	// ErrListen says that the listen address is not a loopback address.
	ErrListen = errors.New("listening elsewhere than on a loopback address needs TLS and " +
		"authentication for each user, which this version does not have")
	// ErrExposed says that a file or directory of the store is open to other users of the machine.
	ErrExposed = errors.New("open to other users")
	// ErrStoreInUse says that another process, or another Bus of this one, holds the store.
	ErrStoreInUse = errors.New("the store is in use by another process")
)

// A Config says where the bus lives. Only StoreDir is required.
type Config struct {
	// StoreDir holds the streams, the keys and the lock. It is created with mode 0700 when it is
	// missing; one that is open to others is refused.
	StoreDir string
	// AnchorDir holds the anchors of the journals; the default is "anchors" in StoreDir. On another
	// disk, or wherever a backup of StoreDir is not restored to, it also finds that the whole store
	// went back.
	AnchorDir string
	// Listen is a loopback address with a port, such as "127.0.0.1:4222" or "localhost:4222"; port 0
	// takes a free one. The empty string listens nowhere.
	Listen string
	// ConnsMax bounds the connections; the default is the constant of the same name.
	ConnsMax int
	// StoreBytesMax bounds all streams on disk together; the default is the constant of the same
	// name. Whoever has adapters adds SideBytesMax to what the journals need. It does not depend on the free space: see FreeBytes for that.
	StoreBytesMax int64
	// Adapters are the channel adapters that have a key, and a consumer of what lines say to them. One that is taken from the
	// list cannot connect any more; its key stays in the store.
	Adapters []Adapter
	// Log takes what the server has to say; the default discards it.
	Log *slog.Logger
}

// withDefaults gives the configuration with nothing left open, or says what is missing.
func (c Config) withDefaults() (Config, error) {
	if c.StoreDir == "" {
		return c, errors.New("open bus: no store directory given")
	}
	if err := checkAdapters(c.Adapters); err != nil {
		return c, fmt.Errorf("open bus: %w", err)
	}
	if c.AnchorDir == "" {
		c.AnchorDir = filepath.Join(c.StoreDir, "anchors")
	}
	if c.ConnsMax == 0 {
		c.ConnsMax = ConnsMax
	}
	if c.StoreBytesMax == 0 {
		c.StoreBytesMax = StoreBytesMax
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c, nil
}

// loopback takes a listen address apart and refuses every host that is not a loopback address. A
// name other than localhost is refused too: what it resolves to may change after the check.
func loopback(listen string) (host string, port int, err error) {
	host, text, err := net.SplitHostPort(listen)
	if err != nil {
		return "", 0, fmt.Errorf("listen on %q: want an address and a port: %w", listen, err)
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	if addr, err := netip.ParseAddr(host); err != nil || !addr.IsLoopback() {
		return "", 0, fmt.Errorf("listen on %q: %w", listen, ErrListen)
	}
	number, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return "", 0, fmt.Errorf("listen on %q: want a port from 0 to 65535: %w", listen, err)
	}
	return host, int(number), nil
}
