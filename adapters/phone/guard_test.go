package phone

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
)

// alive fails where the phone does not answer any more.
func (h *handset) alive() {
	h.t.Helper()
	d := &dialed{h: h, id: sip.GenerateTagN(8), tag: "o", branch: sip.GenerateBranch(), cseq: 1, to: "<sip:line@127.0.0.1>"}
	h.send(d.text("OPTIONS", "+4930901820", ""))
	for {
		if m := h.next(); firstLine(m) == "SIP/2.0 200 OK" && m.CSeq().MethodName == sip.OPTIONS {
			return
		}
	}
}

// TestMessagesThatAreNone sends what no telephone would.
func TestMessagesThatAreNone(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	h := newHandset(t, r)
	at := "SIP/2.0/UDP " + h.conn.LocalAddr().String() + ";branch=z9hG4bKx"
	long := strings.Repeat("x", 20_000)
	for _, text := range []string{
		"", "\r\n\r\n", "\x00\x00\x00\x00", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", long, "\xff\xfe" + long[:500],
		"INVITE sip:line@127.0.0.1 SIP/2.0", "INVITE sip:line@127.0.0.1 SIP/2.0\r\n", "INVITE sip:line@127.0.0.1 SIP/2.0\r\n\r\n",
		"INVITE  SIP/2.0\r\n\r\n", " SIP/2.0\r\n\r\n", "INVITE * SIP/2.0\r\nVia: " + at + "\r\nCSeq: 1 INVITE\r\n\r\n",
		"INVITE sip:line@127.0.0.1 SIP/2.0\r\nVia: " + at + "\r\n\r\n",
		"INVITE sip:line@127.0.0.1 SIP/2.0\r\nVia: " + at + "\r\nCSeq: 1 INVITE\r\n\r\n",
		"INVITE sip:line@127.0.0.1 SIP/2.0\r\nVia: " + at + "\r\nCSeq: x INVITE\r\n\r\n",
		"INVITE sip:line@127.0.0.1 SIP/2.0\r\nVia: " + at + "1\r\nCSeq: 1 INVITE\r\nFrom: <>\r\nTo: <>\r\n\r\n",
		"INVITE sip:line@127.0.0.1 SIP/2.0\r\nVia: " + at + "2\r\nCSeq: 99999999999 INVITE\r\nContent-Length: -5\r\n\r\n",
		"INVITE sip:line@127.0.0.1 SIP/2.0\r\nVia: " + at + "3\r\nContent-Length: 99999999\r\nCSeq: 1 INVITE\r\n\r\nx",
		"INVITE sip:line@127.0.0.1 SIP/2.0\r\nno colon here\r\n\r\n", "INVITE sip:[::1 SIP/2.0\r\nVia: " + at + "\r\n\r\n",
		"INVITE tel:+4930901820 SIP/2.0\r\nVia: " + at + "4\r\nCSeq: 1 INVITE\r\nFrom: <tel:+4930>;tag=1\r\nTo: <tel:1>\r\nCall-ID: 1\r\n\r\n",
		"ACK sip:line@127.0.0.1 SIP/2.0\r\nVia: " + at + "5\r\n\r\n", "ACK sip:x SIP/2.0\r\nVia: " + at + "6\r\nCSeq: 1 ACK\r\n\r\n",
		"BYE sip:x SIP/2.0\r\nVia: " + at + "7\r\nCSeq: 1 BYE\r\n\r\n", "CANCEL sip:x SIP/2.0\r\nVia: " + at + "8\r\nCSeq: 1 CANCEL\r\n\r\n",
		"INFO sip:x SIP/2.0\r\nVia: " + at + "9\r\nCSeq: 1 INFO\r\n\r\nSignal=", "REGISTER sip:x SIP/2.0\r\nVia: " + at + "a\r\nCSeq: 1 REGISTER\r\n\r\n",
		"NOTIFY sip:x SIP/2.0\r\nVia: " + at + "b\r\nCSeq: 1 NOTIFY\r\n\r\nSIP/2.0", "FROB sip:x SIP/2.0\r\nVia: " + at + "c\r\nCSeq: 1 FROB\r\n\r\n",
		"REFER sip:x SIP/2.0\r\nVia: " + at + "d\r\nCSeq: 1 REFER\r\n\r\n", "SIP/2.0 200 OK\r\n\r\n", "SIP/2.0 999999 \r\nVia: x\r\n\r\n",
		"SIP/2.0 200 OK\r\nVia: " + at + "\r\nCSeq: 1 INVITE\r\n\r\n", "SIP/2.0 abc\r\nCSeq: 1 INVITE\r\n\r\n",
		"INVITE sip:x SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:0;branch=z9hG4bKe\r\nCSeq: 1 INVITE\r\n\r\n",
		"INVITE sip:x SIP/2.0\r\nVia: \r\nFrom: \r\nTo: \r\nCall-ID: \r\nCSeq: \r\nContact: \r\n\r\n",
	} {
		h.send(text)
		h.alive()
	}
	if s := r.Stats(); s.Garbage < 4 || s.Malformed < 4 || s.Calls != 0 {
		t.Errorf("%+v", s)
	}
	if len(r.line.Contacts()) != 0 || !r.empty() {
		t.Error("what is no call was handed in")
	}
}

// TestLimits refuses what is too much, once for each request and never again by itself.
func TestLimits(t *testing.T) {
	t.Parallel()
	stranger := func(c *Config) { c.Trunks = nil }
	for _, c := range []struct {
		name   string
		change func(*Config)
		code   int
		count  func(Stats) uint64
	}{
		{"calls of one address", func(c *Config) { stranger(c); c.CallsPerSource = 1 }, 486, func(s Stats) uint64 { return s.Greedy }},
		{"calls", func(c *Config) { c.CallsMax = 1 }, 503, func(s Stats) uint64 { return s.Unavailable }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := start(t, c.change)
			h := newHandset(t, r)
			first, _ := h.queued(r, "+4930901820")
			h.dial("+4930901821")
			h.response(c.code)
			h.silence(4 * sip.T1)
			if c.count(r.Stats()) != 1 {
				t.Errorf("%+v", r.Stats())
			}
			first.again("CANCEL", nil, "")
			h.response(200)
			h.response(487)
			eventually(t, "room", func() bool { return r.empty() })
			h.queued(r, "+4930901821")
		})
	}
	t.Run("who may call", func(t *testing.T) {
		r := start(t, func(c *Config) { c.Callers = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")} })
		h := newHandset(t, r)
		h.dial("+4930901820")
		h.response(403)
		if r.Stats().Forbidden != 1 {
			t.Errorf("%+v", r.Stats())
		}
	})
	t.Run("the same request twice", func(t *testing.T) {
		r := start(t, nil)
		h := newHandset(t, r)
		d, _ := h.queued(r, "+4930901820")
		d.branch = sip.GenerateBranch() // it took another way
		h.send(d.text("INVITE", "+4930901820", sdpOfCaller))
		h.response(482)
	})
}

func TestPace(t *testing.T) {
	t.Parallel()
	stranger := func(c *Config) { c.Trunks = nil }
	t.Run("of all", func(t *testing.T) {
		r := start(t, func(c *Config) { stranger(c); c.PaceMax = 10 })
		h := newHandset(t, r)
		for range 100 {
			h.send("garbage")
		}
		eventually(t, "a flood", func() bool { s := r.Stats(); return s.Flooded+s.Garbage == 100 })
		if s := r.Stats(); s.Flooded < 80 {
			t.Errorf("%+v", s)
		}
	})
	t.Run("of one address", func(t *testing.T) {
		r := start(t, func(c *Config) { stranger(c); c.PacePerSource = 10 })
		h := newHandset(t, r)
		for range 200 {
			h.send("garbage")
		}
		eventually(t, "a flood", func() bool { s := r.Stats(); return s.Flooded+s.Garbage == 200 })
		if s := r.Stats(); s.Flooded < 170 {
			t.Errorf("%+v", s)
		}
		time.Sleep(1100 * time.Millisecond)
		h.alive()
	})
}

// TestManyAddresses forgets the addresses that a socket has heard before they are too many, and loses a datagram at most.
func TestManyAddresses(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := newGuard(r.Adapter)
	g.room = 3
	ended := make(chan error, 1)
	go func() { ended <- g.serveUDP(conn) }()
	for range 12 {
		h := newHandset(t, r)
		h.peer = conn.LocalAddr().(*net.UDPAddr)
		h.send("OPTIONS sip:x SIP/2.0\r\n\r\n") // the one that may be lost
		h.alive()
		if n := r.ua.TransportLayer().Pool("udp").Size(); n > 8 { // two sockets, four addresses of each
			t.Fatalf("the library remembers %d addresses", n)
		}
	}
	_ = conn.Close()
	if err := <-ended; err == nil {
		t.Error("a closed socket is no error")
	}
}

// invite is a call over a connection.
func invite(transport, local, branch string) string {
	return "INVITE sip:line@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/" + transport + " " + local + ";branch=" + branch + "\r\nFrom: <sip:+4930901820@x>;tag=" +
		branch + "\r\nTo: <sip:line@x>\r\nCall-ID: " + branch + "\r\nCSeq: 1 INVITE\r\nContact: <sip:c@" + local + ">\r\nContent-Length: 0\r\n\r\n"
}

func read(t *testing.T, in *bufio.Reader, want string) {
	t.Helper()
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			t.Fatalf("waiting for %q: %v", want, err)
		}
		if strings.HasPrefix(line, want) {
			return
		}
	}
}

// TestStrangersLeaveNothing: what is answered to anybody is answered once and forgotten.
func TestStrangersLeaveNothing(t *testing.T) {
	t.Parallel()
	r := start(t, func(c *Config) {
		c.CallsMax, c.Agents, c.SecretsFile = 1, []Agent{{Name: "ana"}}, secrets(t, "ana "+secret)
	})
	h := newHandset(t, r)
	h.queued(r, "+4930901820")
	stands := transactions(r)
	d := &dialed{h: h, id: "x", tag: "y", cseq: 1, to: "<sip:ana@127.0.0.1>;tag=z"}
	for _, method := range []string{"OPTIONS", "BYE", "INFO", "NOTIFY", "REGISTER", "CANCEL", "PUBLISH", "INVITE"} {
		d.branch = sip.GenerateBranch()
		h.send(d.text(method, "+4930901820", ""))
		if got := h.next(182); got.CSeq().MethodName != sip.RequestMethod(method) {
			t.Errorf("%s is answered %s", method, got.String())
		}
	}
	h.dial("+4930901821")
	h.response(503)
	answered := time.Now()
	eventually(t, "nothing kept", func() bool { return transactions(r) == stands })
	if took := time.Since(answered); took > sip.Timer_J/2 {
		t.Errorf("it was kept for %v", took)
	}
}

// transactions is how many the library keeps, which it says to nobody: the ends of its connections' references are counted.
func transactions(r *rig) int {
	n := 0
	for _, c := range []string{r.Addr("udp")} {
		conn, err := r.ua.TransportLayer().GetConnection("udp", c)
		if err == nil {
			n = conn.Ref(-1)
		}
	}
	return n
}

func TestConnectionThatIsLost(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	conn, err := net.Dial("tcp", r.Addr("tcp"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write([]byte(invite("TCP", conn.LocalAddr().String(), "z9hG4bKlost"))); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(conn)
	read(t, in, "SIP/2.0 182 Queued")
	read(t, in, "SIP/2.0 182 Queued; place 1 of 1") // nothing is written to it for a while
	_ = conn.Close()
	if why := r.line.left(t); why != "hung up" {
		t.Errorf("left: %q", why)
	}
	eventually(t, "an empty phone", func() bool { return r.empty() })
	eventually(t, "no connections", func() bool { r.guard.mutex.Lock(); defer r.guard.mutex.Unlock(); return r.guard.total == 0 })
}

func TestConnectionsAreBounded(t *testing.T) {
	t.Parallel()
	r := start(t, func(c *Config) { c.ConnsMax = 4 })
	for range 4 {
		conn, err := net.Dial("tcp", r.Addr("tcp"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
	}
	conn, err := net.Dial("tcp", r.Addr("tcp"))
	if err == nil {
		_ = conn.SetReadDeadline(time.Now().Add(waitMax))
		if _, err = conn.Read(make([]byte, 1)); err == nil || strings.Contains(err.Error(), "timeout") {
			t.Errorf("a fifth connection: %v", err)
		}
		_ = conn.Close()
	}
	eventually(t, "a flood", func() bool { return r.Stats().Flooded == 1 })
}

func TestTLS(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	cert, key := certificate(t, dir)
	r := start(t, func(c *Config) { c.TLS, c.CertFile, c.KeyFile = "127.0.0.1:0", cert, key })
	pool := x509.NewCertPool()
	text, err := os.ReadFile(cert)
	if err != nil || !pool.AppendCertsFromPEM(text) {
		t.Fatal(err)
	}
	conn, err := tls.Dial("tcp", r.Addr("tls"), &tls.Config{RootCAs: pool, ServerName: "phone.test", MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.Write([]byte(invite("TLS", conn.LocalAddr().String(), "z9hG4bKtls"))); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(conn)
	read(t, in, "SIP/2.0 182 Queued")
	read(t, in, "Contact: <sip:line@"+r.Addr("tls")+";transport=tls>")
	r.line.contact(t, 0)
}

// certificate makes one for phone.test.
func certificate(t *testing.T, dir string) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	is := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "phone.test"}, DNSNames: []string{"phone.test"},
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, is, is, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}
