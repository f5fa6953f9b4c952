package natsbus

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"
)

// The keys in the store. Whoever can read a file is that user, so only the owner can.
const (
	keysDir   = "keys"
	daemonKey = "daemon.nk" // the daemon itself: everything
	localKey  = "local.nk"  // tickets, agents and questions from this machine
)

// loadKey reads the seed in a file, or makes a new user's and writes it there with mode 0600.
func loadKey(name string) (nkeys.KeyPair, error) {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return newKey(name)
	}
	if err != nil {
		return nil, fmt.Errorf("look at key %s: %w", name, err)
	}
	if mode := info.Mode().Perm(); mode&othersMask != 0 {
		return nil, fmt.Errorf("key %s has mode %04o: %w; others may have read it: remove it, and "+
			"a new one is made at the next start", name, mode, ErrExposed)
	}
	seed, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read key: %w", err)
	}
	key, err := nkeys.FromSeed(bytes.TrimSpace(seed))
	if err != nil {
		return nil, fmt.Errorf("read key %s: %w", name, err)
	}
	return key, nil
}

func newKey(name string) (nkeys.KeyPair, error) {
	key, err := nkeys.CreateUser()
	if err != nil {
		return nil, fmt.Errorf("make key %s: %w", name, err)
	}
	seed, err := key.Seed()
	if err != nil {
		return nil, fmt.Errorf("make key %s: %w", name, err)
	}
	if err = writeFile(name, append(seed, '\n')); err != nil {
		return nil, fmt.Errorf("write key %s: %w", name, err)
	}
	return key, nil
}

// loadUsers gives the two users of the server and the daemon's key.
func loadUsers(store string) ([]*server.NkeyUser, nkeys.KeyPair, error) {
	dir := filepath.Join(store, keysDir)
	if err := privateDir(dir); err != nil {
		return nil, nil, err
	}
	daemon, err := loadKey(filepath.Join(dir, daemonKey))
	if err != nil {
		return nil, nil, err
	}
	local, err := loadKey(filepath.Join(dir, localKey))
	if err != nil {
		return nil, nil, err
	}
	daemonName, err := daemon.PublicKey()
	if err != nil {
		return nil, nil, fmt.Errorf("key %s: %w", daemonKey, err)
	}
	localName, err := local.PublicKey()
	if err != nil {
		return nil, nil, fmt.Errorf("key %s: %w", localKey, err)
	}
	users := []*server.NkeyUser{
		{Nkey: daemonName},
		{Nkey: localName, Permissions: localPermissions()},
	}
	return users, daemon, nil
}

// localPermissions are those of the local user: requests to a line and what the line says, and
// nothing of the journal or of JetStream. A header is a power too (a publisher can erase a stream
// or write on another's subject by one), but only on subjects that a stream takes; these are none.
func localPermissions() *server.Permissions {
	return &server.Permissions{
		Publish:   &server.SubjectPermission{Allow: []string{"fl.in.>", "fl.agent.>", "fl.ask.>"}},
		Subscribe: &server.SubjectPermission{Allow: []string{"fl.agent.>", "fl.out.>", "_INBOX.>"}},
	}
}
