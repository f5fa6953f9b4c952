package yamlpos

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// block finds the runes of a literal or folded scalar. An indentation indicator counts from a parent that the node
// does not know, so each indentation is tried: the one that rebuilds the value is right.
func (f *File) block(n *yaml.Node, want []rune) ([]Pos, bool) {
	head := f.Lines[n.Line-1]
	if n.Column > len(head) || !strings.ContainsAny(string(head[n.Column-1:]), "|>") {
		return nil, false
	}
	indents := []int{f.firstIndent(n.Line)}
	if strings.ContainsAny(string(head[n.Column-1:]), "123456789") {
		for i := range indents[0] {
			indents = append(indents, i)
		}
	}
	for _, indent := range indents {
		got, pos := f.literal(n.Line, indent)
		if n.Style&yaml.FoldedStyle != 0 {
			got, pos = f.folded(n.Line, indent)
		}
		if p, ok := fit(got, pos, want); ok {
			return p, true
		}
	}
	return nil, false
}

// fit cuts what was read to the length of the value: how many line ends a block keeps is in the value already.
func fit(got []rune, pos []Pos, want []rune) ([]Pos, bool) {
	if len(got) < len(want) || string(got[:len(want)]) != string(want) {
		return nil, false
	}
	if len(want) < len(pos) {
		return pos[:len(want)+1], true
	}
	end := Pos{1, 1}
	if len(pos) > 0 {
		end = Pos{pos[len(pos)-1].Line, pos[len(pos)-1].Column + 1}
	}
	return append(pos, end), true
}

// firstIndent is the indentation of the first line below the header that is not blank.
func (f *File) firstIndent(header int) int {
	for _, line := range f.Lines[header:] {
		if n := indentOf(line); n < len(line) {
			return n
		}
	}
	return 0
}

func indentOf(line []rune) int {
	for i, r := range line {
		if r != ' ' {
			return i
		}
	}
	return len(line)
}

// blockLines calls yield for each line of a block, with the rune where its text begins; -1 for an empty line.
func (f *File) blockLines(header, indent int, yield func(line, from int)) {
	for i := header; i < len(f.Lines); i++ {
		line := f.Lines[i]
		in := indentOf(line)
		switch {
		case in == len(line) && in <= indent:
			yield(i+1, -1)
		case in < indent:
			return
		default:
			yield(i+1, indent)
		}
	}
}

func (f *File) literal(header, indent int) (got []rune, pos []Pos) {
	f.blockLines(header, indent, func(line, from int) {
		text := f.Lines[line-1]
		for c := from; from >= 0 && c < len(text); c++ {
			got, pos = append(got, text[c]), append(pos, Pos{line, c + 1})
		}
		got, pos = append(got, '\n'), append(pos, Pos{line, len(text) + 1})
	})
	return got, pos
}

// folded joins the lines of a block with blanks, except around empty lines and lines that begin with a blank.
func (f *File) folded(header, indent int) (got []rune, pos []Pos) {
	var ends []Pos             // line ends that were read and not yet written
	first, kept := true, false // kept: the line before begins with a blank
	f.blockLines(header, indent, func(line, from int) {
		text := f.Lines[line-1]
		if from < 0 {
			ends = append(ends, Pos{line, len(text) + 1})
			return
		}
		keep := text[from] == ' ' || text[from] == '\t'
		switch {
		case first, kept, keep:
			for _, e := range ends {
				got, pos = append(got, '\n'), append(pos, e)
			}
		case len(ends) == 1:
			got, pos = append(got, ' '), append(pos, ends[0])
		default:
			for _, e := range ends[1:] {
				got, pos = append(got, '\n'), append(pos, e)
			}
		}
		for c := from; c < len(text); c++ {
			got, pos = append(got, text[c]), append(pos, Pos{line, c + 1})
		}
		ends, first, kept = []Pos{{line, len(text) + 1}}, false, keep
	})
	for _, e := range ends {
		got, pos = append(got, '\n'), append(pos, e)
	}
	return got, pos
}
