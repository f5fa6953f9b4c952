package vault

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
)

var (
	// ErrNoRow says that a store has no row of that name.
	ErrNoRow = errors.New("no such row")
	// ErrConflict says that a row is not as it was read: somebody else changed it.
	ErrConflict = errors.New("the row has changed")
)

// A Store keeps rows. Names are tokens of a-z A-Z 0-9 with dots between. Its methods may be called by any goroutine. Another
// error than those named means that nobody knows whether the step was done.
type Store interface {
	// Get returns a row and its revision, which is above 0, or ErrNoRow.
	Get(ctx context.Context, name string) (value []byte, rev uint64, err error)
	// Put stores a row in place of the one with the revision behind, 0: there must be none, and returns its revision.
	// Otherwise ErrConflict.
	Put(ctx context.Context, name string, value []byte, behind uint64) (rev uint64, err error)
	// Erase removes a row that has the revision rev, 0: whichever it has, and overwrites its bytes wherever the store keeps
	// them. It does nothing where there is none; where there is another one, ErrConflict.
	Erase(ctx context.Context, name string, rev uint64) error
	// Names calls fn with the name of each row that begins with prefix, which ends with a dot, in any order. Rows that come or
	// go meanwhile may be among them or not.
	Names(ctx context.Context, prefix string, fn func(name string) error) error
}

// A Memory is a Store for tests.
type Memory struct {
	mu   sync.Mutex
	rows map[string]memoryRow
	last uint64
}

type memoryRow struct {
	value []byte
	rev   uint64
}

// NewMemory returns an empty one.
func NewMemory() *Memory { return &Memory{rows: map[string]memoryRow{}} }

// Get is as Store says.
func (m *Memory) Get(ctx context.Context, name string) ([]byte, uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	row, ok := m.rows[name]
	if !ok {
		return nil, 0, ErrNoRow
	}
	return bytes.Clone(row.value), row.rev, ctx.Err()
}

// Put is as Store says.
func (m *Memory) Put(ctx context.Context, name string, value []byte, behind uint64) (uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if m.rows[name].rev != behind {
		return 0, ErrConflict
	}
	m.last++
	m.rows[name] = memoryRow{value: bytes.Clone(value), rev: m.last}
	return m.last, nil
}

// Erase is as Store says.
func (m *Memory) Erase(ctx context.Context, name string, rev uint64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	row, ok := m.rows[name]
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case ok && rev != 0 && row.rev != rev:
		return ErrConflict
	}
	clear(row.value)
	delete(m.rows, name)
	return nil
}

// Names is as Store says.
func (m *Memory) Names(ctx context.Context, prefix string, fn func(string) error) error {
	m.mu.Lock()
	var names []string
	for name := range m.rows {
		if strings.HasPrefix(name, prefix) {
			names = append(names, name)
		}
	}
	m.mu.Unlock()
	slices.Sort(names)
	for _, name := range names {
		if err := fn(name); err != nil {
			return err
		}
	}
	return ctx.Err()
}
