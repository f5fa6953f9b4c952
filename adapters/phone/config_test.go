package phone

import (
	"strings"
	"testing"
	"time"
)

func TestCheckNamesFieldAndRemedy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		change func(*Config)
		want   string // empty: no fault
	}{
		{func(*Config) {}, ""},
		{func(c *Config) { c.UDP, c.TCP = "", "" }, "UDP, TCP, TLS: nothing to listen on"},
		{func(c *Config) { c.UDP = "5060" }, `UDP: "5060" is no host:port`},
		{func(c *Config) { c.UDP = ":5060" }, "Host: UDP listens on every address"},
		{func(c *Config) { c.TCP = "0.0.0.0:5060" }, "Host: TCP listens on every address"},
		{func(c *Config) { c.UDP, c.Host = ":5060", "phone.test" }, ""},
		{func(c *Config) { c.Host = "a b" }, "Host:"},
		{func(c *Config) { c.TLS = "127.0.0.1:0" }, "TLS, CertFile, KeyFile"},
		{func(c *Config) { c.Realm = `a"b` }, "Realm:"},
		{func(c *Config) { c.Digests = []string{"SHA-1"} }, "Digests: \"SHA-1\""},
		{func(c *Config) { c.Digests, c.SecretsFile = nil, "x" }, "Digests: there is none"},
		{func(c *Config) { c.Mode = "fax" }, "Mode:"},
		{func(c *Config) { c.Mode, c.Media = Park, "" }, "Media: park plays music"},
		{func(c *Config) { c.Region = "Germany" }, "Region:"},
		{func(c *Config) { c.Digits = map[string]Value{"12": {"a", "b"}} }, "Digits:"},
		{func(c *Config) { c.Attributes = []HeaderValue{{Header: "X Y", Attribute: "a"}} }, "Attributes:"},
		{func(c *Config) { c.Agents = []Agent{{Name: "a.b", URI: "sip:a@b"}} }, "Agents: \"a.b\""},
		{func(c *Config) { c.Agents = []Agent{{Name: "a", URI: "sip:a@b"}, {Name: "a", URI: "sip:a@b"}} }, "twice"},
		{func(c *Config) { c.Agents = []Agent{{Name: "a"}} }, "no URI"},
		{func(c *Config) { c.Agents = []Agent{{Name: "a", URI: "tel:+4930"}} }, "the URI is none"},
		{func(c *Config) { c.Tell = 2 * time.Minute }, "Tell: 2m0s; want 1s to 1m0s"},
		{func(c *Config) { c.ExpiresMin = 2 * time.Hour }, "ExpiresMin"},
		{func(c *Config) { c.CallsMax = 0 }, "CallsMax: 0; want 1 to 100000"},
		{func(c *Config) { c.AsksMax = 10 }, "AsksMax: 10 a second are too few"},
		{func(c *Config) { c.MessageMax = 100_000 }, "MessageMax"},
	} {
		cfg := testConfig()
		c.change(&cfg)
		err := cfg.Check()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
	cfg := Config{}
	if err := cfg.Check(); err == nil || strings.Count(err.Error(), "\n") < 10 {
		t.Errorf("not every fault is told: %v", err)
	}
}

func TestRunSaysWhatItCannotOpen(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	for _, change := range []func(*Config){
		func(c *Config) { c.UDP = r.Addr("udp") }, func(c *Config) { c.TCP = r.Addr("tcp") },
	} {
		cfg := testConfig()
		change(&cfg)
		a, err := New(cfg, r.line, r.line, r.people, r.Adapter.log)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "address already in use") {
			t.Errorf("Run: %v", err)
		}
		if a.Ready() == nil {
			t.Error("it is ready all the same")
		}
	}
}
