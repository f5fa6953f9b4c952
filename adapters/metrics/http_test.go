package metrics

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestServerListensOnTheLoopbackAlone(t *testing.T) {
	r := New("main", nil)
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "example.org:80", "192.0.2.1:80"} {
		if s, err := Listen(address, r, nil, slog.New(slog.DiscardHandler)); !errors.Is(err, ErrListen) {
			t.Errorf("Listen(%s) = %v, %v, want %v", address, s, err, ErrListen)
		}
	}
	if _, err := Listen("7777", r, nil, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("an address without a port: no error")
	}
}

func TestServerRuns(t *testing.T) {
	r := New("main", nil)
	s, err := Listen("localhost:0", r, func() bool { return true }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Listen(strings.TrimPrefix(s.URL(), "http://"), r, nil, slog.New(slog.DiscardHandler)); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("a second server on the address: %v, want %v", err, syscall.EADDRINUSE)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get(s.URL() + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(resp.Body)
	if err != nil || string(text) != "ready\n" || resp.Body.Close() != nil {
		t.Errorf("/readyz: %q, %v", text, err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Run = %v", err)
	}
}
