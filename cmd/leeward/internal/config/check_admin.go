package config

import (
	"bytes"
	"net/netip"
	"slices"
)

// maxSocket is the longest path of a Unix socket on Linux (unix(7): 108 octets with the closing zero).
const maxSocket = 107

func (k checker) admin() {
	k.adminSocket()
	k.adminTokens()
	k.adminTLS()
	k.adminListen()
}

func (k checker) adminSocket() {
	a := k.c.Admin
	if len(a.Socket) > maxSocket {
		k.badKey("admin.socket", "%s is longer than %d octets", a.Socket, maxSocket)
	}
	if a.Socket != "" && a.SocketMode&0o006 != 0 && k.clean("admin.socket_mode") {
		k.warnKey("admin.socket_mode", "%04o lets every user of this host do all: 0660 and admin.socket_group let those of a group", a.SocketMode)
	}
}

// listeners refuses one address for two things.
func (k checker) listeners() {
	c := k.c
	type listener struct {
		path string
		at   netip.AddrPort
	}
	list := []listener{}
	for i, at := range c.DNS.Listen {
		list = append(list, listener{item("dns.listen", i), at})
	}
	if c.Cluster != nil {
		list = append(list, listener{"cluster.listen", c.Cluster.Listen})
	}
	for _, l := range []listener{{"admin.listen", c.Admin.Listen}, {"status_page.listen", c.StatusPage.Listen}} {
		if i := slices.IndexFunc(list, func(o listener) bool { return o.at == l.at && l.at.Port() > 0 }); i >= 0 && k.clean(l.path) {
			k.badKey(l.path, "%s is taken by %s", l.at, list[i].path)
		}
		list = append(list, l)
	}
}

// adminTokens refuses names that are given twice, and one token under two names: the audit log could not tell who it was.
func (k checker) adminTokens() {
	if !k.clean("admin.tokens") {
		return
	}
	tokens := k.c.Admin.Tokens
	for i, t := range tokens {
		path := item("admin.tokens", i)
		if j := slices.IndexFunc(tokens[:i], func(o Token) bool { return o.Name == t.Name }); j >= 0 {
			k.badKey(path+".name", "%s is listed already, as %s", t.Name, item("admin.tokens", j))
		}
		if j := slices.IndexFunc(tokens[:i], func(o Token) bool { return bytes.Equal(o.SHA256[:], t.SHA256[:]) }); j >= 0 {
			k.badKey(path+".sha256", "the same token as of %s: make another with leeward tokens new", tokens[j].Name)
		}
	}
}

// adminTLS checks that what belongs together is there.
//
//	tls.clients    tls.client_ca    result
//	none           absent           TLS, for tokens
//	none           given            error: nobody could come in by it
//	some           absent           error
//	some           given            certificates of clients, by name
func (k checker) adminTLS() {
	t := k.c.Admin.TLS
	if t == nil || !k.clean("admin.tls") {
		return
	}
	for _, file := range []struct{ name, path string }{{"certificate", t.Certificate}, {"key", t.Key}} {
		if file.path == "" {
			k.badKey("admin.tls."+file.name, "a file is needed")
		}
	}
	switch {
	case len(t.Clients) > 0 && t.ClientCA == "":
		k.badKey("admin.tls.client_ca", "needed with admin.tls.clients: without it any certificate could bear their names")
	case len(t.Clients) == 0 && t.ClientCA != "":
		k.badKey("admin.tls.clients", "empty: nobody could come in by a certificate (leave out client_ca if that is meant)")
	}
	for i, c := range t.Clients {
		if j := slices.IndexFunc(t.Clients[:i], func(o Certified) bool { return o.Name == c.Name }); j >= 0 {
			k.badKey(item("admin.tls.clients", i)+".name", "%s is listed already, as %s", c.Name, item("admin.tls.clients", j))
		}
	}
}

// adminListen decides what those may do who show nothing, and refuses what would let strangers in, or tokens out: by
// plain HTTP whoever is on the way reads them.
//
//	listen      tokens or clients    tls       anonymous    result
//	loopback    none                 any       read, none   as given; read by default
//	loopback    some                 any       read, none   as given; none by default
//	other       none                 any       any          error: no authentication
//	other       some                 absent    any          error: tokens in the clear
//	other       some                 given     read         error
//	other       some                 given     none         none
func (k checker) adminListen() {
	a := &k.c.Admin
	if !k.clean("admin.listen", "admin.anonymous", "admin.tokens", "admin.tls") || !a.Listen.IsValid() {
		return
	}
	known := len(a.Tokens) > 0 || a.TLS != nil && len(a.TLS.Clients) > 0
	loopback := a.Listen.Addr().IsLoopback()
	if a.Anonymous == "" {
		a.Anonymous = AnonymousNone
		if loopback && !known {
			a.Anonymous = AnonymousRead
		}
	}
	switch {
	case loopback:
	case !known:
		k.badKey("admin.listen", "only a loopback address without authentication, not %s: add admin.tokens (leeward tokens new makes one) and admin.tls", a.Listen)
	case a.TLS == nil:
		k.badKey("admin.tls", "required unless admin.listen is a loopback address: by plain HTTP whoever is on the way reads the tokens")
	case a.Anonymous == AnonymousRead:
		k.badKey("admin.anonymous", "read is for a loopback address alone: make a token with role read")
	}
}
