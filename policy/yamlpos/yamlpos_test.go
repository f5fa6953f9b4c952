package yamlpos_test

import (
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
	"pgregory.net/rapid"

	"fairline/policy/yamlpos"
)

// value returns the scalar under `key:` of a source.
func value(t interface{ Fatalf(string, ...any) }, src string) *yaml.Node {
	var doc yaml.Node
	if err := yaml.Load([]byte(src), &doc); err != nil {
		t.Fatalf("load %q: %v", src, err)
	}
	m := doc.Content[0]
	return m.Content[len(m.Content)-1]
}

// Each case marks where the letter X of the value stands.
func TestRunesInEveryStyle(t *testing.T) {
	for _, c := range []struct {
		name, src    string
		line, column int
	}{
		{"plain", "k: abXd", 1, 6},
		{"plain, not ASCII", "k: äöXd", 1, 6},
		{"plain over lines", "k: ab\n  cd\n\n  eX", 4, 4},
		{"double", `k: "äX"`, 1, 6},
		{"double, escapes", `k: "\u00e4\n\x41\U0001F600X"`, 1, 27},
		{"double over lines", "k: \"ab\n   cX\"", 2, 5},
		{"double, joined line", "k: \"ab\\\n   cX\"", 2, 5},
		{"single", "k: 'it''s X'", 1, 11},
		{"single over lines", "k: 'ab\n\n   X'", 3, 4},
		{"literal", "k: |\n  ab\n   cX\n", 3, 5},
		{"literal, kept end", "k: |+\n  aX\n\n", 2, 4},
		{"literal, indicator", "k: |2\n    aX\n", 2, 6},
		{"literal, comment in the header", "k: |- # what | says\n  äX\n", 2, 4},
		{"folded", "k: >-\n  ab\n  cX\n", 3, 4},
		{"folded, paragraphs", "k: >-\n  ab\n\n\n  cX\n", 5, 4},
		{"folded, indented lines", "k: >\n  ab\n    cd\n  eX\n", 4, 4},
		{"flow mapping", "k: {a: b, c: 'dX'}", 1, 16},
		{"carriage returns", "j: 1\r\nk: >-\r\n  ab\r\n  cX\r\n", 4, 4},
		{"byte order mark", "\ufeffk: aX", 1, 5},
		{"tag before it", "k: !t abX", 1, 9},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := value(t, c.src)
			if n.Kind == yaml.MappingNode {
				n = n.Content[len(n.Content)-1]
			}
			i := len([]rune(n.Value[:strings.IndexByte(n.Value, 'X')]))
			got, ok := yamlpos.NewFile([]byte(c.src)).Near(n, i)
			if want := (yamlpos.Pos{Line: c.line, Column: c.column}); got != want || !ok {
				t.Errorf("place of X in %q: got %v %v, want %v", c.src, got, ok, want)
			}
		})
	}
}

// Every rune of a value stands where Runes says, in each style, for scalars that the library writes itself.
func TestRunesOfRandomScalars(t *testing.T) {
	fallen, all := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("ab cä\n'\"\\#:|>-{}&! \t😀")), 0, 40, -1).Draw(t, "text")
		style := rapid.SampledFrom([]yaml.Style{0, yaml.DoubleQuotedStyle, yaml.SingleQuotedStyle, yaml.LiteralStyle, yaml.FoldedStyle}).Draw(t, "style")
		in := yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{
			{Kind: yaml.ScalarNode, Value: "k"}, {Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Style: style}}}
		src, err := yaml.Dump(&in, yaml.WithLineWidth(20))
		if err != nil {
			return
		}
		var doc yaml.Node
		if yaml.Load(src, &doc) != nil {
			return // what the library writes and cannot read is not ours
		}
		n := doc.Content[0].Content[1]
		file := yamlpos.NewFile(src)
		all++
		pos, ok := file.Runes(n)
		if !ok {
			fallen++
			return
		}
		for i, r := range []rune(n.Value) {
			p := pos[i]
			if p.Line < 1 || p.Line > len(file.Lines) || p.Column < 1 || p.Column > file.Width(p.Line)+1 {
				t.Fatalf("rune %d of %q in %q: outside the file: %v", i, n.Value, src, p)
			}
			if p.Column <= file.Width(p.Line) && r > ' ' {
				if there := file.Lines[p.Line-1][p.Column-1]; there != r && there != '\\' {
					t.Fatalf("rune %d of %q in %q: got %v, where %q stands", i, n.Value, src, p, there)
				}
			}
		}
	})
	if fallen*20 > all {
		t.Errorf("%d of %d scalars could not be rebuilt", fallen, all)
	}
}
