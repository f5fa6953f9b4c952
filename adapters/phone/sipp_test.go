package phone

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"fairline/adapters/channel"
)

// freePort is a port that nobody had a moment ago, below those that the system gives out by itself.
func freePort(t *testing.T) int {
	t.Helper()
	for range 100 {
		at := "127.0.0.1:" + strconv.Itoa(10_000+rand.IntN(20_000))
		conn, err := net.ListenPacket("udp", at)
		if err != nil {
			continue
		}
		_ = conn.Close()
		if l, err := net.Listen("tcp", at); err == nil {
			_ = l.Close()
			return l.Addr().(*net.TCPAddr).Port
		}
	}
	t.Fatal("no port is free")
	return 0
}

// sipp begins a scenario of testdata; when it listens it returns a function that waits until it ended well. A message that comes
// twice is no failure: a sipp has no transactions that would take copies out, and on a busy machine there are some.
func sipp(t *testing.T, scenario, peer string, port int, args ...string) (wait func()) {
	t.Helper()
	file, err := filepath.Abs(filepath.Join("testdata", scenario+".xml"))
	if err != nil {
		t.Fatal(err)
	}
	faults := filepath.Join(t.TempDir(), "errors")
	ctx, cancel := context.WithTimeout(context.Background(), 40*time.Second)
	args = append([]string{"-sf", file, "-m", "1", "-i", "127.0.0.1", "-p", strconv.Itoa(port), "-nostdin", "-timeout", "30s", "-timeout_error",
		"-trace_err", "-error_file", faults, "-default_behaviors", "all,-abortunexp"}, args...)
	cmd := exec.CommandContext(ctx, "sipp", append(args, peer)...)
	cmd.Dir = t.TempDir()
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatalf("sipp: %v (make deps installs it)", err)
	}
	eventually(t, "a sipp that listens", func() bool { return listens(t, port) })
	return func() {
		t.Helper()
		defer cancel()
		if err := cmd.Wait(); err != nil {
			why, _ := os.ReadFile(faults)
			t.Errorf("sipp %s: %v\n%s\n%s", scenario, err, why, last(out.String(), 1000))
		}
	}
}

// listens says whether somebody has a port of 127.0.0.1: what came to it before would be lost.
func listens(t *testing.T, port int) bool {
	t.Helper()
	for _, table := range []string{"/proc/net/udp", "/proc/net/tcp"} {
		text, err := os.ReadFile(table)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), fmt.Sprintf(": 0100007F:%04X ", port)) {
			return true
		}
	}
	return false
}

func last(s string, n int) string { return s[max(0, len(s)-n):] }

// sippRig is a rig with an agent whose phone is sipp.
func sippRig(t *testing.T, mode Mode) (r *rig, port int) {
	t.Helper()
	port = freePort(t)
	return start(t, func(c *Config) {
		c.Mode, c.Agents = mode, []Agent{{Name: "ana", URI: "sip:ana@127.0.0.1:" + strconv.Itoa(port)}}
		c.Attributes = []HeaderValue{{Header: "X-Language", Attribute: "language"}}
	}), port
}

func TestSippIsRedirected(t *testing.T) {
	t.Parallel()
	for _, transport := range []string{"u1", "t1"} {
		r, _ := sippRig(t, Redirect)
		peer := map[string]string{"u1": r.Addr("udp"), "t1": r.Addr("tcp")}[transport]
		wait := sipp(t, "redirect", peer, freePort(t), "-t", transport)
		contact := r.line.contact(t, 0)
		if contact.Attributes["language"] != "de" {
			t.Errorf("%+v", contact)
		}
		eventually(t, "the place", func() bool { return r.Stats().Told >= 2 })
		r.offer(contact.ID, 1, "ana")
		wait()
		if s := r.Stats(); s.Served != 1 || s.Told < 2 {
			t.Errorf("%+v", s)
		}
	}
}

func TestSippTalks(t *testing.T) {
	t.Parallel()
	for caller, agent := range map[string]string{"bridge": "agent", "hungup": "agent-hangs-up"} {
		for _, transport := range []string{"u1", "t1"} {
			r, port := sippRig(t, Bridge)
			peer := map[string]string{"u1": r.Addr("udp"), "t1": r.Addr("tcp")}[transport]
			answered := sipp(t, agent, "127.0.0.1:1", port)
			called := sipp(t, caller, peer, freePort(t), "-t", transport)
			r.offer(r.line.contact(t, 0).ID, 1, "ana")
			called()
			answered()
			r.line.told(t, "finish", 1)
			if s := r.Stats(); s.Served != 1 || s.Abandoned != 0 {
				t.Errorf("%s over %s: %+v", caller, transport, s)
			}
		}
	}
}

// TestSippIsGivenOn from one agent to another, with music between.
func TestSippIsGivenOn(t *testing.T) {
	t.Parallel()
	for _, transport := range []string{"u1", "t1"} {
		ana, ben := freePort(t), freePort(t)
		r := start(t, func(c *Config) {
			c.Agents = []Agent{{Name: "ana", URI: "sip:ana@127.0.0.1:" + strconv.Itoa(ana)}, {Name: "ben", URI: "sip:ben@127.0.0.1:" + strconv.Itoa(ben)}}
		})
		peer := map[string]string{"u1": r.Addr("udp"), "t1": r.Addr("tcp")}[transport]
		first, second := sipp(t, "agent", "127.0.0.1:1", ana), sipp(t, "agent", "127.0.0.1:1", ben)
		called := sipp(t, "given-on", peer, freePort(t), "-t", transport)
		id := r.line.contact(t, 0).ID
		r.offer(id, 1, "ana")
		eventually(t, "a talk", func() bool { return r.Stats().Served == 1 })
		r.line.Say(channel.Notice{Kind: channel.Returned, ID: id, Offer: 1, Why: "transferred"})
		first()
		eventually(t, "music", func() bool { return r.band.listeners() == 1 })
		r.offer(id, 2, "ben")
		called()
		second()
		r.line.told(t, "finish", 2)
		if s := r.Stats(); s.Served != 2 || s.GivenOn != 1 || s.Abandoned != 0 {
			t.Errorf("over %s: %+v", transport, s)
		}
	}
}

func TestSippGivesUp(t *testing.T) {
	t.Parallel()
	for _, scenario := range []string{"cancel", "early-bye"} {
		r, _ := sippRig(t, Bridge)
		sipp(t, scenario, r.Addr("udp"), freePort(t))()
		if why := r.line.left(t); why != "hung up" {
			t.Errorf("%s: left: %q", scenario, why)
		}
		eventually(t, "an empty phone", func() bool { return r.empty() })
	}
}

func TestSippRegisters(t *testing.T) {
	t.Parallel()
	r := start(t, func(c *Config) {
		c.Agents, c.SecretsFile = []Agent{{Name: "ana"}}, secrets(t, "ana SECRET-OF-ANA")
		c.LeaseSlack = time.Second
	})
	port := freePort(t)
	sipp(t, "register", r.Addr("udp"), port, "-au", "ana", "-ap", "SECRET-OF-ANA")()
	if in := r.line.told(t, "sign-in", 0).What.(channel.SignIn); in.Lease != 61*time.Second {
		t.Errorf("%+v", in)
	}
	at, there := r.desk.where("ana")
	if !there || at.uri.Port != port {
		t.Errorf("registered at %+v", at)
	}
}
