package admin

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// TLSFiles are the files of TLS, in PEM.
type TLSFiles struct {
	Certificate string
	Key         string
	ClientCA    string // authorities of clients' certificates; "": none are asked for
}

// Identity is the certificate that a node shows, and the authorities of its clients' certificates. The files are read anew
// when they have changed; if they are not good then, what was good before is shown on, and Problem says so.
type Identity struct {
	files TLSFiles
	log   *slog.Logger

	mu    sync.Mutex
	stamp [3]stamp // of the files as they were last read
	shown shown
	err   error // why the files as they stand are not in use
}

// shown is one reading of the files.
type shown struct {
	certificate tls.Certificate
	clients     *x509.CertPool // nil: none
}

// stamp tells a version of a file from others.
type stamp struct {
	at   time.Time
	size int64
}

// LoadIdentity reads the files, which must be good.
func LoadIdentity(files TLSFiles, log *slog.Logger) (*Identity, error) {
	i := &Identity{files: files, log: log, stamp: files.stamps()}
	var err error
	if i.shown, err = files.read(); err != nil {
		return nil, err
	}
	if info, err := os.Stat(files.Key); err == nil && info.Mode().Perm()&0o006 != 0 {
		log.Warn(fmt.Sprintf("admin.tls.key: %s is open to all users (mode %04o): chmod o= %s", files.Key, info.Mode().Perm(), files.Key))
	}
	return i, nil
}

func (f TLSFiles) stamps() (list [3]stamp) {
	for i, file := range []string{f.Certificate, f.Key, f.ClientCA} {
		if info, err := os.Stat(file); err == nil {
			list[i] = stamp{info.ModTime(), info.Size()}
		}
	}
	return list
}

func (f TLSFiles) read() (s shown, err error) {
	if s.certificate, err = tls.LoadX509KeyPair(f.Certificate, f.Key); err != nil {
		return s, fmt.Errorf("admin.tls.certificate %s, with admin.tls.key %s: %w", f.Certificate, f.Key, err)
	}
	if f.ClientCA == "" {
		return s, nil
	}
	text, err := os.ReadFile(f.ClientCA)
	if err != nil {
		return s, fmt.Errorf("admin.tls.client_ca: %w", err)
	}
	s.clients = x509.NewCertPool()
	if !s.clients.AppendCertsFromPEM(text) {
		return s, fmt.Errorf("admin.tls.client_ca: %s has no certificate in PEM", f.ClientCA)
	}
	return s, nil
}

// current is what is shown now. It looks at the files.
func (i *Identity) current() (shown, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	stamp := i.files.stamps()
	if stamp == i.stamp {
		return i.shown, i.err
	}
	i.stamp = stamp
	var s shown
	if s, i.err = i.files.read(); i.err != nil {
		i.log.Error("the certificate in use stays", "error", i.err)
		return i.shown, i.err
	}
	i.shown = s
	i.log.Info("admin.tls: a new certificate is in use", "expires", s.certificate.Leaf.NotAfter.UTC().Format(time.RFC3339))
	return s, nil
}

func (i *Identity) authorities() *x509.CertPool {
	s, _ := i.current()
	if s.clients == nil {
		return x509.NewCertPool() // not the system's
	}
	return s.clients
}

// Expires is when the certificate that is shown does.
func (i *Identity) Expires() time.Time {
	s, _ := i.current()
	return s.certificate.Leaf.NotAfter
}

// soon is how long before its end a certificate is a problem: two weeks, and less for one that is short-lived.
const soon = 14 * 24 * time.Hour

// Problem is what an operator should look at; "" for nothing.
//
//	the files as they stand are not good     said, with what is shown until then
//	the certificate has expired              said
//	it will, within two weeks and a third    said
//	of its time
func (i *Identity) Problem(now time.Time) string {
	s, err := i.current()
	leaf := s.certificate.Leaf
	left, whole := leaf.NotAfter.Sub(now), leaf.NotAfter.Sub(leaf.NotBefore)
	end := leaf.NotAfter.UTC().Format(time.DateTime) + " UTC"
	switch {
	case err != nil:
		return fmt.Sprintf("a new certificate is not taken up, the one in use expires %s: %v", end, err)
	case left <= 0:
		return "admin.tls: THE CERTIFICATE HAS EXPIRED, " + end
	case left < min(soon, whole/3):
		return "admin.tls: the certificate expires " + end
	}
	return ""
}

// TLS is how a listener speaks TLS, as of the access in force at each handshake. Certificates of clients are judged with
// their requests, where what is wrong can be said: here only that they have the key.
func (g *Guard) TLS() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
		identity := g.Identity()
		if identity == nil {
			return nil, errors.New("admin.tls is not configured any more")
		}
		s, _ := identity.current()
		config := &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}, Certificates: []tls.Certificate{s.certificate}}
		if s.clients != nil {
			config.ClientAuth, config.ClientCAs = tls.RequestClientCert, s.clients
		}
		return config, nil
	}}
}
