package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"fairline/engine"
	"fairline/engine/journal"
	"fairline/policy"
)

// Limits of the inbox.
const (
	// InboxMax is how many requests may wait: two full turns, the one that is being collected and the
	// one that fills while its frame is stored.
	InboxMax = 2 * TurnMax
	// InboxBytesMax bounds their payloads together.
	InboxBytesMax = 32 << 20
)

// SpeedMax is the fastest that logical time goes.
const SpeedMax = 100_000

// A Publisher sends what the line says. Its methods are called on the host's goroutine.
type Publisher interface {
	// Publish returns when the bus has taken the message, which need not have reached anybody; an error stops the host,
	// because messages must not be missing in the middle. The frame seq and the index name the message: what is said again
	// after a restart has the name that it had.
	Publish(seq uint64, index int, subject string, data []byte) error
	// Unstored returns the earliest frame of which a message was taken and may still be lost with the process; 0: none. The
	// next start says again what that frame and those behind it said.
	Unstored() uint64
}

// A Config says what a host runs and with what. Line, Node, Log and Publish must be set.
type Config struct {
	Line       string // the name in subjects
	Node       string // who writes the journal; at most journal.NodeLenMax bytes
	Stream     string // the journal's name in acknowledgements and errors; "" stands for FL_JRN_<shard>_<generation>
	Shard      uint32
	Generation uint32
	Log        journal.Log
	Publish    Publisher

	// PolicyFile and PolicySource are the policy to adopt, unless it is in force already. Without a
	// source the journal's policy goes on; an empty journal then refuses to start.
	PolicyFile   string
	PolicySource []byte

	Logger  *slog.Logger // nil: nothing is logged
	Observe func(*Turn)  // hears of each turn when it is stored, on the host's goroutine; nil: nobody
	Refused func(Code)   // hears of each refusal, on any goroutine; nil: nobody

	// Replayed hears of each event of the journal at the start, in order, and Adopted of each policy before
	// its Adopted event is heard of; both on the host's goroutine, and what they hear of is valid during
	// the call, except for the policy. Nil: nobody.
	Replayed func(*engine.Event)
	Adopted  func(*policy.Policy)

	// Estimate says how long a waiting ticket may expect to wait from now on: in the middle, and at most for nine of ten;
	// not ok: it cannot say. The engine is a copy, its own to try things out. It is asked on a goroutine of its own, one
	// question at a time. Nil: nobody is told. Promised hears, on the host's goroutine, of each estimate that was told, when
	// its ticket is started.
	Estimate func(e *engine.Engine, ticket engine.TicketID) (p50, p90 engine.Duration, ok bool)
	Promised func(Promise)

	// Fits says, on any goroutine, whether what else runs can live with a policy that is to be adopted; an error refuses it. Nil:
	// with any. It is not asked of the policy that the line starts with.
	Fits func(*policy.Policy) error

	// NotAdopted hears, on any goroutine, of each policy file that was refused while the line runs; nil: nobody.
	NotAdopted func(file string, err error)

	Wall    func() time.Time // nil, with Elapsed: the machine's clocks
	Elapsed func() time.Duration

	// Speed is how many times as fast as time logical time goes, for playing what was recorded; 0 stands for 1.
	// The journal of a fast line lies in the future: only a fast line may go on with it.
	Speed int

	// DigestEvery is after how many frames one carries the digest of the state; 0 stands for 1,000.
	DigestEvery uint64
}

// A Host runs one line. New makes it, Run runs it once; Handle and Ready may be called by any goroutine at
// any time.
type Host struct {
	cfg   Config
	log   *slog.Logger
	inbox chan *request
	bytes atomic.Int64 // of the payloads in the inbox
	gate  sync.RWMutex // held for reading by who enters a request
	state state        // guarded by gate

	// What follows belongs to the goroutine of Run.
	engine  *engine.Engine
	rules   *rules
	book    *Book
	chain   journal.Chain
	clock   clock
	turn    turn
	steps   uint64   // of the wall clock
	out     uint64   // all that frames up to this one caused was published; see watermark
	unsaid  []saying // what earlier frames caused and may not have gone out
	carried *request // the one that found no room in the last turn
	leases  leases
	told    toldPlaces

	promises  promises
	estimates chan estimate // size estimatesMax

	refusals []atomic.Uint64 // of each line of codes
	reading  chan *request   // policy files on their way; size 1: one is read, one waits, others are refused
	gone     chan struct{}   // closed when Run returns
	notTaken atomic.Pointer[policyRefused]
}

// A state is how far a host has come.
type state uint8

const (
	starting state = iota
	serving
	stopped
)

// New makes a host and starts nothing.
func New(cfg Config) (*Host, error) {
	switch {
	case !isToken(cfg.Line):
		return nil, fmt.Errorf("host: line %q, want 1 to %d of a-z A-Z 0-9 _ -", cfg.Line, TokenLenMax)
	case cfg.Node == "" || len(cfg.Node) > journal.NodeLenMax:
		return nil, fmt.Errorf("host: node %q, want 1 to %d bytes", cfg.Node, journal.NodeLenMax)
	case cfg.Log == nil || cfg.Publish == nil:
		return nil, errors.New("host: want a journal and a publisher")
	case cfg.Speed < 0 || cfg.Speed > SpeedMax:
		return nil, fmt.Errorf("host: speed %d, want 1 to %d", cfg.Speed, SpeedMax)
	case len(cfg.PolicySource) > PolicyLenMax:
		return nil, fmt.Errorf("host: policy %s has %d bytes, want at most %d",
			cfg.PolicyFile, len(cfg.PolicySource), PolicyLenMax)
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Wall == nil || cfg.Elapsed == nil {
		cfg.Wall, cfg.Elapsed = monotonic()
	}
	if cfg.Stream == "" {
		cfg.Stream = fmt.Sprintf("FL_JRN_%d_%d", cfg.Shard, cfg.Generation)
	}
	if cfg.Speed == 0 {
		cfg.Speed = 1
	}
	if cfg.DigestEvery == 0 {
		cfg.DigestEvery = 1000
	}
	return &Host{
		cfg:      cfg,
		log:      cfg.Logger.With("line", cfg.Line),
		inbox:    make(chan *request, InboxMax),
		engine:   engine.New(),
		book:     newBook(),
		chain:    journal.Chain{Stream: cfg.Stream, Shard: cfg.Shard, Generation: cfg.Generation},
		refusals: make([]atomic.Uint64, len(codes)),
		reading:  make(chan *request, 1),

		estimates: make(chan estimate, estimatesMax),
		gone:      make(chan struct{}),
		clock:     clock{wall: cfg.Wall, elapsed: cfg.Elapsed, speed: cfg.Speed},
	}, nil
}

// Ready reports whether the line is served: the journal is replayed and claimed, and the host has not
// stopped.
func (h *Host) Ready() bool {
	h.gate.RLock()
	defer h.gate.RUnlock()
	return h.state == serving
}

// Run replays the journal, claims it, and serves the line until ctx ends. It returns nil after a clean
// stop: what had been answered is stored, and the last frame carries the digest. It returns an error when
// the journal is refused, a frame cannot be stored, or a message cannot be sent; then whatever was
// undecided goes without an answer, and the way on is a new Host. Run must be called only once.
func (h *Host) Run(ctx context.Context) error {
	defer h.stop()
	if err := h.replay(ctx); err != nil {
		return fmt.Errorf("host: line %s: %w", h.cfg.Line, err)
	}
	if err := h.open(ctx); err != nil {
		return fmt.Errorf("host: line %s: %w", h.cfg.Line, err)
	}
	h.beginLeases()
	defer h.startReading()()
	defer h.startEstimating()()
	h.setState(serving)
	h.log.Info("line is served", "seq", h.chain.Head.Seq, "epoch", h.chain.Head.Epoch, "policy", h.rules.name())
	if err := h.serve(ctx); err != nil {
		return fmt.Errorf("host: line %s: %w", h.cfg.Line, err)
	}
	h.log.Info("line is closed", "seq", h.chain.Head.Seq)
	return nil
}

// serve runs turns until ctx ends.
func (h *Host) serve(ctx context.Context) error {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		timer.Reset(h.wait())
		first := h.carried
		h.carried = nil
		switch {
		case ctx.Err() != nil:
			h.carried = first
			return h.close(ctx)
		case first == nil:
			select {
			case <-ctx.Done():
				continue
			case first = <-h.inbox:
			case <-timer.C:
			}
		}
		if err := h.runTurn(ctx, first); err != nil {
			return err
		}
	}
}

// wait says how long the host may sleep.
func (h *Host) wait() time.Duration {
	const longest = time.Hour
	wait := longest
	for _, due := range []engine.Instant{h.engine.Due(), h.leases.due()} {
		if due != 0 {
			wait = min(wait, max(0, h.clock.until(due)))
		}
	}
	return wait
}

// close ends the journal with a digest.
func (h *Host) close(ctx context.Context) error {
	h.setState(stopped)
	h.awaitStored()
	h.newTurn()
	h.turn.frame.HasDigest = true
	return h.store(ctx)
}

// storedWait bounds how long a host that closes waits until what it said is stored. Otherwise the next start says it again.
const storedWait = 2 * time.Second

func (h *Host) awaitStored() {
	const look = time.Millisecond
	for range storedWait / look {
		if h.cfg.Publish.Unstored() == 0 {
			return
		}
		time.Sleep(look)
	}
}

// stop answers those who still wait that the line is not served.
func (h *Host) stop() {
	h.setState(stopped)
	if h.carried != nil {
		h.refuse(h.carried.respond, h.unserved())
	}
	for {
		select {
		case r := <-h.inbox:
			h.refuse(r.respond, h.unserved())
		default:
			return
		}
	}
}

// setState moves the host on. When it returns nobody enters a request on the strength of the state before.
func (h *Host) setState(s state) {
	h.gate.Lock()
	defer h.gate.Unlock()
	h.state = s
}

func (h *Host) unserved() *Refusal {
	return refuse(Unserved, "line %s is not served here now", h.cfg.Line)
}
