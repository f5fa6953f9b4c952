package webhook

import (
	"crypto/ed25519"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// hand is HMAC as RFC 2104 writes it, beside the library's.
func hand(sum func([]byte) []byte, secret, text string) []byte {
	key := []byte(secret)
	if len(key) > 64 {
		key = sum(key)
	}
	inner, outer := make([]byte, 64), make([]byte, 64)
	for i := range 64 {
		inner[i], outer[i] = 0x36, 0x5c
		if i < len(key) {
			inner[i] ^= key[i]
			outer[i] ^= key[i]
		}
	}
	return sum(append(outer, sum(append(inner, text...))...))
}

func sum256(b []byte) []byte { s := sha256.Sum256(b); return s[:] }
func sum1(b []byte) []byte   { s := sha1.Sum(b); return s[:] }

var b64 = base64.StdEncoding.EncodeToString

// signers sign a body as each platform does.
var signers = map[string]func(secret, body string, at time.Time) map[string]string{
	"meta": func(secret, body string, _ time.Time) map[string]string {
		return map[string]string{"X-Hub-Signature-256": fmt.Sprintf("sha256=%x", hand(sum256, secret, body))}
	},
	"x": func(secret, body string, _ time.Time) map[string]string {
		return map[string]string{"x-twitter-webhooks-signature": "sha256=" + b64(hand(sum256, secret, body))}
	},
	"telegram": func(secret, _ string, _ time.Time) map[string]string {
		return map[string]string{"X-Telegram-Bot-Api-Secret-Token": secret}
	},
	"linkedin": func(secret, body string, _ time.Time) map[string]string {
		return map[string]string{"X-LI-Signature": fmt.Sprintf("%x", hand(sum256, secret, "hmacsha256="+body))}
	},
	"twilio-messages": func(secret, body string, _ time.Time) map[string]string {
		// The fields of the body in form below, sorted by hand.
		text := "https://example.com/twilio-messages" + strings.NewReplacer("Body=", "Body", "&From=%2B", "From+", "&MessageSid=", "MessageSid").Replace(body)
		return map[string]string{"X-Twilio-Signature": b64(hand(sum1, secret, text)), "Content-Type": "application/x-www-form-urlencoded"}
	},
	"zendesk": func(secret, body string, at time.Time) map[string]string {
		stamp := at.Format(time.RFC3339)
		return map[string]string{"X-Zendesk-Webhook-Signature": b64(hand(sum256, secret, stamp+body)), "X-Zendesk-Webhook-Signature-Timestamp": stamp}
	},
	"standard": func(secret, body string, at time.Time) map[string]string {
		stamp := fmt.Sprint(at.Unix())
		return map[string]string{"webhook-id": "m1", "webhook-timestamp": stamp, "webhook-signature": "v1," + b64(hand(sum256, secret, "m1."+stamp+"."+body))}
	},
}

// bodies make one contact each.
var bodies = map[string]string{
	"whatsapp":        message("wamid.1", began),
	"x":               `{"for_user_id":"1","direct_message_events":[{"type":"message_create","id":"77","message_create":{"sender_id":"9"}}]}`,
	"telegram":        `{"update_id":1,"message":{"message_id":10,"from":{"id":9,"is_bot":false},"chat":{"id":9,"type":"private"},"text":"hi"}}`,
	"linkedin":        `{"notifications":[{"action":"COMMENT","decoratedSourcePost":{"entity":"s"},"decoratedGeneratedActivity":{"comment":{"owner":"A","entity":"c"}}}]}`,
	"twilio-messages": "Body=hi&From=%2B15005550006&MessageSid=SM1",
	"zendesk":         `{"type":"zen:event-type:ticket.created","detail":{"id":"35436","requester_id":"84"}}`,
	"standard":        `{"type":"message.created","data":{"id":"e1","email":"a@example.com"}}`,
}

// timed are the schemes whose signature covers the time.
var timed = []string{"zendesk", "standard"}

func TestSignatures(t *testing.T) {
	for name, body := range bodies {
		sign := signers[strings.Replace(name, "whatsapp", "meta", 1)]
		check := func(what string, want int, body string, header map[string]string) {
			t.Helper()
			d := newDesk(t, []string{name}, nil)
			if got := d.send("/"+name, body, header).StatusCode; got != want {
				t.Errorf("%s, %s: %d, want %d\n%s", name, what, got, want, d.log)
			}
			if n := len(d.line.Contacts()); (n == 1) != (want == 200) || n > 1 {
				t.Errorf("%s, %s: %d contacts", name, what, n)
			}
			if s := d.Stats()["/"+name]; want == 401 && s.Unverified+s.Stale != 1 {
				t.Errorf("%s, %s: %+v", name, what, s)
			}
		}
		right := sign("first secret", body, began)
		check("signed", 200, body, right)
		check("signed with the older secret", 200, body, sign("other secret", body, began))
		check("signed with another secret", 401, body, sign("third secret", body, began))
		check("signed with nothing", 401, body, sign("", body, began))
		for header := range right {
			if header == "Content-Type" {
				continue
			}
			missing, odd := maps.Clone(right), maps.Clone(right)
			delete(missing, header)
			check("without "+header, 401, body, missing)
			odd[header] = "sha256=%%%"
			check("with an odd "+header, 401, body, odd)
			odd[header] = right[header] + "00"
			check("with a long "+header, 401, body, odd)
		}
		if name != "telegram" { // it signs no body
			altered := strings.Replace(body, "i", "I", 1)
			check("with an altered body", 401, altered, right)
			check("with a longer body", 401, body+" ", right)
		}
		for _, of := range timed {
			for off, want := range map[time.Duration]int{5 * time.Minute: 200, -5 * time.Minute: 200, 5*time.Minute + time.Second: 401, -5*time.Minute - time.Second: 401, -100 * 365 * 24 * time.Hour: 401} {
				if of == name {
					check("signed "+off.String()+" off", want, body, sign("first secret", body, began.Add(off)))
				}
			}
		}
	}
}

// TestVectors holds the schemes to examples that the platforms published.
func TestVectors(t *testing.T) {
	d := newDesk(t, []string{"twilio-voice", "standard"}, func(c *Config) {
		c.Endpoints[0].URL = "https://mycompany.com/myapp.php"
		c.Endpoints[0].Secrets = c.Endpoints[0].Secrets[:1]
		c.Endpoints[1].Secrets = c.Endpoints[1].Secrets[1:]
		c.Now = func() time.Time { return time.Unix(1614265330, 0) }
	})
	d.file(t, "1", "12345")
	d.file(t, "2", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	form := "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212"
	r := d.send("/twilio-voice?foo=1&bar=2", form, map[string]string{"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="})
	if r.StatusCode != 200 || r.Header.Get("Content-Type") != "text/xml" {
		t.Errorf("Twilio's example: %d\n%s", r.StatusCode, d.log)
	}
	r = d.send("/standard", `{"test": 2432232314}`, map[string]string{"webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek", "webhook-timestamp": "1614265330",
		"webhook-signature": "v1,AAAA v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="})
	if r.StatusCode != 200 {
		t.Errorf("the example of Standard Webhooks: %d", r.StatusCode)
	}
}

func TestEd25519(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, []string{"standard"}, nil)
	d.file(t, "2", "whpk_"+b64(public))
	body, stamp := bodies["standard"], fmt.Sprint(began.Unix())
	header := map[string]string{"webhook-id": "m1", "webhook-timestamp": stamp}
	for what, row := range map[string]struct {
		signature string
		want      int
	}{
		"by the key":            {"v1a," + b64(ed25519.Sign(private, []byte("m1."+stamp+"."+body))), 200},
		"of another body":       {"v1a," + b64(ed25519.Sign(private, []byte("m1."+stamp+"."))), 401},
		"by the public as HMAC": {"v1," + b64(hand(sum256, string(public), "m1."+stamp+"."+body)), 401},
		"as text of the public": {"v1," + b64(hand(sum256, "whpk_"+b64(public), "m1."+stamp+"."+body)), 401},
		"ninth of nine":         {strings.Repeat("v1,AAAA ", 8) + "v1a," + b64(ed25519.Sign(private, []byte("m1."+stamp+"."+body))), 401},
	} {
		header["webhook-signature"] = row.signature
		if got := d.send("/standard", body, header).StatusCode; got != row.want {
			t.Errorf("%s: %d, want %d", what, got, row.want)
		}
	}
}

// TestTwilioJSON: of a body that is no form the URL has the hash.
func TestTwilioJSON(t *testing.T) {
	d := newDesk(t, []string{"twilio-messages"}, nil)
	body := `{"MessageSid":"SM1","From":"+15005550006"}`
	query := fmt.Sprintf("?bodySHA256=%x", sum256([]byte(body)))
	header := map[string]string{"Content-Type": "application/json", "X-Twilio-Signature": b64(hand(sum1, "first secret", "https://example.com/twilio-messages"+query))}
	for body, want := range map[string]int{body: 200, body + " ": 401} {
		if got := d.send("/twilio-messages"+query, body, header).StatusCode; got != want {
			t.Errorf("%s: %d, want %d", body, got, want)
		}
	}
}

// TestTwilioFields: a field that stands several times counts with each value once, sorted, as Twilio's own libraries do it.
func TestTwilioFields(t *testing.T) {
	d := newDesk(t, []string{"twilio-messages"}, nil)
	header := map[string]string{"Content-Type": "application/x-www-form-urlencoded",
		"X-Twilio-Signature": b64(hand(sum1, "first secret", "https://example.com/twilio-messagesA2A3From+1MessageSidSM1"))}
	if got := d.send("/twilio-messages", "From=%2B1&A=3&A=2&A=3&MessageSid=SM1", header).StatusCode; got != 200 {
		t.Errorf("%d", got)
	}
}

// TestTwilioPorts: the port may stand in what was signed, whether it stands in the URL or not.
func TestTwilioPorts(t *testing.T) {
	for given, row := range map[string]map[string]int{
		"https://example.com/sms":      {"https://example.com/sms": 200, "https://example.com:443/sms": 200, "https://example.com:8443/sms": 401, "http://example.com/sms": 401},
		"https://example.com:8443/sms": {"https://example.com:8443/sms": 200, "https://example.com/sms": 200, "https://example.com:443/sms": 401},
		"http://u:p@example.com/sms":   {"http://u:p@example.com/sms": 200, "http://u:p@example.com:80/sms": 200, "http://example.com/sms": 401},
	} {
		for signed, want := range row {
			d := newDesk(t, []string{"twilio-messages"}, func(c *Config) { c.Endpoints[0].URL = given })
			header := map[string]string{"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": b64(hand(sum1, "first secret", signed+"From+1MessageSidSM1"))}
			if got := d.send("/twilio-messages", "From=%2B1&MessageSid=SM1", header).StatusCode; got != want {
				t.Errorf("%s, signed as %s: %d, want %d", given, signed, got, want)
			}
		}
	}
}

// TestKnownAnswers holds the schemes to signatures that neither this program nor its tests computed: those of RFC 4231 (test
// case 2), of GitHub's page on X-Hub-Signature-256, and of openssl. What is signed and no JSON is believed and cannot be read.
func TestKnownAnswers(t *testing.T) {
	const jefe, rfc = "Jefe", "what do ya want for nothing?"
	escaped := `{"entry":[{"changes":[{"value":{"messages":[{"from":"1555","id":"w1","text":{"body":"Gr\u00fc\u00dfe \ud83d\ude00 \/"}}]}}]}]}`
	for _, row := range []struct{ name, secret, body, header, signature string }{
		{"whatsapp", "It's a Secret to Everybody", "Hello, World!", "X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"},
		{"whatsapp", jefe, rfc, "X-Hub-Signature-256", "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
		{"whatsapp", "s3cret", escaped, "X-Hub-Signature-256", "sha256=17fae731517cb08f7cfc82b966e992a43161c5e26692697746ea2f2b99cf6f3b"},
		{"x", jefe, rfc, "X-Twitter-Webhooks-Signature", "sha256=W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="},
		{"linkedin", "s3cret", `{"notifications":[]}`, "X-LI-Signature", "5705fe6cff9b2679061fedd617823bf95a18f21d95bea9bf7969a66a17520320"},
		{"linkedin", "s3cret", `{"notifications":[]}`, "X-LI-Signature", "hmacsha256=5705fe6cff9b2679061fedd617823bf95a18f21d95bea9bf7969a66a17520320"},
		{"zendesk", "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ==", `{"type":"zen:event-type:user.created"}`, "X-Zendesk-Webhook-Signature", "ylUTm1N7u4q0oLCX/D93VlCvdYkhSZnq7/hkx+a98/w="},
	} {
		d := newDesk(t, []string{row.name}, nil)
		d.file(t, "1", row.secret)
		want := map[bool]int{true: 200, false: 400}[strings.HasPrefix(row.body, "{")]
		header := map[string]string{row.header: row.signature, "X-Zendesk-Webhook-Signature-Timestamp": "2026-11-02T09:00:00Z"}
		if got := d.send("/"+row.name, row.body, header).StatusCode; got != want {
			t.Errorf("%s, %s: %d, want %d", row.name, row.signature, got, want)
		}
		if got := d.send("/"+row.name, row.body+" ", header).StatusCode; got != 401 {
			t.Errorf("%s, another body: %d", row.name, got)
		}
	}
	d := newDesk(t, []string{"x"}, nil)
	d.file(t, "1", "s3cret")
	if code, body := d.get("/x?crc_token=challenge_token-1"); code != 200 || body != `{"response_token":"sha256=Jc/5tiugxCO+jg2oZYxB5nrXXwk2GJn+RqOrkkTrxJE="}` {
		t.Errorf("%d %s", code, body)
	}
}

func TestChallenges(t *testing.T) {
	d := newDesk(t, []string{"whatsapp", "x", "linkedin", "telegram", "standard"}, nil)
	for target, want := range map[string]string{
		"/whatsapp?hub.mode=subscribe&hub.verify_token=verify+token&hub.challenge=1158201444":   "200 1158201444",
		"/whatsapp?hub.mode=subscribe&hub.verify_token=verify&hub.challenge=1158201444":         "403 forbidden\n",
		"/whatsapp?hub.mode=subscribe&hub.verify_token=&hub.challenge=1158201444":               "403 forbidden\n",
		"/whatsapp?hub.mode=subscribe&hub.verify_token=verify+token&hub.challenge=%3Cscript%3E": "403 forbidden\n",
		"/whatsapp?hub.verify_token=verify+token&hub.challenge=1":                               "405 method not allowed\n",
		"/x?crc_token=abc-DEF_1": `200 {"response_token":"sha256=` + b64(hand(sum256, "first secret", "abc-DEF_1")) + `"}`,
		"/linkedin?challengeCode=890e4665-4dfe-4ab1-b689-ed553bceeed0": fmt.Sprintf(`200 {"challengeCode":"890e4665-4dfe-4ab1-b689-ed553bceeed0","challengeResponse":"%x"}`,
			hand(sum256, "first secret", "890e4665-4dfe-4ab1-b689-ed553bceeed0")),
		"/telegram": "405 method not allowed\n", "/standard?crc_token=a": "405 method not allowed\n", "/whatsapp?crc_token=a": "405 method not allowed\n",
	} {
		if code, body := d.get(target); fmt.Sprint(code, " ", body) != want {
			t.Errorf("%s: %d %s, want %s", target, code, body, want)
		}
	}
	if s := d.Stats()["/whatsapp"]; s.Challenges != 1 || s.Unverified != 3 {
		t.Errorf("%+v", s)
	}
}

// TestNoChallengeSignsAnEvent: the answer to a challenge is a signature by the secret of events, so nothing that could be a
// body is answered.
func TestNoChallengeSignsAnEvent(t *testing.T) {
	d := newDesk(t, []string{"x", "linkedin"}, nil)
	for _, body := range []string{bodies["x"], "{}", "[]", "\"a\"", " 1", "a b", strings.Repeat("a", 129), ""} {
		if code, got := d.get("/x?" + (&httptestQuery{"crc_token", body}).String()); code != http.StatusForbidden {
			t.Errorf("%q is answered: %d %s", body, code, got)
		}
		for _, text := range []string{body, "hmacsha256=" + body} {
			if code, got := d.get("/linkedin?" + (&httptestQuery{"challengeCode", text}).String()); code != http.StatusForbidden {
				t.Errorf("%q is answered: %d %s", text, code, got)
			}
		}
	}
}

// TestNothingSignedIsForThisMachine: only a request from here that nobody passed on.
func TestNothingSignedIsForThisMachine(t *testing.T) {
	m := loopbackMapping(t)
	d := newDesk(t, nil, func(c *Config) { c.Endpoints = []Endpoint{{Path: "/here", Mapping: m}} })
	for what, row := range map[string]struct {
		from, header string
		want         int
	}{"here": {"127.0.0.1:1234", "", 200}, "here, IPv6": {"[::1]:1234", "", 200}, "elsewhere": {"192.0.2.1:1234", "", 403},
		"by a proxy": {"127.0.0.1:1234", "X-Forwarded-For", 403}, "from a web page": {"127.0.0.1:1234", "Origin", 403}} {
		r := httptest.NewRequest(http.MethodPost, "/here", strings.NewReader(`{"id":"1","who":"a"}`))
		r.RemoteAddr = row.from
		if row.header != "" {
			r.Header.Set(row.header, "192.0.2.1")
		}
		w := httptest.NewRecorder()
		d.ServeHTTP(w, r)
		if w.Code != row.want {
			t.Errorf("%s: %d, want %d", what, w.Code, row.want)
		}
	}
	if cs := d.line.Contacts(); len(cs) != 1 || !cs[0].Unverified {
		t.Errorf("%+v", cs)
	}
}

// TestJSONCalledAForm: curl calls every body a form when nobody says what it is. A form begins with the name of a field, in which braces
// and brackets are escaped, so what begins with one is JSON; but not Twilio's, whose signature is of the fields.
func TestJSONCalledAForm(t *testing.T) {
	d := newDesk(t, []string{"whatsapp", "twilio-messages"}, nil)
	header := signers["meta"]("first secret", " "+message("1", d.now), d.now)
	header["Content-Type"] = "application/x-www-form-urlencoded"
	if got := d.send("/whatsapp", " "+message("1", d.now), header).StatusCode; got != 200 || len(d.line.Contacts()) != 1 {
		t.Errorf("answered %d, %d contacts", got, len(d.line.Contacts()))
	}
	header = map[string]string{"Content-Type": "application/x-www-form-urlencoded",
		"X-Twilio-Signature": b64(hand(sum1, "first secret", `https://example.com/twilio-messages{"MessageSid":"SM1"}`))}
	if got := d.send("/twilio-messages", `{"MessageSid":"SM1"}`, header).StatusCode; got != 200 || len(d.line.Contacts()) != 1 {
		t.Errorf("answered %d, %d contacts", got, len(d.line.Contacts()))
	}
}
