package channeltest

import (
	"strings"
	"sync"
)

// A Log keeps what is logged. The zero value is empty; it may be written and read at once.
type Log struct {
	mutex sync.Mutex
	text  strings.Builder
}

// Write adds to it.
func (l *Log) Write(p []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(p)
}

// String is all of it.
func (l *Log) String() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.String()
}
