package main

import (
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// A settingsKind has a field of each kind.
type settingsKind struct {
	UDP, CertFile string
	NAT           bool
	AsksMax       int
	Wait          time.Duration
	Peers         []netip.Prefix
	Agents        []struct{ URI string }
	Channels      map[string]int
	Anything      map[string]any
	Door          *struct{ Listen string }
	hidden        int
}

func readText(t *testing.T, text string, to any) error {
	t.Helper()
	file := filepath.Join(t.TempDir(), "x.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	err := readSettings(file, to, nil)
	if err != nil {
		return &settingsFaults{strings.ReplaceAll(err.Error(), file, "x.yaml")}
	}
	return nil
}

type settingsFaults struct{ text string }

func (f *settingsFaults) Error() string { return f.text }

func TestSettings(t *testing.T) {
	got := settingsKind{AsksMax: 7, NAT: true, hidden: 1}
	err := readText(t, `udp: ":5060"
cert_file: a.pem
wait: 1m30s
peers: [10.0.0.0/8]
agents: [{uri: "sip:a@b"}, {}]
channels: {phone: 1}
anything: {n: 2, t: true, s: text}
door: {listen: "x"}
`, &got)
	want := settingsKind{UDP: ":5060", CertFile: got.CertFile, NAT: true, AsksMax: 7, Wait: 90 * time.Second, Peers: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
		Agents: []struct{ URI string }{{"sip:a@b"}, {}}, Channels: map[string]int{"phone": 1}, Anything: map[string]any{"n": 2, "t": true, "s": "text"},
		Door: &struct{ Listen string }{"x"}, hidden: 1}
	if err != nil || !reflect.DeepEqual(got, want) || !filepath.IsAbs(got.CertFile) || filepath.Base(got.CertFile) != "a.pem" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestSettingsFaults(t *testing.T) {
	var got settingsKind
	err := readText(t, `udq: x
wait: soon
peers: [10.0.0.0]
asks_max: many
door: 5
agents: {uri: x}
nat: true
nat: false
hidden: 3
`, &got)
	const want = "x.yaml:1:1: the file: there is no key `udq` here; did you mean `udp`?\n" +
		"x.yaml:2:7: wait: \"soon\" is no time; write it as 30s, 5m or 1h30m\n" +
		"x.yaml:3:9: peers[0]: netip.ParsePrefix(\"10.0.0.0\"): no '/'\n" +
		"x.yaml:4:11: asks_max: \"many\" is no number\n" +
		"x.yaml:5:7: door: a mapping is wanted\n" +
		"x.yaml:6:9: agents: a list is wanted\n" +
		"x.yaml:8:1: the file: `nat` stands here twice\n" +
		"x.yaml:9:1: the file: there is no key `hidden` here; there are `agents`, `anything`, `asks_max`, `cert_file`, `channels`, `door`, `nat`, `peers`, `udp` and `wait`"
	if err == nil || err.Error() != want {
		t.Errorf("%v", err)
	}
	for name, key := range map[string]string{"UDP": "udp", "CertFile": "cert_file", "TLS": "tls", "CallsPerSource": "calls_per_source", "URI": "uri", "PasswordFile": "password_file"} {
		if snake(name) != key {
			t.Errorf("%s is %s, want %s", name, snake(name), key)
		}
	}
}
