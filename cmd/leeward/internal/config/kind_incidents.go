package config

import (
	"fmt"
	"strings"
)

// header is a header of HTTP, name and value.
func header() kind {
	return textual("header", `a header, such as "X-Room: noc"`, func(text string) (string, error) {
		name, value, ok := strings.Cut(text, ":")
		token := func(r rune) bool {
			return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
		}
		if !ok || name == "" || strings.ContainsFunc(name, token) || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return "", fmt.Errorf(`no header, such as "X-Room: noc"`) // its value may be a secret
		}
		return name + ": " + strings.TrimSpace(value), nil
	})
}

// hook is a URL that may be a secret: errors do not repeat it.
func hook() kind {
	return textual("URL", "a URL", func(text string) (string, error) {
		if _, err := url().parse(text); err != nil {
			return "", fmt.Errorf("no URL that begins with http:// or https://")
		}
		return text, nil
	})
}

// link is a URL in which {id} stands for something.
func link() kind {
	return textual("URL", "a URL", func(text string) (string, error) {
		if _, err := url().parse(strings.ReplaceAll(text, "{id}", "id")); err != nil {
			return "", fmt.Errorf("%q is no URL that begins with http:// or https://", text)
		}
		return text, nil
	})
}
