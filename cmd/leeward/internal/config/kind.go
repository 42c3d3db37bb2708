package config

import (
	"encoding/base64"
	"fmt"
	"log/slog"
	neturl "net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// kind is what a key may hold. Its errors are sentences that follow the name of the key.
type kind struct {
	noun  string                        // what the documentation calls it
	bound string                        // from where to where, for the documentation; "": no bounds
	parse func(value any) (any, error)  // from what stands in a file to a typed value
	read  func(text string) (any, bool) // from the text of a variable to what would stand in a file
}

func wants(what string, value any) error {
	switch value.(type) {
	case bool, int64, float64, other:
		if what == anyText {
			return fmt.Errorf("wants %s, got %s: put it in quotes", what, describe(value))
		}
	}
	return fmt.Errorf("wants %s, got %s", what, describe(value))
}

// anyText is what a key wants that may hold more or less any text.
const anyText = "text"

// textual is a kind that is text in a file. The function is not asked about other values.
func textual[T any](noun, what string, parse func(text string) (T, error)) kind {
	return kind{
		noun: noun,
		parse: func(value any) (any, error) {
			text, ok := value.(string)
			if !ok {
				return nil, wants(what, value)
			}
			return parse(text)
		},
		read: func(text string) (any, bool) { return text, true },
	}
}

// line is text that fits on a line, or "". It may end up in a TXT record's string, which ends at 255 octets (RFC 1035
// section 3.3).
func line() kind {
	return textual("text", anyText, func(text string) (string, error) {
		if strings.ContainsFunc(text, unicode.IsControl) {
			return "", fmt.Errorf("%q has control characters", text)
		}
		if len(text) > 255 {
			return "", fmt.Errorf("longer than 255 octets")
		}
		return text, nil
	})
}

// word is a name: text that is not empty and has neither spaces nor control characters.
func word() kind {
	return textual("name", anyText, func(text string) (string, error) {
		switch {
		case text == "":
			return "", fmt.Errorf("must not be empty")
		case strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }):
			return "", fmt.Errorf("%q has spaces or control characters", text)
		case len(text) > maxWord:
			return "", fmt.Errorf("longer than %d octets", maxWord)
		}
		return text, nil
	})
}

// maxWord bounds names in octets: gossip carries them in every heartbeat.
const maxWord = 128

// host is a host's name or address, with or without a port, or "".
func host() kind {
	return textual("host", "a host", func(text string) (string, error) {
		if strings.ContainsFunc(text, func(r rune) bool {
			return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".-_:[]", r)
		}) {
			return "", fmt.Errorf("%q is no name or address of a host, with or without a port", text)
		}
		return text, nil
	})
}

// path is the name of a file or directory, or "".
func path() kind {
	return textual("path", "a path", func(text string) (string, error) {
		if strings.ContainsFunc(text, unicode.IsControl) {
			return "", fmt.Errorf("%q has control characters", text)
		}
		return text, nil
	})
}

// url is an address of http or https.
func url() kind {
	return textual("URL", "a URL", func(text string) (string, error) {
		u, err := neturl.Parse(text)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return "", fmt.Errorf("%q is no URL that begins with http:// or https://", text)
		}
		return text, nil
	})
}

func requestTarget() kind {
	return textual("text that begins with `/`", "a path", func(text string) (string, error) {
		if !strings.HasPrefix(text, "/") || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '#' }) {
			return "", fmt.Errorf("%q is no path of a URL: it begins with / and has no spaces", text)
		}
		return text, nil
	})
}

// argument is any text but the zero octet: an argument of a command.
func argument() kind {
	return textual("argument", anyText, func(text string) (string, error) {
		if strings.ContainsRune(text, 0) {
			return "", fmt.Errorf("has a zero octet")
		}
		return text, nil
	})
}

// secret is the secret of a key in base64. Errors do not repeat it.
func secret() kind { return textual("base64", "a secret in base64", parseSecret) }

func parseSecret(text string) (Secret, error) {
	octets, err := base64.StdEncoding.DecodeString(text)
	switch {
	case err != nil:
		return nil, fmt.Errorf("not base64 (%s)", makeKey)
	case len(octets) < 16:
		return nil, fmt.Errorf("a secret of %d octets, at least 16 are wanted (%s)", len(octets), makeKey)
	}
	return octets, nil
}

// oneOf is a choice of words.
func oneOf(words ...string) kind {
	all := strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
	quoted := "`" + strings.Join(words[:len(words)-1], "`, `") + "` or `" + words[len(words)-1] + "`"
	return textual(quoted, all, func(text string) (string, error) {
		if !slices.Contains(words, text) {
			return "", fmt.Errorf("%q is not one of %s", text, all)
		}
		return text, nil
	})
}

func qtype() kind {
	k := oneOf("SOA", "A", "AAAA", "CAA", "CNAME", "DNSKEY", "DS", "HTTPS", "MX", "NS", "PTR", "SRV", "SVCB", "TXT")
	k.noun = "record type"
	return k
}

func logLevel() kind {
	levels := map[string]slog.Level{
		"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
	}
	choice := oneOf("debug", "info", "warn", "error")
	return kind{
		noun: choice.noun,
		parse: func(value any) (any, error) {
			word, err := choice.parse(value)
			if err != nil {
				return nil, err
			}
			return levels[word.(string)], nil
		},
		read: choice.read,
	}
}

func boolean() kind {
	return kind{
		noun: "boolean",
		parse: func(value any) (any, error) {
			if _, ok := value.(bool); !ok {
				return nil, wants("true or false", value)
			}
			return value, nil
		},
		read: func(text string) (any, bool) { return text == "true", text == "true" || text == "false" },
	}
}

// whole is a whole number from low to high: an int64.
func whole(low, high int64) kind {
	return kind{
		noun:  "whole number",
		bound: fmt.Sprintf("%d to %d", low, high),
		parse: func(value any) (any, error) {
			i, ok := value.(int64)
			if !ok {
				return nil, wants("a whole number", value)
			}
			if i < low || i > high {
				return nil, fmt.Errorf("%d is out of range (%d to %d)", i, low, high)
			}
			return i, nil
		},
		read: func(text string) (any, bool) {
			i, err := strconv.ParseInt(text, 10, 64)
			return i, err == nil
		},
	}
}

// fraction is a number from low to high, with or without a fraction: a float64.
func fraction(low, high int) kind {
	return kind{
		noun:  "number",
		bound: fmt.Sprintf("%d to %d", low, high),
		parse: func(value any) (any, error) {
			f, ok := value.(float64)
			if i, isWhole := value.(int64); isWhole {
				f, ok = float64(i), true
			}
			if !ok {
				return nil, wants("a number", value)
			}
			if !(f >= float64(low) && f <= float64(high)) { // NaN is in no range
				return nil, fmt.Errorf("%v is out of range (%d to %d)", f, low, high)
			}
			return f, nil
		},
		read: func(text string) (any, bool) {
			f, err := strconv.ParseFloat(text, 64)
			return f, err == nil
		},
	}
}
