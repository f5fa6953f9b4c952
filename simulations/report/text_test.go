package report

import (
	"strings"
	"testing"
)

func TestTextIsGolden(t *testing.T) {
	r := monday(t)
	pair, all := compare(t, r, Options{With: "weekday"}), compare(t, r, Options{})
	for _, g := range []struct {
		file  string
		c     *Comparison
		style Style
	}{
		{"pair.golden", pair, Style{Forest: true}},
		{"pair-narrow.golden", pair, Style{Width: 64, Forest: true}},
		{"pair-all.golden", pair, Style{All: true}},
		{"trade.golden", compare(t, r, Options{With: "phone-first"}), Style{Forest: true}},
		{"all.golden", all, Style{}},
	} {
		got := text(t, g.c, g.style)
		golden(t, g.file, got)
		width := g.style.Width
		if width == 0 {
			width = 100
		}
		for line := range strings.Lines(got) {
			if n := columns(strings.TrimSuffix(line, "\n")); n > width {
				t.Errorf("%s: %d columns, want at most %d: %s", g.file, n, width, line)
			}
		}
	}
}
