// Package challenge is what a certificate authority looks for in a zone (RFC 8555 section 8.4): tokens in TXT records at
// _acme-challenge names, each of which stands for a short time. It owns their rules, and their form as notes of the cluster;
// it keeps and publishes none.
package challenge

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/miekg/dns"

	"leeward/cluster"
	"leeward/dnsserver"
	"leeward/zones"
)

// How long a challenge stands: unless that is said, and at most.
const (
	DefaultLife = 10 * time.Minute
	UpdateLife  = time.Hour // of one that came as a dynamic update, whose client takes it away
	MaxLife     = 24 * time.Hour
)

// ttl is that of the records, in seconds: short, for the next token at the name must be seen.
const ttl = 30

// Challenge is a token at a name.
type Challenge struct {
	Name   zones.Name // in lower case, its first label _acme-challenge
	Token  string
	By     string
	Issued time.Time
	Until  time.Time
}

// ParseName is the name at which the challenge for a domain stands.
//
//	text                           name
//	example.com                    _acme-challenge.example.com
//	*.example.com                  the same: the authority asks there for both
//	_acme-challenge.example.com    the same
func ParseName(text string) (zones.Name, error) {
	switch {
	case strings.ContainsFunc(text, func(c rune) bool { return c > '~' }):
		return "", fmt.Errorf("%q: a name in letters beyond ASCII is written in its form for the DNS, which begins with xn--", text)
	case strings.ContainsFunc(text, func(c rune) bool { return !strings.ContainsRune(letters, c) }):
		return "", fmt.Errorf("%q: no certificate has such a name: it has letters, digits, - and _", text)
	}
	domain, _ := strings.CutPrefix(text, "*.")
	name, err := zones.ParseName(domain)
	if err != nil {
		return "", err
	}
	name = name.Lower()
	if strings.HasPrefix(string(name), dnsserver.ChallengeLabel) {
		name = name[len(dnsserver.ChallengeLabel):]
	}
	if strings.Contains(string(name), "\x01*") {
		return "", fmt.Errorf("%q: a wildcard has its * in front, and once", text)
	}
	const most = 255 // octets of a name (RFC 1035 section 2.3.4)
	if name = dnsserver.ChallengeLabel + name; len(name) > most {
		return "", fmt.Errorf("%q: with _acme-challenge in front the name has more than %d octets", text, most)
	}
	return name, nil
}

// letters are those of the names that certificates are made out to.
const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.*"

// CheckToken says what is wrong with a token, nil for nothing: it is one string of a TXT record.
func CheckToken(token string) error {
	switch {
	case token == "":
		return errors.New("the token is empty")
	case len(token) > 255:
		return fmt.Errorf("the token has %d octets: a string in a TXT record has at most 255", len(token))
	case strings.ContainsFunc(token, func(c rune) bool { return c <= ' ' || c > '~' }):
		return errors.New("the token has a space, or what does not print: it is to be given as the authority, or its client, shows it")
	}
	return nil
}

// Record is the record that the challenge is answered with.
func (c Challenge) Record() zones.Record {
	return zones.Record{Owner: c.Name, Type: dns.TypeTXT, TTL: ttl, RData: counted(c.Token)}
}

// key is the same for challenges of the same name and token. Both together are longer than a key may be.
func (c Challenge) key() string {
	sum := sha256.Sum256([]byte(string(c.Name) + c.Token))
	return hex.EncodeToString(sum[:16])
}

// Note is the challenge for the cluster: its name, behind it the token and its issuer, each behind its length.
func (c Challenge) Note() cluster.Note {
	const mostBy = 128
	by := c.By[:min(len(c.By), mostBy)]
	return cluster.Note{Topic: cluster.TopicChallenge, Key: c.key(), Value: []byte(string(c.Name) + counted(c.Token) + counted(by)), Until: c.Until}
}

// Tombstone ends the challenge.
func (c Challenge) Tombstone() cluster.Note {
	return cluster.Note{Topic: cluster.TopicChallenge, Key: c.key(), Deleted: true}
}

var errNote = errors.New("a note that is no challenge")

// Read reads a note of the cluster.
func Read(n cluster.Note) (c Challenge, err error) {
	rest := string(n.Value)
	end := strings.IndexByte(rest, 0)
	if end < 0 {
		return c, errNote
	}
	c = Challenge{Name: zones.Name(rest[:end+1]), Issued: n.Issued, Until: n.Until}
	if again, err := ParseName(c.Name.String()); err != nil || again != c.Name {
		return c, errNote
	}
	var ok bool
	if c.Token, rest, ok = cut(rest[end+1:]); !ok || CheckToken(c.Token) != nil {
		return c, errNote
	}
	if c.By, rest, ok = cut(rest); !ok || rest != "" || n.Key != c.key() {
		return c, errNote
	}
	return c, nil
}

// counted is a text of at most 255 octets behind its length, as in a TXT record.
func counted(s string) string { return string([]byte{byte(len(s))}) + s }

// cut takes off a text behind its length.
func cut(s string) (text, rest string, ok bool) {
	if s == "" || int(s[0]) >= len(s) {
		return "", "", false
	}
	end := 1 + int(s[0])
	return s[1:end], s[end:], true
}
