package sheet_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"go.yaml.in/yaml/v4"

	"fairline/policy/sheet"
)

// even is a value of a kind that package sheet does not know.
func even(s *sheet.Sheet, n *yaml.Node, field string) {
	if v, ok := sheet.ParseWhole(n.Value); !ok || v%2 != 0 {
		s.Wrong("FL0104", n, field, "an even number is wanted", "", "add 1")
	}
}

// menu is a shape with something of each kind, and one that stands within itself.
func menu() *sheet.Shape {
	dish := &sheet.Shape{Kind: sheet.Record, Def: "dish", Wanted: "{price: 4}"}
	dish.Keys = []sheet.Key{
		sheet.Must("price", &sheet.Shape{Kind: sheet.Own, Check: even, JSON: []string{"integer"}, Wanted: "an even number"}, "What it costs."),
		sheet.May("with", &sheet.Shape{Kind: sheet.List, Elem: dish, Max: 2, Wanted: "a list of dishes"}, "What comes with it."),
	}
	return &sheet.Shape{Kind: sheet.Record, Wanted: "a menu", Keys: []sheet.Key{
		sheet.Must("fairline", &sheet.Shape{Kind: sheet.Whole, Wanted: "1"}, "Number of the format."),
		sheet.May("dishes", &sheet.Shape{Kind: sheet.Table, Names: sheet.Name, Elem: dish, Wanted: "dishes by name"}, "The dishes."),
		sheet.May("served", &sheet.Shape{Kind: sheet.Duration, Words: []string{"soon"}, Wanted: "a duration"}, "After how long."),
		sheet.Must("late", &sheet.Shape{Kind: sheet.Percent, Wanted: "30%"}, "How often not.").Beside("served"),
		sheet.May("open", &sheet.Shape{Kind: sheet.Truth, Wanted: "true or false"}, "Whether it is."),
	}}
}

func check(src string) (*sheet.Sheet, string) {
	s := sheet.New("menu.yaml", []byte(src), "a menu", "one file is one menu")
	if root := s.Load([]byte(src)); root != nil {
		s.Check(root, menu())
	}
	var b strings.Builder
	for _, f := range s.Faults.Sorted() {
		b.WriteString(f.Error() + " (" + f.Label + f.Help + ")\n")
	}
	return s, b.String()
}

func TestCheck(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{"fairline: 1\ndishes: {soup: {price: 4, with: [{price: 2}]}}\nserved: soon\nlate: 30%\n", ""},
		{"fairline: 1\ndishes: {soup: {price: 3}}\n", "menu.yaml:2:24: dishes.soup.price: error[FL0104]: an even number is wanted (add 1)\n"},
		{"fairline: 1\nserved: sun\nlate: 30%\n", "menu.yaml:2:9: served: error[FL0103]: no duration: `sun`, `soon` (did you mean `soon`?)\n"},
		{"fairline: 1\nserved: 90s\n", "menu.yaml:2:1: late: error[FL0240]: `served` needs `late` (write `late: ...` beside it; How often not.)\n"},
		{"fairline: 1\nlate: 30%\n", "menu.yaml:2:1: late: error[FL0104]: `late` has no meaning here (it belongs to `served`take it out, or write what it belongs to)\n"},
		{"fairline: 1\nopen: *yes\n", "menu.yaml:2:7: error[FL0100]: cannot be read as YAML: unknown anchor 'yes' referenced ()\n"},
		{"fairline: 1\nopen: &yes true\n", "menu.yaml:2:12: open: error[FL0112]: `&` makes an anchor here; a menu has none (put an expression in single quotes: '&yes ...')\n"},
		{"fairline: 1\n---\nfairline: 1\n", "menu.yaml:2:1: error[FL0112]: a second document stands in this file (one file is one menu: take `---` out)\n"},
	} {
		if _, got := check(c.src); got != c.want {
			t.Errorf("%s\ngot  %swant %s", c.src, got, c.want)
		}
	}
}

// What stands in a file more than once, or within itself, stands once in the schema.
func TestSchema(t *testing.T) {
	var s jsonschema.Schema
	if err := json.Unmarshal(sheet.Schema("menu", menu()), &s); err != nil {
		t.Fatal(err)
	}
	if len(s.Defs) != 1 || s.Defs["dish"] == nil || s.Title != "menu" {
		t.Errorf("definitions %v", s.Defs)
	}
	r, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	dish := func(price any) map[string]any {
		return map[string]any{"fairline": 1, "dishes": map[string]any{"soup": map[string]any{"price": 4, "with": []any{map[string]any{"price": price}}}}}
	}
	if err := r.Validate(dish(2)); err != nil {
		t.Error(err)
	}
	if err := r.Validate(dish("two")); err == nil {
		t.Error("the schema takes a price that is a text")
	}
}
