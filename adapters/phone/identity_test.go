package phone

import (
	"errors"
	"net/netip"
	"slices"
	"testing"
)

func (p *people) names() []string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return slices.Clone(p.asked)
}

// peers is a configuration's view of this machine.
func peers(asserted, trunk bool) func(*Config) {
	return func(c *Config) {
		here := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
		if c.Asserted, c.Trunks = nil, nil; asserted {
			c.Asserted = here
		}
		if trunk {
			c.Trunks = here
		}
		c.Matter = "X-Matter"
		c.Attributes = []HeaderValue{{Header: "X-Language", Attribute: "language", Anyone: true}, {Header: "X-Priority", Attribute: "priority"}}
	}
}

func TestWhoCalls(t *testing.T) {
	t.Parallel()
	pai := "P-Asserted-Identity: \"Alice\" <sip:+4930901821@carrier.example;user=phone>"
	for _, c := range []struct {
		name            string
		asserted, trunk bool
		number          string
		headers         []string
		want            string // of the vault; empty: not asked
		unverified      bool
	}{
		{name: "a stranger's From", number: "+4930901820", want: "tel +4930901820 false", unverified: true},
		{name: "a stranger's assertion", number: "+4930901820", headers: []string{pai}, want: "tel +4930901820 false", unverified: true},
		{name: "a peer's From", asserted: true, number: "+4930901820", want: "tel +4930901820 false", unverified: true},
		{name: "a peer's assertion", asserted: true, number: "+4930901820", headers: []string{pai}, want: "tel +4930901821 true"},
		{name: "an assertion as tel", asserted: true, number: "x", headers: []string{"P-Asserted-Identity: <tel:+49-30-901821>"},
			want: "tel +4930901821 true"},
		{name: "a trunk's From", trunk: true, number: "+4930901820", want: "tel +4930901820 true"},
		{name: "a national number", trunk: true, number: "030901820", want: "tel +4930901820 true"},
		{name: "parameters in the user", trunk: true, number: "+4930901820;cpc=ordinary", want: "tel +4930901820 true"},
		{name: "no number", trunk: true, number: "alice"},
		{name: "an emergency number", trunk: true, number: "+1911"},
		{name: "a long number", trunk: true, number: "+49309018200000000000000000000000000000000000"},
		{name: "anonymous", trunk: true, number: "anonymous"},
		{name: "privacy", trunk: true, number: "+4930901820", headers: []string{"Privacy: id;critical"}},
		{name: "privacy of an assertion", asserted: true, number: "+4930901820", headers: []string{pai, "Privacy: id"}},
		{name: "an anonymous host", trunk: true, number: "x", headers: []string{"From: <sip:+4930901820@anonymous.invalid>;tag=1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := start(t, peers(c.asserted, c.trunk))
			caller := newHandset(t, r)
			_, contact := caller.queued(r, c.number, c.headers...)
			var want []string
			if c.want != "" {
				want = []string{c.want}
			}
			if got := r.people.names(); !slices.Equal(got, want) {
				t.Errorf("the vault was asked for %q, want %q", got, want)
			}
			if (contact.Customer != "") != (c.want != "") || contact.Unverified != c.unverified {
				t.Errorf("contact %+v", contact)
			}
			if s := r.Stats(); (s.Anonymous == 1) != (c.want == "") {
				t.Errorf("%+v", s)
			}
		})
	}
}

func TestVaultThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	r := start(t, peers(false, true))
	r.people.mutex.Lock()
	r.people.fail = errors.New("down")
	r.people.mutex.Unlock()
	_, contact := newHandset(t, r).queued(r, "+4930901820")
	if contact.Customer != "" || contact.Unverified {
		t.Errorf("contact %+v", contact)
	}
}

func TestHeadersThatCarryAttributes(t *testing.T) {
	t.Parallel()
	headers := []string{"X-Language: de", "X-Priority: 1", "X-Matter: invoice 12"}
	for _, c := range []struct {
		name     string
		trunk    bool
		headers  []string
		want     map[string]any
		matter   string
		ignoring uint64
	}{
		{"a peer's", true, headers, map[string]any{"language": "de", "priority": "1"}, "invoice 12", 0},
		{"a stranger's", false, headers, map[string]any{"language": "de"}, "", 1},
		{"too long", true, []string{"X-Language: " + string(make300())}, nil, "", 1},
		{"no text", true, []string{"X-Language: d\xffe"}, nil, "", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := start(t, peers(false, c.trunk))
			_, contact := newHandset(t, r).queued(r, "+4930901820", c.headers...)
			if len(contact.Attributes) != len(c.want) || contact.Matter != c.matter {
				t.Errorf("contact %+v", contact)
			}
			for k, v := range c.want {
				if contact.Attributes[k] != v {
					t.Errorf("%s is %v, want %v", k, contact.Attributes[k], v)
				}
			}
			if s := r.Stats(); s.Ignored != c.ignoring {
				t.Errorf("%+v", s)
			}
		})
	}
}

func make300() []byte {
	b := make([]byte, 300)
	for i := range b {
		b[i] = 'x'
	}
	return b
}

func TestKeysPressedWhileWaiting(t *testing.T) {
	t.Parallel()
	r := start(t, func(c *Config) { c.Digits = map[string]Value{"2": {Attribute: "language", Value: "en"}} })
	caller := newHandset(t, r)
	d := caller.dial("+4930901820")
	queued := caller.response(182)
	for _, c := range []struct{ kind, body string }{
		{"application/dtmf-relay", "Signal=2\r\nDuration=160\r\n"}, {"application/dtmf", "2"},
		{"application/dtmf-relay", "Signal=9\r\n"}, {"application/dtmf", "22"}, {"text/plain", "2"},
	} {
		d.again("INFO", queued, c.body, "Content-Type: "+c.kind)
		caller.response(200)
	}
	eventually(t, "two changes", func() bool { return len(r.line.Changes()) == 2 })
	if s := r.Stats(); s.Digits != 2 {
		t.Errorf("%+v", s)
	}
}
