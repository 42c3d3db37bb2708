package config

import (
	"strings"
	"testing"
)

var (
	sumA = strings.Repeat("a1", 32)
	sumB = strings.Repeat("b2", 32)
)

// The rows are those of the chart above adminListen.
func TestAdminListen(t *testing.T) {
	tokens, tls := "  tokens: [{name: alice, role: drain, sha256: "+sumA+"}]\n", "  tls: {certificate: c, key: k}\n"
	clients := "  tls: {certificate: c, key: k, client_ca: ca, clients: [{name: bob, role: read}]}\n"
	for _, tt := range []struct {
		name, listen, rest string
		want               string // the choice, or the error
	}{
		{"loopback, nothing", "127.0.0.1:1", "", "read"},
		{"loopback, nothing, none wanted", "127.0.0.1:1", "  anonymous: none\n", "none"},
		{"loopback, tokens", "[::1]:1", tokens, "none"},
		{"loopback, clients", "127.0.0.1:1", clients, "none"},
		{"loopback, tokens, looking wanted", "127.0.0.1:1", tokens + "  anonymous: read\n", "read"},
		{"elsewhere, nothing", "192.0.2.1:1", "", "admin.listen: only a loopback address without authentication"},
		{"elsewhere, TLS alone", "192.0.2.1:1", tls, "admin.listen: only a loopback address without authentication"},
		{"elsewhere, any address", "0.0.0.0:1", "", "admin.listen: only a loopback address without authentication"},
		{"elsewhere, tokens in the clear", "192.0.2.1:1", tokens, "admin.tls: required unless admin.listen is a loopback address"},
		{"elsewhere, looking wanted", "192.0.2.1:1", tokens + tls + "  anonymous: read\n", "admin.anonymous: read is for a loopback address alone"},
		{"elsewhere, tokens", "192.0.2.1:1", tokens + tls, "none"},
		{"elsewhere, clients", "[2001:db8::1]:1", clients, "none"},
		{"off", "", tokens, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, _, err := load(t, "leeward.yaml", "zones: {directory: z}\nadmin:\n  listen: \""+tt.listen+"\"\n"+tt.rest, nil)
			switch {
			case err != nil && !strings.Contains(err.Error(), tt.want):
				t.Errorf("got %v, want %s", err, tt.want)
			case err == nil && string(c.Admin.Anonymous) != tt.want:
				t.Errorf("got %q, want %s", c.Admin.Anonymous, tt.want)
			}
		})
	}
}

func TestRefuseAdmin(t *testing.T) {
	refuse(t, []refusal{
		{name: "tokens", text: `zones: {directory: z}
admin:
  tokens:
    - {name: alice, role: drain, sha256: ` + sumA + `}
    - {name: alice, role: read, sha256: ` + sumB + `}
    - {name: bob, role: read, sha256: ` + sumA + `}
`, want: `
leeward.yaml:5: admin.tokens[1].name: alice is listed already, as admin.tokens[0]
leeward.yaml:6: admin.tokens[2].sha256: the same token as of alice: make another with leeward tokens new
`},
		{name: "token values", text: `zones: {directory: z}
admin:
  tokens:
    - {name: alice, role: root, sha256: ` + sumA + `}
    - {name: "", role: read, sha256: leeward_my-secret}
    - {name: carol, role: read, sha256: ` + sumA[2:] + `}
    - {name: dave, sha256: ` + sumB + `}
`, want: `
leeward.yaml:4: admin.tokens[0].role: "root" is not one of read, drain or admin
leeward.yaml:5: admin.tokens[1].name: must not be empty
leeward.yaml:5: admin.tokens[1].sha256: no SHA-256 in hex, 64 digits (leeward tokens new prints it)
leeward.yaml:6: admin.tokens[2].sha256: no SHA-256 in hex, 64 digits (leeward tokens new prints it)
leeward.yaml:7: admin.tokens[3]: role is missing
`},
		{name: "tls without its files", text: "zones: {directory: z}\nadmin:\n  tls: {certificate: \"\", key: k}\n", want: "leeward.yaml:3: admin.tls.certificate: a file is needed"},
		{name: "tls", text: `zones: {directory: z}
admin:
  tls:
    certificate: c
    key: k
    clients: [{name: bob, role: read}, {name: bob, role: admin}]
`, want: `
leeward.yaml:3: admin.tls.client_ca: needed with admin.tls.clients: without it any certificate could bear their names
leeward.yaml:6: admin.tls.clients[1].name: bob is listed already, as admin.tls.clients[0]
`},
		{name: "authority without clients", text: "zones: {directory: z}\nadmin:\n  tls: {certificate: c, key: k, client_ca: ca}\n",
			want: "leeward.yaml:3: admin.tls.clients: empty: nobody could come in by a certificate (leave out client_ca if that is meant)"},
		{name: "one address for all", text: `zones: {directory: z}
dns: {listen: ["127.0.0.1:53", "127.0.0.1:1"]}
admin: {listen: "127.0.0.1:1"}
status_page: {listen: "127.0.0.1:1", url: "https://status.example.com/"}
`, want: `
leeward.yaml:3: admin.listen: 127.0.0.1:1 is taken by dns.listen[1]
leeward.yaml:4: status_page.listen: 127.0.0.1:1 is taken by dns.listen[1]
`},
		{name: "mode", text: "zones: {directory: z}\nadmin:\n  socket_mode: 0660\n", want: "leeward.yaml:3: admin.socket_mode: wants text, got 432: put it in quotes"},
		{name: "mode that shuts the server out", text: "zones: {directory: z}\nadmin:\n  socket_mode: \"0060\"\n",
			want: `leeward.yaml:3: admin.socket_mode: "0060" is no mode of a socket, such as 0600 or 0660`},
		{name: "mode with more", text: "zones: {directory: z}\nadmin:\n  socket_mode: \"1777\"\n",
			want: `leeward.yaml:3: admin.socket_mode: "1777" is no mode of a socket, such as 0600 or 0660`},
	})
}

// A socket for all users is what is asked for, and is told about.
func TestOpenSocketWarns(t *testing.T) {
	c, _ := mustLoad(t, "leeward.yaml", "zones: {directory: z}\nadmin: {socket_mode: \"0666\"}\n", nil)
	if len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0], "admin.socket_mode: 0666 lets every user of this host do all") {
		t.Errorf("warnings: %q", c.Warnings)
	}
}
