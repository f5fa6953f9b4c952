package host

import (
	"fmt"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"fairline/engine"
)

// A spec is docs/asyncapi.yaml, read as it stands.
type spec struct {
	t    *testing.T
	root map[string]any
}

func readSpec(t *testing.T) *spec {
	t.Helper()
	src, err := os.ReadFile("../../docs/asyncapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s := &spec{t: t}
	if err := yaml.Unmarshal(src, &s.root); err != nil {
		t.Fatal(err)
	}
	return s
}

// at follows a path of keys, and references on the way.
func (s *spec) at(from any, path ...string) any {
	s.t.Helper()
	for _, key := range append(path, "") {
		node, ok := from.(map[string]any)
		if ref, is := node["$ref"].(string); is {
			from = s.at(s.root, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
			node, ok = from.(map[string]any)
		}
		if key == "" {
			return from
		}
		if from, ok = node[key], ok && node[key] != nil; !ok {
			return nil
		}
	}
	return from
}

func (s *spec) object(from any, path ...string) map[string]any {
	node, _ := s.at(from, path...).(map[string]any)
	return node
}

// addressOf is a subject as the document writes it.
func addressOf(door, what string) string {
	return map[string]string{"in": "fl.in.{line}.{adapter}.", "agent": "fl.agent.{line}.{agent}.", "ask": "fl.ask.{line}.",
		"desk": "fl.desk.{line}.{supervisor}.", "out": "fl.out.{adapter}.{line}.", "say": "fl.say.{line}."}[door] + what
}

// TestAsyncAPI holds docs/asyncapi.yaml to the program, both ways: every subject, every field with whether
// it is required, every code.
func TestAsyncAPI(t *testing.T) {
	s := readSpec(t)
	addresses := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(s.object(s.root, "channels"))) {
		channel := s.object(s.root, "channels", name)
		address, _ := channel["address"].(string)
		if action := s.at(s.root, "operations", name, "action"); action != "receive" && action != "send" {
			t.Errorf("channel %s has no operation", name)
		}
		addresses[address] = channel
	}
	take := func(door, what string) any {
		address := addressOf(door, what)
		channel := addresses[address]
		if channel == nil {
			t.Errorf("docs/asyncapi.yaml has no channel with the address %s", address)
		}
		delete(addresses, address)
		return channel
	}
	for _, v := range verbs {
		channel := take(v.door, v.name)
		s.compareFields(v.door+" "+v.name, s.at(channel, "messages", "request", "payload"), v.fields)
		s.compareType(v.door+" "+v.name+" answer", s.at(channel, "messages", "answer", "payload"), reflect.TypeOf(v.reply))
		s.compareType(v.door+" "+v.name+" refusal", s.at(channel, "messages", "refusal", "payload"), reflect.TypeFor[refused]())
	}
	for _, n := range notices {
		door, what := n.kind()
		s.compareType(door+" "+what, s.at(take(door, what), "messages", "notice", "payload"), reflect.TypeOf(n))
	}
	for address := range addresses {
		t.Errorf("docs/asyncapi.yaml has the address %s, which the program does not know", address)
	}
	s.compareCodes()
	s.compareEnums()
}

// compareFields holds the schema of a payload against the fields that are read.
func (s *spec) compareFields(where string, schema any, fields []field) {
	var names, required []string
	for _, f := range fields {
		names = append(names, f.name)
		if f.required {
			required = append(required, f.name)
		}
		if f.inner != nil {
			s.compareFields(where+"."+f.name, s.at(schema, "properties", f.name), f.inner)
		}
	}
	s.compareNames(where, schema, names, required)
	if s.at(schema, "additionalProperties") != false {
		s.t.Errorf("%s: additionalProperties is %v, want false: unknown fields are refused", where, s.at(schema, "additionalProperties"))
	}
}

// compareType holds the schema of a payload against the type that is encoded.
func (s *spec) compareType(where string, schema any, of reflect.Type) {
	switch of.Kind() {
	case reflect.Slice:
		s.compareType(where, s.at(schema, "items"), of.Elem())
		return
	case reflect.Pointer:
		s.compareType(where, schema, of.Elem())
		return
	case reflect.Struct:
	default:
		return
	}
	var names, required []string
	for i := range of.NumField() {
		name, options, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
		names = append(names, name)
		if options != "omitempty" {
			required = append(required, name)
		}
		s.compareType(where+"."+name, s.at(schema, "properties", name), of.Field(i).Type)
	}
	s.compareNames(where, schema, names, required)
}

func (s *spec) compareNames(where string, schema any, names, required []string) {
	s.t.Helper()
	got := slices.Sorted(maps.Keys(s.object(schema, "properties")))
	slices.Sort(names)
	if !slices.Equal(got, names) {
		s.t.Errorf("%s: docs/asyncapi.yaml has the fields %q, the program %q", where, got, names)
	}
	if got := s.texts(schema, "required"); !slices.Equal(got, slices.Sorted(slices.Values(required))) {
		s.t.Errorf("%s: docs/asyncapi.yaml requires %q, the program %q", where, got, required)
	}
}

// texts gives a list as sorted texts.
func (s *spec) texts(from any, path ...string) []string {
	list, _ := s.at(from, path...).([]any)
	var texts []string
	for _, item := range list {
		texts = append(texts, fmt.Sprint(item))
	}
	slices.Sort(texts)
	return texts
}

func (s *spec) compareCodes() {
	var want, wantErr []string
	for _, row := range codes {
		want = append(want, fmt.Sprint(int(row.code)))
		wantErr = append(wantErr, fmt.Sprint(row.code.ErrCode()))
	}
	schema := s.at(s.root, "components", "schemas", "Refused", "properties", "error", "properties")
	if got := s.texts(schema, "code", "enum"); !slices.Equal(got, want) {
		s.t.Errorf("docs/asyncapi.yaml has the codes %v, the program %v", got, want)
	}
	if got := s.texts(schema, "err_code", "enum"); !slices.Equal(got, wantErr) {
		s.t.Errorf("docs/asyncapi.yaml has the err_codes %v, the program %v", got, wantErr)
	}
}

// compareEnums holds the words that notices use.
func (s *spec) compareEnums() {
	schemas := s.at(s.root, "components", "schemas")
	words := func(causes []engine.Cause, more ...string) []string {
		for _, c := range causes {
			more = append(more, whys[c])
		}
		return slices.Sorted(slices.Values(more))
	}
	backs := slices.DeleteFunc(slices.Clone(withdrawnWhys), func(c engine.Cause) bool { return c == engine.ByLeaving })
	for _, test := range []struct {
		schema, field string
		want          []string
	}{
		{"Withdrawn", "why", words(withdrawnWhys, withdrawnHeld)},
		{"Returned", "why", words(backs, withdrawnTransferred)},
		{"Held", "why", words(heldWhys)},
		{"Released", "why", words(releasedWhys)},
		{"CalledBack", "why", words(callWhys)},
		{"Unoffered", "tickets.why", words(idleWhys)},
		{"Ended", "end", slices.Sorted(slices.Values(ends[engine.Served:engine.JoinedTo]))},
	} {
		path := []string{test.schema, "properties", test.field, "enum"}
		if list, field, ok := strings.Cut(test.field, "."); ok {
			path = []string{test.schema, "properties", list, "items", "properties", field, "enum"}
		}
		if got := s.texts(schemas, path...); !slices.Equal(got, test.want) {
			s.t.Errorf("docs/asyncapi.yaml has %s.%s %q, the program %q", test.schema, test.field, got, test.want)
		}
	}
	if got, want := s.texts(schemas, "HoldWhy", "enum"), slices.Sorted(maps.Keys(holdWhys)); !slices.Equal(got, want) {
		s.t.Errorf("docs/asyncapi.yaml holds why %q, the program %q", got, want)
	}
}

// TestBusDocument holds the tables of docs/bus.md to the program: every subject both ways, every code both
// ways, and every field of a request by name.
func TestBusDocument(t *testing.T) {
	src, err := os.ReadFile("../../docs/bus.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(src)
	known := map[string]bool{}
	for _, v := range verbs {
		if v.door == "ask" {
			if !strings.Contains(text, "`"+v.name+"`") {
				t.Errorf("docs/bus.md does not have the question %s", v.name)
			}
			continue
		}
		known[upper(addressOf(v.door, v.name))] = true
		mentionFields(t, text, v.fields)
	}
	for _, n := range notices {
		known[upper(addressOf(n.kind()))] = true
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `(fl\\.(?:in|agent|desk|out|say)\\.[^`]*)`").FindAllStringSubmatch(text, -1) {
		if !known[m[1]] {
			t.Errorf("docs/bus.md has the subject %s, which the program does not know", m[1])
		}
		delete(known, m[1])
	}
	for subject := range known {
		t.Errorf("docs/bus.md does not have the subject %s", subject)
	}
	rows := regexp.MustCompile(`(?m)^\| (\d{3}) \| (\d{5}) \|`).FindAllStringSubmatch(text, -1)
	if len(rows) != len(codes) {
		t.Errorf("docs/bus.md has %d codes, the program %d", len(rows), len(codes))
	}
	for i, row := range rows[:min(len(rows), len(codes))] {
		if row[1] != fmt.Sprint(int(codes[i].code)) || row[2] != fmt.Sprint(codes[i].code.ErrCode()) {
			t.Errorf("docs/bus.md has the code %s %s, want %d", row[1], row[2], codes[i].code)
		}
	}
}

func mentionFields(t *testing.T, text string, fields []field) {
	t.Helper()
	for _, f := range fields {
		if !strings.Contains(text, `"`+f.name+`"`) && !strings.Contains(text, "`"+f.name+"`") {
			t.Errorf("docs/bus.md does not have the field %s", f.name)
		}
		mentionFields(t, text, f.inner)
	}
}

// upper writes an address as docs/bus.md does.
func upper(address string) string {
	return strings.NewReplacer("{line}", "LINE", "{adapter}", "ADAPTER", "{agent}", "AGENT", "{supervisor}", "SUPERVISOR").Replace(address)
}
