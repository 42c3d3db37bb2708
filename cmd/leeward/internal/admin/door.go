package admin

import (
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Door is one way to the API. It tells who asks.
type Door struct {
	guard  *Guard
	socket bool
}

// Socket is the door behind the socket's file: who may open that may do all.
func (g *Guard) Socket() Door { return Door{g, true} }

// Address is the door at an address.
func (g *Guard) Address() Door { return Door{g, false} }

// caller is who makes a request. With a denial it is what is known of whoever is denied.
//
//	by the      shown                                              caller
//	socket      -                                                  the system's user, who may do all
//	address     a token that is known                              its name and role
//	address     a token that is not, or another scheme             denied
//	address     a certificate of a client                          its name and role
//	address     a certificate of another, or one that is not good  denied
//	address     nothing, and Host is no loopback address           denied, if who shows nothing may look
//	address     nothing                                            may look, or is open to what is open to all
func (d Door) caller(r *http.Request) (Caller, *denial) {
	who := Caller{From: r.RemoteAddr}
	if d.socket {
		p := parsePeer(r.RemoteAddr)
		return Caller{Name: p.user, Role: RoleAdmin, Way: BySocket, From: p.from()}, nil
	}
	access := d.guard.access.Load()
	if header := r.Header.Get("Authorization"); header != "" {
		return access.byToken(who, header)
	}
	if r.TLS != nil && len(r.TLS.PeerCertificates) > 0 && access.Identity != nil {
		return access.byCertificate(who, r.TLS.PeerCertificates, d.guard)
	}
	if !access.Anonymous {
		return who, nil
	}
	if !loopbackHost(r.Host) {
		return who, &denial{refusedHost, http.StatusForbidden, fmt.Sprintf(
			"the request is for host %q: who shows nothing asks for 127.0.0.1 or localhost, so that no page can be led here under a name of its own", r.Host)}
	}
	who.Role = RoleRead
	return who, nil
}

func (a *Access) byToken(who Caller, header string) (Caller, *denial) {
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return who, &denial{refusedToken, http.StatusUnauthorized, "the header Authorization wants: Bearer TOKEN"}
	}
	t, ok := a.bearer(strings.TrimSpace(token))
	if !ok {
		return who, &denial{refusedToken, http.StatusUnauthorized, "the token is not known here: admin.tokens has the hashes of those that are"}
	}
	who.Name, who.Role, who.Way = t.Name, t.Role, ByToken
	return who, nil
}

// byCertificate judges a certificate whose key its client has, at every request: connections outlive certificates.
func (a *Access) byCertificate(who Caller, chain []*x509.Certificate, g *Guard) (Caller, *denial) {
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	leaf := chain[0]
	_, err := leaf.Verify(x509.VerifyOptions{Roots: a.Identity.authorities(), Intermediates: between, CurrentTime: g.clock(),
		KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	if err != nil {
		return who, &denial{refusedCertificate, http.StatusForbidden, "the client's certificate is not accepted: " + err.Error()}
	}
	names := append([]string{leaf.Subject.CommonName}, leaf.DNSNames...)
	names = append(names, leaf.EmailAddresses...)
	for _, uri := range leaf.URIs {
		names = append(names, uri.String())
	}
	for _, c := range a.Clients {
		for _, name := range names {
			if name == c.Name {
				who.Name, who.Role, who.Way = c.Name, c.Role, ByCertificate
				return who, nil
			}
		}
	}
	return who, &denial{refusedCertificate, http.StatusForbidden, fmt.Sprintf(
		"the client's certificate is for %q, and none of these is in admin.tls.clients", names)}
}

// loopbackHost says whether a request's Host names this host to itself.
func loopbackHost(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if addr, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return addr.IsLoopback()
	}
	host = strings.ToLower(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}

// allows says whether a caller may make the request of a route.
//
//	the route     the caller                                      result
//	open          any                                             yes
//	other         has its role                                    yes, unless it is a change that another site's page asks for
//	other         has shown nothing, and could                    401
//	other         has shown nothing, and nothing can be shown     403
//	other         has less of a role                              403
func (d Door) allows(route *Route, r *http.Request) (Caller, *denial) {
	if route.Role == RoleOpen {
		return Caller{From: r.RemoteAddr}, nil
	}
	who, denied := d.caller(r)
	switch {
	case denied != nil:
		return who, denied
	case who.Role >= route.Role:
		if err := d.guard.origin.Check(r); err != nil {
			return who, &denial{refusedOrigin, http.StatusForbidden, "a page of another site asks for this in a browser: " + err.Error()}
		}
		return who, nil
	case who.Way != ByNothing:
		return who, &denial{refusedRole, http.StatusForbidden, fmt.Sprintf("%s has role %s, and this wants %s", who, who.Role, route.Role)}
	case d.guard.access.Load().authenticates():
		return who, &denial{refusedNothing, http.StatusUnauthorized, fmt.Sprintf(
			"this wants role %s: show a token (Authorization: Bearer TOKEN; leeward has --token-file and LEEWARD_TOKEN), or come by the admin socket", route.Role)}
	}
	return who, &denial{refusedNothing, http.StatusForbidden, "this address may only look; use the admin socket to change things"}
}
