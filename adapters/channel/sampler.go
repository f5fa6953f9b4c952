package channel

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"
)

// SamplesMax is how many samples a folder has at most: then the oldest are written over.
const SamplesMax = 100

// A Dropped is an event that a filter dropped. It has no text and nobody's name.
type Dropped struct {
	At     time.Time
	Source string // where it came from: the path of an endpoint, the name of an account
	Event  string // of the mapping
	ID     string // of the contact that it would have been
	Why    string
}

// A Sampler writes some of the events that a filter dropped into a folder, to see whom it passes over. The files hold what
// people wrote: only the user of the program can read them. It may be used by any goroutine.
type Sampler struct {
	Dir   string // empty: nothing is written
	Every int    // one of so many

	dropped atomic.Uint64
	mutex   sync.Mutex
	next    int
}

// A sample is one file.
type sample struct {
	At     time.Time `json:"at"`
	Source string    `json:"source"`
	Event  string    `json:"event"`
	ID     string    `json:"id"`
	Why    string    `json:"why"`
	Body   string    `json:"body"` // the event
}

// Take writes an event, where it is the turn of one. After a restart it begins with the first file again.
func (s *Sampler) Take(d Dropped, body []byte) error {
	if s.Dir == "" || (s.dropped.Add(1)-1)%uint64(s.Every) != 0 {
		return nil
	}
	text, err := json.MarshalIndent(sample{d.At, d.Source, d.Event, d.ID, d.Why, string(body)}, "", "  ")
	if err != nil {
		return fmt.Errorf("write a sample: %w", err)
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return fmt.Errorf("write a sample: %w", err)
	}
	file := filepath.Join(s.Dir, fmt.Sprintf("sample-%03d.json", s.next))
	s.next = (s.next + 1) % SamplesMax
	if err := os.WriteFile(file, append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("write a sample: %w", err)
	}
	return nil
}
