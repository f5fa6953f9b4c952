package webhook

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestTLS serves with a certificate of its own.
func TestTLS(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk(t, []string{"whatsapp"}, nil)
	d.cfg.Cert = d.file(t, "cert", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	d.cfg.Key = d.file(t, "key", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})))
	addr := running(t, d)
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, DisableKeepAlives: true}, Timeout: 10 * time.Second}
	body := message("1", began)
	r, _ := http.NewRequest(http.MethodPost, "https://"+addr+"/whatsapp", strings.NewReader(body))
	r.Header.Set("X-Hub-Signature-256", signers["meta"]("first secret", body, began)["X-Hub-Signature-256"])
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 200 || len(d.line.Contacts()) != 1 {
		t.Errorf("%d", res.StatusCode)
	}
}

// TestAnAddressInUse is an error of Run.
func TestAnAddressInUse(t *testing.T) {
	d := newDesk(t, []string{"whatsapp"}, nil)
	addr := running(t, d)
	other := newDesk(t, []string{"whatsapp"}, func(c *Config) { c.Listen = addr })
	if err := other.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("%v", err)
	}
	if other.Addr() != nil || other.Ready() == nil {
		t.Error("it says that it listens")
	}
}
