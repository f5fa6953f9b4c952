// Package yamlpos finds the place in a YAML file of each rune of a scalar's value.
//
// A YAML library gives the value of a scalar and where the scalar begins. Between the two lie quotes, escapes, joined
// lines and indentation. This package reads the source again, by the rules of the scalar's style, and notes where each
// rune of the value came from; where the rebuilt value differs from the library's it says so instead of guessing.
package yamlpos

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// A Pos is a place in a file: line and column, both from 1, columns in code points.
type Pos struct {
	Line, Column int
}

// A File is a source text cut into lines of runes, without line ends and byte order mark.
type File struct {
	Lines [][]rune
}

// NewFile cuts a source text. A file has at least one line, which may be empty.
func NewFile(src []byte) *File {
	text := strings.TrimPrefix(string(src), "\ufeff")
	text = strings.ReplaceAll(text, "\r\n", "\n")
	var f File
	for line := range strings.SplitSeq(text, "\n") {
		f.Lines = append(f.Lines, []rune(line))
	}
	return &f
}

// Width is the number of code points of a line, 0 for a line that is not there.
func (f *File) Width(line int) int {
	if line < 1 || line > len(f.Lines) {
		return 0
	}
	return len(f.Lines[line-1])
}

// Clamp moves a place into the file: to a rune of it, or one past the last rune of its line.
func (f *File) Clamp(p Pos) Pos {
	p.Line = min(max(p.Line, 1), len(f.Lines))
	p.Column = min(max(p.Column, 1), f.Width(p.Line)+1)
	return p
}

// Runes returns where each rune of the scalar's value stands, and one Pos more for the end of the value. When the
// source does not rebuild the value it reports false, and nothing else is known than the node's own place.
func (f *File) Runes(n *yaml.Node) ([]Pos, bool) {
	if n.Kind != yaml.ScalarNode || n.Line < 1 || n.Line > len(f.Lines) {
		return nil, false
	}
	want := []rune(n.Value)
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return f.block(n, want)
	default:
		s := scan{f: f, at: Pos{n.Line, n.Column}, want: want}
		s.toScalar()
		if !s.flow(n.Style) || string(s.got) != string(want) {
			return nil, false
		}
		return append(s.pos, s.at), true
	}
}

// Near returns the place of a rune of the scalar's value, and the start of the scalar when that cannot be known.
func (f *File) Near(n *yaml.Node, rune int) (Pos, bool) {
	pos, ok := f.Runes(n)
	if !ok {
		return f.Clamp(Pos{n.Line, n.Column}), false
	}
	return f.Clamp(pos[min(max(rune, 0), len(pos)-1)]), true
}
