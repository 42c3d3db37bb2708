package admin

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
)

// Reach is how to come to a node by an address, and what to show there.
type Reach struct {
	URL       string // or host:port, for http
	Token     string // "": none
	Authority string // file of the authorities of the node's certificate; "": the system's
	Cert, Key string // files of the client's certificate; "": none
}

// AtURL is a client of the node behind an address that needs nothing shown, host:port or a URL.
func AtURL(at string) *Client {
	if !strings.Contains(at, "://") {
		at = "http://" + at
	}
	return &Client{where: at, base: strings.TrimRight(at, "/"), http: &http.Client{CheckRedirect: stay}}
}

// stay follows no redirect: a node sends none, and whoever else does is not to be shown the token.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// At is a client of the node behind an address. A token is shown by TLS, or to this host.
func At(r Reach) (*Client, error) {
	c := AtURL(r.URL)
	c.token = r.Token
	at, err := url.Parse(c.base)
	if err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" {
		return nil, fmt.Errorf("%q is no address of a server, such as http://127.0.0.1:9353", r.URL)
	}
	secure := at.Scheme == "https"
	switch {
	case !secure && r.Token != "" && !loopbackHost(at.Host):
		return nil, fmt.Errorf("the token would travel to %s in the clear: use https://", at.Host)
	case !secure && (r.Authority != "" || r.Cert != "" || r.Key != ""):
		return nil, fmt.Errorf("%s is without TLS: certificates are for https://", c.where)
	case !secure:
		return c, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if r.Authority != "" {
		text, err := os.ReadFile(r.Authority)
		if err != nil {
			return nil, err
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("%s has no certificate in PEM", r.Authority)
		}
	}
	if (r.Cert == "") != (r.Key == "") {
		return nil, errors.New("a certificate and its key are wanted, both")
	}
	if r.Cert != "" {
		pair, err := tls.LoadX509KeyPair(r.Cert, r.Key)
		if err != nil {
			return nil, fmt.Errorf("%s, with %s: %w", r.Cert, r.Key, err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	c.http.Transport = &http.Transport{TLSClientConfig: config}
	return c, nil
}
