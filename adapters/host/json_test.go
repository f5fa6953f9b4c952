package host

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// FuzzTicketDecoder says that decoding never panics, accepts only what the standard library takes for
// JSON, and reads the same id and channel.
func FuzzTicketDecoder(f *testing.F) {
	fields := map[bool][]field{true: envelope("ticket", ticketData()), false: ticketFields}
	for _, seed := range []string{
		`{"id":"36468","data":{"channel":"phone"}}`,
		`{"specversion":"1.0","type":"fairline.ticket","source":"/pbx/1","time":"2026-11-21T09:00:00Z","id":"36468",
		"data":{"line":"main","channel":"phone","customer":"k7","matter":"invoice 12","arrived":"2026-11-21T08:59:57Z",
		"due":"2026-11-22T12:00:00Z","needs":["PS"],"attributes":{"priority":2,"vip":true,"plan":"gold"},"origin":"direct","ref":"crm/36468"}}`,
		`{"id":"\ud83d\ude00\u00e9\n","data":null}`, `{"id":1e400}`, `[`, "{\"id\":\"\xff\"}",
	} {
		f.Add([]byte(seed), true)
	}
	f.Add([]byte(`{"adapter":"pbx","id":"1","ticket":17}`), false)
	f.Fuzz(func(t *testing.T, payload []byte, ticket bool) {
		m, refusal := decode(payload, fields[ticket], PayloadMax)
		if refusal != nil {
			if refusal.Code != Malformed && refusal.Code != TooMuch || refusal.Text == "" {
				t.Errorf("decode(%q): refused with %d %q", payload, refusal.Code, refusal.Text)
			}
			return
		}
		if len(payload) == 0 {
			return
		}
		var want struct {
			ID   string
			Data struct{ Channel string }
		}
		if err := json.NewDecoder(bytes.NewReader(payload)).Decode(&want); err != nil || !json.Valid(payload) {
			t.Fatalf("decode(%q) accepts what is no JSON: %v", payload, err)
		}
		if m.id != want.ID || m.channel != want.Data.Channel {
			t.Errorf("decode(%q): id %q, channel %q; want %q, %q", payload, m.id, m.channel, want.ID, want.Data.Channel)
		}
	})
}

// TestPayloadLimits looks at the first payload over each limit, and at the last within.
func TestPayloadLimits(t *testing.T) {
	fields := envelope("ticket", ticketData())
	of := func(data string) []byte { return []byte(`{"id":"1","data":{"channel":"phone",` + data + `}}`) }
	attributes := func(n int) string {
		var list []string
		for i := range n {
			list = append(list, `"a`+strings.Repeat("b", i)+`":1`)
		}
		return `"attributes":{` + strings.Join(list, ",") + `}`
	}
	id := func(n int) []byte {
		return []byte(`{"id":"` + strings.Repeat("x", n) + `","data":{"channel":"phone"}}`)
	}
	padded := func(n int) []byte {
		b := of(`"ref":""`)
		return append(b, bytes.Repeat([]byte(" "), n-len(b))...)
	}
	tests := []struct {
		name    string
		payload []byte
		want    string
	}{
		{"payload within", padded(PayloadMax), ""},
		{"payload over", padded(PayloadMax + 1), "payload: has 65537 bytes, want at most 65536"},
		{"id within", id(TextLenMax), ""},
		{"id over", id(TextLenMax + 1), "id: has 257 bytes, want at most 256"},
		{"attributes within", of(attributes(AttributesMax)), ""},
		{"attributes over", of(attributes(AttributesMax + 1)), "data.attributes: has more than 64 members"},
		{"ref over", of(`"ref":"` + strings.Repeat("x", RefLenMax+1) + `"`), "data.ref: has 1025 bytes, want at most 1024"},
		{"not UTF-8", of("\"ref\":\"\xff\""), "payload: is not UTF-8, want JSON in UTF-8"},
		{"deep", of(`"attributes":{"a":` + strings.Repeat("[", 1000)), "data.attributes.a: is a list, want a text, a number, true or false"},
		{"line feed", of("\"ref\":\"a\nb\""), "data.ref: has a control character, want a text without"},
		{"next line", of(`"ref":"a\u0085b"`), "data.ref: has a control character, want a text without"},
		{"NUL behind", append(of(`"ref":""`), 0), "payload: goes on at offset 46, want its end"},
		{"percent", of(`"%d":1`), `data: unknown field "%d", want one of line, channel, due, needs, attributes, customer, verified, matter, not_before, arrived, origin, ref`},
	}
	for _, test := range tests {
		_, refusal := decode(test.payload, fields, PayloadMax)
		got := ""
		if refusal != nil {
			got = refusal.Text
		}
		if got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
