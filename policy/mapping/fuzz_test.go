package mapping_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"fairline/policy/mapping"
)

// secret stands for what somebody wrote, wherever a body has a text that is no declared output.
const secret = "Zq7xWortgeheim"

// FuzzDecode: what is read twice is the same, nests no deeper than DepthMax, and has no key that is null.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2.5,"\u0000\ud800",null,true]}`, `9007199254740993`, `18446744073709551617`, `{"a":{"b":null}}`, `1e999`, "a=1&b=%00"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		_, _ = mapping.DecodeForm(raw)
		_, _ = mapping.DecodeStream(raw)
		v, err := mapping.Decode(raw)
		if err != nil {
			return
		}
		if depth(t, v) > mapping.DepthMax {
			t.Fatal("too deep")
		}
		if w := again(t, v); !reflect.DeepEqual(w, again(t, w)) { // 1.0 is written as 1
			t.Fatalf("%#v, again %#v", v, w)
		}
	})
}

// again is what is read of a value that was written.
func again(t *testing.T, v any) any {
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	w, err := mapping.Decode(raw)
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return w
}

func depth(t *testing.T, v any) int {
	most := 0
	switch v := v.(type) {
	case map[string]any:
		for _, element := range v {
			if element == nil {
				t.Fatal("a key is null")
			}
			most = max(most, 1+depth(t, element))
		}
		return max(most, 1)
	case []any:
		for _, element := range v {
			most = max(most, 1+depth(t, element))
		}
		return max(most, 1)
	}
	return 0
}

// FuzzRead reads bodies by every shipped mapping: none breaks one or holds it up, each contact has an ID of the mapping, a
// channel and times that can be written, and nothing that somebody wrote stands in what is handed on.
func FuzzRead(f *testing.F) {
	files, _ := filepath.Glob("testdata/events/*.txt")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		around := ""
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			what, event, _ := strings.Cut(line, ": ")
			_, kind, _ := strings.Cut(what, ", ")
			switch {
			case line == "form" || line == "stream" || strings.HasPrefix(line, "{") && strings.Contains(line, "@"):
				around = line
			case around == "form" || around == "stream":
				f.Add([]byte(event), kind)
			case strings.HasPrefix(event, `{`) || strings.HasPrefix(event, `"`):
				f.Add([]byte(strings.ReplaceAll(around, "@", strings.ReplaceAll(event, "@@", ","))), "")
			}
		}
	}
	var all []*mapping.Mapping
	for _, name := range mapping.Names() {
		m, _, err := mapping.Load(name, nil)
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, m)
	}
	f.Fuzz(func(t *testing.T, raw []byte, kind string) {
		var bodies []any
		for _, decode := range []func([]byte) (any, error){mapping.DecodeStream, mapping.DecodeForm} {
			if body, err := decode(raw); err == nil {
				bodies = append(bodies, written(body, ""))
			}
		}
		for _, body := range bodies {
			for _, m := range all {
				began := time.Now()
				r := m.Read(mapping.Input{Body: body, Kind: kind, Us: "1", Words: []string{"acme"}, Now: now})
				if took := time.Since(began); took > 10*time.Second {
					t.Fatalf("%s took %v", m.Name, took)
				}
				checkResult(t, m, r)
			}
		}
	})
}

func checkResult(t *testing.T, m *mapping.Mapping, r mapping.Result) {
	for i := range r.Contacts {
		c := &r.Contacts[i]
		if !strings.HasPrefix(c.ID, m.Name+"-") || c.Channel == "" || c.Ref == "" || c.Overheard && c.Verified {
			t.Fatalf("%+v", c)
		}
		c.Identity, c.ReplyTo, c.Content = "", "", nil // who it is, and what was written, goes to the vault only
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), secret) {
		t.Fatalf("%s hands on what somebody wrote: %s", m.Name, text)
	}
}

// declared are the keys whose text may be an attribute.
var declared = map[string]bool{"sentiment": true, "reach": true, "followers": true, "followers_count": true, "retweet_count": true, "reblogs_count": true}

// written is a body in which each text that somebody may have written has the secret in it.
func written(v any, key string) any {
	switch v := v.(type) {
	case map[string]any:
		for k, element := range v {
			v[k] = written(element, k)
		}
	case []any:
		for i, element := range v {
			v[i] = written(element, key)
		}
	case string:
		for _, name := range []string{"text", "body", "Body", "caption", "content", "message", "title", "username", "name", "first_name", "id", "From", "from", "comment_id"} {
			if key == name && !declared[key] {
				return v + " " + secret
			}
		}
	}
	return v
}
