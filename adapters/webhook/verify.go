package webhook

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"fairline/policy/mapping"
)

// signaturesMax is how many signatures of one request are tried.
const signaturesMax = 8

// Why a request is not believed.
var (
	errUnsigned = errors.New("it is not signed")
	errForged   = errors.New("its signature is not of its body and a secret of ours")
	errStale    = errors.New("it was signed at another time")
	errForeign  = errors.New("it did not come from this machine")
)

// verify holds a request to its signature. Nothing of the body is read for it, but of a form the fields that are signed.
func (e *endpoint) verify(r *http.Request, raw []byte, now time.Time) error {
	switch e.Mapping.Scheme {
	case mapping.Loopback:
		return fromHere(r)
	case mapping.Meta:
		return e.equal(r, "X-Hub-Signature-256", "sha256=", hex.DecodeString, now, func(secret []byte) []byte { return mac(sha256.New, secret, raw) })
	case mapping.X:
		return e.equal(r, "X-Twitter-Webhooks-Signature", "sha256=", base64.StdEncoding.DecodeString, now, func(secret []byte) []byte { return mac(sha256.New, secret, raw) })
	case mapping.LinkedIn:
		return e.equal(r, "X-LI-Signature", "", fromLinkedIn, now, func(secret []byte) []byte {
			return mac(sha256.New, secret, []byte("hmacsha256="), raw)
		})
	case mapping.Telegram:
		return e.equal(r, "X-Telegram-Bot-Api-Secret-Token", "", hashed, now, func(secret []byte) []byte {
			sum := sha256.Sum256(secret)
			return sum[:]
		})
	case mapping.Twilio:
		return e.verifyTwilio(r, raw, now)
	case mapping.Zendesk:
		return e.verifyZendesk(r, raw, now)
	case mapping.Standard:
		return e.verifyStandard(r, raw, now)
	}
	return fmt.Errorf("no scheme is called %q", e.Mapping.Scheme)
}

// mac is the keyed hash of parts, one behind the other.
func mac(of func() hash.Hash, secret []byte, parts ...[]byte) []byte {
	h := hmac.New(of, secret)
	for _, part := range parts {
		h.Write(part)
	}
	return h.Sum(nil)
}

// equal compares a header with what each of the secrets makes of the request. Every secret is tried, whichever fits.
func (e *endpoint) equal(r *http.Request, header, prefix string, decode func(string) ([]byte, error), now time.Time, want func([]byte) []byte) error {
	text := r.Header.Get(header)
	if text == "" {
		return errUnsigned
	}
	text, ok := strings.CutPrefix(text, prefix)
	got, err := decode(text)
	if !ok || err != nil {
		return errForged
	}
	fits := 0
	for _, secret := range e.secrets.all(now) {
		fits |= subtle.ConstantTimeCompare(want(secret), got)
	}
	if fits == 0 {
		return errForged
	}
	return nil
}

// hashed makes tokens of all lengths equally long, so that comparing them tells nothing of theirs.
func hashed(text string) ([]byte, error) {
	sum := sha256.Sum256([]byte(text))
	return sum[:], nil
}

// fromLinkedIn reads LinkedIn's header, which has the hash with or without the prefix that it signs.
func fromLinkedIn(text string) ([]byte, error) {
	return hex.DecodeString(strings.TrimPrefix(text, "hmacsha256="))
}

// fromHere is what a request without a signature must be: from this machine, and not passed on by a proxy.
func fromHere(r *http.Request) error {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil || !loopback(host) {
		return errForeign
	}
	for _, header := range []string{"X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Forwarded", "Via", "Origin"} {
		if r.Header.Get(header) != "" {
			return errForeign
		}
	}
	return nil
}

// inTime holds a signed time to the clock, in both directions.
func (e *endpoint) inTime(at, now time.Time) error {
	if d := now.Sub(at); d > e.Age || d < -e.Age {
		return errStale
	}
	return nil
}

// verifyTwilio is HMAC-SHA1 over the URL and the fields of the form, sorted, each name followed by its values; of a body that is
// no form over the URL, whose query has the body's hash.
func (e *endpoint) verifyTwilio(r *http.Request, raw []byte, now time.Time) error {
	behind := ""
	if r.URL.RawQuery != "" {
		behind = "?" + r.URL.RawQuery
	}
	if sum := r.URL.Query().Get("bodySHA256"); sum != "" {
		is := sha256.Sum256(raw)
		want, err := hex.DecodeString(sum)
		if err != nil || !hmac.Equal(is[:], want) {
			return errForged
		}
	} else {
		if r.Header.Get("X-Twilio-Signature") == "" {
			return errUnsigned
		}
		if strings.Count(string(raw), "&") >= mapping.FieldsMax {
			return errForged
		}
		fields, err := url.ParseQuery(string(raw))
		if err != nil {
			return errForged
		}
		behind += sortedFields(fields)
	}
	err := errForged
	for _, at := range ported(e.URL) {
		err = e.equal(r, "X-Twilio-Signature", "", base64.StdEncoding.DecodeString, now, func(secret []byte) []byte {
			return mac(sha1.New, secret, []byte(at), []byte(behind))
		})
		if err == nil || errors.Is(err, errUnsigned) {
			return err
		}
	}
	return err
}

// ported is a URL as it stands, with its port and without: Twilio signs some requests with the port and others without,
// whether it stands in the URL or not.
func ported(text string) []string {
	u, err := url.Parse(text)
	if err != nil {
		return []string{text}
	}
	_, rest, _ := strings.Cut(text, "://")
	host, _, _ := strings.Cut(rest, "/")
	with := host
	if u.Port() == "" {
		with += map[string]string{"https": ":443", "http": ":80"}[u.Scheme]
	}
	without := strings.TrimSuffix(host, ":"+u.Port())
	return []string{text, strings.Replace(text, host, with, 1), strings.Replace(text, host, without, 1)}
}

func sortedFields(fields url.Values) string {
	var b strings.Builder
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		values := fields[name]
		slices.Sort(values)
		for _, value := range slices.Compact(values) {
			b.WriteString(name + value)
		}
	}
	return b.String()
}

// verifyZendesk is HMAC-SHA256 over a date of RFC 3339 and the body.
func (e *endpoint) verifyZendesk(r *http.Request, raw []byte, now time.Time) error {
	stamp := r.Header.Get("X-Zendesk-Webhook-Signature-Timestamp")
	if stamp == "" {
		return errUnsigned
	}
	err := e.equal(r, "X-Zendesk-Webhook-Signature", "", base64.StdEncoding.DecodeString, now, func(secret []byte) []byte {
		return mac(sha256.New, secret, []byte(stamp), raw)
	})
	if err != nil {
		return err
	}
	at, err := time.Parse(time.RFC3339Nano, stamp)
	if err != nil {
		return errStale
	}
	return e.inTime(at, now)
}

// verifyStandard is Standard Webhooks: HMAC-SHA256 (v1, secrets whsec_...) or Ed25519 (v1a, keys whpk_...) over id, time in
// seconds and body, with points between; several signatures may stand in the header.
func (e *endpoint) verifyStandard(r *http.Request, raw []byte, now time.Time) error {
	id, stamp, list := r.Header.Get("Webhook-Id"), r.Header.Get("Webhook-Timestamp"), r.Header.Get("Webhook-Signature")
	if id == "" || stamp == "" || list == "" {
		return errUnsigned
	}
	signed := append([]byte(id+"."+stamp+"."), raw...)
	signatures := strings.Fields(list)
	fits := 0
	for _, text := range signatures[:min(len(signatures), signaturesMax)] {
		version, value, _ := strings.Cut(text, ",")
		signature, err := base64.StdEncoding.DecodeString(value)
		if err != nil {
			continue
		}
		for _, secret := range e.secrets.all(now) {
			fits |= fitsStandard(version, secret, signed, signature)
		}
	}
	if fits == 0 {
		return errForged
	}
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return errStale
	}
	return e.inTime(time.Unix(seconds, 0), now)
}

func fitsStandard(version string, secret, signed, signature []byte) int {
	text, public := strings.CutPrefix(string(secret), "whpk_")
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, "whsec_"))
	switch {
	case version == "v1" && !public:
		fits := subtle.ConstantTimeCompare(mac(sha256.New, secret, signed), signature) // a secret that is no base64
		if err == nil {
			fits |= subtle.ConstantTimeCompare(mac(sha256.New, key, signed), signature)
		}
		return fits
	case version == "v1a" && public && len(key) == ed25519.PublicKeySize && ed25519.Verify(key, signed, signature):
		return 1
	}
	return 0
}
