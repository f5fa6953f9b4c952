package webhook

import (
	"log/slog"
	"os"
	"sync"
	"time"
)

// rereadAfter is how long the content of a file is believed.
const rereadAfter = 2 * time.Second

// A vial is the secrets of some files, read again when a file changes. One that cannot be read any more keeps what it had: a
// rotation that fails halfway stops nothing.
type vial struct {
	files []string
	log   *slog.Logger

	mutex  sync.Mutex
	looked time.Time
	states []os.FileInfo
	values [][]byte
}

func newVial(files []string, log *slog.Logger) *vial {
	return &vial{files: files, log: log, states: make([]os.FileInfo, len(files)), values: make([][]byte, len(files))}
}

// all are the secrets, the newest first.
func (v *vial) all(now time.Time) [][]byte {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	if since := now.Sub(v.looked); since < 0 || since >= rereadAfter {
		v.looked = now
		for i := range v.files {
			v.look(i)
		}
	}
	var list [][]byte
	for _, value := range v.values {
		if value != nil {
			list = append(list, value)
		}
	}
	return list
}

func (v *vial) look(i int) {
	state, err := os.Stat(v.files[i])
	if err == nil && v.states[i] != nil && state.ModTime().Equal(v.states[i].ModTime()) && state.Size() == v.states[i].Size() {
		return
	}
	value, err := readSecret(v.files[i])
	if err != nil {
		v.log.Warn("a secret cannot be read: the one before goes on", "file", v.files[i], "error", err)
		return
	}
	v.states[i], v.values[i] = state, value
}
