package phone

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"fairline/adapters/channel"

	"github.com/emiago/sipgo/sip"
	"github.com/nyaruka/phonenumbers"
)

// A Mode is how a caller and an agent are brought together.
type Mode string

// The modes; see the package.
const (
	Bridge   Mode = "bridge"
	Redirect Mode = "redirect"
	Park     Mode = "park"
	Early    Mode = "early"
)

// A Config is how the phone is set up. Start from Defaults.
type Config struct {
	UDP, TCP, TLS string   // where to listen, host:port; empty: not at all
	CertFile      string   // PEM, for TLS
	KeyFile       string   // PEM, for TLS
	Host          string   // the name or address that phones are told; empty: the one listened on, which must not be 0.0.0.0 then
	Realm         string   // of the digest authentication of agents
	Digests       []string // of it, best first: SHA-256, MD5. Many phones give up where SHA-256 is offered

	Mode Mode
	NAT  bool // send to where a phone's request came from over UDP, not to its Contact

	// Contents, where it is not nil, keeps whom to call back, from when the customer need not hold on until the ticket has ended.
	Contents channel.Contents

	Region   string         // ISO 3166 of numbers that come without +; empty: only international ones are known
	Asserted []netip.Prefix // peers whose P-Asserted-Identity is believed, whose headers are read, and who are not limited
	Trunks   []netip.Prefix // as Asserted, and their From is believed too
	Callers  []netip.Prefix // who may call; empty: everybody

	Dial Dial // how customers are called back

	Matter     string           // the header that says what a call is about, such as X-Matter; empty: none
	Attributes []HeaderValue    // headers that carry attributes
	Digits     map[string]Value // what a key pressed while waiting says

	Agents      []Agent
	SecretsFile string        // lines "agent secret": who may REGISTER; empty: nobody
	ExpiresMin  time.Duration // of a registration
	ExpiresMax  time.Duration
	LeaseSlack  time.Duration // an agent's lease is a registration's time and this

	Ring         time.Duration // an agent's phone rings no longer, whatever the line says
	Wrap         time.Duration // an agent's rest after a bridged call
	RedirectTalk time.Duration // how long an agent counts as talking after redirect, park, early; 0: until the agent's desk says

	Tell       time.Duration // each caller is told the place at least so often; RFC 3261, 13.3.1.1: at most a minute
	TellGap    time.Duration // and at most so often where it changed
	AsksMax    int           // questions to the line a second
	WaitMax    time.Duration // a call that waits longer is ended
	RetryAfter time.Duration // when a caller who is refused may try again

	CallsMax       int // calls at once; over it 503
	CallsPerSource int // of one address; over it 486. Believed peers have no such limit
	PacePerSource  int // messages a second of one address over UDP; more are dropped. Believed peers have no such limit
	PaceMax        int // messages a second over UDP of all that are not believed together; more are dropped
	ConnsMax       int // TCP and TLS connections at once, and a quarter of it from one address
	MessageMax     int // bytes

	Music    string // a file of G.711 mu-law at 8 kHz; empty: a quiet built-in tune
	Media    string // host:port of the music's RTP; the port may be 0. Empty, with bridge: callers who were given on wait in silence
	MediaMax int    // calls with music at once; over it early and bridge wait in silence and park is refused
}

// A Dial is how customers are called back. Without URI agents call by hand.
type Dial struct {
	URI    string        // where a number is called, such as sip:{number}@trunk.example; {number} is +351..., {digits} is without +
	From   string        // who the customer's phone shows, such as sip:+351210000000@trunk.example; empty: sip:line and Host
	Ring   time.Duration // the customer's phone rings no longer
	Anyone bool          // also where nobody vouches for the number: whoever forges one has us call it, at our cost
}

// A HeaderValue is a header whose value is an attribute of the call.
type HeaderValue struct {
	Header, Attribute string
	Anyone            bool // also where the peer is not believed: never for what moves a call forward
}

// A Value is an attribute and what a key makes it.
type Value struct {
	Attribute, Value string
}

// An Agent is somebody who answers by phone.
type Agent struct {
	Name     string         // as the line knows the agent
	URI      string         // where the phone is; empty: where it registers
	Skills   []string       // that a registration signs in with
	Channels map[string]int // likewise
}

// Defaults is a phone on port 5060 of every address, in mode bridge, for up to 5,000 calls. Host or UDP and TCP are to be set.
func Defaults() Config {
	return Config{
		UDP: ":5060", TCP: ":5060", Realm: "fairline", Digests: []string{"MD5"}, Mode: Bridge,
		ExpiresMin: time.Minute, ExpiresMax: time.Hour, LeaseSlack: 30 * time.Second,
		Ring: 2 * time.Minute, Tell: 55 * time.Second, TellGap: 5 * time.Second, AsksMax: 200,
		WaitMax: 4 * time.Hour, RetryAfter: 30 * time.Second,
		CallsMax: 5000, CallsPerSource: 50, PacePerSource: 50, PaceMax: 2000, ConnsMax: 1000, MessageMax: 16 << 10,
		Media: ":0", MediaMax: 500, Dial: Dial{Ring: 45 * time.Second},
	}
}

// nameOf holds an agent to a token of the bus.
var nameOf = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

// Check returns every fault of a configuration, each with the field and the remedy.
func (c *Config) Check() error {
	return errors.Join(c.checkPlaces(), c.checkCallers(), c.checkDial(), c.checkAgents(), c.checkTimes(), c.checkLimits())
}

func (c *Config) checkPlaces() (err error) {
	if c.UDP == "" && c.TCP == "" && c.TLS == "" {
		err = errors.Join(err, errors.New("phone: UDP, TCP, TLS: nothing to listen on; give one of them host:port"))
	}
	for _, p := range []struct{ field, place string }{{"UDP", c.UDP}, {"TCP", c.TCP}, {"TLS", c.TLS}, {"Media", c.Media}} {
		if p.place == "" {
			continue
		}
		host, _, bad := net.SplitHostPort(p.place)
		if bad != nil {
			err = errors.Join(err, fmt.Errorf("phone: %s: %q is no host:port", p.field, p.place))
		} else if p.field != "Media" && c.Host == "" && anywhere(host) {
			err = errors.Join(err, fmt.Errorf("phone: Host: %s listens on every address; say the one that phones are told", p.field))
		}
	}
	if (c.TLS != "") != (c.CertFile != "" && c.KeyFile != "") {
		err = errors.Join(err, errors.New("phone: TLS, CertFile, KeyFile: give all three or none"))
	}
	if strings.ContainsAny(c.Host, " \t\r\n<>;,@\"") {
		err = errors.Join(err, fmt.Errorf("phone: Host: %q is no name or address", c.Host))
	}
	if c.Realm == "" || strings.ContainsAny(c.Realm, "\"\\\r\n") {
		err = errors.Join(err, errors.New("phone: Realm: give a word without quotes"))
	}
	if !slices.Contains([]Mode{Bridge, Redirect, Park, Early}, c.Mode) {
		err = errors.Join(err, fmt.Errorf("phone: Mode: %q; want bridge, redirect, park or early", c.Mode))
	}
	if (c.Mode == Park || c.Mode == Early) && c.Media == "" {
		err = errors.Join(err, fmt.Errorf("phone: Media: %s plays music; say host:port where it comes from", c.Mode))
	}
	return err
}

// anywhere says whether a host is every address of the machine.
func anywhere(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "" || err == nil && ip.IsUnspecified()
}

// plays says whether callers may hear music of ours: with bridge those who were given on; and agents while a customer is called.
func (c *Config) plays() bool { return (c.Mode != Redirect || c.Dial.URI != "") && c.Media != "" }

func (c *Config) checkCallers() (err error) {
	if c.Region != "" && !phonenumbers.GetSupportedRegions()[c.Region] {
		err = errors.Join(err, fmt.Errorf("phone: Region: %q is no country; want two capital letters such as DE", c.Region))
	}
	for key, v := range c.Digits {
		if len(key) != 1 || !strings.Contains(digits, key) || v.Attribute == "" || v.Value == "" {
			err = errors.Join(err, fmt.Errorf("phone: Digits: %q: want a key of %s, an attribute and a value", key, digits))
		}
	}
	for _, h := range c.Attributes {
		if h.Header == "" || h.Attribute == "" || strings.ContainsAny(h.Header, ": \r\n") {
			err = errors.Join(err, fmt.Errorf("phone: Attributes: %q: want a header and an attribute", h.Header))
		}
	}
	return err
}

func (c *Config) checkDial() (err error) {
	d := &c.Dial
	if d.URI == "" {
		return nil
	}
	if _, ok := d.target("+351210000000"); !ok || !strings.Contains(d.URI, "{number}") && !strings.Contains(d.URI, "{digits}") {
		err = errors.Join(err, fmt.Errorf("phone: Dial.URI: %q; want where a number is called, such as sip:{number}@trunk.example", d.URI))
	}
	var from sip.Uri
	if d.From != "" && (sip.ParseUri(d.From, &from) != nil || from.Host == "" || from.Scheme != "sip" && from.Scheme != "sips") {
		err = errors.Join(err, fmt.Errorf("phone: Dial.From: %q is no URI; want sip:number@host", d.From))
	}
	if d.Ring < time.Second || d.Ring > 3*time.Minute {
		err = errors.Join(err, fmt.Errorf("phone: Dial.Ring: %s; want 1s to 3m0s", d.Ring))
	}
	return err
}

func (c *Config) checkAgents() (err error) {
	for _, d := range c.Digests {
		if d != "SHA-256" && d != "MD5" {
			err = errors.Join(err, fmt.Errorf("phone: Digests: %q; want SHA-256 or MD5", d))
		}
	}
	if c.SecretsFile != "" && len(c.Digests) == 0 {
		err = errors.Join(err, errors.New("phone: Digests: there is none; want SHA-256, MD5 or both"))
	}
	seen := map[string]bool{}
	for _, a := range c.Agents {
		var uri sip.Uri
		switch {
		case !nameOf.MatchString(a.Name):
			err = errors.Join(err, fmt.Errorf("phone: Agents: %q: a name has a-z A-Z 0-9 _ - and up to 64 of them", a.Name))
		case seen[a.Name]:
			err = errors.Join(err, fmt.Errorf("phone: Agents: %s is there twice", a.Name))
		case a.URI == "" && c.SecretsFile == "":
			err = errors.Join(err, fmt.Errorf("phone: Agents: %s has no URI, and there is no SecretsFile to register with", a.Name))
		case a.URI != "" && (sip.ParseUri(a.URI, &uri) != nil || uri.Host == "" || uri.Scheme != "sip" && uri.Scheme != "sips"):
			err = errors.Join(err, fmt.Errorf("phone: Agents: %s: the URI is none; want sip:name@host:port", a.Name))
		}
		seen[a.Name] = true
	}
	return err
}

func (c *Config) checkTimes() (err error) {
	for _, t := range []struct {
		field       string
		is, min, to time.Duration
	}{
		{"ExpiresMin", c.ExpiresMin, time.Second, c.ExpiresMax}, {"ExpiresMax", c.ExpiresMax, time.Second, 23 * time.Hour},
		{"LeaseSlack", c.LeaseSlack, 0, time.Hour}, {"Ring", c.Ring, time.Second, time.Hour}, {"Wrap", c.Wrap, 0, 24 * time.Hour},
		{"RedirectTalk", c.RedirectTalk, 0, 24 * time.Hour}, {"Tell", c.Tell, time.Second, time.Minute},
		{"TellGap", c.TellGap, time.Second, time.Minute}, {"WaitMax", c.WaitMax, time.Second, 48 * time.Hour},
		{"RetryAfter", c.RetryAfter, time.Second, time.Hour},
	} {
		if t.is < t.min || t.is > t.to {
			err = errors.Join(err, fmt.Errorf("phone: %s: %s; want %s to %s", t.field, t.is, t.min, t.to))
		}
	}
	return err
}

func (c *Config) checkLimits() (err error) {
	if c.AsksMax*int(c.Tell.Seconds()) < c.CallsMax {
		err = fmt.Errorf("phone: AsksMax: %d a second are too few to tell CallsMax %d callers each Tell %s; raise it", c.AsksMax, c.CallsMax, c.Tell)
	}
	for _, n := range []struct {
		field       string
		is, min, to int
	}{
		{"AsksMax", c.AsksMax, 1, 10_000}, {"CallsMax", c.CallsMax, 1, 100_000}, {"CallsPerSource", c.CallsPerSource, 1, 100_000},
		{"PacePerSource", c.PacePerSource, 1, 100_000}, {"PaceMax", c.PaceMax, 1, 1_000_000}, {"ConnsMax", c.ConnsMax, 4, 60_000},
		{"MessageMax", c.MessageMax, 2 << 10, 60 << 10}, {"MediaMax", c.MediaMax, 1, 5000},
	} {
		if n.is < n.min || n.is > n.to {
			err = errors.Join(err, fmt.Errorf("phone: %s: %d; want %d to %d", n.field, n.is, n.min, n.to))
		}
	}
	return err
}
