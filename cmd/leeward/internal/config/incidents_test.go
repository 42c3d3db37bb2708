package config

import (
	"os"
	"path/filepath"
	"testing"
)

func TestWebhooks(t *testing.T) {
	c, _ := mustLoad(t, "leeward.yaml", `zones: {directory: z}
incidents:
  link: "https://ns1.example.net:9353/#{id}"
  webhooks:
    - {url: "https://hooks.example.net/a", headers: "X-Room:noc"}
    - {url_file: slack.url, format: slack, name: noc, secret_file: secret}
  exec: [/usr/local/bin/page, "a b"]
`, func(o *Options) {
		for name, text := range map[string]string{"slack.url": "https://hooks.slack.com/services/T/B/x\n", "secret": "0123456789abcdef\n"} {
			if err := os.WriteFile(filepath.Join(filepath.Dir(o.File), name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	})
	a, b := c.Incidents.Webhooks[0], c.Incidents.Webhooks[1]
	if a.Name != "hooks.example.net" || a.Format != "generic" || len(a.Headers) != 1 || a.Headers[0] != "X-Room: noc" || a.Secret != nil {
		t.Errorf("got %+v", a)
	}
	if b.Name != "noc" || b.URL != "https://hooks.slack.com/services/T/B/x" || string(b.Secret) != "0123456789abcdef" {
		t.Errorf("got %+v", b)
	}
	if len(c.Incidents.Exec) != 2 || len(c.Warnings) > 0 {
		t.Errorf("got %q, warnings %q", c.Incidents.Exec, c.Warnings)
	}
}

func TestRefuseIncidents(t *testing.T) {
	short := filepath.Join(t.TempDir(), "short")
	if err := os.WriteFile(short, []byte("short\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	refuse(t, []refusal{
		{name: "webhooks", text: `zones: {directory: z}
incidents:
  webhooks:
    - {name: a}
    - {url: "https://h.example/1", url_file: u}
    - {url: "ftp://h.example"}
`, want: `leeward.yaml:6: incidents.webhooks[2].url: no URL that begins with http:// or https://`},
		{name: "sources", text: `zones: {directory: z}
incidents:
  webhooks:
    - {name: a}
    - {url: "https://h.example/1", url_file: u}
    - {url_file: nowhere}
    - {url: "https://h.example/2", secret_file: ` + short + `}
    - {url_file: ` + short + `}
`, want: `
leeward.yaml:4: incidents.webhooks[0]: url or url_file is needed, and not both
leeward.yaml:5: incidents.webhooks[1]: url or url_file is needed, and not both
leeward.yaml:6: incidents.webhooks[2].url_file: nowhere: no such file or directory
leeward.yaml:7: incidents.webhooks[3].secret_file: ` + short + `: a secret of 5 octets, at least 16 are wanted (make a key with: leeward keys new > FILE)
leeward.yaml:8: incidents.webhooks[4].url_file: ` + short + ` holds no URL that begins with http:// or https://
`},
		{name: "names", text: "zones: {directory: z}\nincidents:\n  webhooks:\n    - {url: \"https://h.example/1\"}\n    - {url: \"https://h.example/2\"}\n",
			want: "leeward.yaml:5: incidents.webhooks[1].name: incidents.webhooks[0] is called so already: give each a name"},
		{name: "header", text: "zones: {directory: z}\nincidents: {webhooks: [{url: \"https://h.example\", headers: [\"Authorization Bearer secret\"]}]}\n",
			want: `leeward.yaml:2: incidents.webhooks[0].headers[0]: no header, such as "X-Room: noc"`},
		{name: "exec", text: "zones: {directory: z}\nincidents: {exec: page}\n", want: `leeward.yaml:2: incidents.exec: "page": the path of the program must be absolute`},
		{name: "link", text: "zones: {directory: z}\nincidents: {link: \"ns1/{id}\"}\n", want: `leeward.yaml:2: incidents.link: "ns1/{id}" is no URL that begins with http:// or https://`},
	})
}
