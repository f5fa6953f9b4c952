package policy

import (
	"encoding/json"
	"strings"

	"github.com/google/jsonschema-go/jsonschema"
)

// Schema returns a JSON Schema (draft 2020-12) of policy files, for editors. It is made from the table of keys that
// Parse goes by, so the two know the same keys. It is wider than Parse: it does not read expressions, and does not
// compare names.
func Schema() []byte {
	s := schemaOf(fileShape)
	s.Schema = "https://json-schema.org/draft/2020-12/schema"
	s.Title = "fairline policy"
	s.Properties["fairline"].Enum = []any{1}
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic(err) // the schema is made of constants
	}
	return append(out, '\n')
}

// spanText is a duration as far as a pattern can say it.
const spanText = `^([0-9]+([wdhms]|ms))+$`

func schemaOf(sh *shape) *jsonschema.Schema {
	s := &jsonschema.Schema{}
	switch sh.kind {
	case record:
		s.Type, s.Properties = "object", map[string]*jsonschema.Schema{}
		s.AdditionalProperties = nothing()
		for _, k := range sh.keys {
			s.Properties[k.name] = schemaOf(k.is)
			s.Properties[k.name].Description = k.doc
			need(s, &k)
		}
	case table:
		s.Type, s.AdditionalProperties = "object", schemaOf(sh.elem)
		if sh.pattern != "" {
			s.PropertyNames = &jsonschema.Schema{Pattern: sh.pattern}
		}
		s.MaxProperties = most(sh.max)
	case list:
		s.Type, s.Items, s.MaxItems = "array", schemaOf(sh.elem), most(sh.max)
	case choice:
		for _, alt := range sh.alts {
			s.AnyOf = append(s.AnyOf, schemaOf(alt))
		}
	default:
		return scalarSchema(sh)
	}
	return s
}

// need says when a key must be there, and of one that belongs to others to which. That it may not stand without them is
// said in words alone.
func need(s *jsonschema.Schema, k *key) {
	if k.need.beside != nil {
		s.Properties[k.name].Description += " Beside " + listOf(k.need.beside) + "."
	} else if k.need.must {
		s.Required = append(s.Required, k.name)
	}
	for _, b := range k.need.beside {
		if k.need.must && !strings.Contains(b, ": ") {
			if s.DependentRequired == nil {
				s.DependentRequired = map[string][]string{}
			}
			s.DependentRequired[b] = append(s.DependentRequired[b], k.name)
		}
	}
}

func scalarSchema(sh *shape) *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "string"}
	switch sh.kind {
	case text:
		s.Pattern = sh.pattern
		for _, w := range sh.words {
			s.Enum = append(s.Enum, w)
		}
	case whole:
		s.Type = "integer"
		if sh.hi > 0 {
			lo, hi := float64(sh.lo), float64(sh.hi)
			s.Minimum, s.Maximum = &lo, &hi
		}
	case percent:
		s.Pattern = percentForm.String()
	case price:
		s.Pattern = priceForm.String()
	case oneIn:
		s.Pattern = oneInForm.String()
	case condition:
		s.Type, s.Types = "", []string{"string", "boolean"}
	case scalar:
		s.Type, s.Types = "", []string{"string", "number", "boolean"}
	case goal:
		s.Pattern = `^[0-9]{1,3}% within [0-9]+[wdhms]`
	case rate:
		s.Pattern = `^[1-9][0-9]* per [0-9]+([wdhms]|ms)`
	case dayHours:
		s.Pattern = hoursForm.String()
	case dayDate:
		s.Pattern = `^[0-9]{4}-[0-9]{2}-[0-9]{2}(T00:00:00Z)?$` // some readers of YAML make a time of a day
	case truth:
		s.Type = "boolean"
	case takes:
		s.Pattern = `^(agent|1 of [1-9][0-9]?)$`
	case span:
		s.Pattern = spanText
		if len(sh.words) > 0 {
			s.Pattern = ""
			s.AnyOf = []*jsonschema.Schema{{Pattern: spanText}, {Enum: words(sh.words)}}
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
