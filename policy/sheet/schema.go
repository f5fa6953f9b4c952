package sheet

import (
	"encoding/json"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"

	"fairline/policy/spelling"
)

// Schema returns a JSON Schema (draft 2020-12) of files of a shape, for editors. It is made from the table of keys that
// Check goes by, so the two know the same keys. It is wider than Check: it says of a value of an Own kind only what its
// Form says, and does not compare names.
func Schema(title string, of *Shape) []byte {
	defs := map[string]*jsonschema.Schema{}
	s := schemaOf(of, defs)
	if len(defs) > 0 {
		s.Defs = defs
	}
	s.Schema = "https://json-schema.org/draft/2020-12/schema"
	s.Title = title
	s.Properties["fairline"].Enum = []any{1}
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic(err) // the schema is made of constants
	}
	return append(out, '\n')
}

// spanText is a duration as far as a pattern can say it.
const spanText = `^([0-9]+([wdhms]|ms))+$`

// schemaOf is the schema of a shape. What has a name of its own goes to defs, once.
func schemaOf(sh *Shape, defs map[string]*jsonschema.Schema) *jsonschema.Schema {
	if sh.Def == "" {
		return inline(sh, defs)
	}
	if defs[sh.Def] == nil {
		defs[sh.Def] = &jsonschema.Schema{} // a shape may stand within itself
		defs[sh.Def] = inline(sh, defs)
	}
	return &jsonschema.Schema{Ref: "#/$defs/" + sh.Def}
}

func inline(sh *Shape, defs map[string]*jsonschema.Schema) *jsonschema.Schema {
	s := &jsonschema.Schema{}
	switch sh.Kind {
	case Record:
		s.Type, s.Properties = "object", map[string]*jsonschema.Schema{}
		s.AdditionalProperties = nothing()
		for _, k := range sh.Keys {
			s.Properties[k.Name] = schemaOf(k.Is, defs)
			s.Properties[k.Name].Description = k.Doc
			need(s, &k)
		}
	case Table:
		s.Type, s.AdditionalProperties = "object", schemaOf(sh.Elem, defs)
		if sh.Names != nil {
			s.PropertyNames = &jsonschema.Schema{Pattern: sh.pattern()}
		}
		s.MaxProperties = most(sh.Max)
	case List:
		s.Type, s.Items, s.MaxItems = "array", schemaOf(sh.Elem, defs), most(sh.Max)
	case Choice:
		for _, alt := range sh.Alts {
			s.AnyOf = append(s.AnyOf, schemaOf(alt, defs))
		}
	default:
		return scalarSchema(sh)
	}
	return s
}

// need says when a key must be there, and of one that belongs to others to which. That it may not stand without them is
// said in words alone.
func need(s *jsonschema.Schema, k *Key) {
	if k.beside != nil {
		s.Properties[k.Name].Description += " Beside " + spelling.List(k.beside) + "."
	} else if k.must {
		s.Required = append(s.Required, k.Name)
	}
	for _, b := range k.beside {
		if k.must && !strings.Contains(b, ": ") {
			if s.DependentRequired == nil {
				s.DependentRequired = map[string][]string{}
			}
			s.DependentRequired[b] = append(s.DependentRequired[b], k.Name)
		}
	}
}

func scalarSchema(sh *Shape) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "string"}
	switch sh.Kind {
	case Text:
		s.Pattern = sh.pattern()
		for _, w := range sh.Words {
			s.Enum = append(s.Enum, w)
		}
	case Whole:
		s.Type = "integer"
		if sh.Hi > 0 {
			lo, hi := float64(sh.Lo), float64(sh.Hi)
			s.Minimum, s.Maximum = &lo, &hi
		}
	case Percent:
		s.Pattern = percentForm.String()
	case Value:
		s.Type, s.Types = "", []string{"string", "number", "boolean"}
	case Truth:
		s.Type = "boolean"
	case Own:
		s.Pattern = sh.Form
		if sh.JSON != nil {
			s.Type, s.Types = "", sh.JSON
		}
	case Duration:
		s.Pattern = spanText
		if len(sh.Words) > 0 {
			s.Pattern = ""
			s.AnyOf = []*jsonschema.Schema{{Pattern: spanText}, {Enum: words(sh.Words)}}
		}
	}
	return s
}

func words(ws []string) []any {
	var out []any
	for _, w := range ws {
		out = append(out, w)
	}
	return out
}

// nothing is the schema that no value fits.
func nothing() *jsonschema.Schema { return &jsonschema.Schema{Not: &jsonschema.Schema{}} }

func most(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}
