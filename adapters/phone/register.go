package phone

import (
	"cmp"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"
)

const (
	nonceLife   = 5 * time.Minute
	nonceStep   = time.Minute // a nonce that is made now counts as up to so old
	noncesMax   = 10_000      // in use at once; over it phones are asked to authenticate anew
	wrongMax    = 20          // wrong answers of one address a minute
	wrongLife   = time.Minute
	wrongersMax = 20_000 // addresses whose wrong answers are counted in one minute
)

// A verdict is what an Authorization is worth.
type verdict int

const (
	unproved verdict = iota // there is none, or none that answers a challenge of ours
	proved
	stale // right, but for a nonce that is old or was used
	wrongAnswer
)

// tries counts wrong answers by address. Only an answer to a challenge that the address was given counts, so that nobody can have
// somebody else shut out by forging an address.
type tries struct {
	mutex sync.Mutex
	until time.Time
	wrong map[netip.Addr]int
}

// add counts a wrong answer.
func (t *tries) add(now time.Time, ip netip.Addr) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if now.After(t.until) {
		t.until, t.wrong = now.Add(wrongLife), map[netip.Addr]int{}
	}
	if n := t.wrong[ip]; n > 0 || len(t.wrong) < wrongersMax {
		t.wrong[ip] = n + 1
	}
}

// over says whether an address gave too many wrong answers.
func (t *tries) over(now time.Time, ip netip.Addr) bool {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return now.Before(t.until) && t.wrong[ip] >= wrongMax
}

// nonces makes nonces that need no memory until they are used, and holds each to rising counts: a request that was overheard is
// worth nothing (RFC 7616, 5.12).
type nonces struct {
	mutex *sync.Mutex
	key   *[32]byte
	used  map[string]int // the highest count
}

func newNonces() nonces {
	n := nonces{mutex: &sync.Mutex{}, key: &[32]byte{}, used: map[string]int{}}
	_, _ = rand.Read(n.key[:]) // it never fails
	return n
}

// make is a nonce for a peer: the time, what tells requests apart, and a seal over both and the peer's address. Copies of a request
// have the same one for a while: a phone whose request came twice would answer the first and see it refused.
func (n *nonces) make(now time.Time, request []byte, peer string) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(now.Truncate(nonceStep).Unix()))
	copy(b[8:], n.seal(append([]byte("request "), request...), peer))
	return base64.RawURLEncoding.EncodeToString(append(b[:], n.seal(b[:], peer)...))
}

func (n *nonces) seal(b []byte, peer string) []byte {
	n.mutex.Lock()
	h := hmac.New(sha256.New, n.key[:])
	n.mutex.Unlock()
	h.Write(b)
	h.Write([]byte(peer))
	return h.Sum(nil)[:16]
}

// good says whether a nonce is ours, for this peer, and not too old.
func (n *nonces) good(now time.Time, nonce, peer string) bool {
	b, err := base64.RawURLEncoding.DecodeString(nonce)
	if err != nil || len(b) != 32 || subtle.ConstantTimeCompare(b[16:], n.seal(b[:16], peer)) != 1 {
		return false
	}
	age := now.Sub(time.Unix(int64(binary.BigEndian.Uint64(b[:8])), 0))
	return age >= -time.Second && age <= nonceLife
}

// fresh takes the count of a nonce, and says whether it is higher than before.
func (n *nonces) fresh(nonce string, count int) bool {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if last, known := n.used[nonce]; known && count <= last {
		return false
	} else if !known && len(n.used) >= noncesMax {
		_, _ = rand.Read(n.key[:]) // all that were made before are void
		clear(n.used)
		return false
	}
	n.used[nonce] = count
	return true
}

// onRegister takes the registration of an agent's phone (RFC 3261, 10.3).
func (a *Adapter) onRegister(req *sip.Request, tx sip.ServerTransaction) {
	if req.To() == nil || req.From() == nil || req.CallID() == nil || req.CSeq() == nil {
		a.count(func(s *Stats) { s.Wrong++ })
		once(req, tx, 400, "Bad Request")
		return
	}
	agent, peer := req.To().Address.User, ipOf(req.Source())
	if a.desk.tries.over(time.Now(), peer) && !a.believed(peer) {
		a.count(func(s *Stats) { s.Denied++ })
		once(req, tx, 403, "Forbidden: too many wrong answers", a.retryAfter())
		return
	}
	_, known := a.desk.secrets[agent]
	worth := a.authentic(req, agent)
	if worth == wrongAnswer || worth == proved && !known {
		a.desk.tries.add(time.Now(), peer)
	}
	if worth != proved || !known {
		a.challenge(req, tx, worth == stale)
		return
	}
	turn := a.desk.turns[agent]
	turn.Lock()
	defer turn.Unlock()
	a.register(req, tx, agent)
}

// challenge asks for the secret, once for each digest, the best first (RFC 8760).
func (a *Adapter) challenge(req *sip.Request, tx sip.ServerTransaction, stale bool) {
	if req.GetHeader("Authorization") != nil && !stale {
		a.count(func(s *Stats) { s.Denied++ })
	}
	nonce := a.desk.nonces.make(time.Now(), imprint(req), ipOf(req.Source()).String())
	var asks []sip.Header
	for _, algorithm := range a.cfg.Digests {
		c := digest.Challenge{Realm: a.cfg.Realm, Nonce: nonce, Algorithm: algorithm, QOP: []string{"auth"}, Stale: stale}
		asks = append(asks, sip.NewHeader("WWW-Authenticate", c.String()))
	}
	once(req, tx, 401, "Unauthorized", asks...)
}

// authentic says whether a request is by who knows an agent's secret.
func (a *Adapter) authentic(req *sip.Request, agent string) verdict {
	h := req.GetHeader("Authorization")
	if h == nil {
		return unproved
	}
	got, err := digest.ParseCredentials(h.Value())
	if err != nil || got.Username != agent || got.Realm != a.cfg.Realm || got.QOP != "auth" || got.Nc < 1 ||
		!slices.Contains(a.cfg.Digests, strings.ToUpper(cmp.Or(got.Algorithm, "MD5"))) {
		return unproved
	}
	asked := &digest.Challenge{Realm: a.cfg.Realm, Nonce: got.Nonce, Algorithm: got.Algorithm, QOP: []string{"auth"}}
	want, err := digest.Digest(asked,
		digest.Options{Method: string(req.Method), URI: got.URI, Username: agent, Password: a.desk.secrets[agent],
			Cnonce: got.Cnonce, Count: got.Nc})
	if err != nil {
		return unproved
	}
	right := subtle.ConstantTimeCompare([]byte(want.Response), []byte(strings.ToLower(got.Response))) == 1
	ours := a.desk.nonces.good(time.Now(), got.Nonce, ipOf(req.Source()).String())
	switch {
	case right && ours && a.desk.nonces.fresh(got.Nonce, got.Nc):
		return proved
	case right:
		return stale
	case ours:
		return wrongAnswer
	}
	return unproved
}

// register does what an authentic REGISTER says: with a Contact and a time it binds, with time 0 it unbinds, and without a
// Contact it asks.
func (a *Adapter) register(req *sip.Request, tx sip.ServerTransaction, agent string) {
	contact := req.Contact()
	if contact == nil {
		a.registered(req, tx, agent)
		return
	}
	expires, ok := a.expires(req, contact)
	switch {
	case !ok:
		reply(req, tx, 423, "Interval Too Brief", sip.NewHeader("Min-Expires", seconds(a.cfg.ExpiresMin)))
	case expires == 0:
		if a.desk.unbind(agent) {
			a.begin(func() { a.signOut(agent) })
		}
		reply(req, tx, 200, "OK")
	case contact.Address.Wildcard || contact.Address.Host == "" || !strings.HasPrefix(contact.Address.Scheme, "sip"):
		a.count(func(s *Stats) { s.Wrong++ })
		reply(req, tx, 400, "Bad Request: the Contact is no SIP URI")
	default:
		_, renew := a.desk.bound(agent)
		if err := a.signIn(agent, expires, renew); err != nil {
			reply(req, tx, 503, "Service Unavailable", a.retryAfter())
			return
		}
		at := target{uri: *contact.Address.Clone(), transport: req.Transport(), dest: req.Source()}
		a.desk.bind(agent, binding{target: at, until: time.Now().Add(expires)})
		a.count(func(s *Stats) { s.Registered++ })
		a.registered(req, tx, agent)
	}
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d.Seconds())) }

// registered answers with the binding that there is.
func (a *Adapter) registered(req *sip.Request, tx sip.ServerTransaction, agent string) {
	var headers []sip.Header
	if b, ok := a.desk.bound(agent); ok {
		left := max(time.Until(b.until), 0).Round(time.Second)
		c := sip.ContactHeader{Address: *b.uri.Clone()}
		c.Params.Add("expires", seconds(left))
		headers = append(headers, &c, sip.NewHeader("Expires", seconds(left)))
	}
	reply(req, tx, 200, "OK", headers...)
}

// expires is for how long a phone wants to be known: its Contact's parameter, else the header, else the longest. A time that is
// too long is cut, one too short is no.
func (a *Adapter) expires(req *sip.Request, contact *sip.ContactHeader) (time.Duration, bool) {
	text, there := contact.Params.Get("expires")
	if !there {
		if h := req.GetHeader("Expires"); h != nil {
			text, there = h.Value(), true
		}
	}
	n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 31)
	if !there || err != nil {
		return a.cfg.ExpiresMax, true
	}
	d := time.Duration(n) * time.Second
	if d > 0 && d < a.cfg.ExpiresMin {
		return 0, false
	}
	return min(d, a.cfg.ExpiresMax), true
}
