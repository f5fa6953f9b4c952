package email

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"strings"
)

// secured is what TLS holds a server to: the name in its address, and a certificate signed by the authorities in a PEM file, or by
// those of the system where there is none.
func secured(address, authorityFile string) (*tls.Config, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	cfg := &tls.Config{ServerName: host}
	if authorityFile == "" {
		return cfg, nil
	}
	text, err := os.ReadFile(authorityFile)
	if err != nil {
		return nil, err
	}
	cfg.RootCAs = x509.NewCertPool()
	if !cfg.RootCAs.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("there is no certificate in %s: write it as PEM", authorityFile)
	}
	return cfg, nil
}

// dial connects, with TLS at once where that is the security.
func dial(ctx context.Context, address, security string, secure *tls.Config) (net.Conn, error) {
	if security == "tls" {
		return (&tls.Dialer{Config: secure}).DialContext(ctx, "tcp", address)
	}
	return new(net.Dialer).DialContext(ctx, "tcp", address)
}

// secret reads a password: the first line of a file, read anew each time so that it can be changed.
func secret(path string) (string, error) {
	text, err := os.ReadFile(path)
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimRight(line, "\r"), err
}
