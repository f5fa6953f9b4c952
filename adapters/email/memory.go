package email

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// A key is the hash of a message id, or of something else that is remembered.
type key [16]byte

func (k key) String() string { return hex.EncodeToString(k[:]) }

// keyOf is the key of a text of a kind.
func keyOf(kind, text string) (k key) {
	sum := sha256.Sum256([]byte(kind + "\x00" + text))
	copy(k[:], sum[:])
	return k
}

// recordSize is a key, the key of its thread's root, and a checksum.
const recordSize = 16 + 16 + 4

// A memory knows the root of each message id's thread. It is two files of records of which the older is forgotten when the
// younger is full; what is asked for lives on in the younger. A record that a crash cut off is not there, nor is what follows; the
// next one is written over it.
type memory struct {
	dir   string
	half  int // records of a file
	lock  *os.File
	mutex sync.Mutex
	file  *os.File // nil: it could not be written
	young map[key]key
	old   map[key]key
	size  int64 // of file
	dirty bool
}

// openMemory opens the memory in a folder, which it makes if there is none. Only one may use it.
func openMemory(dir string, max int) (*memory, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("email: State: %w", err)
	}
	m := &memory{dir: dir, half: max / 2}
	if err := m.open(); err != nil {
		_ = m.close()
		return nil, fmt.Errorf("email: State: %w", err)
	}
	return m, nil
}

func (m *memory) open() (err error) {
	if m.lock, err = os.OpenFile(m.path("lock"), os.O_CREATE|os.O_RDWR, 0o600); err != nil {
		return err
	}
	if err := syscall.Flock(int(m.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return fmt.Errorf("%s is used by another adapter: give each its own", m.dir)
	}
	if m.old, _, err = readRecords(m.path("threads.old")); err != nil {
		return err
	}
	young, size, err := readRecords(m.path("threads"))
	if err != nil {
		return err
	}
	m.young, m.size = young, size
	m.file, err = os.OpenFile(m.path("threads"), os.O_CREATE|os.O_RDWR, 0o600)
	return err
}

func (m *memory) path(name string) string { return filepath.Join(m.dir, name) }

// readRecords reads the records of a file up to the first that is not whole.
func readRecords(path string) (records map[key]key, size int64, err error) {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, 0, err
	}
	records, size = wholeRecords(text)
	return records, size, nil
}

// wholeRecords are the records at the beginning of a text, and how many bytes they take.
func wholeRecords(text []byte) (records map[key]key, size int64) {
	records = map[key]key{}
	for ; len(text) >= recordSize; text = text[recordSize:] {
		if crc32.ChecksumIEEE(text[:32]) != binary.BigEndian.Uint32(text[32:]) {
			break
		}
		records[key(text[:16])] = key(text[16:32])
		size += recordSize
	}
	return records, size
}

// root is the root of a key's thread.
func (m *memory) root(k key) (root key, ok bool) {
	if root, ok = m.young[k]; ok {
		return root, true
	}
	if root, ok = m.old[k]; ok {
		m.put(k, root) // what is asked for lives on
	}
	return root, ok
}

// knows says whether a key was remembered.
func (m *memory) knows(k key) bool {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	_, ok := m.root(k)
	return ok
}

// get is what was remembered under a key.
func (m *memory) get(k key) (root key, ok bool) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	return m.root(k)
}

// replace puts a key, whatever was remembered under it.
func (m *memory) replace(k, root key) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if was, ok := m.root(k); !ok || was != root {
		m.put(k, root)
	}
}

// stamp remembers under a key that it is now.
func (m *memory) stamp(k key) {
	var now key
	binary.BigEndian.PutUint64(now[:], uint64(time.Now().Unix()))
	m.replace(k, now)
}

// when is the time of a stamp.
func (m *memory) when(k key) (at time.Time, ok bool) {
	root, ok := m.get(k)
	return time.Unix(int64(binary.BigEndian.Uint64(root[:])), 0), ok
}

// remember puts a key, unless it is known.
func (m *memory) remember(k, root key) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.keep(k, root)
}

func (m *memory) keep(k, root key) {
	if _, ok := m.root(k); !ok {
		m.put(k, root)
	}
}

// put writes a record. One that cannot be written is remembered until the end of the process: the thread may then be two.
func (m *memory) put(k, root key) {
	if len(m.young) >= m.half {
		m.turn()
	}
	m.young[k] = root
	m.dirty = true
	if m.file == nil {
		return
	}
	var record [recordSize]byte
	copy(record[:16], k[:])
	copy(record[16:], root[:])
	binary.BigEndian.PutUint32(record[32:], crc32.ChecksumIEEE(record[:32]))
	if _, err := m.file.WriteAt(record[:], m.size); err == nil {
		m.size += recordSize // else the next one overwrites what was written of it
	}
}

// turn makes the younger file the older one, and begins another.
func (m *memory) turn() {
	m.old, m.young = m.young, map[key]key{}
	if m.file == nil {
		return
	}
	err := errors.Join(m.file.Sync(), m.file.Close())
	if err == nil {
		err = os.Rename(m.path("threads"), m.path("threads.old"))
	}
	m.file = nil // until the process is started again, where the next fails
	if err == nil {
		m.size = 0
		m.file, _ = os.OpenFile(m.path("threads"), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	}
}

// sync has all that was remembered survive a crash.
func (m *memory) sync() error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	if !m.dirty {
		return nil
	}
	if m.file == nil {
		return fmt.Errorf("email: State %s cannot be written: see to the disk, and start again", m.dir)
	}
	m.dirty = false
	return m.file.Sync()
}

func (m *memory) close() error {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	var err error
	for _, f := range []*os.File{m.file, m.lock} {
		if f != nil {
			err = errors.Join(err, f.Close())
		}
	}
	return err
}

// thread finds the root of a mail's thread, and remembers all ids of the mail under it.
//
// The mail's own id decides where it is known: it was a missing parent, or comes again. Then the nearest of its ancestors that is
// known: References from the last to the first, and In-Reply-To after them (RFC 5322, 3.6.4, has References be the thread and
// In-Reply-To what is used without). Where none is known the thread begins with the eldest that is named, seen or not. So a
// thread has one root in whatever order its mails come, as long as each names one that was named before.
func (m *memory) thread(h head) (root key, ok bool) {
	mine := h.idsOf("Message-Id")
	references, answers := h.idsOf("References"), h.idsOf("In-Reply-To")
	if len(mine) > 1 {
		mine = mine[:1]
	}
	var near []string
	near = append(near, mine...)
	for i := len(references) - 1; i >= 0; i-- {
		near = append(near, references[i])
	}
	near = append(near, answers...)
	if len(near) == 0 {
		return root, false
	}
	eldest := mine
	if len(references) > 0 {
		eldest = references
	} else if len(answers) > 0 {
		eldest = answers
	}
	m.mutex.Lock()
	defer m.mutex.Unlock()
	root = keyOf("mail", eldest[0])
	for _, id := range near {
		if known, ok := m.root(keyOf("mail", id)); ok {
			root = known
			break
		}
	}
	for _, id := range near {
		m.keep(keyOf("mail", id), root)
	}
	return root, true
}
