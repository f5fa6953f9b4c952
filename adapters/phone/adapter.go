package phone

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"fairline/adapters/channel"

	"github.com/emiago/sipgo"
	"github.com/emiago/sipgo/sip"
	"golang.org/x/sync/errgroup"
)

// An Adapter is the telephone of a line. Its methods may be called by any goroutine.
type Adapter struct {
	cfg    Config
	line   channel.Line
	agents channel.Agents
	people channel.People
	log    *slog.Logger

	certificate *tls.Certificate
	desk        *desk
	band        *band // the music; nil: none
	guard       *guard

	ua     *sipgo.UserAgent
	server *sipgo.Server
	client *sipgo.Client

	listening sync.Mutex
	udp       net.PacketConn
	tcp, tls  net.Listener
	up        atomic.Bool

	mutex    sync.Mutex
	calls    map[string]*call   // by contact
	tickets  map[uint64]*call   // by ticket, and by the ticket that it joined
	backs    map[uint64]*call   // those of ours to customers, by ticket
	sources  map[netip.Addr]int // calls of an address
	legs     map[string]*leg    // by dialog
	moves    atomic.Uint64      // how often a call left the line: places have changed
	life     context.Context    // of Run
	over     context.CancelFunc
	work     sync.WaitGroup // goroutines that outlive what began them
	draining bool
	silent   atomic.Int64 // until when the line is not asked where calls stand, in Unix nanoseconds

	statsMutex sync.Mutex
	stats      Stats
}

// prepareLibrary sets what sipgo has for the whole process: datagrams up to the limit of UDP go out (the default of 1,300 bytes
// has no fallback to TCP), and it logs nothing, because it would log messages with numbers in them.
var prepareLibrary = sync.OnceFunc(func() {
	sip.UDPMTUSize = 65_507 + 200 // the library keeps 200 bytes free
	sip.SetDefaultLogger(slog.New(slog.DiscardHandler))
})

// New returns the phone of a line. It reads the files of the configuration and starts nothing.
func New(cfg Config, line channel.Line, agents channel.Agents, people channel.People, log *slog.Logger) (*Adapter, error) {
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	prepareLibrary()
	a := &Adapter{cfg: cfg, line: line, agents: agents, people: people, log: log, calls: map[string]*call{},
		tickets: map[uint64]*call{}, backs: map[uint64]*call{}, sources: map[netip.Addr]int{}, legs: map[string]*leg{}}
	if cfg.Dial.URI != "" && cfg.Contents == nil {
		return nil, errors.New("phone: Dial: nothing keeps whom to call; set vault.contents, or leave Dial.URI out")
	}
	a.guard = newGuard(a)
	a.life, a.over = context.WithCancel(context.Background())
	secrets, err := readSecrets(cfg.SecretsFile)
	if err != nil {
		return nil, err
	}
	if a.desk, err = newDesk(cfg.Agents, secrets); err != nil {
		return nil, err
	}
	if cfg.TLS != "" {
		pair, err := tls.LoadX509KeyPair(cfg.CertFile, cfg.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("phone: CertFile, KeyFile: %w", err)
		}
		a.certificate = &pair
	}
	if cfg.plays() {
		if a.band, err = newBand(&a.cfg); err != nil {
			return nil, err
		}
	}
	return a, a.build()
}

// build makes the layers of the SIP library.
func (a *Adapter) build() (err error) {
	quiet := slog.New(listener{a})
	parser := sip.NewParser()
	parser.MaxMessageLength = a.cfg.MessageMax
	a.ua, err = sipgo.NewUA(sipgo.WithUserAgent("fairline"), sipgo.WithUserAgentParser(parser),
		sipgo.WithUserAgentTransportLayerOptions(sip.WithTransportLayerLogger(quiet),
			sip.WithTransportLayerTransports(sip.TransportsConfig{TCP: &sip.TransportTCP{WriteTimeout: writeMax},
				TLS: &sip.TransportTLS{TransportTCP: &sip.TransportTCP{WriteTimeout: writeMax}}})),
		sipgo.WithUserAgentTransactionLayerOptions(sip.WithTransactionLayerLogger(quiet),
			sip.WithTransactionLayerTerminateOnConnClose(),
			sip.WithTransactionLayerUnhandledResponseHandler(func(*sip.Response) {})))
	if err != nil {
		return fmt.Errorf("phone: %w", err)
	}
	if a.server, err = sipgo.NewServer(a.ua, sipgo.WithServerLogger(quiet)); err != nil {
		return fmt.Errorf("phone: %w", err)
	}
	if a.client, err = sipgo.NewClient(a.ua, sipgo.WithClientLogger(quiet)); err != nil {
		return fmt.Errorf("phone: %w", err)
	}
	a.server.OnInvite(a.onInvite)
	a.server.OnAck(a.onAck)
	a.server.OnBye(a.onBye)
	a.server.OnCancel(a.onCancel)
	a.server.OnInfo(a.onInfo)
	a.server.OnNotify(a.onNotify)
	a.server.OnRegister(a.onRegister)
	a.server.OnOptions(a.onOptions)
	a.server.OnNoRoute(a.onOther)
	return nil
}

// Listen opens the sockets, so that the addresses are known before Run. Run does it itself where nobody did.
func (a *Adapter) Listen() (err error) {
	a.listening.Lock()
	defer a.listening.Unlock()
	if a.udp != nil || a.tcp != nil || a.tls != nil {
		return nil
	}
	defer func() {
		if err != nil {
			a.closeSockets()
		}
	}()
	if a.cfg.UDP != "" {
		if a.udp, err = net.ListenPacket("udp", a.cfg.UDP); err != nil {
			return fmt.Errorf("phone: UDP: %w", err)
		}
		_ = a.udp.(*net.UDPConn).SetReadBuffer(readBuffer) // as much of it as the system allows
	}
	if a.cfg.TCP != "" {
		if a.tcp, err = net.Listen("tcp", a.cfg.TCP); err != nil {
			return fmt.Errorf("phone: TCP: %w", err)
		}
	}
	if a.cfg.TLS != "" {
		if a.tls, err = net.Listen("tcp", a.cfg.TLS); err != nil {
			return fmt.Errorf("phone: TLS: %w", err)
		}
	}
	if a.band != nil {
		return a.band.listen()
	}
	return nil
}

func (a *Adapter) closeSockets() {
	if a.udp != nil {
		_ = a.udp.Close()
	}
	for _, l := range []net.Listener{a.tcp, a.tls} {
		if l != nil {
			_ = l.Close()
		}
	}
	if a.band != nil {
		a.band.close()
	}
}

// Addr returns the address that is listened on with a transport, udp, tcp or tls; empty: none.
func (a *Adapter) Addr(transport string) string {
	a.listening.Lock()
	defer a.listening.Unlock()
	switch {
	case transport == "udp" && a.udp != nil:
		return a.udp.LocalAddr().String()
	case transport == "tcp" && a.tcp != nil:
		return a.tcp.Addr().String()
	case transport == "tls" && a.tls != nil:
		return a.tls.Addr().String()
	}
	return ""
}

// Ready returns nil while calls are taken.
func (a *Adapter) Ready() error {
	if !a.up.Load() {
		return errors.New("phone: not listening")
	}
	return nil
}

// Run takes calls until ctx ends; then those who wait are told to call again (503), bridged calls are ended, and it returns nil.
// It fails where a socket cannot be opened or is lost, or the line cannot be followed for good. It can be run once.
func (a *Adapter) Run(ctx context.Context) error {
	if err := a.Listen(); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	serve := func(f func() error) {
		group.Go(func() error {
			if err := f(); ctx.Err() == nil {
				return fmt.Errorf("phone: the socket was lost: %w", err)
			}
			return nil
		})
	}
	if a.udp != nil {
		serve(func() error { return a.guard.serveUDP(a.udp) })
	}
	if a.tcp != nil {
		serve(func() error { return a.server.ServeTCP(a.guard.listener(a.tcp)) })
	}
	if a.tls != nil {
		conf := &tls.Config{Certificates: []tls.Certificate{*a.certificate}, MinVersion: tls.VersionTLS12}
		serve(func() error { return a.server.ServeTLS(a.guard.listener(tls.NewListener(a.tls, conf))) })
	}
	if a.udp != nil {
		a.guard.awaitUDP(ctx) // the line may have an offer for us at once
	}
	group.Go(func() error { return a.line.Follow(ctx, a.hear) })
	group.Go(func() error { a.tellPlaces(ctx); return nil })
	group.Go(func() error { a.keepDesk(ctx); return nil })
	if a.band != nil {
		group.Go(func() error { a.band.play(ctx); return nil })
		group.Go(func() error { a.band.listenKeys(); return nil })
	}
	a.up.Store(true)
	a.log.Info("phone is up", "udp", a.Addr("udp"), "tcp", a.Addr("tcp"), "tls", a.Addr("tls"), "mode", string(a.cfg.Mode))
	group.Go(func() error { <-ctx.Done(); a.shut(); return nil })
	return group.Wait()
}

// shut ends every call, then the sockets.
func (a *Adapter) shut() {
	a.up.Store(false)
	a.mutex.Lock()
	a.draining = true
	a.mutex.Unlock()
	a.over()
	a.work.Wait()
	a.guard.deaf.Store(true)
	time.Sleep(tableRest)
	a.closeSockets()
	_ = a.ua.Close() // connections
	a.log.Info("phone is down")
}

// begin runs f as long as need be; Run returns after it. It says no when the phone closes.
func (a *Adapter) begin(f func()) bool {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if a.draining {
		return false
	}
	a.work.Go(f)
	return true
}
