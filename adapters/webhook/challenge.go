package webhook

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"regexp"
	"time"

	"fairline/policy/mapping"
)

// The forms of challenges. They are narrow on purpose: at X and LinkedIn the answer is a signature by the secret with which
// events are signed, so whoever could have a body signed as a challenge could forge events. No body that could hold an event
// has these forms.
var (
	metaForm     = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)
	xForm        = regexp.MustCompile(`^[A-Za-z0-9_=-]{1,128}$`)
	linkedInForm = regexp.MustCompile(`^[0-9a-fA-F-]{8,64}$`)
)

// challenge answers a platform that asks whether the endpoint is ours. Code 0: this is none.
func (e *endpoint) challenge(r *http.Request, now time.Time) (code int, contentType, body string) {
	q := r.URL.Query()
	secrets := e.secrets.all(now)
	switch {
	case e.Mapping.Scheme == mapping.Meta && q.Get("hub.mode") == "subscribe":
		given, _ := hashed(q.Get("hub.verify_token"))
		for _, token := range e.token.all(now) {
			want, _ := hashed(string(token))
			if subtle.ConstantTimeCompare(given, want) == 1 && metaForm.MatchString(q.Get("hub.challenge")) {
				return http.StatusOK, "text/plain; charset=utf-8", q.Get("hub.challenge")
			}
		}
		return http.StatusForbidden, "", ""
	case e.Mapping.Scheme == mapping.X && q.Has("crc_token"):
		token := q.Get("crc_token")
		if !xForm.MatchString(token) || len(secrets) == 0 {
			return http.StatusForbidden, "", ""
		}
		sum := mac(sha256.New, secrets[0], []byte(token))
		return http.StatusOK, "application/json", `{"response_token":"sha256=` + base64.StdEncoding.EncodeToString(sum) + `"}`
	case e.Mapping.Scheme == mapping.LinkedIn && q.Has("challengeCode"):
		text := q.Get("challengeCode")
		if !linkedInForm.MatchString(text) || len(secrets) == 0 {
			return http.StatusForbidden, "", ""
		}
		sum := mac(sha256.New, secrets[0], []byte(text))
		return http.StatusOK, "application/json", `{"challengeCode":"` + text + `","challengeResponse":"` + hex.EncodeToString(sum) + `"}`
	}
	return 0, "", ""
}
