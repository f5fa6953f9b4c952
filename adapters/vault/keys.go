package vault

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// The reasons why keys are refused; each comes with the place and what to do.
var (
	// ErrExposed says that others than the owner can read the key file.
	ErrExposed = errors.New("open to other users")
	// ErrKeys says that keys are missing, malformed, or not those that the store was written with.
	ErrKeys = errors.New("not the keys of this vault")
	// ErrOtherKeys is an ErrKeys: the store was written with another key of the same name.
	ErrOtherKeys = fmt.Errorf("another than the one that the store was written with: %w", ErrKeys)
)

// The uses of a key.
const (
	siteUse = "site" // wraps the data keys
	hashUse = "hash" // hashes identities
)

// Limits of the key file.
const (
	keysMax        = 8 // of one use
	keyFileLenMax  = 4096
	secretLen      = 32
	othersMask     = fs.FileMode(0o077)
	keyFilePattern = "a line for each key: site or hash, an id, and 32 bytes in base64"
)

var keyIDForm = regexp.MustCompile(`^[a-z0-9]{1,16}$`)

// A Key is a secret with the id that is stored beside what was made with it.
type Key struct {
	ID     string // 1 to 16 of a-z 0-9
	Secret [secretLen]byte
}

// Keys are a site's secrets: of each use the first is for what is written, all are for what is read.
type Keys struct {
	Site []Key // wrap the customers' data keys
	Hash []Key // hash their identities
}

// String says how many there are and nothing else.
func (k Keys) String() string {
	return fmt.Sprintf("%d site and %d hash keys", len(k.Site), len(k.Hash))
}

// GoString is the same.
func (k Keys) GoString() string { return k.String() }

// GoString is the id of the key alone.
func (k Key) GoString() string { return "key " + k.ID }

// String is the id of the key alone.
func (k Key) String() string { return "key " + k.ID }

// NewKey makes a key with an id.
func NewKey(id string) Key {
	k := Key{ID: id}
	rand.Read(k.Secret[:]) // never fails: crypto/rand
	return k
}

// check says what is wrong with the keys.
func (k Keys) check() error {
	for use, keys := range map[string][]Key{siteUse: k.Site, hashUse: k.Hash} {
		if len(keys) == 0 || len(keys) > keysMax {
			return fmt.Errorf("%d %s keys, want 1 to %d: %w", len(keys), use, keysMax, ErrKeys)
		}
		seen := map[string]bool{}
		for _, key := range keys {
			if !keyIDForm.MatchString(key.ID) || seen[key.ID] {
				return fmt.Errorf("%s key with id %q, want each once, of 1 to 16 of a-z 0-9: %w", use, key.ID, ErrKeys)
			}
			seen[key.ID] = true
			if key.Secret == [secretLen]byte{} {
				return fmt.Errorf("%s key %s is nothing but zeros: %w", use, key.ID, ErrKeys)
			}
		}
	}
	return nil
}

// ReadKeys reads a key file. It refuses one that others can read, and one inside the store, whose copies would then have
// the keys beside what they protect.
func ReadKeys(file, store string) (Keys, error) {
	var k Keys
	if err := outside(file, store); err != nil {
		return k, err
	}
	info, err := os.Stat(file)
	if err != nil {
		return k, fmt.Errorf("read keys of the vault: %w", err)
	}
	if mode := info.Mode().Perm(); mode&othersMask != 0 {
		return k, fmt.Errorf("keys of the vault %s have mode %04o: %w; make the file private with: chmod 600 %s, and add new "+
			"keys, for others may have read these", file, mode, ErrExposed, file)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return k, fmt.Errorf("read keys of the vault: %w", err)
	}
	if len(text) > keyFileLenMax {
		return k, fmt.Errorf("keys of the vault %s: %d bytes, want at most %d: %w", file, len(text), keyFileLenMax, ErrKeys)
	}
	for n, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		if err := k.readLine(line); err != nil {
			return Keys{}, fmt.Errorf("keys of the vault %s:%d: %w", file, n+1, err)
		}
	}
	if err := k.check(); err != nil {
		return Keys{}, fmt.Errorf("keys of the vault %s: %w", file, err)
	}
	return k, nil
}

// readLine takes one line of a key file. Its error does not repeat the line.
func (k *Keys) readLine(line string) error {
	fields := strings.Fields(line)
	if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
		return nil
	}
	if len(fields) != 3 {
		return fmt.Errorf("want %s: %w", keyFilePattern, ErrKeys)
	}
	secret, err := base64.StdEncoding.DecodeString(fields[2])
	if err != nil || len(secret) != secretLen {
		return fmt.Errorf("want %s: %w", keyFilePattern, ErrKeys)
	}
	key := Key{ID: fields[1], Secret: [secretLen]byte(secret)}
	switch fields[0] {
	case siteUse:
		k.Site = append(k.Site, key)
	case hashUse:
		k.Hash = append(k.Hash, key)
	default:
		return fmt.Errorf("want %s: %w", keyFilePattern, ErrKeys)
	}
	return nil
}

// MakeKeys writes a new key file with mode 0600 and returns its keys. It never replaces a file: the error then wraps
// fs.ErrExist.
func MakeKeys(file, store string) (Keys, error) {
	k := Keys{Site: []Key{NewKey("1")}, Hash: []Key{NewKey("1")}}
	if err := outside(file, store); err != nil {
		return k, err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return Keys{}, fmt.Errorf("make keys of the vault: %w", err)
	}
	_, err = f.WriteString("# keys of the vault: whoever reads this file reads who the customers are; the first of each use writes\n" +
		keyLines(siteUse, k.Site) + keyLines(hashUse, k.Hash))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return Keys{}, fmt.Errorf("make keys of the vault: %w", errors.Join(err, os.Remove(file)))
	}
	return k, nil
}

func keyLines(use string, keys []Key) string {
	var b strings.Builder
	for _, key := range keys {
		fmt.Fprintf(&b, "%s %s %s\n", use, key.ID, base64.StdEncoding.EncodeToString(key.Secret[:]))
	}
	return b.String()
}

// outside refuses a key file in the store.
func outside(file, store string) error {
	name, err := filepath.Abs(file)
	if err != nil {
		return fmt.Errorf("keys of the vault %s: %w", file, err)
	}
	dir, err := filepath.Abs(store)
	if err != nil {
		return fmt.Errorf("keys of the vault: store %s: %w", store, err)
	}
	if rel, err := filepath.Rel(dir, name); err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return fmt.Errorf("keys of the vault %s lie in the store %s: a copy of the store would have them; move them elsewhere: %w",
			file, store, ErrExposed)
	}
	return nil
}
