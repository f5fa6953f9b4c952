package report

import (
	"strings"
	"unicode"
)

// wide are the ranges of characters that take two columns of a terminal, in short (Unicode Annex 11, East Asian Width).
var wide = [][2]rune{{0x1100, 0x115f}, {0x2e80, 0x303e}, {0x3041, 0xa4cf}, {0xac00, 0xd7a3}, {0xf900, 0xfaff}, {0xfe30, 0xfe6f},
	{0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}}

// columns returns how many columns of a terminal s takes.
func columns(s string) (n int) {
	for _, r := range s {
		n += runeColumns(r)
	}
	return n
}

func runeColumns(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Cc) {
		return 0
	}
	for _, w := range wide {
		if r >= w[0] && r <= w[1] {
			return 2
		}
	}
	return 1
}

// left pads s with blanks on its right, right on its left, until it takes width columns.
func left(s string, width int) string  { return s + strings.Repeat(" ", max(0, width-columns(s))) }
func right(s string, width int) string { return strings.Repeat(" ", max(0, width-columns(s))) + s }

// cut shortens s to width columns, with an ellipsis where something is missing.
func cut(s string, width int) string {
	if columns(s) <= width {
		return s
	}
	n := 0
	for i, r := range s {
		if n += runeColumns(r); n > width-1 {
			return strings.TrimRight(s[:i], " ") + "…"
		}
	}
	return s
}

// nbsp is a blank at which no line is broken; on the page it is a blank like others.
const nbsp = "\u00a0"

// held returns text that fill does not break.
func held(text string) string { return strings.ReplaceAll(text, " ", nbsp) }

// loose returns text as it stands on the page.
func loose(text string) string { return strings.ReplaceAll(text, nbsp, " ") }

// fill breaks text into lines of at most width columns; all but the first are indented. No word is broken.
func fill(text string, width, indent int) string {
	var b strings.Builder
	at := 0
	for i, word := range strings.Split(text, " ") {
		switch n := columns(word); {
		case i == 0:
			at = n
		case at+1+n > width:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			at = indent + n
		default:
			b.WriteString(" ")
			at += 1 + n
		}
		b.WriteString(loose(word))
	}
	b.WriteString("\n")
	return b.String()
}
