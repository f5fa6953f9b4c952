package mapping_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fairline/policy/mapping"
)

func TestBodiesAreReadStrictly(t *testing.T) {
	deep := strings.Repeat("[", mapping.DepthMax) + strings.Repeat("]", mapping.DepthMax)
	for raw, want := range map[string]string{
		"":                            "no JSON at byte 0: it cannot be read here",
		`{"a":1,"a":2}`:               "no JSON at byte 10: a key stands twice in an object",
		`{"a":{"b":1,"b":2}}`:         "no JSON at byte 15: a key stands twice in an object",
		`{} {}`:                       "no JSON at byte 4: something stands behind the value",
		`{"secret text`:               "no JSON at byte 1: it cannot be read here",
		`["secret" "text"]`:           "no JSON at byte 10: it cannot be read here",
		"\"\xff\"":                    "no UTF-8 text",
		`1e999`:                       "no JSON at byte 5: a number out of range",
		deep:                          "",
		"[" + deep + "]":              "no JSON at byte 33: nested deeper than 32",
		strings.Repeat("[", 1000_000): "no JSON at byte 33: nested deeper than 32",
	} {
		_, err := mapping.Decode([]byte(raw))
		if got := fmt.Sprint(err); want == "" && err != nil || want != "" && got != want {
			t.Errorf("%.40q: %s, want %s", raw, got, want)
		}
	}
	v := decoded(t, `{"n":9007199254740993,"big":18446744073709551616,"f":1.5,"s":"é","l":[true,null],"no":null}`)
	want := map[string]any{"n": int64(9007199254740993), "big": "18446744073709551616", "f": 1.5, "s": "é", "l": []any{true, nil}}
	if !reflect.DeepEqual(v, want) {
		t.Errorf("%#v", v)
	}
	for raw, want := range map[string]string{
		"a=1&b=%zz": "no form: it cannot be read", "a=%ff": "no form: no UTF-8 text", "\xff=1": "no UTF-8 text",
		strings.Repeat("a=1&", mapping.FieldsMax): "a form of more than 256 fields",
	} {
		if _, err := mapping.DecodeForm([]byte(raw)); err == nil || err.Error() != want {
			t.Errorf("%.40q: %v, want %s", raw, err, want)
		}
	}
}

// one is a mapping with one entry, of more lines.
func one(lines string) string {
	return "fairline: 1\nmapping: one\nverify: standard\nevents:\n  - name: post\n    channel: email\n    id: /id\n" + lines
}

func TestLimits(t *testing.T) {
	many := parsed(t, "fairline: 1\nmapping: one\nverify: standard\nevents:\n  - {name: post, each: /list/*, channel: email, id: /id}\n", nil)
	body := `{"list":[` + strings.TrimSuffix(strings.Repeat(`{"id":1},`, mapping.StepsMax+5), ",") + `]}`
	if r := many.Read(mapping.Input{Body: decoded(t, body)}); len(r.Contacts) != mapping.StepsMax || len(r.Drops) != 5 {
		t.Errorf("%d contacts, %d drops", len(r.Contacts), len(r.Drops))
	}
	large := `{"entry":[{"id":"1","messaging":[` + strings.TrimSuffix(strings.Repeat("{},", 300_000), ",") + `],"changes":[{"field":"history","value":{"messages":[` +
		strings.TrimSuffix(strings.Repeat(`{"id":"1"},`, 100_000), ",") + `]}}]}]}`
	for _, name := range mapping.Names() {
		m, _, _ := mapping.Load(name, nil)
		began, body := time.Now(), decoded(t, large)
		if r := m.Read(mapping.Input{Body: body, Now: now}); len(r.Drops) > 2*mapping.AskedMax || time.Since(began) > 20*time.Second {
			t.Errorf("%s: %d drops in %v", name, len(r.Drops), time.Since(began))
		}
	}
	text := parsed(t, one("    attributes: {a: /a}\n"), nil)
	for a, want := range map[string]string{strings.Repeat("ä", mapping.TextMax): "map[a:" + strings.Repeat("ä", mapping.TextMax) + "]",
		strings.Repeat("ä", mapping.TextMax+1): "map[]", "a\\nb": "map[]"} {
		if c := text.Read(mapping.Input{Body: decoded(t, `{"id":1,"a":"`+a+`"}`)}).Contacts[0]; fmt.Sprint(c.Attributes) != want {
			t.Errorf("%s gives %v, kept back %v", a, c.Attributes, c.Kept)
		}
	}
	costly := parsed(t, one("    when: event.l.all(a, event.l.all(b, event.l.all(c, a + b + c >= 0)))\n"), nil)
	body = `{"id":1,"l":[` + strings.TrimSuffix(strings.Repeat("1,", 500), ",") + `]}`
	began := time.Now()
	if r := costly.Read(mapping.Input{Body: decoded(t, body)}); r.Errors != 1 || len(r.Contacts) != 0 {
		t.Errorf("%+v", r)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

// TestPlainNamesHaveNoText: what is plain and has other signs than numbers have becomes a hash.
func TestPlainNamesHaveNoText(t *testing.T) {
	m := parsed(t, one("    ref: {plain: /ref}\n    matter: {plain: /matter}\n"), nil)
	c := m.Read(mapping.Input{Body: decoded(t, `{"id":1,"ref":"ticket/17","matter":"Ada Lovelace"}`)}).Contacts[0]
	if c.Ref != "ticket/17" || !strings.HasPrefix(c.Matter, "one-") || len(c.Matter) != len("one-")+32 {
		t.Errorf("%+v", c)
	}
}

func TestTimes(t *testing.T) {
	for _, row := range []struct{ as, value, want string }{
		{"seconds", `1700000000`, "2023-11-14T22:13:20Z"}, {"seconds", `"1700000000"`, "2023-11-14T22:13:20Z"},
		{"milliseconds", `1700000000123`, "2023-11-14T22:13:20.123Z"}, {"microseconds", `1700000000123456`, "2023-11-14T22:13:20.123456Z"},
		{"epoch", `"1700000000"`, "2023-11-14T22:13:20Z"}, {"epoch", `"1700000000123"`, "2023-11-14T22:13:20.123Z"},
		{"epoch", `1700000000123456`, "2023-11-14T22:13:20.123456Z"}, {"epoch", `1700000000.9`, "2023-11-14T22:13:20Z"}, {"epoch", `99999999999999999999`, ""},
		{"epoch", `0`, ""}, {"seconds", `-5`, ""}, {"seconds", `9000000000000000000`, ""}, {"rfc3339", `"9999-12-31T23:59:59-01:00"`, ""},
		{"rfc3339", `"0000-01-01T00:00:00Z"`, ""},
		{"milliseconds", `1700000000123.0`, "2023-11-14T22:13:20.123Z"}, {"rfc3339", `"2026-01-02T03:04:05+01:00"`, "2026-01-02T02:04:05Z"},
		{"x", `"Thu Nov 15 23:31:30 +0000 2018"`, "2018-11-15T23:31:30Z"}, {"rfc1123", `"Thu, 15 Nov 2018 23:31:30 +0000"`, "2018-11-15T23:31:30Z"},
		{"seconds", `"soon"`, ""}, {"seconds", `1e300`, ""}, {"rfc3339", `7`, ""}, {"seconds", `null`, ""}, {"seconds", `{}`, ""},
	} {
		m := parsed(t, one("    arrived: {at: /t, as: "+row.as+"}\n    due: within 1h\n"), nil)
		c := m.Read(mapping.Input{Now: now, Body: decoded(t, `{"id":1,"t":`+row.value+`}`)}).Contacts[0]
		due := c.Arrived.Add(time.Hour)
		if row.want == "" {
			due = now.Add(time.Hour)
		}
		if got := strings.Replace(c.Arrived.Format(time.RFC3339Nano), "0001-01-01T00:00:00Z", "", 1); got != row.want || !c.Due.Equal(due) {
			t.Errorf("%s %s: %s, due %v", row.as, row.value, got, c.Due)
		}
	}
}

// TestNeverHoldsInBothDirections: whoever speaks, with however many who listen, nothing but the forbidden attribute differs,
// and that is not handed on. It is neither a way up nor a way down.
func TestNeverHoldsInBothDirections(t *testing.T) {
	p := policyOf(t, channels)
	for _, name := range []string{"x", "mastodon", "standard"} {
		m, faults, err := mapping.Load(name, p)
		if m == nil {
			t.Fatal(faults, err)
		}
		rapid.Check(t, func(rt *rapid.T) {
			few, many := rapid.Int64().Draw(rt, "few"), rapid.Int64().Draw(rt, "many")
			read := func(followers int64) mapping.Result {
				body := map[string]string{
					"x":        `{"for_user_id":"1","tweet_create_events":[{"id_str":"1","text":"acme","user":{"id_str":"9","followers_count":%d},"retweet_count":%[1]d,"entities":{"user_mentions":[]}}]}`,
					"mastodon": `{"id":"4","created_at":"2026-08-02T05:25:16.840Z","content":"acme","mentions":[],"account":{"id":"9","followers_count":%d},"reblogs_count":%[1]d}`,
					"standard": `{"type":"message.created","timestamp":"2026-11-02T08:00:00Z","data":{"id":"e1","email":"a@example.com","text":"acme","origin":"overheard","followers":%d}}`,
				}[name]
				res := m.Read(mapping.Input{Us: "1", Kind: "update", Words: []string{"acme"}, Now: now, Body: decoded(t, fmt.Sprintf(body, followers))})
				for i := range res.Contacts {
					res.Contacts[i].Content = nil // the event itself: it goes to the store of contents and nowhere else
				}
				return res
			}
			a, b := read(few), read(many)
			if len(a.Contacts) != 1 || !reflect.DeepEqual(a, b) || len(a.Contacts[0].Attributes) > 0 {
				rt.Fatalf("%d listen: %+v\n%d listen: %+v", few, a, many, b)
			}
		})
	}
}

// TestTheOtherDirectionIsAFaultToo: a mapping that passes over those to whom few listen is refused like one that prefers those
// to whom many do, and so is one that asks for it through a variable, an index or a loop.
func TestTheOtherDirectionIsAFaultToo(t *testing.T) {
	p := forbidding(t)
	for _, condition := range []string{"event.user.followers_count > 1000", "event.user.followers_count < 10", "!(event.user.followers_count < 10)",
		"event.user['followers_count'] == 0", "[1, 2].exists(n, n < event.user.followers_count)", "{'a': event.user.followers_count}.a > 1",
		"(event.loud ? event.user : event['user']).followers_count > 1", "event.user == event.author", "event.users[event.user.followers_count].mine",
		"[event].exists(e, e.user.followers_count > 3)", "[event.user].map(u, u.followers_count)[0] > 2", "event.?user.optMap(u, u.followers_count).orValue(0) > 1",
		"has(event.user.followers_count)", "size(string(event.user.followers_count)) > 3", "event.user.exists(k, event.user[k] == 3)"} {
		for _, lines := range []string{"    when: '%s'\n", "    origin: overheard\n    filter: '%s'\n", "    needs: {vip: '%s'}\n", "    due: '%s ? event.a : event.b'\n",
			"    arrived: '%s ? event.a : event.b'\n", "    line: '%s ? event.a : event.b'\n", "    attributes: {reach: /user/followers_count, loud: '%s'}\n"} {
			condition = strings.ReplaceAll(condition, "'", `"`) // the whole stands in single quotes
			src := one(fmt.Sprintf(lines, condition))
			if !strings.Contains(lines, "reach") {
				src = one("    attributes: {reach: /user/followers_count}\n" + fmt.Sprintf(lines, condition))
			}
			m, faults := mapping.Parse("test.yaml", []byte(src), p)
			if m != nil || len(faults) != 1 || faults[0].Code != "FL0606" {
				t.Errorf("%v\n%s", faults, src)
			}
			if m, faults := mapping.Parse("test.yaml", []byte(src), nil); m == nil {
				t.Errorf("without a policy: %v\n%s", faults, src)
			}
		}
	}
}

// TestDetoursAreFaults: a variable that is one of two places by what is forbidden, and a loop over the list that it stands in.
func TestDetoursAreFaults(t *testing.T) {
	for when, want := range map[string]int{"who.id == 'x'": 1, "event.id == who": 1, "body.posts.exists(p, p.user.followers_count > 3)": 1,
		"body.posts.exists(p, p.user.id == 'x')": 0, "other.id == 'x'": 0, "[1].exists(who, who == 1)": 0} {
		src := "fairline: 1\nmapping: one\nverify: standard\nvariables:\n  who: 'event.user.followers_count > 9 ? event.a : event.b'\n  other: 'event.loud ? event.a : event.b'\n" +
			"events:\n  - name: post\n    each: /posts/*\n    channel: email\n    id: /id\n    attributes: {reach: /user/followers_count}\n    when: " + strings.ReplaceAll(when, "'", `"`) + "\n"
		src = strings.Replace(src, "when: [", "when: true && [", 1)
		if _, faults := mapping.Parse("test.yaml", []byte(src), forbidding(t)); len(faults) != want || want > 0 && faults[0].Code != "FL0606" {
			t.Errorf("%s: %v", when, faults)
		}
	}
}

// TestBuiltInFieldsCanBeForbidden: what is overheard depends on what origin reads, so a filter does too; and an attribute may
// not be the date under another name.
func TestBuiltInFieldsCanBeForbidden(t *testing.T) {
	p := policyOf(t, "attributes:\n  plan: {one_of: [gold, none], else: none}\nnever: [origin, due]\n")
	for lines, want := range map[string]string{
		"    origin: 'event.mine ? \"direct\" : \"overheard\"'\n    filter: event.urgent\n":         "filter",
		"    origin: 'event.mine ? \"direct\" : \"overheard\"'\n    needs: {a: event.mine}\n":       "needs",
		"    due: /until\n    attributes: {plan: 'event.until < \"2027\" ? \"gold\" : \"none\"'}\n": "plan",
		"    due: /until\n    attributes: {plan: /plan}\n":                                          "",
		"    origin: overheard\n    filter: event.urgent\n":                                         "",
	} {
		_, faults := mapping.Parse("test.yaml", []byte(one(lines)), p)
		switch {
		case want == "" && len(faults) > 0:
			t.Errorf("%v\n%s", faults, lines)
		case want != "" && (len(faults) != 1 || faults[0].Code != "FL0606" || !strings.Contains(faults[0].Message, "`"+want+"`")):
			t.Errorf("%v, want a fault of %s\n%s", faults, want, lines)
		}
	}
}

// TestNothingThatComesBreaksIt reads bodies of any form.
func TestNothingThatComesBreaksIt(t *testing.T) {
	var value func(depth int) *rapid.Generator[any]
	keys := rapid.SampledFrom([]string{"id", "entry", "changes", "value", "messages", "type", "from", "event", "commit", "did", "record", "status", "account",
		"tweet_create_events", "user", "message", "chat", "data", "text", "notifications", "messaging", "sender", "timestamp"})
	value = func(depth int) *rapid.Generator[any] {
		leaves := []*rapid.Generator[any]{rapid.Just[any](nil), rapid.Int64().AsAny(), rapid.Float64().AsAny(), rapid.Bool().AsAny(), rapid.StringN(0, 20, -1).AsAny(), keys.AsAny()}
		if depth > 0 {
			leaves = append(leaves, rapid.SliceOfN(value(depth-1), 0, 3).AsAny(), rapid.MapOfN(keys, value(depth-1), 0, 5).AsAny())
		}
		return rapid.OneOf(leaves...)
	}
	for _, name := range mapping.Names() {
		m, _, _ := mapping.Load(name, nil)
		rapid.Check(t, func(rt *rapid.T) {
			r := m.Read(mapping.Input{Body: value(5).Draw(rt, "body"), Kind: rapid.SampledFrom([]string{"", "update", "delete", "notification"}).Draw(rt, "kind"), Now: now})
			for _, c := range r.Contacts {
				if !strings.HasPrefix(c.ID, name+"-") || c.Channel == "" || c.Ref == "" {
					rt.Fatalf("%+v", c)
				}
			}
		})
	}
}

func TestGoneForgetsTheOldest(t *testing.T) {
	var g mapping.Gone
	for n := range mapping.GoneMax + 1 {
		g.Add(fmt.Sprint(n), "deleted")
		g.Add(fmt.Sprint(n), "again")
	}
	_, first := g.Reason("0")
	reason, second := g.Reason("1")
	_, last := g.Reason(fmt.Sprint(mapping.GoneMax))
	if first || !second || !last || reason != "deleted" {
		t.Errorf("%t %t %t %q", first, second, last, reason)
	}
}

func BenchmarkRead(b *testing.B) {
	m, _, _ := mapping.Load("bluesky", nil)
	raw := []byte(`{"did":"did:plc:a","time_us":1725516666833633,"kind":"commit","commit":{"rev":"3","operation":"create","collection":"app.bsky.feed.post","rkey":"3l","record":{"text":"nothing of ours in this","langs":["en"],"createdAt":"2024-09-05T06:11:06.102Z"},"cid":"b"}}`)
	b.ReportAllocs()
	for b.Loop() {
		body, err := mapping.Decode(raw)
		if err != nil {
			b.Fatal(err)
		}
		m.Read(mapping.Input{Body: body, Us: "did:plc:us", Words: []string{"acme"}, Now: now})
	}
}
