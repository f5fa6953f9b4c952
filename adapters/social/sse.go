package social

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// An sse reads server-sent events (WHATWG HTML, section 9.2) with a bound on their size.
type sse struct {
	in    *bufio.Reader
	max   int
	begun bool // a line was read
}

// errLarge is an event that was larger than the bound. The stream goes on behind it.
var errLarge = errors.New("the event is too large")

func newSSE(r io.Reader, most int) *sse { return &sse{in: bufio.NewReaderSize(r, 16<<10), max: most} }

// heartbeat is the kind of a comment: the server is there.
const heartbeat = ":"

// next is the next event, or a heartbeat. Beat is called for each line, however long its event is. An event that the stream's end
// cuts off is none.
func (s *sse) next(beat func()) (kind string, data []byte, err error) {
	large, some := false, false
	for {
		line, cut, err := s.line()
		if err != nil {
			return "", nil, err
		}
		beat()
		if len(line) == 0 && !cut {
			if large {
				return kind, nil, errLarge
			}
			if some {
				return kind, data, nil
			}
			kind = ""
			continue
		}
		if len(line) > 0 && line[0] == ':' { // a comment, which may stand in an event too
			if kind == "" && !some && !large {
				return heartbeat, nil, nil
			}
			continue
		}
		field, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimPrefix(value, []byte(" "))
		switch string(field) {
		case "event":
			kind = string(value)
		case "data":
			if some {
				data = append(data, '\n')
			}
			data, some = append(data, value...), true
		}
		if cut || len(data) > s.max {
			large, data = true, nil
		}
	}
}

// bom may stand in front of a stream.
var bom = []byte("\ufeff")

// line is the next line without its end (LF or CR LF), cut off where it is longer than the bound; what is behind that is
// thrown away.
func (s *sse) line() (line []byte, cut bool, err error) {
	for {
		part, err := s.in.ReadSlice('\n')
		if room := s.max + 64 - len(line); len(part) > room {
			part, cut = part[:max(room, 0)], true
		}
		line = append(line, part...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
		if !s.begun {
			line, s.begun = bytes.TrimPrefix(line, bom), true
		}
		return line, cut, err
	}
}
