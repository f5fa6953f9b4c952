package social

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"

	"fairline/adapters/channel"
	"fairline/adapters/channel/mapped"
	"fairline/policy"
)

// An Adapter follows the streams of a Config.
type Adapter struct {
	cfg      Config
	line     channel.Line
	log      *slog.Logger
	client   *http.Client
	accounts []*account
	sampler  channel.Sampler
}

// New returns an adapter of a line. The error is that of Config.Check, or of making the store.
func New(cfg Config, line channel.Line, people channel.People, log *slog.Logger) (*Adapter, error) {
	if err := cfg.Check(); err != nil {
		return nil, fmt.Errorf("social: %w", err)
	}
	cfg = withDefaults(cfg)
	if err := os.MkdirAll(cfg.Store, 0o700); err != nil {
		return nil, fmt.Errorf("social: %w", err)
	}
	a := &Adapter{cfg: cfg, line: line, log: log, sampler: channel.Sampler{Dir: cfg.Samples, Every: cfg.SampleEvery}, client: &http.Client{
		Transport: &http.Transport{MaxResponseHeaderBytes: 64 << 10, ResponseHeaderTimeout: cfg.AnswerMax, TLSHandshakeTimeout: cfg.AnswerMax,
			IdleConnTimeout: cfg.IdleMax, Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: cfg.AnswerMax}).DialContext},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // the token is for this server
	}}
	for _, m := range cfg.Mastodon {
		acc := &account{adapter: a, name: m.Name, us: m.Us, words: m.Words, held: mapped.Hold(m.Mapping), door: &mapped.Door{People: people, Contents: cfg.Contents}}
		for _, name := range m.Streams {
			s, _ := streamOf(name) // Check has read it
			follower := &mastodon{account: acc, server: m, stream: s, file: ledger{path: cfg.file(m.Name, name)}}
			acc.followers = append(acc.followers, follower.follow)
		}
		a.accounts = append(a.accounts, acc)
	}
	for _, b := range cfg.Bluesky {
		acc := &account{adapter: a, name: b.Name, us: b.Us, words: b.Words, held: mapped.Hold(b.Mapping), door: &mapped.Door{People: people, Contents: cfg.Contents}}
		follower := &jetstream{account: acc, server: b, file: ledger{path: cfg.file(b.Name, "jetstream")}}
		acc.followers = append(acc.followers, follower.follow)
		a.accounts = append(a.accounts, acc)
	}
	return a, nil
}

// Run follows every stream until ctx ends. It fails only where a position cannot be read.
func (a *Adapter) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer a.client.CloseIdleConnections()
	var wg sync.WaitGroup
	var mutex sync.Mutex
	var failed error
	for _, acc := range a.accounts {
		for _, follow := range acc.followers {
			wg.Go(func() {
				if err := follow(ctx); err != nil {
					cancel()
					mutex.Lock()
					defer mutex.Unlock()
					failed = errors.Join(failed, fmt.Errorf("social: %w", err))
				}
			})
		}
	}
	wg.Wait()
	return failed
}

// Under reads the mappings under another policy. Where one has a fault there the error says where, and nothing changes; adopt
// puts them in force.
func (a *Adapter) Under(p *policy.Policy) (adopt func(), err error) {
	all := map[string]*mapped.Held{}
	for _, acc := range a.accounts {
		all["account "+acc.name] = acc.held
	}
	return mapped.Under(p, all)
}

// Ready is nil while every stream is connected.
func (a *Adapter) Ready() error {
	var errs []error
	for _, acc := range a.accounts {
		if missing := len(acc.followers) - int(acc.streams.Load()); missing > 0 {
			errs = append(errs, fmt.Errorf("social: %s: %d of %d streams are not connected", acc.name, missing, len(acc.followers)))
		}
	}
	return errors.Join(errs...)
}

// Stats are the counts of each account, by its name.
func (a *Adapter) Stats() map[string]Stats {
	all := map[string]Stats{}
	for _, acc := range a.accounts {
		all[acc.name] = acc.tally.Stats()
	}
	return all
}
