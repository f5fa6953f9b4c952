package phone

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A session is what one phone was told of media in one dialog. Whoever stands behind us may change, an agent, music, another agent;
// the phone must see one session that changes: one origin, whose version rises by one with each change (RFC 3264, 8). The zero
// value is a dialog in which nothing was said.
type session struct {
	origin  []string // of the o= line that was said first: user, id, version, and where
	version uint64
	last    []byte // what was said last
	rest    []byte // and without its o= line
}

// say returns a session description with the origin of the dialog. What has no origin that can be read is said as it is.
func (s *session) say(sdp []byte) []byte {
	if len(sdp) == 0 {
		return sdp
	}
	before, origin, after, found := originOf(sdp)
	version, err := strconv.ParseUint(strings.Join(origin[min(2, len(origin)):min(3, len(origin))], ""), 10, 64)
	if !found || err != nil {
		s.last = sdp
		return sdp
	}
	rest := slices.Concat(before, after)
	switch {
	case s.origin == nil:
		s.origin, s.version = origin, version
	case !bytes.Equal(rest, s.rest):
		s.version++
	}
	line := fmt.Appendf(nil, "o=%s %s %d %s\r\n", s.origin[0], s.origin[1], s.version, strings.Join(s.origin[3:], " "))
	s.last, s.rest = slices.Concat(before, line, after), rest
	return s.last
}

// originOf takes a session description apart at its o= line of six words.
func originOf(sdp []byte) (before []byte, origin []string, after []byte, found bool) {
	at := 0
	for line := range bytes.Lines(sdp) {
		if words, is := bytes.CutPrefix(line, []byte("o=")); is {
			origin = strings.Fields(string(words))
			return sdp[:at], origin, sdp[at+len(line):], len(origin) == 6
		}
		at += len(line)
	}
	return sdp, nil, nil, false
}

// directions are the attributes that say which way media goes.
var directions = []string{"a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive"}

// silenced is a session description in which nothing is sent either way: a phone that is told it is on hold.
func silenced(sdp []byte) []byte {
	var out []byte
	said := false
	for line := range strings.Lines(string(sdp)) {
		if slices.Contains(directions, strings.TrimSpace(line)) {
			continue
		}
		if !said && strings.HasPrefix(line, "m=") {
			out, said = append(out, "a=inactive\r\n"...), true
		}
		out = append(out, line...)
	}
	return out
}

// destinations are where a session description wants its media, in order; a medium that is refused has none.
func destinations(sdp []byte) (list []string) {
	session, at := "", -1
	for line := range strings.Lines(string(sdp)) {
		f := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, "c=") && at < 0:
			session = strings.Join(f[1:], " ")
		case strings.HasPrefix(line, "c=") && list[at] != "":
			port, _, _ := strings.Cut(list[at], " ")
			list[at] = port + " " + strings.Join(f[1:], " ")
		case strings.HasPrefix(line, "m="):
			at++
			list = append(list, "")
			if len(f) > 1 && f[1] != "0" {
				list[at] = f[1] + " " + session
			}
		}
	}
	return list
}
