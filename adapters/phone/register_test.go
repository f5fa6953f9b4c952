package phone

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fairline/adapters/channel"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"
)

const secret = "correct horse"

func secrets(t testing.TB, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "secrets")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// deskRig is a rig where ana registers.
func deskRig(t *testing.T, change func(*Config)) *rig {
	t.Helper()
	return start(t, func(c *Config) {
		c.Agents = []Agent{{Name: "ana", Skills: []string{"PS"}, Channels: map[string]int{"phone": 1}}}
		c.Digests = []string{"SHA-256", "MD5"}
		c.SecretsFile, c.ExpiresMin, c.ExpiresMax, c.LeaseSlack = secrets(t, "# who\n\nana "+secret+"\n"), time.Second, time.Hour, 5*time.Second
		if change != nil {
			change(c)
		}
	})
}

// register sends a REGISTER of an agent; auth is the value of Authorization.
func (h *handset) register(agent, expires, auth string, headers ...string) {
	h.t.Helper()
	d := &dialed{h: h, id: "reg", tag: "reg", branch: sip.GenerateBranch(), cseq: 1, to: "<sip:" + agent + "@127.0.0.1>"}
	headers = append(headers, "Expires: "+expires)
	if auth != "" {
		headers = append(headers, "Authorization: "+auth)
	}
	h.send(d.text("REGISTER", agent, "", headers...))
}

// sealed answers a challenge.
func sealed(t *testing.T, challenge *sip.Response, algorithm, agent, secret string, count int) string {
	t.Helper()
	for _, h := range challenge.GetHeaders("WWW-Authenticate") {
		c, err := digest.ParseChallenge(h.Value())
		if err != nil || c.Algorithm != algorithm {
			continue
		}
		got, err := digest.Digest(c, digest.Options{Method: "REGISTER", URI: "sip:line@127.0.0.1", Username: agent, Password: secret, Count: count})
		if err != nil {
			t.Fatal(err)
		}
		return got.String()
	}
	t.Fatalf("no challenge for %s in %s", algorithm, challenge.String())
	return ""
}

func TestRegisterSignsInAndOut(t *testing.T) {
	t.Parallel()
	r := deskRig(t, nil)
	phone := newHandset(t, r)
	phone.register("ana", "60", "")
	challenge := phone.response(401)
	phone.register("ana", "60", sealed(t, challenge, "SHA-256", "ana", secret, 1))
	ok := phone.response(200)
	if got := ok.GetHeader("Expires").Value(); got != "60" {
		t.Errorf("registered for %s s", got)
	}
	in := r.line.told(t, "sign-in", 0).What.(channel.SignIn)
	if in.Lease != 65*time.Second || in.Skills[0] != "PS" || in.Channels["phone"] != 1 {
		t.Errorf("%+v", in)
	}
	phone.register("ana", "60", sealed(t, challenge, "MD5", "ana", secret, 2))
	phone.response(200)
	r.line.told(t, "renew", 0)

	caller := newHandset(t, r)
	d, contact := caller.queued(r, "+4930901820")
	r.offer(contact.ID, 1, "ana")
	phone.reply(phone.request("INVITE"), 200, "OK", sdpOfAgent)
	phone.request("ACK")
	hangUp(d, phone)

	phone.register("ana", "0", sealed(t, challenge, "MD5", "ana", secret, 3), "Contact: *")
	phone.response(200)
	r.line.told(t, "sign-out", 0)
	if _, there := r.desk.where("ana"); there {
		t.Error("the phone is known although it left")
	}
	if s := r.Stats(); s.Registered != 2 || s.Denied != 0 {
		t.Errorf("%+v", s)
	}
}

func TestDigestThatIsNotOffered(t *testing.T) {
	t.Parallel()
	r := deskRig(t, func(c *Config) { c.Digests = []string{"SHA-256"} })
	phone := newHandset(t, r)
	phone.register("ana", "60", "")
	challenge := phone.response(401)
	if strings.Contains(challenge.String(), "MD5") {
		t.Errorf("%s", challenge.String())
	}
	c, err := digest.ParseChallenge(challenge.GetHeader("WWW-Authenticate").Value())
	if err != nil {
		t.Fatal(err)
	}
	for i, algorithm := range []string{"MD5", "", "SHA-256"} {
		c.Algorithm = algorithm
		auth, err := digest.Digest(c, digest.Options{Method: "REGISTER", URI: "sip:x", Username: "ana", Password: secret, Count: i + 1})
		if err != nil {
			t.Fatal(err)
		}
		phone.register("ana", "60", auth.String())
		phone.response(map[bool]int{true: 200, false: 401}[algorithm == "SHA-256"])
	}
}

func TestRegistrationThatRunsOut(t *testing.T) {
	t.Parallel()
	r := deskRig(t, nil)
	phone := newHandset(t, r)
	phone.register("ana", "1", "")
	phone.register("ana", "1", sealed(t, phone.response(401), "MD5", "ana", secret, 1))
	phone.response(200)
	r.line.told(t, "sign-out", 0)
	if s := r.Stats(); s.Expired != 1 {
		t.Errorf("%+v", s)
	}
}

func TestRegisterIsRefused(t *testing.T) {
	t.Parallel()
	r := deskRig(t, nil)
	phone := newHandset(t, r)
	phone.register("ana", "60", "")
	challenge := phone.response(401)
	good := sealed(t, challenge, "MD5", "ana", secret, 5)
	for _, c := range []struct {
		name, agent, auth string
		denied            bool
	}{
		{"a wrong secret", "ana", sealed(t, challenge, "MD5", "ana", "wrong", 1), true},
		{"an unknown agent", "ben", sealed(t, challenge, "MD5", "ben", "", 1), true},
		{"another's secret", "ben", good, true},
		{"no digest", "ana", "Basic YW5hOmFuYQ==", true},
		{"garbage", "ana", "Digest ,,,=\"", true},
		{"no qop", "ana", strings.Replace(good, "qop=auth", "qop=none", 1), true},
		{"a nonce of our own making", "ana", sealed(t, mine(challenge), "MD5", "ana", secret, 1), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := r.Stats().Denied
			phone.register(c.agent, "60", c.auth)
			phone.response(401)
			if got := r.Stats().Denied - before; (got == 1) != c.denied {
				t.Errorf("denied %d", got)
			}
		})
	}
	phone.register("ana", "60", good)
	phone.response(200)
	phone.register("ana", "60", good) // overheard
	if stale := phone.response(401); !strings.Contains(stale.String(), "stale=true") {
		t.Errorf("%s", stale.String())
	}
	if at, there := r.desk.bound("ben"); there {
		t.Errorf("ben is registered at %v", at.dest)
	}
}

// TestCopiesAreAnsweredAlike: a phone whose request came twice has answered the first challenge when it hears the second.
func TestCopiesAreAnsweredAlike(t *testing.T) {
	t.Parallel()
	r := deskRig(t, nil)
	phone := newHandset(t, r)
	for _, method := range []string{"REGISTER", "OPTIONS", "BYE"} {
		answers, same := map[string]int{}, false
		for !same { // three answers within one step of the nonces
			clear(answers)
			began := time.Now()
			for _, branch := range []string{"z9hG4bK1", "z9hG4bK1", "z9hG4bK2"} {
				answers[phone.answerTo(method, branch)]++
			}
			same = began.Truncate(nonceStep).Equal(time.Now().Truncate(nonceStep))
		}
		if len(answers) != 2 {
			t.Errorf("%s: %v", method, answers)
		}
	}
}

// answerTo asks until the library has forgotten that it was asked before.
func (h *handset) answerTo(method, branch string) string {
	h.t.Helper()
	d := &dialed{h: h, id: "copy", tag: "c", branch: branch, cseq: 1, to: "<sip:ana@127.0.0.1>"}
	for {
		h.send(d.text(method, "ana", ""))
		select {
		case m := <-h.in:
			if m.CSeq().MethodName == sip.RequestMethod(method) && m.Via().Params.GetOr("branch", "") == branch {
				return m.String()
			}
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// mine is a challenge with a nonce that the phone did not make.
func mine(res *sip.Response) *sip.Response {
	fake := sip.NewResponse(401, "Unauthorized")
	c := digest.Challenge{Realm: "fairline", Nonce: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", Algorithm: "MD5", QOP: []string{"auth"}}
	fake.AppendHeader(sip.NewHeader("WWW-Authenticate", c.String()))
	return fake
}

func TestNonces(t *testing.T) {
	t.Parallel()
	n, now := newNonces(), time.Now().Truncate(nonceStep)
	nonce := n.make(now, []byte("request"), "192.0.2.1")
	for _, c := range []struct {
		what  string
		at    time.Time
		nonce string
		peer  string
		want  bool
	}{
		{"as made", now, nonce, "192.0.2.1", true},
		{"late", now.Add(nonceLife + 2*time.Second), nonce, "192.0.2.1", false},
		{"from elsewhere", now, nonce, "192.0.2.2", false},
		{"changed", now, "B" + nonce[1:], "192.0.2.1", false},
		{"cut", now, nonce[:20], "192.0.2.1", false},
		{"empty", now, "", "192.0.2.1", false},
	} {
		if got := n.good(c.at, c.nonce, c.peer); got != c.want {
			t.Errorf("%s: %v", c.what, got)
		}
	}
	for i, want := range []bool{true, false, true, false} {
		if got := n.fresh(nonce, []int{1, 1, 2, 1}[i]); got != want {
			t.Errorf("%d: %v", i, got)
		}
	}
	for i := range noncesMax {
		n.fresh(fmt.Sprint(i), 1)
	}
	if len(n.used) > noncesMax || n.good(now, nonce, "192.0.2.1") {
		t.Errorf("%d nonces are remembered", len(n.used))
	}
}

func TestRegisterAsks(t *testing.T) {
	t.Parallel()
	r := deskRig(t, func(c *Config) { c.ExpiresMin = time.Minute })
	phone := newHandset(t, r)
	phone.register("ana", "60", "")
	challenge := phone.response(401)
	phone.register("ana", "5", sealed(t, challenge, "MD5", "ana", secret, 1))
	if got := phone.response(423).GetHeader("Min-Expires").Value(); got != "60" {
		t.Errorf("Min-Expires %s", got)
	}
	phone.register("ana", "999999", sealed(t, challenge, "MD5", "ana", secret, 2))
	if got := phone.response(200).GetHeader("Expires").Value(); got != "3600" {
		t.Errorf("registered for %s s", got)
	}
	phone.register("ana", "60", sealed(t, challenge, "MD5", "ana", secret, 3), "Contact:")
	if got := phone.response(200).Contact(); got == nil || got.Address.User != "caller" {
		t.Errorf("registered at %v", got)
	}
}

func TestSecretsFile(t *testing.T) {
	t.Parallel()
	for text, fault := range map[string]string{
		"ana correct horse\n": "", "ana short\n": "SecretsFile", "ana\n": "SecretsFile", "eva correct horse\n": "none of Agents",
	} {
		cfg := testConfig()
		cfg.Agents, cfg.SecretsFile = []Agent{{Name: "ana"}}, secrets(t, text)
		_, err := New(cfg, nil, nil, nil, nil)
		if (err == nil) != (fault == "") || err != nil && !strings.Contains(err.Error(), fault) {
			t.Errorf("%q: %v", text, err)
		}
	}
	cfg := testConfig()
	cfg.Agents, cfg.SecretsFile = []Agent{{Name: "ana"}}, secrets(t, "ana "+secret)
	if err := os.Chmod(cfg.SecretsFile, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := New(cfg, nil, nil, nil, nil); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a file that others read: %v", err)
	}
}
