package mapping_test

import (
	"testing"

	"fairline/policy/mapping"
)

// TestEventsStandInSeveralPlaces: an entry takes events of one form wherever they stand, and `never` holds in all places.
func TestEventsStandInSeveralPlaces(t *testing.T) {
	src := "fairline: 1\nmapping: one\nverify: standard\nevents:\n  - name: post\n    each: [/a/*, /b/c, /d]\n    channel: email\n    id: /id\n"
	r := parsed(t, src, nil).Read(mapping.Input{Now: now, Body: decoded(t, `{"a":[{"id":1},{"id":2}],"b":{"c":{"id":3}},"e":{"id":4}}`)})
	if len(r.Contacts) != 3 || r.Others != 0 {
		t.Errorf("%+v", r)
	}
	for lines, want := range map[string]string{
		"    attributes: {reach: /n}\n  - {name: more, each: [/b, /d], skip: small, when: event.c.n > 3}\n": "FL0606",
		"    attributes: {reach: /n}\n  - {name: more, each: [/x, /d], skip: small, when: event.n > 3}\n":   "FL0606",
		"    attributes: {reach: /n}\n  - {name: more, each: /d/c, skip: small, when: event.n > 3}\n":       "",
		"  - {name: more, each: [/d, /a/*], skip: none gets here}\n":                                        "FL0603",
		"  - {name: more, each: [/d, /f], skip: some get here}\n":                                           "",
		"  - {name: more, each: [/z, f], skip: no pointer}\n":                                               "FL0600",
	} {
		_, faults := mapping.Parse("test.yaml", []byte(src+lines), forbidding(t))
		if want == "" && len(faults) > 0 || want != "" && (len(faults) != 1 || faults[0].Code != want) {
			t.Errorf("%v, want %s\n%s", faults, want, lines)
		}
	}
}

// TestWhatHoldsEventsIsNone: an object around events that were taken is not counted as one that nobody knows.
func TestWhatHoldsEventsIsNone(t *testing.T) {
	m := parsed(t, "fairline: 1\nmapping: one\nverify: standard\nevents:\n  - {name: post, each: /a/*/b/*, channel: email, id: /id}\n"+
		"  - {name: set, each: /a/*, when: event.set, skip: a setting}\n  - {name: hello, when: body.hello, skip: a greeting}\n", nil)
	for raw, want := range map[string]int{`{"a":[{"b":[{"id":1}],"set":false}]}`: 0, `{"a":[{"set":false}]}`: 2, `{"a":[{"b":[]}]}`: 2, `{"a":[{"set":true}],"hello":false}`: 0,
		`{"a":[{"b":[{"id":1}]},{"c":1}]}`: 1, `{"hello":true}`: 0, `{}`: 1} {
		if r := m.Read(mapping.Input{Body: decoded(t, raw), Now: now}); r.Others != want {
			t.Errorf("%s: %d not known, want %d", raw, r.Others, want)
		}
	}
}

// TestHTMLIsReadAsItIsShown: tags and what stands in them are no words, and words that a tag divides are whole.
func TestHTMLIsReadAsItIsShown(t *testing.T) {
	m := parsed(t, one("    attributes: {a: event.html.shown()}\n"), nil)
	for html, want := range map[string]string{"<p>A&amp;B &lt;i&gt; <b>ac</b>me</p>": " A&B <i> acme ", "a<br/>b<BR>c": "a b c", "1 < 2": "1 < 2", "<": "<", "a>b": "a>b", "": "",
		`<a href='https://acme.example' class='x'>here</a>`: "here"} {
		c := m.Read(mapping.Input{Body: decoded(t, `{"id":1,"html":"`+html+`"}`), Now: now}).Contacts[0]
		if c.Attributes["a"] != want {
			t.Errorf("%s is shown as %q, want %q", html, c.Attributes["a"], want)
		}
	}
}
