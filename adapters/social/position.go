package social

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// trailMax is how many posts before its position a stream of Mastodon is taken up.
const trailMax = 20

// saveEvery is how often positions are written at most. What came since the last time comes twice after a crash.
const saveEvery = time.Second

// A position is how far a feed of Mastodon has been heard: everything up to Since, and the posts of Trail behind it.
type position struct {
	Since string   `json:"since"` // empty: nothing yet
	Trail []string `json:"trail"` // sorted, at most trailMax
}

// heard reports whether a post has been heard, as far as is known.
func (p *position) heard(id string) bool {
	_, ok := slices.BinarySearchFunc(p.Trail, id, compareIDs)
	return ok
}

// hear moves on by a post. The oldest of more than trailMax becomes Since: a post that comes late, with an id below that of
// another, is still behind it.
func (p *position) hear(id string) {
	i, ok := slices.BinarySearchFunc(p.Trail, id, compareIDs)
	if ok || id == "" {
		return
	}
	p.Trail = slices.Insert(p.Trail, i, id)
	if len(p.Trail) > trailMax {
		if compareIDs(p.Trail[0], p.Since) > 0 {
			p.Since = p.Trail[0]
		}
		p.Trail = slices.Delete(p.Trail, 0, 1)
	}
}

// compareIDs orders ids as the servers do: whole numbers, of any length.
func compareIDs(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

// A ledger keeps what is known of a stream in a file.
type ledger struct {
	path  string
	saved time.Time
	dirty bool
}

// load reads it into v; a file that is not there leaves v as it is.
func (l *ledger) load(v any) error {
	raw, err := os.ReadFile(l.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(raw, v)
	}
	if err != nil {
		return fmt.Errorf("read position %s: %w: take the file away to begin anew", l.path, err)
	}
	return nil
}

// save writes v, at once where that is asked for, else not more often than saveEvery. The file is the old one or the new one,
// whatever happens.
func (l *ledger) save(v any, now time.Time, atOnce bool) error {
	if since := now.Sub(l.saved); !atOnce && since >= 0 && since < saveEvery {
		l.dirty = true
		return nil
	}
	l.saved, l.dirty = now, false
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(l.path), ".position-*")
	if err != nil {
		return err
	}
	_, err = f.Write(raw)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), l.path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
