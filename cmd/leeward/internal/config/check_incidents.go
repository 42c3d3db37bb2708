package config

import (
	"fmt"
	neturl "net/url"
	"path/filepath"
	"slices"
	"strings"
)

// incidents reads what stands in files, and names webhooks.
func (k checker) incidents() {
	c := &k.c.Incidents
	if len(c.Exec) > 0 && !filepath.IsAbs(c.Exec[0]) && k.clean("incidents.exec") {
		k.badKey("incidents.exec", "%q: the path of the program must be absolute", c.Exec[0])
	}
	if !k.clean("incidents.webhooks") {
		return
	}
	for i := range c.Webhooks {
		path := item("incidents.webhooks", i)
		if k.webhook(&c.Webhooks[i], path); !k.clean(path) {
			continue
		}
		if j := slices.IndexFunc(c.Webhooks[:i], func(w Webhook) bool { return w.Name == c.Webhooks[i].Name }); j >= 0 {
			k.badKey(path+".name", "%s is called so already: give each a name", item("incidents.webhooks", j))
		}
	}
}

// webhook completes one of them.
//
//	url       url_file    result
//	given     absent      as given
//	absent    given       what is in the file
//	both, or neither      error
func (k checker) webhook(w *Webhook, path string) {
	if w.Format == "" {
		w.Format = "generic"
	}
	if (w.URL == "") == (w.URLFile == "") {
		k.badKey(path, "url or url_file is needed, and not both")
		return
	}
	if w.URLFile != "" {
		text, ok := k.private(path+".url_file", w.URLFile)
		if !ok {
			return
		}
		if _, err := url().parse(text); err != nil {
			k.badKey(path+".url_file", "%s holds no URL that begins with http:// or https://", w.URLFile)
			return
		}
		w.URL = text
	}
	if w.SecretFile != "" {
		text, ok := k.private(path+".secret_file", w.SecretFile)
		if ok && len(text) < 16 {
			k.badKey(path+".secret_file", "%s: a secret of %d octets, at least 16 are wanted (%s)", w.SecretFile, len(text), makeKey)
		}
		w.Secret = Secret(text)
	}
	if w.Name == "" {
		if at, err := neturl.Parse(w.URL); err == nil {
			w.Name = at.Hostname()
		}
	}
}

// private reads a line of text that is a secret from a file.
func (k checker) private(path, file string) (text string, ok bool) {
	octets, open, err := readPrivate(file)
	text = strings.TrimSpace(string(octets))
	if err == nil && (text == "" || strings.ContainsAny(text, "\n\r\x00")) {
		err = fmt.Errorf("a line of text is wanted, and nothing else")
	}
	if err != nil {
		k.badKey(path, "%s: %s", file, cause(err))
		return "", false
	}
	if open != 0 {
		k.warnKey(path, "%s is open to all users (mode %04o): chmod o= %s", file, open, file)
	}
	return text, true
}
