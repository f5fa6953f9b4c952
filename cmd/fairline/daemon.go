package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"fairline/adapters/host"
	"fairline/adapters/metrics"
	"fairline/adapters/natsbus"
	"fairline/adapters/vault"
	"fairline/policy"
)

// diskEvery is how often the free space is looked at. At a gigabyte a second a disk loses 1 GB between two looks.
const diskEvery = time.Second

// A daemon is one line with its bus, as `fairline serve` runs it.
type daemon struct {
	cfg       config
	out       io.Writer
	narration io.Writer
	json      bool
	log       *slog.Logger

	policy   *policy.Policy // to adopt; nil: the journal's goes on
	found    uint64         // frames of the journal before the start
	bus      *natsbus.Bus
	adapters []natsbus.Adapter
	journal  *natsbus.Journal
	publish  *natsbus.Out
	intake   *natsbus.Intake // nil: there are no adapters
	recorder *metrics.Recorder
	expects  estimator
	host     *host.Host
	http     *metrics.Server // nil: none
	channels channelsFile
	running  []adapter    // of channels, in the order of their names
	vault    *vault.Vault // nil: there are no adapters
	adopted  atomic.Pointer[policy.Policy]
	changed  chan struct{}  // size 1: another policy was adopted
	held     chan struct{}  // closed when the mappings are under the policy in force: the channels may run
	full     atomic.Bool    // less free space than the floor
	again    chan os.Signal // SIGHUP: the policy file is to be read again
}

// taken reports whether somebody else listens on an address.
func taken(address string) bool {
	l, err := net.Listen("tcp", address)
	if err == nil {
		_ = l.Close() // it was only a look
	}
	return errors.Is(err, syscall.EADDRINUSE)
}

// letIn hands a message to the host. Tickets are refused while the disk is nearly full: the bus reports no error for a
// full disk, it falls silent.
func (d *daemon) letIn(subject string, payload []byte, respond func([]byte)) {
	if !d.full.Load() || !strings.HasPrefix(subject, "fl.in.") || !strings.HasSuffix(subject, ".ticket") {
		d.host.Handle(subject, payload, respond)
		return
	}
	d.recorder.Refused("disk-full")
	if respond == nil {
		return
	}
	text, err := json.Marshal(map[string]refusal{"error": {Code: int(host.Unserved), ErrCode: host.Unserved.ErrCode(),
		Description: fmt.Sprintf("line %s takes no tickets: less than %s is free on the disk of its journal",
			d.cfg.Line, d.cfg.DiskFree)}})
	if err != nil {
		panic(err) // a map of texts and numbers
	}
	respond(text)
}

// watchDisk looks at the free space until ctx ends.
func (d *daemon) watchDisk(ctx context.Context) error {
	tick := time.NewTicker(diskEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := d.lookAtDisk(); err != nil {
			return err
		}
	}
}

// lookAtDisk decides whether tickets are refused. It comes before the first message, and then each second.
func (d *daemon) lookAtDisk() error {
	free, err := natsbus.FreeBytes(d.cfg.Store)
	if err != nil {
		return err
	}
	d.recorder.Disk(free, uint64(d.cfg.DiskFree))
	full := free < uint64(d.cfg.DiskFree)
	if d.full.Swap(full) != full {
		d.log.Error("whether tickets are refused for want of disk space has changed", "refused", full, "free", free,
			"floor", int64(d.cfg.DiskFree))
	}
	return nil
}

// A serving is what `fairline serve --json` prints when the line is ready.
type serving struct {
	Schema   string        `json:"schema"`
	Store    string        `json:"store"`
	Line     string        `json:"line"`
	NATS     string        `json:"nats,omitempty"`
	Creds    string        `json:"creds,omitempty"`
	Desk     string        `json:"desk,omitempty"` // the supervisors' key
	HTTP     string        `json:"http,omitempty"`
	Channels []string      `json:"channels,omitempty"` // that run inside
	Policy   servingPolicy `json:"policy"`
	Journal  servingFrames `json:"journal"`
	Waiting  int           `json:"waiting"`
	Offered  int           `json:"offered"`
	Serving  int           `json:"in_service"`
	Replayed uint64        `json:"replayed_frames"`

	Adapters map[string]string `json:"adapters,omitempty"` // the key of each
}

type servingPolicy struct {
	Name string `json:"name"`
	Hash string `json:"hash"`
	File string `json:"file"`
}

type servingFrames struct {
	Stream string `json:"stream"`
	Seq    uint64 `json:"seq"`
	Epoch  uint64 `json:"epoch"`
}

// A daemonStatus is the part of the answer to `status` that serve prints.
type daemonStatus struct {
	Policy struct {
		Name string `json:"name"`
		Hash string `json:"hash"`
	} `json:"policy"`
	Tickets struct {
		Waiting   int `json:"waiting"`
		Offered   int `json:"offered"`
		InService int `json:"in_service"`
	} `json:"tickets"`
	Journal servingFrames `json:"journal"`
}

// announce writes where the daemon is, for programs into the store and for people.
func (d *daemon) announce() error {
	s, err := d.look()
	if err != nil {
		return err
	}
	r := running{Schema: "fairline.running/1", Line: s.Line, NATS: s.NATS, Creds: s.Creds, Desk: s.Desk, HTTP: s.HTTP,
		PID: os.Getpid()}
	if err := r.write(d.cfg.Store); err != nil {
		return err
	}
	if d.json {
		return writeJSON(d.out, s)
	}
	_, err = io.WriteString(d.out, d.welcome(s))
	return err
}

// look asks the line for its status.
func (d *daemon) look() (serving, error) {
	s := serving{Schema: "fairline.serve/1", Store: d.cfg.Store, Line: d.cfg.Line, NATS: d.bus.ClientURL(), Channels: d.channels.names(), Replayed: d.found}
	if s.NATS != "" {
		s.Creds, s.Desk = d.bus.CredsFile(), d.bus.DeskFile()
	}
	if d.http != nil {
		s.HTTP = d.http.URL()
	}
	for _, a := range d.adapters {
		if s.Adapters == nil {
			s.Adapters = map[string]string{}
		}
		s.Adapters[a.Name] = d.bus.AdapterFile(a.Name)
	}
	answer := make(chan []byte, 1)
	d.host.Handle("fl.ask."+d.cfg.Line+".status", nil, func(text []byte) { answer <- text })
	var status daemonStatus
	select {
	case text := <-answer:
		if err := json.Unmarshal(text, &status); err != nil {
			return s, fmt.Errorf("read the line's status: %w", err)
		}
	case <-time.After(answerMax):
		return s, errors.New("the line does not say its status")
	}
	s.Policy = servingPolicy{Name: status.Policy.Name, Hash: status.Policy.Hash}
	if p := d.adopted.Load(); p != nil {
		s.Policy.File = p.File
	}
	s.Journal = status.Journal
	s.Waiting, s.Offered, s.Serving = status.Tickets.Waiting, status.Tickets.Offered, status.Tickets.InService
	return s, nil
}

// welcome is what people read.
func (d *daemon) welcome(s serving) string {
	var b strings.Builder
	row := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "  %-9s %s\n", name, fmt.Sprintf(format, args...))
	}
	fmt.Fprintf(&b, "Line %s is served.\n", s.Line)
	row("store", "%s", s.Store)
	if s.NATS == "" {
		row("NATS", "listens nowhere (--listen none)")
	} else {
		row("NATS", "%s", s.NATS)
		row("key", "%s", s.Creds)
	}
	row("policy", "%s@%s (%s)", s.Policy.Name, s.Policy.Hash, s.Policy.File)
	if s.HTTP != "" {
		row("metrics", "%s/metrics   health: /healthz, /readyz", s.HTTP)
	}
	if len(s.Channels) > 0 {
		row("channels", "%s (%s)", strings.Join(s.Channels, ", "), d.cfg.Channels)
	}
	if d.cfg.Speed > 1 {
		row("speed", "%d times that of time: for recordings, not for people", d.cfg.Speed)
	}
	row("journal", "%s at %d, epoch %d; %s replayed", s.Journal.Stream, s.Journal.Seq, s.Journal.Epoch,
		plural(int(s.Replayed), "frame", "frames"))
	row("tickets", "%d waiting, %d offered, %d in service", s.Waiting, s.Offered, s.Serving)
	if s.NATS != "" {
		where := d.whereFlags()
		fmt.Fprintf(&b, "\nThe first ticket:  %s ticket send%s --channel %s\n", program0(), where, d.firstChannel())
		fmt.Fprintf(&b, "An agent:          %s agent ana%s\n", program0(), where)
		fmt.Fprintf(&b, "Ctrl-C closes the line; tickets keep their places.\n")
	}
	return b.String()
}

// firstChannel is a channel for the example.
func (d *daemon) firstChannel() string {
	if p := d.adopted.Load(); p != nil && len(p.Channels) > 0 {
		return p.Channels[0].Name
	}
	return "phone"
}

// whereFlags are what another command needs to find this daemon: nothing where it is where they look.
func (d *daemon) whereFlags() string {
	flags := ""
	if d.cfg.Store != defaultStore() && os.Getenv("FAIRLINE_STORE") != d.cfg.Store {
		flags += " --store " + quoted(d.cfg.Store)
	}
	if d.cfg.Line != "main" && os.Getenv("FAIRLINE_LINE") != d.cfg.Line {
		flags += " --line " + d.cfg.Line
	}
	return flags
}

// program0 is how this program was called, so that a line can be pasted: `go run` has no name that lasts.
func program0() string {
	path, err := os.Executable()
	if err != nil || strings.Contains(path, "go-build") {
		return "go run ./cmd/fairline"
	}
	if strings.Contains(os.Args[0], string(filepath.Separator)) {
		return quoted(os.Args[0])
	}
	return "fairline"
}

// quoted is a text as a shell reads it back.
func quoted(text string) string {
	plain := func(r rune) bool {
		return strings.ContainsRune("/._-+:@%", r) || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	if strings.IndexFunc(text, func(r rune) bool { return !plain(r) }) < 0 {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
