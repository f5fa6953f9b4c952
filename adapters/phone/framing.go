package phone

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
)

// Bounds of a message's head, its start line and headers, which are looked at before it costs a parse. Those of telephones have
// some 20 lines; a caller through many proxies, with an identity signed by each, stays below.
const (
	headMax  = 8 << 10
	linesMax = 128
)

// errFrame says that what comes over a connection is no SIP, or too much of it.
var errFrame = errors.New("no SIP")

// A framing follows a stream of messages: where each begins and ends (RFC 3261, 18.3). The zero value is between two messages.
type framing struct {
	begun  int // messages
	head   int // bytes of the head so far
	lines  int
	line   []byte // the one that is being read
	body   int    // bytes of the body that are still to come
	length int    // what Content-Length says; -1: nothing yet
	within bool   // a message
}

// feed takes the next bytes.
func (f *framing) feed(data []byte, max int) error {
	for len(data) > 0 {
		if f.within && f.lines < 0 { // in the body
			n := min(f.body, len(data))
			data, f.body = data[n:], f.body-n
			f.within = f.body > 0
			continue
		}
		b := data[0]
		data = data[1:]
		if !f.within {
			if b == '\r' || b == '\n' { // a keep-alive
				continue
			}
			*f = framing{begun: f.begun + 1, within: true, length: -1, line: f.line[:0]}
		}
		if err := f.next(b, max); err != nil {
			return err
		}
	}
	return nil
}

// next takes a byte of the head.
func (f *framing) next(b byte, max int) error {
	if f.head++; f.head > headMax {
		return errFrame
	}
	if b != '\n' {
		f.line = append(f.line, b)
		if f.lines == 0 && len(f.line) == 1 && (b < 'A' || b > 'Z') {
			return errFrame
		}
		return nil
	}
	line := bytes.TrimSuffix(f.line, []byte("\r"))
	f.line = f.line[:0]
	if f.lines++; f.lines > linesMax || f.lines == 1 && !startsSIP(line) {
		return errFrame
	}
	if len(line) > 0 {
		return f.header(line, max)
	}
	f.lines, f.body = -1, f.length
	f.within = f.body > 0
	if f.length < 0 {
		return errFrame
	}
	return nil
}

// header takes the length of the body from the header that says it.
func (f *framing) header(line []byte, max int) error {
	name, value, _ := strings.Cut(string(line), ":")
	if name = strings.ToLower(strings.TrimSpace(name)); name != "content-length" && name != "l" {
		return nil
	}
	n, err := strconv.Atoi(strings.TrimSpace(value))
	if err != nil || n < 0 || n > max || f.length >= 0 && f.length != n {
		return errFrame
	}
	f.length = n
	return nil
}

// startsSIP says whether a line begins a message of SIP.
func startsSIP(line []byte) bool {
	return bytes.HasPrefix(line, []byte("SIP/2.0 ")) || bytes.HasSuffix(line, []byte(" SIP/2.0"))
}

// looksLikeSIP says whether a datagram begins like SIP and its head is within bounds: cheaper than to read it.
func looksLikeSIP(data []byte) bool {
	line, _, found := bytes.Cut(data, []byte("\r\n"))
	head, _, _ := bytes.Cut(data, []byte("\r\n\r\n"))
	return found && startsSIP(line) && len(head) <= headMax && bytes.Count(head, []byte("\n")) < linesMax
}
