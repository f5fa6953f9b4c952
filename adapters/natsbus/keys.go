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
	deskKey   = "desk.nk"   // the same, and what supervisors do
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

// loadUsers gives the users of the server and the daemon's key.
func loadUsers(store string, adapters []Adapter) ([]*server.NkeyUser, nkeys.KeyPair, error) {
	dir := filepath.Join(store, keysDir)
	if err := privateDir(dir); err != nil {
		return nil, nil, err
	}
	var users []*server.NkeyUser
	var keys []nkeys.KeyPair
	type user struct {
		file        string
		permissions *server.Permissions
	}
	list := []user{{daemonKey, nil}, {localKey, localPermissions()}, {deskKey, deskPermissions()}}
	for _, a := range adapters {
		list = append(list, user{adapterKey(a.Name), adapterPermissions(a)})
	}
	for _, user := range list {
		key, err := loadKey(filepath.Join(dir, user.file))
		if err != nil {
			return nil, nil, err
		}
		name, err := key.PublicKey()
		if err != nil {
			return nil, nil, fmt.Errorf("key %s: %w", user.file, err)
		}
		users = append(users, &server.NkeyUser{Nkey: name, Permissions: user.permissions})
		keys = append(keys, key)
	}
	return users, keys[0], nil
}

// localPermissions are those of the local user: requests to a line and what the line says, and
// nothing of the journal or of JetStream. A header is a power too (a publisher can erase a stream
// or write on another's subject by one), but only on subjects that a stream takes; these are none.
func localPermissions() *server.Permissions {
	return &server.Permissions{
		Publish:   &server.SubjectPermission{Allow: []string{"fl.in.>", "fl.agent.>", "fl.ask.>", "fl.customer.>"}},
		Subscribe: &server.SubjectPermission{Allow: []string{"fl.agent.>", "fl.out.>", "fl.say.>", "_INBOX.>"}},
	}
}

// deskPermissions are those of supervisors: what the local user may, and the desk.
func deskPermissions() *server.Permissions {
	p := localPermissions()
	p.Publish.Allow = append(p.Publish.Allow, "fl.desk.>", "fl.vault.>")
	return p
}
