package policy

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// traps reports what YAML reads differently from how it looks: tags, anchors, empty values, keys written twice,
// numbers with a leading zero. It looks at every node, also below keys that nothing else reads.
func (s *source) traps(n *yaml.Node, field string, depth int) {
	if depth > FileDepthMax {
		s.wrong("FL0106", n, field, "too deep: at most 32 levels can be read", "", "")
		return
	}
	switch {
	case n.Kind == yaml.AliasNode:
		s.wrong("FL0112", n, field, "`*` refers to an anchor; a policy has none", "", "write the value again, or put it in quotes")
		return
	case n.Style&yaml.TaggedStyle != 0:
		s.tag(n, field)
	case n.Anchor != "":
		s.wrong("FL0112", n, field, "`&` makes an anchor here; a policy has none", "", "put an expression in single quotes: '&"+n.Anchor+" ...'")
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
			s.traps(c, element(field, i), depth+1)
		}
	}
}

func (s *source) tag(n *yaml.Node, field string) {
	sp := s.spanOf(n)
	sp = Span{sp.Line, n.Column, n.Column + len([]rune(n.Tag))}
	if n.Line != sp.Line {
		sp = Span{n.Line, n.Column, n.Column + 1}
	}
	s.report(Fault{Severity: Error, Code: "FL0110", Span: sp, Field: field,
		Message: "`" + n.Tag + "` is a YAML tag here, not part of the value: YAML would drop it silently",
		Help:    "put the whole expression in single quotes: '" + s.asWritten(n) + "'"})
}

// asWritten is what stands in the file from a node to the end of its line, or to the end of the mapping or list in
// which it stands on that line.
func (s *source) asWritten(n *yaml.Node) string {
	if n.Line > len(s.file.Lines) || n.Column > s.file.Width(n.Line) {
		return n.Value
	}
	rest, open := s.file.Lines[n.Line-1][n.Column-1:], 0
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

func (s *source) empty(n *yaml.Node, field string) {
	if n.Value != "" {
		s.wrong("FL0111", n, field, "`"+n.Value+"` means that nothing stands here", "", "write a value, or take the key out; a text stands in quotes")
		return
	}
	s.wrong("FL0111", n, field, "nothing stands here", "a value is missing", "write a value, or take the key out")
}

var (
	leadingZero = regexp.MustCompile(`^[-+]?0[0-9_]+$`)
	cutOff      = regexp.MustCompile(`^#\s*(\|\||&&|==|!=|[<>?:)])`)
)

func (s *source) scalarTraps(n *yaml.Node, field string) {
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		return
	}
	if leadingZero.MatchString(n.Value) && n.ShortTag() != "!!str" {
		s.wrong("FL0112", n, field, "a number with a leading zero: some programs read it as octal", "", "write it without the zero")
	}
	if cutOff.MatchString(n.LineComment) && strings.HasSuffix(field, ".when") {
		s.wrong("FL0110", n, field, "` #` begins a comment: the rest of the expression is cut off", "all that is read", "put the whole expression in single quotes")
	}
}

func (s *source) mappingTraps(n *yaml.Node, field string, depth int) {
	first := map[string]*yaml.Node{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.Kind != yaml.ScalarNode {
			s.wrong("FL0104", k, field, "a key must be a name", "", "")
			continue
		}
		name := child(field, k.Value)
		if k.Style&yaml.TaggedStyle != 0 || k.Anchor != "" {
			s.wrong("FL0112", k, name, "a key has no tag and no anchor", "", "put it in quotes")
		}
		switch at, twice := first[k.Value]; {
		case k.Value == "<<" && k.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) == 0:
			s.wrong("FL0112", k, name, "`<<` merges another mapping; a policy has no merge keys", "", "write the keys out")
		case twice:
			s.report(Fault{Severity: Error, Code: "FL0112", Span: s.spanOf(k), Field: name, Message: "`" + k.Value + "` is written twice",
				Label: "again here", Help: "keep one of the two", Also: &Related{s.spanOf(at), "first here"}})
		default:
			first[k.Value] = k
		}
		s.traps(v, name, depth+1)
	}
}
