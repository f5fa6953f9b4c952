package webhook

import (
	"bytes"
	"errors"
	"io"
	"math"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"fairline/policy/mapping"
)

// retryAfter is when a sender may come again where nothing says more.
const retryAfter = 5 * time.Second

// An answer is what a sender is told.
type answer struct {
	code        int
	wait        time.Duration // before it comes again; 0: nothing is said of it
	contentType string
	body        string
}

// ServeHTTP takes a webhook.
func (a *Adapter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e := a.endpoints[r.URL.Path]
	if e == nil {
		write(w, answer{code: http.StatusNotFound})
		return
	}
	e.tally.Count(func(s *Stats) { s.Requests++ })
	switch r.Method {
	case http.MethodGet:
		write(w, a.get(e, r))
	case http.MethodPost:
		select {
		case a.places <- struct{}{}:
			defer func() { <-a.places }()
			write(w, a.post(e, w, r))
		default:
			e.tally.Count(func(s *Stats) { s.Limited++ })
			write(w, answer{code: http.StatusServiceUnavailable, wait: time.Second})
		}
	default:
		w.Header().Set("Allow", "GET, POST")
		write(w, answer{code: http.StatusMethodNotAllowed})
	}
}

// write answers. Nothing of the request stands in an answer but a challenge of known form.
func write(w http.ResponseWriter, a answer) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	if a.wait > 0 {
		h.Set("Retry-After", strconv.Itoa(int(math.Ceil(a.wait.Seconds()))))
	}
	if a.contentType == "" {
		a.contentType = "text/plain; charset=utf-8"
		if a.code != http.StatusOK {
			a.body = strings.ToLower(http.StatusText(a.code)) + "\n"
		}
	}
	h.Set("Content-Type", a.contentType)
	w.WriteHeader(a.code)
	_, _ = io.WriteString(w, a.body) // who has gone needs no answer
}

func (a *Adapter) get(e *endpoint, r *http.Request) answer {
	code, contentType, body := e.challenge(r, a.cfg.Now())
	switch code {
	case 0:
		return answer{code: http.StatusMethodNotAllowed}
	case http.StatusOK:
		e.tally.Count(func(s *Stats) { s.Challenges++ })
	default:
		e.tally.Count(func(s *Stats) { s.Unverified++ })
	}
	return answer{code: code, contentType: contentType, body: body}
}

// post reads, verifies, decodes and delivers, in this order.
func (a *Adapter) post(e *endpoint, w http.ResponseWriter, r *http.Request) answer {
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && encoding != "identity" {
		e.tally.Count(func(s *Stats) { s.Malformed++ })
		return answer{code: http.StatusUnsupportedMediaType}
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, a.cfg.BodyMax))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		e.tally.Count(func(s *Stats) { s.TooLarge++ })
		return answer{code: http.StatusRequestEntityTooLarge}
	}
	if err != nil {
		e.tally.Count(func(s *Stats) { s.Malformed++ })
		return answer{code: http.StatusBadRequest}
	}
	now := a.cfg.Now()
	switch err := e.verify(r, raw, now); {
	case errors.Is(err, errStale):
		e.tally.Count(func(s *Stats) { s.Stale++ })
		return answer{code: http.StatusUnauthorized}
	case errors.Is(err, errForeign):
		e.tally.Count(func(s *Stats) { s.Unverified++ })
		return answer{code: http.StatusForbidden}
	case err != nil:
		e.tally.Count(func(s *Stats) { s.Unverified++ })
		return answer{code: http.StatusUnauthorized}
	}
	if wait := e.bucket.take(now); wait > 0 {
		e.tally.Count(func(s *Stats) { s.Limited++ })
		return answer{code: http.StatusTooManyRequests, wait: wait}
	}
	body, err := e.decode(r, raw)
	if err != nil {
		e.tally.Count(func(s *Stats) { s.Malformed++ })
		a.log.Warn("a signed webhook cannot be read", "path", e.Path, "error", err)
		return answer{code: http.StatusBadRequest}
	}
	return a.deliver(r.Context(), e, e.held.Read(mapping.Input{Body: body, Us: e.Us, Words: e.Words, Now: now}), now)
}

// decode reads a form or JSON. What is called a form and begins with a brace or a bracket, which forms escape, is JSON of a client that
// was not told what it sends, such as curl; but not where a form's fields are what is signed.
func (e *endpoint) decode(r *http.Request, raw []byte) (any, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	form := err == nil && kind == "application/x-www-form-urlencoded"
	if text := bytes.TrimLeft(raw, " \t\r\n"); form && e.Mapping.Scheme != mapping.Twilio && len(text) > 0 && (text[0] == '{' || text[0] == '[') {
		form = false
	}
	if form {
		return mapping.DecodeForm(raw)
	}
	return mapping.Decode(raw)
}
