package probe

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"leeward/steering"
)

// certified makes a certificate that signs itself, for www.example.com and 127.0.0.1.
func certified(t *testing.T, from, until time.Time) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "probe test"},
		NotBefore:    from,
		NotAfter:     until,
		DNSNames:     []string{"www.example.com"},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:         true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func TestHTTPSVerifies(t *testing.T) {
	const day = 24 * time.Hour
	now := time.Now()
	for _, c := range []struct {
		name        string
		from, until time.Duration // of the certificate, from now
		trusted     bool
		check       steering.Check
		want        string
	}{
		{"by address", -day, day, true, steering.Check{Verify: true}, "passed"},
		{"by name", -day, day, true, steering.Check{Verify: true, Host: "www.example.com"}, "passed"},
		{"by name with a port", -day, day, true, steering.Check{Verify: true, Host: "www.example.com:8443"}, "passed"},
		{"by address as the host", -day, day, true, steering.Check{Verify: true, Host: "127.0.0.1:443"}, "passed"},
		{"another name", -day, day, true, steering.Check{Verify: true, Host: "mail.example.com"}, "certificate is for another name"},
		{"expired", -2 * day, -day, true, steering.Check{Verify: true}, "certificate has expired"},
		{"early", day, 2 * day, true, steering.Check{Verify: true}, "certificate is not valid yet"},
		{"unknown", -day, day, false, steering.Check{Verify: true}, "certificate of an unknown authority"},
		{"not verified", -2 * day, -day, false, steering.Check{Host: "mail.example.com"}, "passed"},
		{"verified, but sick", -day, day, true, steering.Check{Verify: true, Path: "/sick"}, "status 500"},
	} {
		t.Run(c.name, func(t *testing.T) {
			certificate, roots := certified(t, now.Add(c.from), now.Add(c.until))
			if !c.trusted {
				roots = x509.NewCertPool()
			}
			s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/sick" {
					w.WriteHeader(500)
				}
			}))
			s.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
			s.Config.ErrorLog = quiet()
			s.StartTLS()
			defer s.Close()
			at := netip.MustParseAddrPort(s.Listener.Addr().String())
			c.check.Type, c.check.Port = steering.CheckHTTPS, at.Port()
			h, err := newHTTPCheck(withDefaults(c.check), &dialer{})
			if err != nil {
				t.Fatal(err)
			}
			h.roots = roots
			if got := try(t, h.ask, at.Addr(), patient); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestHTTPSSaysWhyTLSFailed(t *testing.T) {
	certificate, _ := certified(t, time.Now().Add(-time.Hour), time.Now().Add(time.Hour))
	s := httptest.NewUnstartedServer(http.NotFoundHandler())
	s.TLS = &tls.Config{
		Certificates: []tls.Certificate{certificate},
		GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			if hello.ServerName != "www.example.com" {
				t.Errorf("the server name sent is %q", hello.ServerName)
			}
			return &tls.Config{Certificates: []tls.Certificate{certificate}, MaxVersion: tls.VersionTLS11}, nil
		},
	}
	s.Config.ErrorLog = quiet()
	s.StartTLS()
	defer s.Close()
	a, addr := probing(t, steering.Check{Type: steering.CheckHTTPS, Host: "www.example.com"}, s.Listener.Addr().String())
	if got := try(t, a, addr, patient); got != "tls: protocol version not supported" {
		t.Error(got)
	}
	a, addr = probing(t, steering.Check{Type: steering.CheckHTTPS}, site(t, "127.0.0.1", http.NotFound))
	if got := try(t, a, addr, patient); got != "no TLS there" {
		t.Error(got)
	}
}
