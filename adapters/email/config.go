package email

import (
	"cmp"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/textproto"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Defaults of a Config, used where a field is zero.
const (
	headerMaxDefault   = 256 << 10
	memoryMaxDefault   = 200_000
	receivedMaxDefault = 100 // RFC 5321, 6.3: a simple count of Received fields finds loops; normally at least 100
	renewDefault       = 7 * time.Minute
	patienceDefault    = 30 * time.Second
	retryMinDefault    = time.Second
	retryMaxDefault    = 2 * time.Minute
	messageMaxDefault  = 25 << 20
	doorDefault        = 2 * time.Minute
	peersMaxDefault    = 64
	ackWindowDefault   = 24 * time.Hour
	ackMinuteDefault   = 60
	giveUpDefault      = 15 * time.Minute
	placeEveryDefault  = 24 * time.Hour
)

// A Config says where mail comes from and how it is read. At least one mailbox or a door is required, and State.
type Config struct {
	Mailboxes []Mailbox
	Door      *Door            // nil: none
	Ack       *Acknowledgement // nil: nobody is answered

	// State is the folder of the memory of threads: message ids, as hashes. Losing it loses no mail; a reply whose
	// References name nobody that is known begins a matter of its own.
	State     string
	MemoryMax int // message ids remembered, at least 1,000, about 110 bytes each in memory; default 200,000

	// Authorities are the authserv-ids whose Authentication-Results are believed (RFC 8601). The server that writes them
	// must remove those that come from outside under its own name. Without any, every customer is unverified.
	Authorities []string
	// Own are our own addresses. A mail from one is no customer's; replies to it join its thread.
	Own []string
	// Lists are the List-Ids through which customers write, such as a group that is our public address.
	Lists []string
	// Forms are addresses in whose name forms and programs of ours write for visitors. Such a mail is of who Reply-To names, however
	// automatic it says it is; nobody vouches for them.
	Forms []string
	// Headers are header fields that become attributes: field to attribute. Fields that hold names or texts are refused.
	Headers map[string]string

	HeaderMax   int // bytes of a header, 1 KiB to 4 MiB; default 256 KiB
	ReceivedMax int // a mail that passed more servers is a loop; default 100
	Log         *slog.Logger
}

// A Mailbox is a mailbox that is watched. What is in it without one of our keywords is new.
type Mailbox struct {
	Address      string // host:port
	Security     string // tls (default), starttls, or none, which only a loopback address may have
	User         string
	PasswordFile string
	// AuthorityFile is a PEM file of the authorities that may sign the server's certificate; empty: the system's.
	AuthorityFile string
	Name          string // default INBOX
	Move          string // another mailbox, to which mail is moved that the line has; empty: it stays
	Attributes    map[string]any

	Renew    time.Duration // SELECT and IDLE are said anew; 1s to 25m, default 7m
	Patience time.Duration // a command without an answer for so long: the link is dead; default 30s
	RetryMin time.Duration // the first pause before it is tried again; doubled each time, with jitter; default 1s
	RetryMax time.Duration // the longest pause; default 2m
}

// A Door takes mail from a mail server in front of it. It is no server for the open Internet: it knows neither TLS nor spam.
type Door struct {
	Listen     string        // host:port, or unix:/path
	Protocol   string        // lmtp (default) or smtp
	Domain     string        // the name in the greeting; default localhost
	Spool      string        // a Maildir, made if there is none
	Recipients []Recipient   // all others are refused with 550
	Peers      []string      // networks that may connect, such as 10.0.0.0/24; default loopback
	MessageMax int64         // bytes of a mail; default 25 MiB; a larger one is refused with 552
	PeersMax   int           // connections at a time; default 64; one more is refused with 421
	Patience   time.Duration // a command, or a whole mail, that takes longer ends the connection; default 2m
	RetryMax   time.Duration // between two attempts at what a crash left in the spool; default 2m
}

// A Recipient is an address that mail is taken for, with attributes of what comes to it.
type Recipient struct {
	Address    string
	Attributes map[string]any
}

// An Acknowledgement answers a customer's mail with its place. Only mail of a person is answered, each address at most once in
// a window, and never what came from a list; the answer cannot be answered by a program that follows RFC 3834.
type Acknowledgement struct {
	Address       string // of the submission server, host:port
	Security      string // as in Mailbox
	User          string // empty: no authentication
	PasswordFile  string
	AuthorityFile string // as in Mailbox
	From          string // such as "Support <support@example.org>"
	Subject       string
	// Text is a text/template of .Text, .Place, .Waiting, .Known, .P50 and .P90 of the standing. With Ended or Place it may be
	// empty: then nobody is answered on arrival.
	Text  string
	Ended *Ended // nil: nobody is told of the end
	Place *Place // nil: nobody is told the place again
	// Unverified answers senders who are not verified too. A forged one then gets an answer to a mail that was not theirs.
	Unverified bool
	Window     time.Duration // windows begin at whole multiples since 1970; default 24h
	MinuteMax  int           // answers a minute; what is over is not sent; default 60
	Patience   time.Duration // for one to be sent; default 30s
	// GiveUp is how long notices wait for a submission server or a mailbox that is away, from its first failure; default 15m.
	// While it is away longer, each is tried once.
	GiveUp time.Duration
}

// withDefaults is c with what was left out.
func (c Config) withDefaults() Config {
	c.HeaderMax = cmp.Or(c.HeaderMax, headerMaxDefault)
	c.MemoryMax = cmp.Or(c.MemoryMax, memoryMaxDefault)
	c.ReceivedMax = cmp.Or(c.ReceivedMax, receivedMaxDefault)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.Mailboxes = slices.Clone(c.Mailboxes)
	for i := range c.Mailboxes {
		b := &c.Mailboxes[i]
		b.Name = cmp.Or(b.Name, "INBOX")
		b.Security = cmp.Or(b.Security, "tls")
		b.Renew = cmp.Or(b.Renew, renewDefault)
		b.Patience = cmp.Or(b.Patience, patienceDefault)
		b.RetryMin = cmp.Or(b.RetryMin, retryMinDefault)
		b.RetryMax = cmp.Or(b.RetryMax, retryMaxDefault)
	}
	if c.Door != nil {
		d := *c.Door
		d.Protocol = cmp.Or(d.Protocol, "lmtp")
		d.Domain = cmp.Or(d.Domain, "localhost")
		if len(d.Peers) == 0 {
			d.Peers = []string{"127.0.0.0/8", "::1/128"}
		}
		d.MessageMax = cmp.Or(d.MessageMax, messageMaxDefault)
		d.PeersMax = cmp.Or(d.PeersMax, peersMaxDefault)
		d.Patience = cmp.Or(d.Patience, doorDefault)
		d.RetryMax = cmp.Or(d.RetryMax, retryMaxDefault)
		c.Door = &d
	}
	if c.Ack != nil {
		k := *c.Ack
		k.Security = cmp.Or(k.Security, "tls")
		k.Window = cmp.Or(k.Window, ackWindowDefault)
		k.MinuteMax = cmp.Or(k.MinuteMax, ackMinuteDefault)
		k.Patience = cmp.Or(k.Patience, patienceDefault)
		k.GiveUp = cmp.Or(k.GiveUp, giveUpDefault)
		if k.Ended != nil {
			e := *k.Ended
			if len(e.Ends) == 0 {
				e.Ends = []string{"closed", "expired", "moved"}
			}
			k.Ended = &e
		}
		if k.Place != nil {
			p := *k.Place
			p.Every = cmp.Or(p.Every, placeEveryDefault)
			k.Place = &p
		}
		c.Ack = &k
	}
	return c
}

// textual are fields that hold names, addresses or what somebody wrote: they never become attributes.
var textual = []string{"From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Subject", "Comments", "Keywords", "Return-Path",
	"Delivered-To", "X-Original-To", "Envelope-To", "Message-Id", "In-Reply-To", "References", "Received", "Authentication-Results", "Thread-Topic"}

// Check says what is wrong with a configuration: the field, and how to mend it. Zero fields stand for their defaults.
func (c Config) Check() error {
	c = c.withDefaults()
	switch {
	case len(c.Mailboxes) == 0 && c.Door == nil:
		return fmt.Errorf("email: no mail can come: give Mailboxes or a Door")
	case c.State == "":
		return fmt.Errorf("email: State is empty: name a folder that survives a restart")
	case c.MemoryMax < 1000:
		return fmt.Errorf("email: MemoryMax is %d: at least 1000 message ids", c.MemoryMax)
	case c.HeaderMax < 1<<10 || c.HeaderMax > 4<<20:
		return fmt.Errorf("email: HeaderMax is %d: 1024 to 4194304 bytes", c.HeaderMax)
	case c.ReceivedMax < 10:
		return fmt.Errorf("email: ReceivedMax is %d: at least 10, or ordinary mail is a loop", c.ReceivedMax)
	}
	for field := range c.Headers {
		if slices.Contains(textual, textproto.CanonicalMIMEHeaderKey(field)) {
			return fmt.Errorf("email: Headers: %s holds names or text: only other fields become attributes", field)
		}
	}
	for i, b := range c.Mailboxes {
		if err := b.check(); err != nil {
			return fmt.Errorf("email: Mailboxes[%d]: %w", i, err)
		}
	}
	if c.Door != nil {
		if err := c.Door.check(); err != nil {
			return fmt.Errorf("email: Door: %w", err)
		}
	}
	if c.Ack != nil {
		if err := c.Ack.check(); err != nil {
			return fmt.Errorf("email: Ack: %w", err)
		}
	}
	return nil
}

func (b Mailbox) check() error {
	switch {
	case b.User == "" || b.PasswordFile == "":
		return fmt.Errorf("the User or the PasswordFile is missing")
	case b.Move == b.Name:
		return fmt.Errorf("mail is moved from %s to itself: name another mailbox in Move", b.Name)
	case b.Renew < time.Second || b.Renew > 25*time.Minute:
		return fmt.Errorf("the Renew of %s: 1s to 25m, as servers close what is idle for half an hour", b.Renew)
	case b.Patience < 0 || b.RetryMin < 0 || b.RetryMax < b.RetryMin:
		return fmt.Errorf("the times: Patience and RetryMin not below zero, RetryMax not below RetryMin")
	}
	return checkLink(b.Address, b.Security)
}

// checkLink holds that a password is not sent in the clear over a network.
func checkLink(address, security string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("the Address %q: write host:port", address)
	}
	switch security {
	case "tls", "starttls":
		return nil
	case "none":
		if ip, err := netip.ParseAddr(host); host == "localhost" || err == nil && ip.IsLoopback() {
			return nil
		}
		return fmt.Errorf("the Security none sends the password in the clear to %s: use tls or starttls", host)
	}
	return fmt.Errorf("the Security %q: tls, starttls or none", security)
}

func (d Door) check() error {
	switch {
	case d.Spool == "":
		return fmt.Errorf("the Spool is empty: name a folder, for nobody else keeps the mail")
	case len(d.Recipients) == 0:
		return fmt.Errorf("no Recipients: name the addresses that mail is taken for")
	case d.Protocol != "lmtp" && d.Protocol != "smtp":
		return fmt.Errorf("the Protocol %q: lmtp or smtp", d.Protocol)
	case d.MessageMax < 1<<10 || d.PeersMax < 1:
		return fmt.Errorf("the limits: MessageMax at least 1024, PeersMax at least 1")
	}
	if path, ok := strings.CutPrefix(d.Listen, "unix:"); ok {
		if !filepath.IsAbs(path) {
			return fmt.Errorf("the socket %q in Listen: give the socket's whole path", d.Listen)
		}
	} else if _, _, err := net.SplitHostPort(d.Listen); err != nil {
		return fmt.Errorf("the address %q in Listen: write host:port or unix:/path", d.Listen)
	}
	for _, r := range d.Recipients {
		if _, ok := address(r.Address); !ok {
			return fmt.Errorf("the recipient %q is no address", r.Address)
		}
	}
	_, err := networks(d.Peers)
	return err
}

func networks(list []string) ([]netip.Prefix, error) {
	var nets []netip.Prefix
	for _, text := range list {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("the network %q in Peers: write it as 10.0.0.0/24", text)
		}
		nets = append(nets, p)
	}
	return nets, nil
}
