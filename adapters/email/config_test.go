package email

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestConfigsThatCannotWork(t *testing.T) {
	box := Mailbox{Address: "mail.bank.example:993", User: "line", PasswordFile: "/p"}
	door := Door{Listen: "127.0.0.1:24", Spool: "/s", Recipients: []Recipient{{Address: "help@bank.example"}}}
	ack := Acknowledgement{Address: "mail.bank.example:465", From: "Bank <robot@bank.example>", Subject: "ok", Text: "{{.Text}}"}
	whole := func() Config {
		b, d, k := box, door, ack
		return Config{Mailboxes: []Mailbox{b}, Door: &d, Ack: &k, State: "/x"}
	}
	if err := whole().Check(); err != nil {
		t.Errorf("a config that works: %v", err)
	}
	for want, spoil := range map[string]func(c *Config){
		"no mail can come":             func(c *Config) { c.Mailboxes, c.Door = nil, nil },
		"State is empty":               func(c *Config) { c.State = "" },
		"MemoryMax is 1":               func(c *Config) { c.MemoryMax = 1 },
		"HeaderMax is 5":               func(c *Config) { c.HeaderMax = 5 },
		"ReceivedMax is 3":             func(c *Config) { c.ReceivedMax = 3 },
		"Headers: subject":             func(c *Config) { c.Headers = map[string]string{"subject": "s"} },
		"Mailboxes[0]: the User":       func(c *Config) { c.Mailboxes[0].User = "" },
		"from INBOX to itself":         func(c *Config) { c.Mailboxes[0].Move = "INBOX" },
		"the Renew of 26m":             func(c *Config) { c.Mailboxes[0].Renew = 26 * time.Minute },
		"the times":                    func(c *Config) { c.Mailboxes[0].RetryMin = time.Hour },
		"write host:port":              func(c *Config) { c.Mailboxes[0].Address = "mail.bank.example" },
		"in the clear to mail.bank":    func(c *Config) { c.Mailboxes[0].Security = "none" },
		"\"ssl\": tls, starttls":       func(c *Config) { c.Mailboxes[0].Security = "ssl" },
		"Door: the Spool is empty":     func(c *Config) { c.Door.Spool = "" },
		"no Recipients":                func(c *Config) { c.Door.Recipients = nil },
		"\"help\" is no address":       func(c *Config) { c.Door.Recipients[0].Address = "help" },
		"the Protocol \"http\"":        func(c *Config) { c.Door.Protocol = "http" },
		"the limits":                   func(c *Config) { c.Door.PeersMax = -1 },
		"the socket's whole path":      func(c *Config) { c.Door.Listen = "unix:sock" },
		"\"24\" in Listen":             func(c *Config) { c.Door.Listen = "24" },
		"the network \"10.0.0.0\"":     func(c *Config) { c.Door.Peers = []string{"10.0.0.0"} },
		"Ack: the Subject":             func(c *Config) { c.Ack.Subject = "a\r\nBcc: x@y.example" },
		"the From \"robot\"":           func(c *Config) { c.Ack.From = "robot" },
		"cannot be used as a template": func(c *Config) { c.Ack.Text = "{{.Subject}}" },
		"the PasswordFile of User":     func(c *Config) { c.Ack.User = "x" },
		"the end \"lost\" in Ends":     func(c *Config) { c.Ack.Ended = &Ended{Subject: "s", Text: "t", Ends: []string{"lost"}} },
		"Ended: the Text":              func(c *Config) { c.Ack.Ended = &Ended{Subject: "s", Text: "{{.Reason}}"} },
		"Place: the Subject":           func(c *Config) { c.Ack.Place = &Place{Text: "t"} },
		"the Every of 1m0s":            func(c *Config) { c.Ack.Place = &Place{Subject: "s", Text: "t", Every: time.Minute} },
		"the Window at least":          func(c *Config) { c.Ack.Window = time.Second },
	} {
		c := whole()
		c.Door.Recipients = append([]Recipient(nil), c.Door.Recipients...)
		spoil(&c)
		if err := c.Check(); err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "email: ") {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	c := whole()
	c.Ack.Subject, c.Ack.Text, c.Ack.Ended = "", "", &Ended{Subject: "s", Text: "{{.End}} {{.Line}}"}
	if err := c.Check(); err != nil {
		t.Errorf("an end told without an acknowledgement: %v", err)
	}
	if _, err := New(Config{}, nil, nil); err == nil {
		t.Error("New takes what Check does not")
	}
}

func TestPasswordsAreReadAnew(t *testing.T) {
	s := newStore(t)
	box := s.box(s.addr)
	if err := os.WriteFile(box.PasswordFile, []byte("wrong"), 0o600); err != nil {
		t.Fatal(err)
	}
	s.put("INBOX", mailOf("1@a.example", "ann@a.example"))
	a, _ := start(t, Config{Mailboxes: []Mailbox{box}}, &lined{}, &vault{})
	eventually(t, "it is refused", func() bool { return a.Stats().Lost > 1 })
	if err := a.Ready(); err == nil || !strings.Contains(err.Error(), "log in") {
		t.Errorf("ready: %v", err)
	}
	fresh := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(fresh, []byte("secret\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(fresh, box.PasswordFile); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the mail is taken", func() bool { return a.Stats().Taken == 1 && a.Ready() == nil })
}
