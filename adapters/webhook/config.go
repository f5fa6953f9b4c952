package webhook

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"fairline/adapters/channel"
	"fairline/adapters/channel/reply"
	"fairline/policy/mapping"
)

// DefaultListen is where events come in unless the configuration says otherwise.
const DefaultListen = "127.0.0.1:8484"

// A Config says where events come in. Zero values are the defaults.
type Config struct {
	Listen      string // host:port; default DefaultListen. Beyond this machine only with Cert and Key
	Cert, Key   string // files in PEM; both or neither
	Endpoints   []Endpoint
	BodyMax     int64         // bytes of a body; default 1 MiB, at most 16 MiB
	ReadMax     time.Duration // for a request to come in, whole; default 10s
	AnswerMax   time.Duration // for the line to take its contacts; default 15s
	RequestsMax int           // at once; default 64
	ConnsMax    int           // connections at once; default 512

	// Lines are lines beside the adapter's own, by the names that mappings give in `line`. A contact of another name is
	// refused.
	Lines map[string]channel.Line

	// Samples, where it is given, is a folder into which one of SampleEvery events (default 100) that a filter dropped is
	// written, with what people wrote: see channel.Sampler.
	Samples     string
	SampleEvery int
	// Contents, where it is not nil, keeps the event that a contact was made of, before the line is told.
	Contents channel.Contents
	// Now is the clock; default time.Now.
	Now func() time.Time
}

// An Endpoint is a path with its mapping.
type Endpoint struct {
	Path    string // begins with /; no query
	Mapping *mapping.Mapping
	// Secrets are files with the secrets, the newest first: each is tried, and the first answers challenges. They are read
	// again when they change. At most 8.
	Secrets []string
	Token   string        // file with Meta's verify token; without it challenges are refused
	URL     string        // at Twilio: the public URL as it stands there, without a query
	Us      string        // our own account at the platform, `us` in the mapping
	Words   []string      // `words` in the mapping, in lower case
	Age     time.Duration // how far a signed time may be off, in both directions; default 5m
	Oldest  time.Duration // events that arrived longer ago are passed over; default 6d, less than the line remembers repeats
	Rate    float64       // verified requests in a second; default 100
	Burst   int           // how many may come at once; default twice the rate
	Reply   *reply.Config // how customers are told their place and the end, in private; nil: they are not
}

// Limits.
const (
	secretsMax   = 8
	secretMin    = 1 // bytes
	secretMax    = 4096
	endpointsMax = 64
	oldestMax    = 7 * 24 * time.Hour // the line knows a repeat for so long
)

func withDefaults(c Config) Config {
	c.Listen = cmp.Or(c.Listen, DefaultListen)
	c.BodyMax = cmp.Or(c.BodyMax, 1<<20)
	c.ReadMax = cmp.Or(c.ReadMax, 10*time.Second)
	c.AnswerMax = cmp.Or(c.AnswerMax, 15*time.Second)
	c.RequestsMax = cmp.Or(c.RequestsMax, 64)
	c.ConnsMax = cmp.Or(c.ConnsMax, 512)
	c.SampleEvery = cmp.Or(c.SampleEvery, 100)
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Endpoints = append([]Endpoint(nil), c.Endpoints...)
	for i := range c.Endpoints {
		e := &c.Endpoints[i]
		e.Age = cmp.Or(e.Age, 5*time.Minute)
		e.Oldest = cmp.Or(e.Oldest, 6*24*time.Hour)
		e.Rate = cmp.Or(e.Rate, 100)
		e.Burst = cmp.Or(e.Burst, int(2*e.Rate)+1)
	}
	return c
}

// Check names every field that cannot be used, and the remedy.
func (c Config) Check() error {
	c = withDefaults(c)
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	host, _, err := net.SplitHostPort(c.Listen)
	switch {
	case err != nil:
		wrong("Listen: %w: write host:port", err)
	case !loopback(host) && (c.Cert == "" || c.Key == ""):
		wrong("Listen: %s can be reached from other machines: give Cert and Key, or listen on 127.0.0.1 behind a proxy that has TLS", c.Listen)
	}
	if (c.Cert == "") != (c.Key == "") {
		wrong("Cert and Key: one without the other: give both, or neither")
	}
	if c.BodyMax < 1024 || c.BodyMax > 16<<20 {
		wrong("BodyMax: %d: choose from 1024 to 16777216 bytes", c.BodyMax)
	}
	for name, v := range map[string]int64{"ReadMax": int64(c.ReadMax), "AnswerMax": int64(c.AnswerMax), "RequestsMax": int64(c.RequestsMax),
		"ConnsMax": int64(c.ConnsMax), "SampleEvery": int64(c.SampleEvery)} {
		if v < 0 {
			wrong("%s: it is negative: leave it out for the default", name)
		}
	}
	if n := len(c.Endpoints); n == 0 || n > endpointsMax {
		wrong("Endpoints: %d: give 1 to %d", n, endpointsMax)
	}
	seen, told := map[string]bool{}, map[string]bool{}
	for i, e := range c.Endpoints {
		for _, err := range e.check(loopback(host)) {
			wrong("Endpoints[%d] %s: %w", i, e.Path, err)
		}
		if seen[e.Path] {
			wrong("Endpoints[%d]: %s stands twice: give each a path of its own", i, e.Path)
		}
		seen[e.Path] = true
		if e.Reply == nil || e.Mapping == nil {
			continue
		}
		if told[e.Mapping.Name] {
			wrong("Endpoints[%d].Reply: another endpoint with the mapping %s has one: whom a contact is told by could not be known", i, e.Mapping.Name)
		}
		told[e.Mapping.Name] = true
		if e.Reply.Ended != nil && c.Contents == nil {
			wrong("Endpoints[%d].Reply.Ended: contents are not kept, so it would not be known whom to tell: keep them (vault: {contents: 720h})", i)
		}
	}
	return errors.Join(errs...)
}

func (e Endpoint) check(local bool) (errs []error) {
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if !strings.HasPrefix(e.Path, "/") || strings.ContainsAny(e.Path, "?#") {
		wrong("Path: it begins with / and has no query")
	}
	if e.Mapping == nil {
		wrong("Mapping: none: give one, such as mapping.Load(\"whatsapp\", policy)")
		return errs
	}
	switch e.Mapping.Scheme {
	case mapping.Stream:
		wrong("Mapping: %s is for a stream, not for a webhook: choose another", e.Mapping.Name)
	case mapping.Loopback:
		if !local {
			wrong("Mapping: %s verifies nothing: Listen on 127.0.0.1 only", e.Mapping.Name)
		}
	default:
		if n := len(e.Secrets); n == 0 || n > secretsMax {
			wrong("Secrets: %d: give 1 to %d files", n, secretsMax)
		}
		for _, file := range e.Secrets {
			if _, err := readSecret(file); err != nil {
				wrong("Secrets: %w", err)
			}
		}
	}
	if u, err := url.Parse(e.URL); e.Mapping.Scheme == mapping.Twilio && (err != nil || u.Scheme == "" || u.Host == "" || u.RawQuery != "") {
		wrong("URL: Twilio signs the URL that it calls: give it as it stands in its console, without a query, such as https://example.com/voice")
	}
	if e.Token != "" {
		if _, err := readSecret(e.Token); err != nil {
			wrong("Token: %w", err)
		}
	}
	if e.Reply != nil {
		if _, err := reply.New(*e.Reply); err != nil {
			wrong("Reply: %w", err)
		}
	}
	if e.Age < 0 || e.Age > time.Hour {
		wrong("Age: %v: choose up to 1h", e.Age)
	}
	if e.Oldest < 0 || e.Oldest > oldestMax {
		wrong("Oldest: %v: choose up to %v: the line knows a repeat for that long", e.Oldest, oldestMax)
	}
	if e.Rate < 0 || e.Burst < 0 {
		wrong("Rate, Burst: they are negative: leave them out for the default")
	}
	return errs
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// readSecret reads a secret from its file. The error never has what stands there.
func readSecret(file string) ([]byte, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	text := strings.TrimSpace(string(raw))
	if len(text) < secretMin || len(text) > secretMax {
		return nil, fmt.Errorf("%s: a secret of %d bytes: it has %d to %d", file, len(text), secretMin, secretMax)
	}
	return []byte(text), nil
}
