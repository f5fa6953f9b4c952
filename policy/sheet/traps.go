package sheet

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// traps reports what YAML reads differently from how it looks: tags, anchors, empty values, keys written twice,
// numbers with a leading zero. It looks at every node, also below keys that nothing else reads.
func (s *Sheet) traps(n *yaml.Node, field string, depth int) {
	if depth > FileDepthMax {
		s.Wrong("FL0106", n, field, "too deep: at most 32 levels can be read", "", "")
		return
	}
	switch {
	case n.Kind == yaml.AliasNode:
		s.Wrong("FL0112", n, field, "`*` refers to an anchor; "+s.A+" has none", "", "write the value again, or put it in quotes")
		return
	case n.Style&yaml.TaggedStyle != 0:
		s.tag(n, field)
	case n.Anchor != "":
		s.Wrong("FL0112", n, field, "`&` makes an anchor here; "+s.A+" has none", "", "put an expression in single quotes: '&"+n.Anchor+" ...'")
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null":
		s.empty(n, field)
	case n.Kind == yaml.ScalarNode:
		s.scalarTraps(n, field)
	}
	switch n.Kind {
	case yaml.MappingNode:
		s.mappingTraps(n, field, depth)
	case yaml.SequenceNode:
		for i, c := range n.Content {
			s.traps(c, Element(field, i), depth+1)
		}
	}
}

func (s *Sheet) tag(n *yaml.Node, field string) {
	sp := s.SpanOf(n)
	sp = Span{Line: sp.Line, Column: n.Column, EndColumn: n.Column + len([]rune(n.Tag))}
	if n.Line != sp.Line {
		sp = Span{Line: n.Line, Column: n.Column, EndColumn: n.Column + 1}
	}
	s.Report(Fault{Severity: Error, Code: "FL0110", Span: sp, Field: field,
		Message: "`" + n.Tag + "` is a YAML tag here, not part of the value: YAML would drop it silently",
		Help:    "put the whole expression in single quotes: '" + s.asWritten(n) + "'"})
}

// asWritten is what stands in the file from a node to the end of its line, or to the end of the mapping or list in
// which it stands on that line.
func (s *Sheet) asWritten(n *yaml.Node) string {
	if n.Line > len(s.Lines.Lines) || n.Column > s.Lines.Width(n.Line) {
		return n.Value
	}
	rest, open := s.Lines.Lines[n.Line-1][n.Column-1:], 0
	for i, r := range rest {
		switch r {
		case '{', '[', '(':
			open++
		case '}', ']', ')':
			open--
		case ',':
			if open == 0 {
				open = -1
			}
		}
		if open < 0 {
			rest = rest[:i]
			break
		}
	}
	text, _, _ := strings.Cut(string(rest), " #")
	return strings.TrimSpace(text)
}

func (s *Sheet) empty(n *yaml.Node, field string) {
	if n.Value != "" {
		s.Wrong("FL0111", n, field, "`"+n.Value+"` means that nothing stands here", "", "write a value, or take the key out; a text stands in quotes")
		return
	}
	s.Wrong("FL0111", n, field, "nothing stands here", "a value is missing", "write a value, or take the key out")
}

var leadingZero = regexp.MustCompile(`^[-+]?0[0-9_]+$`)

func (s *Sheet) scalarTraps(n *yaml.Node, field string) {
	if IsBare(n) && leadingZero.MatchString(n.Value) && n.ShortTag() != "!!str" {
		s.Wrong("FL0112", n, field, "a number with a leading zero: some programs read it as octal", "", "write it without the zero")
	}
}

func (s *Sheet) mappingTraps(n *yaml.Node, field string, depth int) {
	first := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.Kind != yaml.ScalarNode {
			s.Wrong("FL0104", k, field, "a key must be a name", "", "")
			continue
		}
		name := Child(field, k.Value)
		if k.Style&yaml.TaggedStyle != 0 || k.Anchor != "" {
			s.Wrong("FL0112", k, name, "a key has no tag and no anchor", "", "put it in quotes")
		}
		switch at, twice := first[k.Value]; {
		case k.Value == "<<" && k.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) == 0:
			s.Wrong("FL0112", k, name, "`<<` merges another mapping; "+s.A+" has no merge keys", "", "write the keys out")
		case twice:
			s.Report(Fault{Severity: Error, Code: "FL0112", Span: s.SpanOf(k), Field: name, Message: "`" + k.Value + "` is written twice",
				Label: "again here", Help: "keep one of the two", Also: &Related{Span: s.SpanOf(at), Label: "first here"}})
		default:
			first[k.Value] = k
		}
		s.traps(v, name, depth+1)
	}
}
