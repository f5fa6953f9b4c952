package webhook

import (
	"net/http"
	"strings"
	"testing"
)

// FuzzVerify: no header and no body that nobody signed with a secret of ours is believed, and none breaks a scheme.
func FuzzVerify(f *testing.F) {
	names := []string{"whatsapp", "x", "telegram", "linkedin", "twilio-messages", "zendesk", "standard"}
	d := newDesk(f, names, nil)
	for i, name := range names {
		for _, header := range signers[strings.Replace(name, "whatsapp", "meta", 1)]("third secret", bodies[name], began) {
			f.Add(i, header, began.Format("2006-01-02T15:04:05Z07:00"), "foo=1", bodies[name])
		}
	}
	f.Add(4, "AAAA", "0", "bodySHA256=00", "{}")
	f.Add(6, "v1,AAAA v1a,AAAA", "1793610000", "", "{}")
	f.Fuzz(func(t *testing.T, of int, signature, stamp, query, body string) {
		e := d.endpoints["/"+names[uint(of)%uint(len(names))]]
		r, err := http.NewRequest(http.MethodPost, "http://127.0.0.1"+e.Path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.URL.RawQuery = query
		for _, name := range []string{"X-Hub-Signature-256", "X-Twitter-Webhooks-Signature", "X-Li-Signature", "X-Telegram-Bot-Api-Secret-Token",
			"X-Twilio-Signature", "X-Zendesk-Webhook-Signature", "Webhook-Signature"} {
			r.Header.Set(name, signature)
		}
		for _, name := range []string{"X-Zendesk-Webhook-Signature-Timestamp", "Webhook-Timestamp", "Webhook-Id"} {
			r.Header.Set(name, stamp)
		}
		if err := e.verify(r, []byte(body), began); err == nil && signature != "first secret" && signature != "other secret" {
			t.Fatalf("%s believes %q", e.Path, signature)
		}
		e.challenge(r, began)
	})
}
