package metrics

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// ErrListen says that the address is not a loopback address.
var ErrListen = errors.New("listening elsewhere than on a loopback address needs TLS and authentication, " +
	"which this version does not have")

// stopMax bounds the wait for requests in hand when a server stops.
const stopMax = 2 * time.Second

// A Server answers /metrics, /healthz and /readyz.
type Server struct {
	listener net.Listener
	http     http.Server
}

// Listen takes an address, which must be one of the loopback, such as 127.0.0.1:7777; port 0 takes a free one. from has what it
// tells beside the process, ready
// whether it serves. It answers when Run is called.
func Listen(address string, from prometheus.Gatherer, ready func() bool, log *slog.Logger) (*Server, error) {
	if err := loopback(address); err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", address, err)
	}
	s := &Server{listener: listener}
	s.http = http.Server{
		Handler: Handler(from, ready), ReadTimeout: 5 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	return s, nil
}

// loopback refuses what is reachable from elsewhere. A name other than localhost is refused too: what it resolves to
// may change.
func loopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("listen on %q: want an address and a port: %w", address, err)
	}
	if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
		return fmt.Errorf("listen on %q: %w", address, ErrListen)
	}
	return nil
}

// URL is where the server is, without a path.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// Run answers until ctx ends, then lets requests in hand end. A server that never runs is closed by Close.
func (s *Server) Run(ctx context.Context) error {
	failed := make(chan error, 1)
	go func() { failed <- s.http.Serve(s.listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve metrics: %w", err)
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopMax)
	defer cancel()
	err := s.http.Shutdown(stop)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.http.Close()
	}
	<-failed
	return err
}

// Close gives the address free.
func (s *Server) Close() error { return s.listener.Close() }

// Handler answers /metrics with those given and the process's, /healthz while the process lives, and /readyz while it is
// ready: the line is served, or the adapter does what it is there for.
func Handler(from prometheus.Gatherer, ready func() bool) http.Handler {
	process := prometheus.NewRegistry()
	process.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(prometheus.Gatherers{from, process}, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "alive") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if !ready() {
			say(w, http.StatusServiceUnavailable, "not ready")
			return
		}
		say(w, http.StatusOK, "ready")
	})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		say(w, http.StatusOK, "/metrics  for Prometheus\n/healthz  the process lives\n/readyz   it serves")
	})
	return mux
}

func say(w http.ResponseWriter, code int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(code)
	fmt.Fprintln(w, text)
}
