package email

import (
	"context"
	"strings"
	"testing"
)

// TestForgedResults: only what a server of ours says of the author's own domain is believed, and only where it is beyond doubt.
func TestForgedResults(t *testing.T) {
	a := newAdapter(t, Config{Authorities: []string{"MX.bank.example"}})
	const ar, from = "Authentication-Results: ", "From: Ann <ann@a.example>\r\n"
	for _, c := range []struct {
		fields string
		want   bool
	}{
		{from + ar + "mx.bank.example; dmarc=pass header.from=a.example\r\n", true},
		{from + ar + "mx.bank.example; dmarc=pass (p=none dis=none) header.from=A.Example;\r\n", true},
		{from + ar + "Mx.Bank.Example 1; spf=pass smtp.mailfrom=x.example; dkim=pass header.d=a.example; dmarc=pass header.from=a.example\r\n", true},
		{from + ar + "mx.bank.example; DMARC/1 = Pass reason=\"a; dmarc=fail\" header.from = \"a.example\"\r\n", true},
		{from + ar + "mx.bank.example (a (nested \\) ) comment); dmarc=pass action=none header.from=a.example\r\n", true},
		{from + ar + "mx.bank.example; spf=pass smtp.mailfrom=a.example\r\n" + ar + "mx.bank.example; dmarc=pass header.from=a.example\r\n", true},
		{from + ar + "evil.example; dmarc=fail header.from=a.example\r\n" + ar + "mx.bank.example; dmarc=pass header.from=a.example\r\n", true},
		{from + ar + "mx.bank.example; dmarc=pass\r\n\theader.from=a.example\r\n", true},

		{from, false},
		{from + ar + "mx.bank.example; none\r\n", false},
		{from + ar + "evil.example; dmarc=pass header.from=a.example\r\n", false},
		{from + ar + "mx.bank.example.evil.example; dmarc=pass header.from=a.example\r\n", false},
		{from + ar + "evil.example (mx.bank.example); dmarc=pass header.from=a.example\r\n", false},
		{from + ar + "\"evil.example; mx.bank.example\"; dmarc=pass header.from=a.example\r\n", false},
		{from + ar + "mx.bank.example; dmarc=fail header.from=a.example\r\n", false},
		{from + ar + "mx.bank.example; dmarc=none header.from=a.example\r\n", false},
		{from + ar + "mx.bank.example; dmarc=pass header.from=b.example\r\n", false},
		{from + ar + "mx.bank.example; dmarc=pass header.from=a.example.evil.example\r\n", false},
		{from + ar + "mx.bank.example; dmarc=pass\r\n", false},
		{from + ar + "mx.bank.example; spf=pass smtp.mailfrom=a.example; dkim=pass header.d=a.example\r\n", false},
		{from + ar + "mx.bank.example; dmarc=fail (dmarc=pass header.from=a.example)\r\n", false},
		{from + ar + "mx.bank.example; dmarc=fail reason=\"; dmarc=pass header.from=a.example\"\r\n", false},
		{from + ar + "mx.bank.example; dmarc=pass header.from=a.example header.from=b.example\r\n", false},
		{from + ar + "mx.bank.example; dmarc=pass header.from=a.example; dmarc=fail header.from=a.example\r\n", false},
		{from + ar + "mx.bank.example; dmarc=fail header.from=a.example\r\n" + ar + "mx.bank.example; dmarc=pass header.from=a.example\r\n", false},
		{from + ar + "mx.bank.example; dmarc=pass header.from=a.example (unfinished\r\n", false},
		{from + ar + "mx.bank.example; dmarc=pass header.from=\"a.example\r\n", false},
		{from + ar + "mx.bank.example dmarc=pass header.from=a.example\r\n", false},
		{from + ar + "mx.bank.example 2; dmarc=pass header.from=a.example\r\n", false},
		{from + ar + "mx.bank.example; x; dmarc=pass header.from=a.example\r\n", false},
		{from + ar + "mx.bank.example; ; dmarc=pass header.from=a.example\r\n", false},
		{from + ar + "mx.bank.example; =pass; dmarc=pass header.from=a.example\r\n", false},
		{from + ar + "mx.bank.example; x\r\n" + ar + "mx.bank.example; dmarc=pass header.from=a.example\r\n", false},
		{from + ar + "\r\n", false},
		{from + "X-" + ar + "mx.bank.example; dmarc=pass header.from=a.example\r\n", false},
		// The author must be beyond doubt too.
		{from + from + ar + "mx.bank.example; dmarc=pass header.from=a.example\r\n", false},
		{"From: ann@a.example, ben@b.example\r\n" + ar + "mx.bank.example; dmarc=pass header.from=a.example\r\n", false},
		{"From: Ann ann@a.example\r\n" + ar + "mx.bank.example; dmarc=pass header.from=a.example\r\n", false},
		{"From: \"ceo@a.example\" <ann@evil.example>\r\n" + ar + "mx.bank.example; dmarc=pass header.from=a.example\r\n", false},
	} {
		people := &vault{}
		a.people = people
		got, _, err := a.contact(context.Background(), letter{head: headOf(t, c.fields+"\r\n")})
		if err != nil || got.Unverified == c.want {
			t.Errorf("%q: verified is %t, want %t (%v)", c.fields, !got.Unverified, c.want, err)
		}
		if people.verified["mail:ann@a.example"] && !c.want {
			t.Errorf("%q: the vault was told that it is verified", c.fields)
		}
	}
}

func TestNobodyIsVerifiedWithoutAuthorities(t *testing.T) {
	a := newAdapter(t, Config{})
	for _, server := range []string{"", "mx.bank.example"} {
		h := headOf(t, "From: ann@a.example\r\nAuthentication-Results: "+server+"; dmarc=pass header.from=a.example\r\n\r\n")
		if a.vouched(h, "ann@a.example") {
			t.Errorf("verified by %q", server)
		}
	}
}

// TestForgedAuthors: whatever From and the results look like, who wrote a mail is never taken for ann@a.example, verified, unless
// the field names her alone and our server said so where it must have seen it.
func TestForgedAuthors(t *testing.T) {
	a := newAdapter(t, Config{Authorities: []string{"mx.bank.example"}})
	const ar = "Authentication-Results: mx.bank.example; dmarc=pass header.from=a.example\r\n"
	for name, text := range map[string]string{
		"a display name":                    ar + "From: \"ann@a.example\" <eve@a.example>\r\n",
		"a display name without quotes":     ar + "From: ann@a.example <eve@a.example>\r\n",
		"a display name, encoded":           ar + "From: =?utf-8?q?ann=40a.example?= <eve@a.example>\r\n",
		"an address, encoded":               ar + "From: =?utf-8?q?ann=40a.example?=\r\n",
		"a local part, encoded":             ar + "From: <=?utf-8?q?ann?=@a.example>\r\n",
		"a space in quotes":                 ar + "From: \" ann\"@a.example\r\n",
		"a space behind, in quotes":         ar + "From: \"ann \"@a.example\r\n",
		"a tab in quotes":                   ar + "From: \"\tann\"@a.example\r\n",
		"a NUL":                             ar + "From: <ann\x00@a.example>\r\n",
		"an address as a local part":        ar + "From: \"ann@a.example\"@a.example\r\n",
		"a long s":                          ar + "From: <ann@a.example\u017f>\r\n",
		"a group":                           ar + "From: ann@a.example: eve@a.example;\r\n",
		"a group with her in it":            ar + "From: Friends: ann@a.example;\r\n",
		"two authors":                       ar + "From: ann@a.example, eve@a.example\r\n",
		"two fields":                        ar + "From: ann@a.example\r\nFrom: eve@a.example\r\n",
		"a source route":                    ar + "From: <@eve.example:ann@a.example>\r\n",
		"a tag":                             ar + "From: ann+x@a.example\r\n",
		"a comment":                         ar + "From: eve@a.example (ann@a.example)\r\n",
		"a comment before":                  ar + "From: (ann@a.example) eve@a.example\r\n",
		"her domain's":                      ar + "From: ann@sub.a.example\r\n",
		"only a Sender":                     ar + "Sender: ann@a.example\r\n",
		"a Reply-To":                        ar + "From: noreply@a.example\r\nReply-To: ann@a.example\r\n",
		"a server in quotes":                "Authentication-Results: \"mx.bank.example\"; dmarc=pass header.from=a.example\r\nFrom: ann@a.example\r\n",
		"a server with a Kelvin sign":       "Authentication-Results: \"mx.ban\u212a.example\"; dmarc=pass header.from=a.example\r\nFrom: ann@a.example\r\n",
		"a server behind a comment":         "Authentication-Results: (x) mx.bank.example; dmarc=pass header.from=a.example\r\nFrom: ann@a.example\r\n",
		"results with a space":              "Authentication-Results : mx.bank.example; dmarc=pass header.from=a.example\r\nFrom: ann@a.example\r\n",
		"results behind a line that breaks": "From: ann@a.example\r\nno field\r\n" + ar,
		"results behind a bare LF":          "From: ann@a.example\r\nX: y\n" + ar,
		"results behind a bare CR":          "From: ann@a.example\r\nX: y\r" + ar,
		"results behind CR CR LF":           "From: ann@a.example\r\nX: y\r\r\n" + ar,
		"results behind a NUL":              "From: ann@a.example\r\nX\x00: y\r\n" + ar,
		"results of ARC":                    "ARC-" + strings.Replace(ar, "mx.", "i=1; mx.", 1) + "From: ann@a.example\r\n",
	} {
		h, err := readHead(strings.NewReader(text+"\r\n"), headerMaxDefault)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if who := a.author(h); who.verified && who.addr == "ann@a.example" {
			t.Errorf("%s: %+v", name, who)
		}
	}
	if who := a.author(headOf(t, ar+"From: \"ann\"@A.example\r\n\r\n")); !who.verified || who.addr != "ann@a.example" {
		t.Errorf("needless quotes: %+v", who)
	}
}

// TestSignsThatBecomeLetters: no two addresses are one because a sign outside ASCII has a lower case inside.
func TestSignsThatBecomeLetters(t *testing.T) {
	for from, want := range map[string]string{"\u212aate@a.example": "\u212aate@a.example", "\u0130da@a.example": "\u0130da@a.example", "JÖRG@A.example": "jÖrg@a.example"} {
		if got, _ := headOf(t, "From: <"+from+">\r\n\r\n").from(); got != want {
			t.Errorf("%q is %q, want %q", from, got, want)
		}
	}
}

// TestAForgedCopyDoesNotSwallowTheMail that it is a copy of, though it came first: nobody vouches for it, so it is another.
func TestAForgedCopyDoesNotSwallowTheMail(t *testing.T) {
	line := &lined{}
	a, _ := start(t, Config{Door: doorAt(t, "lmtp"), Authorities: []string{"mx"}}, line, &vault{})
	mail := mailOf("1@a.example", "ann@a.example")
	for _, m := range []string{mail + "Forged.\r\n", "Authentication-Results: mx; dmarc=pass header.from=a.example\r\n" + mail} {
		if err := deliver(a, "x@a.example", m, "help@bank.example"); err != nil {
			t.Error(err)
		}
	}
	if got := line.Contacts(); len(got) != 2 || !got[0].Unverified || got[1].Unverified || len(files(t, a, "cur")) != 2 {
		t.Errorf("%+v", got)
	}
}
