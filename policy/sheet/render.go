package sheet

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"fairline/policy/yamlpos"
)

// Render writes the faults as pictures: the line of the file, the words underlined, and a way to mend it. Src is the
// file that was read. With color, signs stand in ANSI colours; without, nothing but colour is lost.
func Render(w io.Writer, faults Faults, src []byte, color bool) error {
	p := picture{file: yamlpos.NewFile(src), color: color}
	for i, f := range faults {
		if i > 0 {
			p.buf.WriteByte('\n')
		}
		p.fault(f)
	}
	_, err := w.Write(p.buf.Bytes())
	return err
}

type picture struct {
	file  *yamlpos.File
	color bool
	buf   bytes.Buffer
}

const (
	red    = "31;1"
	yellow = "33;1"
	blue   = "34;1"
	bold   = "1"
)

func (p *picture) paint(code, text string) string {
	if !p.color || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

func (p *picture) fault(f Fault) {
	sign := map[Severity]string{Error: red, Warning: yellow, Note: blue}[f.Severity]
	lines := []mark{{f.Span, f.Label, '^', sign}}
	if f.Also != nil {
		second := mark{f.Also.Span, f.Also.Label, '-', blue}
		if second.Line < f.Line {
			lines = []mark{second, lines[0]}
		} else {
			lines = append(lines, second)
		}
	}
	width := len(fmt.Sprint(lines[len(lines)-1].Line))
	gutter := strings.Repeat(" ", width)
	bar := p.paint(blue, "|")
	fmt.Fprintf(&p.buf, "%s%s\n", p.paint(sign, f.Severity.String()+"["+f.Code+"]"), p.paint(bold, ": "+f.Message))
	fmt.Fprintf(&p.buf, "%s%s %s:%d:%d\n", gutter, p.paint(blue, "-->"), f.File, f.Line, f.Column)
	fmt.Fprintf(&p.buf, "%s %s\n", gutter, bar)
	for i, m := range lines {
		if i > 0 && m.Line > lines[i-1].Line+1 {
			p.buf.WriteString(p.paint(blue, "...") + "\n")
		}
		if i == 0 || m.Line != lines[i-1].Line {
			fmt.Fprintf(&p.buf, "%s %s %s\n", p.paint(blue, fmt.Sprintf("%*d", width, m.Line)), bar, p.line(m.Line))
		}
		fmt.Fprintf(&p.buf, "%s %s %s\n", gutter, bar, p.under(m))
	}
	if f.Help != "" {
		fmt.Fprintf(&p.buf, "%s %s help: %s\n", gutter, p.paint(blue, "="), f.Help)
	}
}

// A mark is a span to underline.
type mark struct {
	Span
	label string
	sign  rune
	paint string
}

// line is a line of the file with everything invisible made harmless.
func (p *picture) line(n int) string {
	return strings.TrimRight(strings.Map(printable, string(p.file.Lines[n-1])), " \t")
}

func printable(r rune) rune {
	if r != '\t' && r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\u2028' || r == '\u2029' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
		return '\ufffd'
	}
	return r
}

// under is the line of signs below a line. Tabs stay tabs, so that both lines are shifted alike.
func (p *picture) under(m mark) string {
	var b strings.Builder
	for i := range m.Column - 1 {
		if text := p.file.Lines[m.Line-1]; i < len(text) && text[i] == '\t' {
			b.WriteByte('\t')
		} else {
			b.WriteByte(' ')
		}
	}
	signs := strings.Repeat(string(m.sign), m.EndColumn-m.Column)
	if m.label != "" {
		signs += " " + m.label
	}
	return b.String() + p.paint(m.paint, signs)
}

// RenderGitHub writes the faults as workflow commands, which GitHub shows beside the lines of a change.
func RenderGitHub(w io.Writer, faults Faults) error {
	escape := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for _, f := range faults {
		kind := map[Severity]string{Error: "error", Warning: "warning", Note: "notice"}[f.Severity]
		text := f.Message
		if f.Label != "" {
			text += ": " + f.Label
		}
		if f.Help != "" {
			text += " (" + f.Help + ")"
		}
		if _, err := fmt.Fprintf(w, "::%s file=%s,line=%d,col=%d,endColumn=%d,title=%s::%s\n", kind, property.Replace(f.File), f.Line, f.Column, f.EndColumn, f.Code, escape.Replace(text)); err != nil {
			return err
		}
	}
	return nil
}
