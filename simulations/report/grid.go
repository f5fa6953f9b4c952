package report

import "strings"

// A grid aligns lines: a label, then cells whose values end and whose half widths begin in the same column, then a word.
type grid struct {
	lines  []line
	label  int
	values []int
	halves []int
	word   int
}

const (
	gutter   = 3  // between columns
	labelMin = 16 // to which a label beside a picture is shortened
)

// newGrid measures lines. Where they are wider than width, all but the last column do without half widths. What does not fit even
// so is wider.
func newGrid(lines []line, width int) *grid {
	g := &grid{lines: lines}
	g.measure()
	if g.width() > width {
		for i := range g.lines {
			for j := range g.lines[i].cells[:max(0, len(g.lines[i].cells)-1)] {
				g.lines[i].cells[j].half = ""
			}
		}
		g.measure()
	}
	return g
}

// measure finds the widths of columns. The first line is the head, whose names stand over values and half widths together.
func (g *grid) measure() {
	g.label, g.word = 0, 0
	g.values, g.halves = make([]int, len(g.lines[0].cells)), make([]int, len(g.lines[0].cells))
	for _, l := range g.lines[1:] {
		if len(l.cells) > 0 {
			g.label = max(g.label, columns(l.label))
		}
		g.word = max(g.word, columns(l.word))
		for i, c := range l.cells {
			g.values[i], g.halves[i] = max(g.values[i], columns(c.value)), max(g.halves[i], columns(c.half))
		}
	}
	for i := range g.lines[0].cells {
		g.values[i] += max(0, columns(g.lines[0].cells[i].value)-g.column(i))
	}
}

// column is the width of a column.
func (g *grid) column(i int) int {
	if g.halves[i] == 0 {
		return g.values[i]
	}
	return g.values[i] + 1 + g.halves[i]
}

func (g *grid) width() int {
	n := g.label
	for i := range g.values {
		n += gutter + g.column(i)
	}
	if g.word > 0 {
		n += gutter + g.word
	}
	return n
}

func (g *grid) write(p *page) {
	for n, l := range g.lines {
		if len(l.cells) == 0 {
			p.WriteString(cut(l.label, max(g.width(), p.style.Width)) + "\n")
			continue
		}
		var b strings.Builder
		b.WriteString(left(l.label, g.label))
		for i, c := range l.cells {
			text := right(c.value, g.values[i])
			if g.halves[i] > 0 {
				text += left(" "+c.half, 1+g.halves[i])
			}
			if n == 0 {
				text = right(c.value, g.column(i))
			}
			if i == len(l.cells)-1 {
				text = p.color(text, l.gain)
			}
			b.WriteString(strings.Repeat(" ", gutter) + text)
		}
		b.WriteString(strings.Repeat(" ", gutter) + p.color(l.word, l.gain))
		p.WriteString(strings.TrimRight(b.String(), " ") + "\n")
	}
}

// color paints what is for the better green and what is for the worse red, where colours are wanted.
func (p *page) color(text string, gain int) string {
	switch {
	case !p.style.Color || gain == 0 || strings.TrimSpace(text) == "":
		return text
	case gain > 0:
		return "\x1b[32m" + text + "\x1b[0m"
	}
	return "\x1b[31m" + text + "\x1b[0m"
}
