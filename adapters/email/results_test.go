package email

import (
	"context"
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
