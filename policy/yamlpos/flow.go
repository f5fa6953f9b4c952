package yamlpos

import (
	"strconv"

	"go.yaml.in/yaml/v4"
)

// A scan rebuilds the value of a plain or quoted scalar from its source.
type scan struct {
	f    *File
	at   Pos    // the next rune to read
	want []rune // what the library found; a plain scalar has no other sign of its end
	got  []rune
	pos  []Pos
}

const lineEnd = -1 // what peek gives at the end of a line

func (s *scan) peek(ahead int) rune {
	if s.at.Line > len(s.f.Lines) {
		return lineEnd
	}
	line := s.f.Lines[s.at.Line-1]
	if i := s.at.Column - 1 + ahead; i < len(line) {
		return line[i]
	}
	return lineEnd
}

func (s *scan) emit(r rune, at Pos) {
	s.got = append(s.got, r)
	s.pos = append(s.pos, at)
}

// toScalar skips a tag or an anchor that stands before the scalar.
func (s *scan) toScalar() {
	for r := s.peek(0); r == '!' || r == '&'; r = s.peek(0) {
		for r := s.peek(0); r != ' ' && r != '\t' && r != lineEnd; r = s.peek(0) {
			s.at.Column++
		}
		s.blanks()
	}
}

func (s *scan) blanks() {
	for s.peek(0) == ' ' || s.peek(0) == '\t' {
		s.at.Column++
	}
}

// flow reads a plain or quoted scalar. It reports false at the end of the file.
func (s *scan) flow(style yaml.Style) bool {
	quote := rune(0)
	switch {
	case style&yaml.DoubleQuotedStyle != 0:
		quote = '"'
	case style&yaml.SingleQuotedStyle != 0:
		quote = '\''
	}
	if quote != 0 {
		if s.peek(0) != quote {
			return false
		}
		s.at.Column++
	}
	for s.at.Line <= len(s.f.Lines) {
		r := s.peek(0)
		switch {
		case quote == 0 && len(s.got) >= len(s.want), quote == '"' && r == '"':
			return true
		case quote == '\'' && r == '\'':
			if s.peek(1) != '\'' {
				return true
			}
			s.emit('\'', s.at)
			s.at.Column += 2
		case quote == '"' && r == '\\':
			if !s.escape() {
				return false
			}
		case r == ' ' || r == '\t' || r == lineEnd:
			s.space()
		default:
			s.emit(r, s.at)
			s.at.Column++
		}
	}
	return false
}

// space reads blanks. Before the end of a line they fall away: one line end stands for a blank, more for one less.
func (s *scan) space() {
	start := s.at
	s.blanks()
	if s.peek(0) != lineEnd {
		for c := start.Column; c < s.at.Column; c++ {
			s.emit(s.f.Lines[start.Line-1][c-1], Pos{start.Line, c})
		}
		return
	}
	breaks := 0
	for s.peek(0) == lineEnd && s.at.Line <= len(s.f.Lines) {
		breaks++
		s.at = Pos{s.at.Line + 1, 1}
		s.blanks()
	}
	if breaks == 1 {
		s.emit(' ', start)
		return
	}
	for range breaks - 1 {
		s.emit('\n', start)
	}
}

var escapes = map[rune]rune{
	'0': 0, 'a': 7, 'b': 8, 't': 9, '\t': 9, 'n': 10, 'v': 11, 'f': 12, 'r': 13, 'e': 27, ' ': ' ', '"': '"', '/': '/',
	'\\': '\\', 'N': 0x85, '_': 0xa0, 'L': 0x2028, 'P': 0x2029,
}

// escape reads a backslash and what it stands for in a double-quoted scalar.
func (s *scan) escape() bool {
	start := s.at
	next := s.peek(1)
	if next == lineEnd { // the line goes on below, without a blank
		s.at = Pos{s.at.Line + 1, 1}
		s.blanks()
		for s.peek(0) == lineEnd && s.at.Line <= len(s.f.Lines) {
			s.emit('\n', start)
			s.at = Pos{s.at.Line + 1, 1}
			s.blanks()
		}
		return true
	}
	digits := map[rune]int{'x': 2, 'u': 4, 'U': 8}[next]
	if digits == 0 {
		r, ok := escapes[next]
		s.emit(r, start)
		s.at.Column += 2
		return ok
	}
	text := ""
	for i := range digits {
		r := s.peek(2 + i)
		if r == lineEnd {
			return false
		}
		text += string(r)
	}
	v, err := strconv.ParseUint(text, 16, 32)
	s.emit(rune(v), start)
	s.at.Column += 2 + digits
	return err == nil
}
