package config

import "strings"

// statusPageKeys say what the public is told, and where.
func statusPageKeys() []key {
	return []key{
		{name: "listen", kind: orOff(addrPort()), instead: "absent: off",
			means: "where [the public status page](watching.md#the-public-status-page) is served, HTTP, for everybody"},
		{name: "url", kind: url(),
			means: "where it is found from outside, such as `https://status.example.com/`; feeds need it. Required with `listen`"},
		{name: "title", kind: line(), fallback: "Status",
			means: "whose status it is"},
		{name: "upstreams", kind: boolean(), fallback: true,
			means: "upstreams are told by name; else it is `one of our upstream providers`"},
		{name: "colos", kind: boolean(), fallback: true,
			means: "colos are told by name, each with a line of its own; else it is `one of our places`"},
		{name: "reasons", kind: boolean(), fallback: false,
			means: "the reasons of drains are told, as the operators wrote them"},
	}
}

// statusPage completes and checks the status page.
func (k checker) statusPage() {
	p := &k.c.StatusPage
	if !p.Listen.IsValid() || !k.clean("status_page.listen", "status_page.url") {
		return
	}
	if p.URL == "" {
		k.badKey("status_page.listen", "status_page.url is needed with it: where the page is found from outside, such as https://status.example.com/")
		return
	}
	if strings.ContainsAny(p.URL, "?#") {
		k.badKey("status_page.url", "%s has a query or a fragment", p.URL)
	}
	if !strings.HasSuffix(p.URL, "/") {
		p.URL += "/"
	}
}
