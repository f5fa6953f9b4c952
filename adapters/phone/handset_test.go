package phone

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"fairline/adapters/channel"
	"fairline/adapters/channel/channeltest"

	"github.com/emiago/sipgo/sip"
	"go.uber.org/goleak"
)

// TestMain runs on a tenth of SIP's timers: a lost response comes again after 50 ms, and a transaction ends after 3.2 s. The tests
// wait more than they work, so many run at once.
func TestMain(m *testing.M) {
	if err := flag.Set("test.parallel", "12"); err != nil {
		panic(err)
	}
	sip.SetTimers(50*time.Millisecond, 400*time.Millisecond, 500*time.Millisecond)
	goleak.VerifyTestMain(m, goleak.Cleanup(os.Exit))
}

// waitMax is how long a test waits for what must come, on a machine that has other things to do too.
const waitMax = 20 * time.Second

// A line is channeltest's, which can refuse what agents do and answer late.
type line struct {
	channeltest.Line
	mutex  sync.Mutex
	accept error
	finish error
	ask    error
	in     uint64      // the ticket that contacts join
	refuse error       // declining
	leaves chan string // why, each
}

func (l *line) Arrive(ctx context.Context, c channel.Contact) (channel.Ack, error) {
	ack, err := l.Line.Arrive(ctx, c)
	l.mutex.Lock()
	defer l.mutex.Unlock()
	ack.Joined = l.in
	return ack, err
}

func (l *line) Decline(ctx context.Context, agent string, offer uint64, why string) error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.refuse != nil {
		return l.refuse
	}
	return l.Line.Decline(ctx, agent, offer, why)
}

func (l *line) Accept(ctx context.Context, agent string, offer uint64) error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.accept != nil {
		return l.accept
	}
	return l.Line.Accept(ctx, agent, offer)
}

func (l *line) Finish(ctx context.Context, agent string, offer uint64, wrap time.Duration) error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.finish != nil {
		return l.finish
	}
	return l.Line.Finish(ctx, agent, offer, wrap)
}

func (l *line) Leave(ctx context.Context, id, why string) error {
	err := l.Line.Leave(ctx, id, why)
	l.leaves <- why
	return err
}

func (l *line) Standing(ctx context.Context, id string) (channel.Standing, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.ask != nil {
		return channel.Standing{}, l.ask
	}
	return l.Line.Standing(ctx, id)
}

func (l *line) refuseAccept(err error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.accept = err
}

func (l *line) refuseFinish(err error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.finish = err
}

// told waits until agents were told something.
func (l *line) told(t *testing.T, verb string, offer uint64) channeltest.Told {
	t.Helper()
	var found channeltest.Told
	eventually(t, verb, func() bool {
		for _, told := range l.Agents() {
			if told.Verb == verb && told.Offer == offer {
				found = told
				return true
			}
		}
		return false
	})
	return found
}

// left waits for a leave.
func (l *line) left(t *testing.T) string {
	t.Helper()
	select {
	case why := <-l.leaves:
		return why
	case <-time.After(waitMax):
		t.Fatal("nobody left")
		return ""
	}
}

// contact waits for the nth contact, from 0.
func (l *line) contact(t *testing.T, n int) channel.Contact {
	t.Helper()
	eventually(t, "a contact", func() bool { return len(l.Contacts()) > n })
	return l.Contacts()[n]
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(waitMax); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// people knows everybody, and forgets nothing.
type people struct {
	mutex sync.Mutex
	asked []string
	fail  error
}

func (p *people) Person(_ context.Context, kind, identity string, verified bool) (string, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.asked = append(p.asked, fmt.Sprintf("%s %s %v", kind, identity, verified))
	return "key-" + identity[len(identity)-4:], p.fail
}

// A rig is an adapter that runs.
type rig struct {
	*Adapter
	line   *line
	people *people
	log    *strings.Builder
}

func testConfig() Config {
	cfg := Defaults()
	cfg.UDP, cfg.TCP, cfg.Media, cfg.Region = "127.0.0.1:0", "127.0.0.1:0", "127.0.0.1:0", "DE"
	cfg.Trunks = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	return cfg
}

// start runs an adapter with a changed configuration until the test ends.
func start(t *testing.T, change func(*Config)) *rig {
	t.Helper()
	cfg := testConfig()
	if change != nil {
		change(&cfg)
	}
	r := &rig{line: &line{leaves: make(chan string, 10_000)}, people: &people{}, log: &strings.Builder{}}
	a, err := New(cfg, r.line, r.line, r.people, slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	r.Adapter = a
	if err := a.Listen(); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		case <-time.After(20 * time.Second):
			t.Error("Run does not end")
		}
		if said := r.log.String(); strings.Contains(said, "4930901") || strings.Contains(said, "Alice") {
			t.Errorf("the log knows the caller: %s", said)
		}
	})
	eventually(t, "Ready", func() bool { return a.Ready() == nil })
	return r
}

// offer has the line offer a contact to an agent.
func (r *rig) offer(id string, offer uint64, agent string) {
	r.line.Say(channel.Notice{Kind: channel.Offered, ID: id, Offer: offer, Agent: agent})
}

// A handset is a telephone on plain UDP: it sends what a test says and shows what comes, without a transaction layer between.
type handset struct {
	t    *testing.T
	conn *net.UDPConn
	peer *net.UDPAddr
	in   chan sip.Message
	seen map[string]bool // requests: method and branch
}

func newHandset(t *testing.T, r *rig) *handset {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	h := &handset{t: t, conn: conn, in: make(chan sip.Message, 1000), seen: map[string]bool{}}
	if h.peer, err = net.ResolveUDPAddr("udp", r.Addr("udp")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		b := make([]byte, 65536)
		for {
			n, from, err := conn.ReadFromUDP(b)
			if err != nil {
				return
			}
			if m, err := sip.ParseMessage(b[:n]); err == nil {
				m.SetSource(from.String())
				h.in <- m
			}
		}
	}()
	return h
}

func (h *handset) uri() string { return "sip:phone@" + h.conn.LocalAddr().String() }

func (h *handset) send(text string) {
	h.t.Helper()
	if _, err := h.conn.WriteToUDP([]byte(text), h.peer); err != nil {
		h.t.Fatal(err)
	}
}

// next is the next message, but for 100, responses in skip, and requests that come again because our answer is on its way.
func (h *handset) next(skip ...int) sip.Message {
	h.t.Helper()
	for {
		select {
		case m := <-h.in:
			if res, ok := m.(*sip.Response); ok && (res.StatusCode == 100 || contains(skip, res.StatusCode)) {
				continue
			}
			if req, ok := m.(*sip.Request); ok && req.Via() != nil {
				again := string(req.Method) + req.Via().Params.GetOr("branch", "")
				if h.seen[again] {
					continue
				}
				h.seen[again] = true
			}
			return m
		case <-time.After(waitMax):
			h.t.Fatal("nothing comes")
		}
	}
}

func contains(list []int, n int) bool {
	for _, x := range list {
		if x == n {
			return true
		}
	}
	return false
}

// response is the next response, which must have a code; 182s and others before it are passed over.
func (h *handset) response(code int) *sip.Response {
	h.t.Helper()
	skip := []int{182, 180}
	if code == 182 {
		skip = nil
	}
	m := h.next(skip...)
	res, ok := m.(*sip.Response)
	if !ok || res.StatusCode != code {
		h.t.Fatalf("got %s, want %d", firstLine(m), code)
	}
	return res
}

// request is the next request, which must have a method.
func (h *handset) request(method sip.RequestMethod) *sip.Request {
	h.t.Helper()
	m := h.next(182, 200)
	req, ok := m.(*sip.Request)
	if !ok || req.Method != method {
		h.t.Fatalf("got %s, want %s", firstLine(m), method)
	}
	return req
}

func firstLine(m sip.Message) string {
	line, _, _ := strings.Cut(m.String(), "\r\n")
	return line
}

// silence fails where a final response or a request comes within a while.
func (h *handset) silence(d time.Duration) {
	h.t.Helper()
	limit := time.After(d)
	for {
		select {
		case m := <-h.in:
			if res, ok := m.(*sip.Response); !ok || res.StatusCode >= 200 {
				h.t.Fatalf("got %s, want nothing", firstLine(m))
			}
		case <-limit:
			return
		}
	}
}

// reply answers a request.
func (h *handset) reply(req *sip.Request, code int, reason, sdp string, headers ...string) {
	h.t.Helper()
	res := sip.NewResponseFromRequest(req, code, reason, []byte(sdp))
	res.To().Params.Remove("tag")
	res.To().Params.Add("tag", "agent-tag")
	res.AppendHeader(sip.NewHeader("Contact", "<"+h.uri()+">"))
	if sdp != "" {
		res.AppendHeader(sip.NewHeader("Content-Type", "application/sdp"))
	}
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		res.AppendHeader(sip.NewHeader(name, value))
	}
	h.send(res.String())
}

func (h *handset) port() int { return h.conn.LocalAddr().(*net.UDPAddr).Port }

// called sends a request within a call that the handset was called for.
func (h *handset) called(invite *sip.Request, method sip.RequestMethod, seq int, kind, body string) {
	h.t.Helper()
	from := invite.To().Value()
	if !strings.Contains(from, "tag=") {
		from += ";tag=agent-tag"
	}
	text := fmt.Sprintf("%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=%s\r\nFrom: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: %d %s\r\n"+
		"Contact: <%s>\r\nMax-Forwards: 70\r\n", method, invite.Contact().Address.String(), h.conn.LocalAddr(), sip.GenerateBranch(),
		from, invite.From().Value(), invite.CallID().Value(), seq, method, h.uri())
	if body != "" {
		text += "Content-Type: " + kind + "\r\n"
	}
	h.send(text + fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body))
}

// A dialed is a call of a handset.
type dialed struct {
	h                   *handset
	id, tag, branch, to string
	cseq                int
}

const sdpOfCaller = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0 8\r\n"
const sdpOfAgent = "v=0\r\no=- 2 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40002 RTP/AVP 0\r\n"

// dial sends an INVITE of a number; headers are added to it, or take the place of those with the same name.
func (h *handset) dial(number string, headers ...string) *dialed {
	h.t.Helper()
	d := &dialed{h: h, id: sip.GenerateTagN(12), tag: sip.GenerateTagN(8), branch: sip.GenerateBranch(), cseq: 1,
		to: "<sip:line@127.0.0.1>"}
	h.send(d.text("INVITE", number, sdpOfCaller, headers...))
	return d
}

func (d *dialed) text(method, number, sdp string, headers ...string) string {
	at := d.h.conn.LocalAddr().String()
	lines := []string{
		"Via: SIP/2.0/UDP " + at + ";branch=" + d.branch, "From: \"Alice\" <sip:" + number + "@127.0.0.1>;tag=" + d.tag,
		"To: " + d.to, "Call-ID: " + d.id, fmt.Sprintf("CSeq: %d %s", d.cseq, method), "Contact: <sip:caller@" + at + ">",
		"Max-Forwards: 70",
	}
	if sdp != "" {
		lines = append(lines, "Content-Type: application/sdp")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ":")
		kept := lines[:0]
		for _, l := range lines {
			if !strings.HasPrefix(l, name+":") {
				kept = append(kept, l)
			}
		}
		if lines = kept; value != "" {
			lines = append(lines, h)
		}
	}
	return method + " sip:line@127.0.0.1 SIP/2.0\r\n" + strings.Join(lines, "\r\n") + fmt.Sprintf("\r\nContent-Length: %d\r\n\r\n%s", len(sdp), sdp)
}

// again is a request within the call, or of its INVITE: CANCEL and the ACK of a refusal.
func (d *dialed) again(method string, res *sip.Response, body string, headers ...string) {
	d.h.t.Helper()
	if res != nil {
		d.to = res.To().Value()
	}
	fresh := method == "BYE" || method == "INFO" || method == "INVITE" || method == "NOTIFY"
	if fresh {
		d.cseq++
	}
	if fresh || res != nil && res.StatusCode == 200 {
		d.branch = sip.GenerateBranch()
	}
	d.h.send(d.text(method, "+4930901820", body, headers...))
}

// response is the next response to the last request of the call; copies of earlier ones may come in between.
func (d *dialed) response(code int) *sip.Response {
	d.h.t.Helper()
	for {
		m := d.h.next(182, 180)
		res, ok := m.(*sip.Response)
		switch {
		case ok && int(res.CSeq().SeqNo) < d.cseq:
		case !ok || res.StatusCode != code:
			d.h.t.Fatalf("got %s, want %d", firstLine(m), code)
		default:
			return res
		}
	}
}

// silence fails where a request comes within a while, or a final response that is no copy of the last.
func (d *dialed) silence(last int, during time.Duration) {
	d.h.t.Helper()
	limit := time.After(during)
	for {
		select {
		case m := <-d.h.in:
			if res, ok := m.(*sip.Response); !ok || res.StatusCode >= 200 && res.StatusCode != last {
				d.h.t.Fatalf("got %s, want nothing", firstLine(m))
			}
		case <-limit:
			return
		}
	}
}

// queued dials and waits until the call is in the line.
func (h *handset) queued(r *rig, number string, headers ...string) (*dialed, channel.Contact) {
	h.t.Helper()
	before := len(r.line.Contacts())
	d := h.dial(number, headers...)
	h.response(182)
	return d, r.line.contact(h.t, before)
}

var errDown = errors.New("the bus is down")
