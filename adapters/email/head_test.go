package email

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// newAdapter is an adapter that is not run.
func newAdapter(t *testing.T, cfg Config) *Adapter {
	t.Helper()
	cfg.State = t.TempDir()
	if len(cfg.Mailboxes) == 0 {
		cfg.Mailboxes = []Mailbox{{Address: "127.0.0.1:1", Security: "none", User: "u", PasswordFile: "p"}}
	}
	a, err := New(cfg, &lined{}, &vault{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

func headOf(t *testing.T, text string) head {
	t.Helper()
	h, err := readHead(strings.NewReader(text), headerMaxDefault)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestBrokenMail reads mails that break the rules, from the tests of the Ruby library mail: each has a class, and as much of an
// author as can be made out.
func TestBrokenMail(t *testing.T) {
	for file, want := range map[string]string{
		"bad_encoded_subject":                  "customer  false",
		"empty_in_reply_to":                    "list p1@d1.example true",
		"example05":                            "customer jdoe@machine.example true",
		"example08":                            "customer jdoe@machine.example true",
		"example10":                            "customer pete@silly.test false",
		"example13":                            "customer jdoe@machine.example false",
		"japanese":                             "customer p1@d1.example true",
		"mix_caps_content_type":                "customer p2@d2.example false",
		"multi_address_bounce1":                "report p1@d1.example true",
		"multiple_references_with_one_invalid": "customer p1@d1.example true",
		"raw_email_incorrect_header":           "customer p1@d1.example true",
		"raw_email_multiple_from":              "customer p1@d1.example false",
		"raw_email_with_at_display_name":       "customer p2@d2.example false",
		"report_422":                           "report p2@d2.example true",
		"utf8_headers":                         "customer jdöe@mächine.example true",
		"weird_to_header":                      "customer p2@d2.example true",
	} {
		text, err := os.ReadFile(filepath.Join("testdata/mails", file+".eml"))
		if err != nil {
			t.Fatal(err)
		}
		h := headOf(t, string(text))
		from, sole := h.from()
		class := newAdapter(t, Config{}).classify(h)
		if got := fmt.Sprintf("%s %s %t", className[class], from, sole); got != want {
			t.Errorf("%s: %s, want %s", file, got, want)
		}
	}
	files, err := filepath.Glob("testdata/mails/*.eml")
	if err != nil || len(files) != 16 {
		t.Errorf("%d mails: %v", len(files), err)
	}
}

var className = map[class]string{customer: "customer", autoReply: "auto-reply", report: "report", list: "list", loop: "loop", own: "own"}

func TestHeadersAreBounded(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want error
	}{
		"nothing":         {"", errNoHead},
		"only a body":     {"\r\nFrom: a@b.example\r\n", errNoHead},
		"binary":          {string([]byte{0, 1, 2, 255, 10, 0, 13, 10}) + strings.Repeat("\xff\x00\n", 50), errNoHead},
		"no end":          {"From: a@b.example", nil},
		"at the limit":    {"From: a@b.example\r\nX: " + strings.Repeat("x", 1000-24) + "\r\n\r\n" + strings.Repeat("y", 9999), nil},
		"over the limit":  {"From: a@b.example\r\nX: " + strings.Repeat("x", 1000-23) + "\r\n\r\n", errBigHead},
		"no end in sight": {"From: a@b.example\r\nX: " + strings.Repeat("x\r\n ", 1000), errBigHead},
		"mbox":            {"From a@b.example Mon Nov  2 10:00:00 2026\nFrom: a@b.example\n\n", nil},
		"a body at once":  {"From: a@b.example\nHello, this is no field\n\n", nil},
		"begins folded":   {" folded\r\nFrom: a@b.example\r\n\r\n", nil},
	} {
		h, err := readHead(strings.NewReader(c.text), 1000)
		if !errors.Is(err, c.want) || err == nil && len(h) == 0 {
			t.Errorf("%s: %d fields, %v; want %v", name, len(h), err, c.want)
		}
		if from, _ := h.from(); err == nil && from != "a@b.example" {
			t.Errorf("%s: from %q", name, from)
		}
	}
	many := strings.Repeat("X: 1\n", fieldsMax+1)
	if _, err := readHead(strings.NewReader(many), headerMaxDefault); !errors.Is(err, errBigHead) {
		t.Errorf("%d fields: %v", fieldsMax+1, err)
	}
	if _, err := readHead(iotestErr{}, 1000); err == nil || errors.Is(err, errNoHead) {
		t.Errorf("a disk that fails: %v", err)
	}
}

type iotestErr struct{}

func (iotestErr) Read([]byte) (int, error) { return 0, errors.New("disk") }

func TestWhatAMailIs(t *testing.T) {
	a := newAdapter(t, Config{Own: []string{"Help@Bank.example"}, Lists: []string{"Help <help.bank.example>"},
		Ack: &Acknowledgement{Address: "127.0.0.1:25", Security: "none", From: "Bank <robot@bank.example>", Subject: "Got it", Text: "ok"}})
	a.memory.remember(keyOf("sent", "ours@bank.example"), key{})
	const ann = "From: Ann <ann@a.example>\r\n"
	for _, c := range []struct {
		fields string
		want   class
	}{
		{ann, customer},
		{ann + "Auto-Submitted: no\r\n", customer},
		{ann + "Auto-Submitted: NO (a person)\r\n", customer},
		{ann + "Auto-Submitted: auto-replied; owner-email=\"ann@a.example\"\r\n", autoReply},
		{ann + "auto-submitted: auto-generated\r\n", autoReply},
		{ann + "Auto-Submitted: auto-notified\r\n", autoReply},
		{ann + "Return-Path: <>\r\n", autoReply},
		{ann + "Return-Path: <ann@a.example>\r\nReturn-Path: <>\r\n", customer},
		{ann + "Precedence: bulk\r\n", autoReply},
		{ann + "Precedence: Junk\r\n", autoReply},
		{ann + "Precedence: auto_reply\r\n", autoReply},
		{ann + "Precedence: first-class\r\n", customer},
		{ann + "X-Auto-Response-Suppress: OOF, DR\r\n", customer},
		{ann + "X-Auto-Response-Suppress: DR, All\r\n", autoReply},
		{ann + "X-Autoreply: yes\r\n", autoReply},
		{ann + "X-Autoreply: no\r\n", customer},
		{ann + "Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n", report},
		{ann + "Content-Type: Multipart/REPORT; report-type=disposition-notification; boundary=\"x\r\n", report},
		{ann + "Content-Type: text/plain; charset=\"us-ascii\"; multipart/report\r\n", customer},
		{ann + "X-Failed-Recipients: ben@a.example\r\n", report},
		{"From: Mail Delivery System <MAILER-DAEMON@a.example>\r\n", report},
		{ann + "List-Id: Friends <friends.a.example>\r\n", list},
		{ann + "List-Unsubscribe: <mailto:off@a.example>\r\n", list},
		{ann + "Precedence: list\r\n", list},
		{ann + "List-Id: <HELP.bank.example>\r\nPrecedence: list\r\nList-Post: <mailto:help@bank.example>\r\n", customer},
		{"From: help@bank.example\r\n", own},
		{"From: robot@bank.example\r\n", own},
		{ann + "X-Loop: fairline robot@bank.example\r\n", loop},
		{ann + "X-Loop: someone@else.example\r\n", customer},
		{ann + "Message-ID: <ours@bank.example>\r\n", loop},
		{ann + strings.Repeat("Received: from a by b\r\n", 100), customer},
		{ann + strings.Repeat("Received: from a by b\r\n", 101), loop},
		{ann + "Return-Path: <>\r\nX-Loop: fairline robot@bank.example\r\nContent-Type: multipart/report\r\n", loop},
	} {
		if got := a.classify(headOf(t, c.fields+"\r\n")); got != c.want {
			t.Errorf("%q is %s, want %s", c.fields, className[got], className[c.want])
		}
	}
}

func TestContactsOfAMailHaveOneID(t *testing.T) {
	base := mailOf("1@a.example", "Ann <ann@a.example>")
	bare := "From: ann@a.example\r\nDate: Mon, 2 Nov 2026 10:00:00 +0000\r\nSubject: a\r\n\r\n"
	none := "From: ann@a.example\r\n\r\n"
	for name, c := range map[string]struct {
		one, two string
		same     bool
	}{
		"another way here":              {base, "Received: by x\r\nReturn-Path: <ann@a.example>\r\n" + base, true},
		"another Message-ID":            {base, mailOf("2@a.example", "Ann <ann@a.example>"), false},
		"another author":                {base, mailOf("1@a.example", "Ben <ben@a.example>"), false},
		"no Message-ID, the door's":     {bare, "Return-Path: <>\r\nDelivered-To: h@b.example\r\n" + bare, true},
		"no Message-ID, another text":   {bare, strings.Replace(bare, "Subject: a", "Subject: b", 1), false},
		"no Message-ID, other way here": {bare, "Received: by x\r\n" + bare, false},
		"nothing to tell them apart":    {none, none, false},
	} {
		one, two := headOf(t, c.one).id("place 1"), headOf(t, c.two).id("place 2")
		if (one == two) != c.same || len(one) != 40 {
			t.Errorf("%s: %s and %s, want them the same: %t", name, one, two, c.same)
		}
	}
	if one := headOf(t, none).id("place 1"); one != headOf(t, none).id("place 1") {
		t.Error("the same place gives another id")
	}
}

func TestMessageIDs(t *testing.T) {
	long := "<" + strings.Repeat("x", idMax+1) + ">"
	var many bytes.Buffer
	for n := range 80 {
		fmt.Fprintf(&many, "<%d@a> ", n)
	}
	for value, want := range map[string][]string{
		"":                              nil,
		"<1@a>":                         {"1@a"},
		"<1@a><2@a>,\t<3@a>":            {"1@a", "2@a", "3@a"},
		"Your message of Monday <1@a>":  {"1@a"},
		"<1@ a>":                        {"1@a"},
		"<<1@a>>":                       {"1@a"},
		"<broken <1@a>":                 {"1@a"},
		"<>":                            nil,
		"no brackets":                   nil,
		"1@a":                           {"1@a"},
		"<unfinished@a":                 nil,
		long + " <1@a>":                 {"1@a"},
		"=?utf-8?q?=3C1=40a=3E?= <2@a>": {"2@a"},
	} {
		if got := ids(value); !slices.Equal(got, want) {
			t.Errorf("%q has %q, want %q", value, got, want)
		}
	}
	if got := ids(many.String()); len(got) != idsMax || got[0] != "0@a" || got[idsMax-1] != "79@a" {
		t.Errorf("of 80 ids %d are kept: %v", len(got), got)
	}
}

func TestAttributesFitTheBus(t *testing.T) {
	for value, want := range map[string]string{
		"1 (Highest)":            "1 (Highest)",
		"a\x00b\x7fc\xff":        "abc",
		strings.Repeat("ä", 200): strings.Repeat("ä", 128),
		strings.Repeat("a", 257): strings.Repeat("a", 256),
	} {
		if got := plain(value); got != want {
			t.Errorf("plain(%q) = %q, want %q", value, got, want)
		}
	}
}

// TestSpoiltMail spoils mails at random: whatever is left of one is a contact that the bus takes, or is refused; nothing panics.
func TestSpoiltMail(t *testing.T) {
	a := newAdapter(t, Config{Authorities: []string{"mx"}, Headers: map[string]string{"X-Priority": "urgency"}, Own: []string{"help@bank.example"}})
	files, err := filepath.Glob("testdata/mails/*.eml")
	if err != nil {
		t.Fatal(err)
	}
	signs := []byte("\r\n \t:;,<>()\"\\=@.\x00\xff\x1bA")
	chance := rand.New(rand.NewPCG(1, 2))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text = append([]byte("X-Priority: 1\nAuthentication-Results: mx; dmarc=pass header.from=a.example\nReferences: <1@a> <2@a>\n"), text...)
		for range 300 {
			spoilt := bytes.Clone(text)
			for range 1 + chance.IntN(20) {
				spoilt[chance.IntN(len(spoilt))] = signs[chance.IntN(len(signs))]
			}
			h, err := readHead(bytes.NewReader(spoilt), headerMaxDefault)
			if err != nil {
				continue
			}
			_ = a.classify(h)
			c, _, err := a.contact(t.Context(), letter{head: h, id: h.id("x")})
			urgency, _ := c.Attributes["urgency"].(string)
			if err != nil || len(c.ID) != 40 || len(c.Matter) > 32 || len(urgency) > valueMax || !utf8.ValidString(urgency) || strings.ContainsAny(urgency, "\x00\x1b\r\n") {
				t.Fatalf("%q: %+v, %v", spoilt, c, err)
			}
		}
	}
}
