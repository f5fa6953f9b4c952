package webhook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"fairline/adapters/channel"
	"fairline/adapters/channel/mapped"
	"fairline/adapters/channel/reply"
	"fairline/policy"
)

// An Adapter receives webhooks. It is an http.Handler, and with Run a server.
type Adapter struct {
	cfg       Config
	line      channel.Line
	log       *slog.Logger
	endpoints map[string]*endpoint
	places    chan struct{} // of requests
	door      *mapped.Door
	sampler   channel.Sampler
	addr      atomic.Pointer[net.Addr]
}

// An endpoint is a path that is served.
type endpoint struct {
	Endpoint
	sender         *reply.Sender // nil: nobody is told anything
	sayings        chan saying
	held           *mapped.Held // its Mapping, under the policy in force
	secrets, token *vial
	bucket         bucket
	tally          channel.Tally[Stats]
}

// New returns an adapter of a line. The error is that of Config.Check.
func New(cfg Config, line channel.Line, people channel.People, log *slog.Logger) (*Adapter, error) {
	if err := cfg.Check(); err != nil {
		return nil, fmt.Errorf("webhook: %w", err)
	}
	cfg = withDefaults(cfg)
	a := &Adapter{cfg: cfg, line: line, door: &mapped.Door{People: people, Contents: cfg.Contents}, log: log, endpoints: map[string]*endpoint{},
		places: make(chan struct{}, cfg.RequestsMax), sampler: channel.Sampler{Dir: cfg.Samples, Every: cfg.SampleEvery}}
	for _, e := range cfg.Endpoints {
		var tokens []string
		if e.Token != "" {
			tokens = []string{e.Token}
		}
		p := &endpoint{Endpoint: e, held: mapped.Hold(e.Mapping), secrets: newVial(e.Secrets, log), token: newVial(tokens, log),
			bucket: bucket{rate: e.Rate, burst: float64(e.Burst)}}
		if e.Reply != nil {
			c := e.Reply.WithDefaults()
			p.Reply = &c
			p.sender, _ = reply.New(c) // Check has made one
			p.sayings = make(chan saying, sayingsMax)
		}
		a.endpoints[e.Path] = p
	}
	return a, nil
}

// closeMax is how long requests may take to their end when the adapter stops.
const closeMax = 5 * time.Second

// Run listens until ctx ends, and tells customers how they stand. It fails where it cannot listen, or the line cannot be followed.
func (a *Adapter) Run(ctx context.Context) error {
	if a.endpointWithReply() == nil {
		return a.listen(ctx)
	}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return a.tell(ctx) })
	g.Go(func() error { return a.listen(ctx) })
	return g.Wait()
}

func (a *Adapter) endpointWithReply() *endpoint {
	for _, e := range a.endpoints {
		if e.sender != nil {
			return e
		}
	}
	return nil
}

func (a *Adapter) listen(ctx context.Context) error {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.cfg.Listen)
	if err != nil {
		return fmt.Errorf("webhook: %w", err)
	}
	at := l.Addr()
	a.addr.Store(&at)
	defer a.addr.Store(nil)
	s := &http.Server{Handler: a, ReadHeaderTimeout: a.cfg.ReadMax, ReadTimeout: a.cfg.ReadMax, WriteTimeout: a.cfg.ReadMax + 2*a.cfg.AnswerMax,
		IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelDebug)}
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(stopped)
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeMax)
		defer cancel()
		if s.Shutdown(end) != nil {
			_ = s.Close() // what is still open was given its time
		}
	})
	a.log.Info("webhooks are received", "address", at.String(), "endpoints", len(a.endpoints))
	serve := s.Serve
	if a.cfg.Cert != "" {
		serve = func(l net.Listener) error { return s.ServeTLS(l, a.cfg.Cert, a.cfg.Key) }
	}
	err = serve(bound(l, a.cfg.ConnsMax))
	if stop() {
		return fmt.Errorf("webhook: %w", errors.Join(err, s.Close()))
	}
	<-stopped
	return nil
}

// Under reads the mappings under another policy. Where one has a fault there the error says where, and nothing changes; adopt
// puts them in force.
func (a *Adapter) Under(p *policy.Policy) (adopt func(), err error) {
	all := map[string]*mapped.Held{}
	for path, e := range a.endpoints {
		all["endpoint "+path] = e.held
	}
	return mapped.Under(p, all)
}

// Ready is nil while the adapter listens.
func (a *Adapter) Ready() error {
	if a.addr.Load() == nil {
		return errors.New("webhook: it does not listen")
	}
	return nil
}

// Addr is where it listens, nil while it does not.
func (a *Adapter) Addr() net.Addr {
	if at := a.addr.Load(); at != nil {
		return *at
	}
	return nil
}

// Stats are the counts of each endpoint, by its path.
func (a *Adapter) Stats() map[string]Stats {
	all := map[string]Stats{}
	for path, e := range a.endpoints {
		all[path] = e.tally.Stats()
	}
	return all
}
