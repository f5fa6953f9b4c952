package main

import (
	"encoding"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"

	"go.yaml.in/yaml/v4"

	"fairline/policy"
	"fairline/policy/mapping"
	"fairline/policy/spelling"
)

// A settings file is YAML whose keys are the fields of Go structs, in small letters with underscores: CertFile is cert_file.
// Every fault is reported at once, with line and column.

// readSettings reads a file into what to points to. What the file does not say stays. Mappings are files or shipped ones, held to
// a policy; nil: to none.
func readSettings(path string, to any, held *policy.Policy) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if len(root.Content) == 0 {
		return nil // an empty file
	}
	s := &settings{path: path, held: held}
	s.fill(root.Content[0], reflect.ValueOf(to).Elem(), "")
	if len(s.faults) > 0 {
		return errors.New(strings.Join(s.faults, "\n"))
	}
	return nil
}

type settings struct {
	path   string
	held   *policy.Policy
	faults []string
}

// paths are the keys whose values are files or folders, beside those that end in _file: relative ones are beside the settings.
var paths = []string{"state", "spool", "keys", "cert", "key", "music", "secrets", "token", "store", "samples"}

// beside makes a path of a key absolute.
func (s *settings) beside(field, value string) string {
	key := field[strings.LastIndexByte(field, '.')+1:]
	key, _, _ = strings.Cut(key, "[")
	if value == "" || filepath.IsAbs(value) || !strings.HasSuffix(key, "_file") && !slices.Contains(paths, key) {
		return value
	}
	return filepath.Join(filepath.Dir(s.path), value)
}

func (s *settings) fault(n *yaml.Node, format string, args ...any) {
	s.faults = append(s.faults, fmt.Sprintf("%s:%d:%d: %s", s.path, n.Line, n.Column, fmt.Sprintf(format, args...)))
}

// fill sets v to what stands at n; field is its path in the file.
func (s *settings) fill(n *yaml.Node, v reflect.Value, field string) {
	if n.Kind == yaml.AliasNode {
		s.fault(n, "%s: aliases are not read; write it out", field)
		return
	}
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok && n.Kind == yaml.ScalarNode {
		if err := u.UnmarshalText([]byte(n.Value)); err != nil {
			s.fault(n, "%s: %v", field, err)
		}
		return
	}
	if m, ok := v.Addr().Interface().(**mapping.Mapping); ok {
		s.mapping(n, m, field)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		s.fill(n, v.Elem(), field)
	case reflect.Struct:
		s.record(n, v, field)
	case reflect.Slice:
		s.list(n, v, field)
	case reflect.Map:
		s.table(n, v, field)
	default:
		s.scalar(n, v, field)
	}
}

// mapping reads the mapping that a name stands for.
func (s *settings) mapping(n *yaml.Node, to **mapping.Mapping, field string) {
	name := n.Value
	if _, err := mapping.Read(name); err != nil && !filepath.IsAbs(name) {
		name = filepath.Join(filepath.Dir(s.path), name)
	}
	m, faults, err := mapping.Load(name, s.held)
	switch {
	case err != nil:
		s.fault(n, "%s: %v", field, err)
	case m == nil:
		test := "fairline webhook test " + quoted(name)
		if s.held != nil {
			test += " --policy " + quoted(policyName(s.held))
		}
		s.fault(n, "%s: %v; see `%s`", field, faults.Err(), test)
	default:
		*to = m
	}
}

// policyName is what --policy calls a policy: its file, or the name of a shipped one.
func policyName(p *policy.Policy) string {
	if _, err := os.Stat(p.File); err != nil {
		return strings.TrimSuffix(p.File, ".yaml")
	}
	return p.File
}

// wired reports whether a field is no matter of a file: what the program puts there itself.
func wired(t reflect.Type) bool {
	return t.Kind() == reflect.Func || t.Kind() == reflect.Interface || t == reflect.TypeFor[*slog.Logger]() || t.Kind() == reflect.Map && t.Elem().Kind() == reflect.Interface && t.Elem().NumMethod() > 0
}

func (s *settings) record(n *yaml.Node, v reflect.Value, field string) {
	if n.Kind != yaml.MappingNode {
		s.fault(n, "%s: a mapping is wanted", field)
		return
	}
	fields := map[string]reflect.Value{}
	var names []string
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() || wired(f.Type) {
			continue
		}
		fields[snake(f.Name)] = v.Field(i)
		names = append(names, snake(f.Name))
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		f, known := fields[key.Value]
		switch {
		case !known:
			s.fault(key, "%s: there is no key `%s` here; %s", orHere(field), key.Value, hintOf(key.Value, names))
		case seen[key.Value]:
			s.fault(key, "%s: `%s` stands here twice", orHere(field), key.Value)
		default:
			s.fill(n.Content[i+1], f, strings.TrimPrefix(field+"."+key.Value, "."))
		}
		seen[key.Value] = true
	}
}

func orHere(field string) string {
	if field == "" {
		return "the file"
	}
	return field
}

func hintOf(word string, names []string) string {
	if near := spelling.DidYouMean(word, names); near != "" {
		return near
	}
	slices.Sort(names)
	return "there are " + spelling.List(names)
}

func (s *settings) list(n *yaml.Node, v reflect.Value, field string) {
	if n.Kind != yaml.SequenceNode {
		s.fault(n, "%s: a list is wanted", field)
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, c := range n.Content {
		s.fill(c, v.Index(i), fmt.Sprintf("%s[%d]", field, i))
	}
}

func (s *settings) table(n *yaml.Node, v reflect.Value, field string) {
	if n.Kind != yaml.MappingNode {
		s.fault(n, "%s: a mapping is wanted", field)
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], reflect.New(v.Type().Elem()).Elem()
		s.fill(n.Content[i+1], value, field+"."+key.Value)
		v.SetMapIndex(reflect.ValueOf(key.Value).Convert(v.Type().Key()), value)
	}
}

// scalar reads texts, numbers, truths, times such as 30s, and in a place for anything whichever of them it is.
func (s *settings) scalar(n *yaml.Node, v reflect.Value, field string) {
	if n.Kind != yaml.ScalarNode {
		s.fault(n, "%s: a single value is wanted", field)
		return
	}
	if v.Type() == reflect.TypeFor[time.Duration]() {
		d, err := time.ParseDuration(n.Value)
		if err != nil {
			s.fault(n, "%s: %q is no time; write it as 30s, 5m or 1h30m", field, n.Value)
		}
		v.SetInt(int64(d))
		return
	}
	if err := n.Decode(v.Addr().Interface()); err != nil {
		s.fault(n, "%s: %q is no %s", field, n.Value, map[bool]string{true: "number", false: "value of this kind"}[v.CanInt() || v.CanUint() || v.CanFloat()])
	}
	if v.Kind() == reflect.String {
		v.SetString(s.beside(field, v.String()))
	}
}

// snake writes the name of a field as a key: UDP is udp, CertFile is cert_file, AsksMax asks_max.
func snake(name string) string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		if unicode.IsUpper(r) && i > 0 && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1])) {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
