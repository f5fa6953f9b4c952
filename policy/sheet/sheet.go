package sheet

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"fairline/policy/spelling"
	"fairline/policy/yamlpos"
)

// A Sheet is a file being read, with the faults found so far.
type Sheet struct {
	Name   string // of the file, in faults
	A      string // what it is: "a policy"
	One    string // what a single file is for: "one file is for one line"
	Lines  *yamlpos.File
	Faults Faults

	// OpenTime makes days and weeks of a Shape with Wait ambiguous, and so faults.
	OpenTime bool
}

// New begins a sheet. A and one are said in messages: "a policy", "one file is for one line".
func New(name string, src []byte, a, one string) *Sheet {
	return &Sheet{Name: name, A: a, One: one, Lines: yamlpos.NewFile(src)}
}

// Report notes a fault. The span is moved into the file, whatever was worked out.
func (s *Sheet) Report(f Fault) {
	f.File = s.Name
	f.Span = s.inside(f.Span)
	if f.Also != nil {
		f.Also = &Related{Span: s.inside(f.Also.Span), Label: f.Also.Label}
	}
	s.Faults = append(s.Faults, f)
}

func (s *Sheet) inside(sp Span) Span {
	p := s.Lines.Clamp(yamlpos.Pos{Line: sp.Line, Column: sp.Column})
	end := max(min(sp.EndColumn, s.Lines.Width(p.Line)+1), p.Column+1)
	return Span{Line: p.Line, Column: p.Column, EndColumn: end}
}

// Wrong notes an error at a node.
func (s *Sheet) Wrong(code string, n *yaml.Node, field, message, label, help string) {
	s.Report(Fault{Severity: Error, Code: code, Span: s.SpanOf(n), Field: field, Message: message, Label: label, Help: help})
}

// Warn notes a warning at a node.
func (s *Sheet) Warn(code string, n *yaml.Node, field, message, label, help string) {
	s.Report(Fault{Severity: Warning, Code: code, Span: s.SpanOf(n), Field: field, Message: message, Label: label, Help: help})
}

// SpanOf is the place of a node: of a scalar its text, of a mapping or list its first rune.
func (s *Sheet) SpanOf(n *yaml.Node) Span {
	if n == nil {
		return Span{Line: 1, Column: 1, EndColumn: 2}
	}
	if n.Kind != yaml.ScalarNode {
		return Span{Line: n.Line, Column: n.Column, EndColumn: n.Column + 1}
	}
	return s.Part(n, 0, -1)
}

// Part is the place of the runes [from, to) of a scalar's value; to -1 stands for the end, from -1 for the whole.
// A part over several lines ends with its first line.
func (s *Sheet) Part(n *yaml.Node, from, to int) Span {
	pos, ok := s.Lines.Runes(n)
	if !ok || from < 0 {
		from, to = 0, -1
	}
	if !ok {
		return Span{Line: n.Line, Column: n.Column, EndColumn: n.Column + max(1, utf8.RuneCountInString(n.Value))}
	}
	last := len(pos) - 1
	from = min(from, last)
	if to < 0 || to > last {
		to = last
	}
	start := pos[from]
	end := start.Column + 1
	for i := from; i < to; i++ {
		if pos[i].Line == start.Line {
			end = max(end, pos[i].Column+1)
		}
	}
	return Span{Line: start.Line, Column: start.Column, EndColumn: end}
}

// Load reads the YAML. It returns nil when nothing can be read; the fault says why.
func (s *Sheet) Load(src []byte) *yaml.Node {
	switch {
	case len(src) > FileMax:
		s.Report(Fault{Severity: Error, Code: "FL0106", Span: Span{Line: 1, Column: 1, EndColumn: 2},
			Message: fmt.Sprintf("file of %d bytes, at most %d can be read", len(src), FileMax)})
		return nil
	case !utf8.Valid(src):
		s.Report(Fault{Severity: Error, Code: "FL0100", Span: s.firstBad(), Message: "not UTF-8 text", Help: "save the file as UTF-8"})
		return nil
	}
	var doc yaml.Node
	if err := yaml.Load(src, &doc); err != nil {
		s.syntax(err)
		return nil
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) == 0 {
		s.Report(Fault{Severity: Error, Code: "FL0100", Span: Span{Line: 1, Column: 1, EndColumn: 2}, Message: "nothing stands in this file", Help: "begin with `fairline: 1`"})
		return nil
	}
	return doc.Content[0]
}

// firstBad is the first rune that is not UTF-8.
func (s *Sheet) firstBad() Span {
	for i, line := range s.Lines.Lines {
		for j, r := range line {
			if r == utf8.RuneError {
				return Span{Line: i + 1, Column: j + 1, EndColumn: j + 2}
			}
		}
	}
	return Span{Line: 1, Column: 1, EndColumn: 2}
}

// syntax reports what the YAML library found. It gives up at the first mistake of form, so there is one.
func (s *Sheet) syntax(err error) {
	mark, msg := yaml.Mark{}, err.Error()
	if one, ok := errors.AsType[*yaml.LoadError](err); ok {
		mark, msg = one.Mark, one.Message
	}
	if many, ok := errors.AsType[*yaml.LoadErrors](err); ok && len(many.Errors) > 0 {
		mark, msg = many.Errors[0].Mark, many.Errors[0].Message
	}
	f := Fault{Severity: Error, Code: "FL0100", Span: Span{Line: mark.Line, Column: mark.Column, EndColumn: mark.Column + 1}, Message: "cannot be read as YAML: " + msg}
	switch {
	case strings.Contains(msg, "expected single document"), strings.Contains(msg, "multiple documents"), strings.Contains(msg, "another document"):
		f.Code, f.Message, f.Help = "FL0112", "a second document stands in this file", s.One+": take `---` out"
		f.Span = s.secondDocument()
	case strings.Contains(msg, "no documents"), strings.Contains(msg, "EOF"), strings.Contains(msg, "no content"):
		f.Message, f.Help = "nothing stands in this file", "begin with `fairline: 1`"
	case strings.Contains(msg, "mapping values are not allowed"), strings.Contains(msg, "did not find expected"):
		f.Help = "put an expression in single quotes if it begins with ! \" ' [ { or has \": \" in it: when: 'ticket.plan == \"gold\"'"
	case strings.Contains(msg, "tab"):
		f.Help = "indent with blanks"
	}
	s.Report(f)
}

func (s *Sheet) secondDocument() Span {
	seen := false
	for i, line := range s.Lines.Lines {
		text := strings.TrimSpace(string(line))
		mark := strings.HasPrefix(string(line), "---")
		if mark && seen {
			return Span{Line: i + 1, Column: 1, EndColumn: 4}
		}
		seen = seen || text != "" && !strings.HasPrefix(text, "#")
	}
	return Span{Line: 1, Column: 1, EndColumn: 2}
}

// DidYouMean is a help for an unknown name: the nearest one, or all there are.
func DidYouMean(word string, known []string) string {
	if near := spelling.DidYouMean(word, known); near != "" {
		return near
	}
	if len(known) == 0 {
		return "there is none"
	}
	return "there is " + spelling.List(known[:min(len(known), 24)])
}
