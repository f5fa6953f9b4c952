package phone

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"fairline/adapters/channel"
	"fairline/adapters/channel/channeltest"
)

// A softphone is a baresip: it says a tone, and writes what it hears into a file.
type softphone struct {
	dir     string
	port    int
	control int // the port that takes commands
	out     *bytes.Buffer
}

const modules = "/usr/lib/baresip/modules"

// newSoftphone starts a baresip with an account and commands. Its signalling is on loopback; its media is on the host's own
// address, as it does not know another way.
func newSoftphone(t *testing.T, account string, tone int, commands ...string) *softphone {
	t.Helper()
	p := &softphone{dir: t.TempDir(), port: freePair(t), control: freePort(t), out: &bytes.Buffer{}}
	config := fmt.Sprintf("sip_listen 127.0.0.1:%d\naudio_source aufile,%s\naudio_player aubridge,out\naudio_alert aubridge,ring\nsnd_path %s\n"+
		"ausrc_srate 8000\nauplay_srate 8000\nausrc_channels 1\nauplay_channels 1\nmodule_path %s\nmodule g711.so\n"+
		"module aufile.so\nmodule aubridge.so\nmodule sndfile.so\nmodule_tmp uuid.so\nmodule_tmp account.so\nmodule_app menu.so\n"+
		"module_app ctrl_tcp.so\nctrl_tcp_listen 127.0.0.1:%d\n",
		p.port, filepath.Join(p.dir, "tone.wav"), p.dir, modules, p.control)
	for name, text := range map[string]string{"config": config, "accounts": account + "\n", "contacts": "", "uuid": "1", "tone.wav": wav(tone)} {
		if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"-f", p.dir, "-t", "30", "-v"}
	for _, c := range commands {
		args = append(args, "-e", c)
	}
	cmd := exec.Command("baresip", args...)
	cmd.Stdout, cmd.Stderr = p.out, p.out
	if err := cmd.Start(); err != nil {
		t.Fatalf("baresip: %v (make deps installs it)", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait() // its end is of no interest
		if t.Failed() {
			t.Logf("%s\n%s", account, last(p.out.String(), 3000))
		}
	})
	return p
}

// do has the phone do a command, in the words of its menu.
func (p *softphone) do(t *testing.T, command, params string) {
	t.Helper()
	conn, err := net.Dial("tcp", "127.0.0.1:"+strconv.Itoa(p.control))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	text := fmt.Sprintf(`{"command":%q,"params":%q}`, command, params)
	_ = conn.SetDeadline(time.Now().Add(waitMax))
	if _, err := fmt.Fprintf(conn, "%d:%s,", len(text), text); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1000)); err != nil { // it was heard
		t.Fatal(err)
	}
}

// freePair is a port that nobody had a moment ago, nor the one behind it, where baresip has TLS.
func freePair(t *testing.T) int {
	t.Helper()
	for range 100 {
		port := freePort(t)
		one, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
		if err != nil {
			continue
		}
		two, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port+1))
		_ = one.Close()
		if err == nil {
			_ = two.Close()
			return port
		}
	}
	t.Fatal("no two ports are free")
	return 0
}

// wav is a tone of 20 s.
func wav(hertz int) string {
	const samples = 20 * rate
	b := append([]byte("RIFF"), binary.LittleEndian.AppendUint32(nil, 36+2*samples)...)
	b = append(b, "WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00"...)
	b = binary.LittleEndian.AppendUint32(b, rate)
	b = binary.LittleEndian.AppendUint32(b, 2*rate)
	b = append(b, "\x02\x00\x10\x00data"...)
	b = binary.LittleEndian.AppendUint32(b, 2*samples)
	for i := range samples {
		b = binary.LittleEndian.AppendUint16(b, uint16(int16(8000*math.Sin(2*math.Pi*float64(hertz*i)/rate))))
	}
	return string(b)
}

// samples are what the phone heard of its last call: 16 bits behind the 44 bytes of a WAV's head.
func (p *softphone) samples() []float64 {
	files, err := filepath.Glob(filepath.Join(p.dir, "dump-*-dec.wav"))
	if err != nil || len(files) == 0 {
		return nil
	}
	slices.Sort(files)
	text, err := os.ReadFile(files[len(files)-1])
	if err != nil || len(text) < 46 {
		return nil
	}
	var out []float64
	for b := text[44:]; len(b) > 1; b = b[2:] {
		out = append(out, float64(int16(binary.LittleEndian.Uint16(b))))
	}
	return out
}

// part is how much of the power of the last second or less is at a frequency (Goertzel, 1958), from 0 to 1.
func part(samples []float64, hertz float64) float64 {
	samples = samples[max(0, len(samples)-8000):]
	var total, s1, s2 float64
	w := 2 * math.Cos(2*math.Pi*hertz/8000)
	for _, x := range samples {
		total += x * x
		s1, s2 = x+w*s1-s2, s1
	}
	if total == 0 {
		return 0
	}
	return 2 * (s1*s1 + s2*s2 - w*s1*s2) / (total * float64(len(samples)))
}

func (p *softphone) hears(t *testing.T, hertz float64) {
	t.Helper()
	p.hearsAny(t, 0.8, hertz)
}

// hearsTune waits for the built-in tune, whose notes die away, and so are less pure than a tone.
func (p *softphone) hearsTune(t *testing.T) {
	t.Helper()
	p.hearsAny(t, 0.4, 261.63, 293.66, 329.63, 349.23, 392.00, 523.25)
}

// hearsAny waits until a part of what the phone heard last is at some frequencies.
func (p *softphone) hearsAny(t *testing.T, want float64, hertz ...float64) {
	t.Helper()
	var is float64
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if heard := p.samples(); len(heard) > rate/2 {
			is = 0
			for _, h := range hertz {
				is += part(heard, h)
			}
		}
		if is > want {
			return
		}
	}
	t.Fatalf("of %d samples %.2f is at %.0f Hz", len(p.samples()), is, hertz)
}

// softRig is a rig whose agents are baresips that register and answer, the first with a tone of 800 Hz, each next 400 Hz higher.
func softRig(t *testing.T, mode Mode, names ...string) (r *rig, agents []*softphone) {
	t.Helper()
	var lines []string
	r = start(t, func(c *Config) {
		c.Mode = mode
		for _, name := range names {
			c.Agents = append(c.Agents, Agent{Name: name})
			lines = append(lines, name+" "+secret)
		}
		c.SecretsFile = secrets(t, strings.Join(lines, "\n"))
	})
	at := r.Addr("udp")
	for i, name := range names {
		agents = append(agents, newSoftphone(t, "<sip:"+name+"@"+at+">;auth_user="+name+";auth_pass="+strconv.Quote(secret)+
			";regint=60;answermode=auto;audio_codecs=pcmu", 800+400*i))
	}
	eventually(t, "registrations", func() bool { return r.Stats().Registered >= uint64(len(names)) })
	return r, agents
}

// softCaller is a baresip that calls the line, with a tone of 440 Hz.
func softCaller(t *testing.T, r *rig, commands ...string) *softphone {
	t.Helper()
	return newSoftphone(t, "<sip:+4930901820@127.0.0.1>;regint=0;audio_codecs=pcmu", 440,
		append([]string{"/dial sip:line@" + r.Addr("udp")}, commands...)...)
}

func TestBaresipTalksThroughABridge(t *testing.T) {
	t.Parallel()
	r, agents := softRig(t, Bridge, "ana")
	caller := softCaller(t, r)
	r.offer(r.line.contact(t, 0).ID, 1, "ana")
	r.line.told(t, "accept", 1)
	caller.hears(t, 800)
	agents[0].hears(t, 440)
}

// TestBaresipIsGivenOn: both hear each other, then the caller hears music, then the caller and the next agent hear each other.
func TestBaresipIsGivenOn(t *testing.T) {
	t.Parallel()
	r, agents := softRig(t, Bridge, "ana", "ben")
	caller := softCaller(t, r)
	id := r.line.contact(t, 0).ID
	r.offer(id, 1, "ana")
	r.line.told(t, "accept", 1)
	caller.hears(t, 800)
	agents[0].hears(t, 440)
	r.line.Say(channel.Notice{Kind: channel.Returned, ID: id, Offer: 1, Why: "transferred"})
	eventually(t, "music", func() bool { return r.band.listeners() == 1 })
	caller.hearsTune(t)
	r.offer(id, 2, "ben")
	r.line.told(t, "accept", 2)
	caller.hears(t, 1200)
	agents[1].hears(t, 440)
}

// TestBaresipPressesKeys while it hears music: each is heard once.
func TestBaresipPressesKeys(t *testing.T) {
	t.Parallel()
	r := start(t, func(c *Config) { c.Mode = Park; keysThatMean(c) })
	caller := softCaller(t, r)
	caller.hearsTune(t)
	for n, key := range []string{"1", "5", "#", "5"} {
		caller.do(t, "sndcode", key)
		r.heardOf(t, n+1)
	}
	if got := r.heardOf(t, 4); !slices.Equal(got, []string{"five", "five", "hash", "one"}) {
		t.Errorf("the line heard %q", got)
	}
}

func TestBaresipIsParkedAndReferred(t *testing.T) {
	t.Parallel()
	r, agents := softRig(t, Park, "ana")
	caller := softCaller(t, r)
	contact := r.line.contact(t, 0)
	caller.hearsTune(t)
	r.offer(contact.ID, 1, "ana")
	r.line.told(t, "accept", 1)
	caller.hears(t, 800)
	agents[0].hears(t, 440)
}

// TestBaresipIsCalledBack by a phone that was started anew since the customer hung up: the customer's phone calls the line, is told
// that an agent will call, and hangs up; then another phone of the line, with nothing in memory, rings the agent, who hears music
// while the customer's phone rings, and the two hear each other.
func TestBaresipIsCalledBack(t *testing.T) {
	t.Parallel()
	kept := &channeltest.Contents{}
	first := start(t, func(c *Config) { c.Contents = kept })
	customer := softCaller(t, first)
	id := first.line.contact(t, 0).ID
	first.line.Say(channel.Notice{Kind: channel.CalledBack, ID: id, Ticket: 1, Why: "wait"})
	eventually(t, "an empty phone", first.empty)
	r, agents := softRig(t, Bridge, "ana")
	r.cfg.Contents = kept
	r.cfg.Dial = Dial{URI: "sip:{number}@127.0.0.1:" + strconv.Itoa(customer.port), Ring: 30 * time.Second}
	r.line.Say(channel.Notice{Kind: channel.Offered, ID: id, Ticket: 1, Offer: 1, Agent: "ana", CallBack: true})
	r.line.told(t, "accept", 1)
	agents[0].hearsTune(t)
	customer.do(t, "accept", "")
	eventually(t, "a talk", func() bool { return r.Stats().Served == 1 })
	customer.hears(t, 800)
	agents[0].hears(t, 440)
	r.stays(t)
}
