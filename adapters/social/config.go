package social

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"fairline/adapters/channel"
	"fairline/policy/mapping"
)

// A Config says what is followed. Zero values are the defaults.
type Config struct {
	Mastodon []Mastodon
	Bluesky  []Bluesky

	Store     string        // folder for positions in the streams; it is made where it is missing
	EventMax  int           // bytes of an event; larger ones are passed over and counted; default 1 MiB
	IdleMax   time.Duration // a stream that says nothing for so long is connected again; default 90s
	AgainMin  time.Duration // before the second try; doubled each time; default 500ms
	AgainMax  time.Duration // the longest time between two tries; default 1m
	AnswerMax time.Duration // for the line, and for a request to a server; default 20s
	PagesMax  int           // pages of 40 posts with which one gap is filled; default 100

	// Samples, where it is given, is a folder into which one of SampleEvery events (default 1000) that a filter dropped is
	// written, with what people wrote: see channel.Sampler.
	Samples     string
	SampleEvery int
	// Contents, where it is not nil, keeps the event that a contact was made of, before the line is told.
	Contents channel.Contents
	// Now is the clock; default time.Now.
	Now func() time.Time
}

// A Mastodon is an account at a server.
type Mastodon struct {
	Name    string           // in counts and logs, and of the file of the position: a-z 0-9 -
	Server  string           // https://mastodon.example
	Token   string           // file with the access token (read:statuses, read:notifications, read:accounts); read at each connection
	Streams []string         // user (default), user:notification, direct, public, public:local, public:remote, hashtag:NAME, list:ID
	Us      string           // our account's id at that server; default: the server is asked
	Words   []string         // `words` in the mapping, in lower case
	Mapping *mapping.Mapping // such as the shipped mastodon
}

// A Bluesky is an account followed through a Jetstream server.
type Bluesky struct {
	Name    string           // in counts and logs, and of the file of the position: a-z 0-9 -
	Server  string           // wss://jetstream.example/subscribe
	Us      string           // our DID
	Words   []string         // `words` in the mapping, in lower case
	Mapping *mapping.Mapping // such as the shipped bluesky
	Rewind  time.Duration    // how far before its position a stream is taken up; default 5s
}

// streamsMax bounds the streams of an account.
const streamsMax = 16

func withDefaults(c Config) Config {
	c.EventMax = cmp.Or(c.EventMax, 1<<20)
	c.IdleMax = cmp.Or(c.IdleMax, 90*time.Second)
	c.AgainMin = cmp.Or(c.AgainMin, 500*time.Millisecond)
	c.AgainMax = cmp.Or(c.AgainMax, time.Minute)
	c.AnswerMax = cmp.Or(c.AnswerMax, 20*time.Second)
	c.PagesMax = cmp.Or(c.PagesMax, 100)
	c.SampleEvery = cmp.Or(c.SampleEvery, 1000)
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Mastodon, c.Bluesky = append([]Mastodon(nil), c.Mastodon...), append([]Bluesky(nil), c.Bluesky...)
	for i := range c.Mastodon {
		if c.Mastodon[i].Streams == nil {
			c.Mastodon[i].Streams = []string{"user"}
		}
	}
	for i := range c.Bluesky {
		c.Bluesky[i].Rewind = cmp.Or(c.Bluesky[i].Rewind, 5*time.Second)
	}
	return c
}

// Check names every field that cannot be used, and the remedy.
func (c Config) Check() error {
	c = withDefaults(c)
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if len(c.Mastodon)+len(c.Bluesky) == 0 {
		wrong("Mastodon, Bluesky: nothing is followed: give one")
	}
	if c.Store == "" {
		wrong("Store: none: give a folder for the positions, or posts are lost while the program is not running")
	}
	if c.EventMax < 4096 || c.EventMax > 16<<20 {
		wrong("EventMax: %d: choose from 4096 to 16777216 bytes", c.EventMax)
	}
	for name, v := range map[string]int64{"IdleMax": int64(c.IdleMax), "AgainMin": int64(c.AgainMin), "AnswerMax": int64(c.AnswerMax),
		"PagesMax": int64(c.PagesMax), "SampleEvery": int64(c.SampleEvery)} {
		if v < 0 {
			wrong("%s: it is negative: leave it out for the default", name)
		}
	}
	if c.AgainMax < c.AgainMin {
		wrong("AgainMax: %v is less than AgainMin %v: exchange them", c.AgainMax, c.AgainMin)
	}
	seen := map[string]bool{}
	check := func(field, name, server string, m *mapping.Mapping, scheme ...string) {
		if !nameForm.MatchString(name) || seen[name] {
			wrong("%s.Name: %q: give each a name of its own, of a-z, 0-9 and -", field, name)
		}
		seen[name] = true
		if err := checkServer(server, scheme[0], scheme[1]); err != nil {
			wrong("%s.Server: %w", field, err)
		}
		if m == nil || m.Scheme != mapping.Stream {
			wrong("%s.Mapping: give one with `verify: stream`, such as the shipped mastodon or bluesky", field)
		}
	}
	for i, s := range c.Mastodon {
		field := fmt.Sprintf("Mastodon[%d]", i)
		check(field, s.Name, s.Server, s.Mapping, "https", "http")
		if len(s.Streams) > streamsMax {
			wrong("%s.Streams: %d: give at most %d", field, len(s.Streams), streamsMax)
		}
		for _, name := range s.Streams {
			if _, err := streamOf(name); err != nil {
				wrong("%s.Streams: %w", field, err)
			}
		}
		if s.Token == "" && s.Us == "" {
			wrong("%s.Token: none: give the file with the access token, or for a public stream of a server that asks for none the account in Us", field)
		}
	}
	for i, s := range c.Bluesky {
		field := fmt.Sprintf("Bluesky[%d]", i)
		check(field, s.Name, s.Server, s.Mapping, "wss", "ws")
		if !strings.HasPrefix(s.Us, "did:") {
			wrong("%s.Us: %q: give our DID, such as did:plc:...", field, s.Us)
		}
	}
	return errors.Join(errs...)
}

var nameForm = regexp.MustCompile(`^[a-z0-9-]{1,64}$`)

// checkServer wants a URL with TLS, but on this machine.
func checkServer(server, scheme, plain string) error {
	u, err := url.Parse(server)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.RawQuery != "":
		return fmt.Errorf("%q: write %s://host", server, scheme)
	case u.Scheme == scheme:
		return nil
	case u.Scheme != plain:
		return fmt.Errorf("%q: write %s://host", server, scheme)
	}
	if ip := net.ParseIP(u.Hostname()); u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return fmt.Errorf("%q has no TLS: write %s://", server, scheme)
	}
	return nil
}

// file is where the position of a stream is kept.
func (c Config) file(name, stream string) string {
	return filepath.Join(c.Store, name+"."+strings.NewReplacer(":", "-", "/", "-").Replace(stream)+".json")
}
