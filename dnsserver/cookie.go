package dnsserver

import (
	"crypto/subtle"
	"encoding/binary"
	"net/netip"
	"time"
)

// Cookies gives clients server cookies (RFC 7873) in the form that all servers understand (RFC 9018), so that servers with
// the same secrets take each other's. It is immutable.
type Cookies struct {
	current, previous [16]byte
	now               func() time.Time
}

// NewCookies makes cookies with the current secret, and knows those made with the previous one, too. Where there has been
// no change of secrets both are the same.
func NewCookies(current, previous [16]byte) *Cookies { return &Cookies{current, previous, time.Now} }

// Sizes of the option's data (RFC 7873 4).
const (
	clientCookie  = 8
	shortestWhole = clientCookie + 8
	longestWhole  = clientCookie + 32
	wholeCookie   = clientCookie + 16 // with a server cookie of RFC 9018 4
)

// The ages of a server cookie that matter (RFC 9018 4.3).
const (
	cookieRenewed = 30 * time.Minute // from here on it is replaced
	cookieExpired = time.Hour
	cookieAhead   = 5 * time.Minute // made by a server whose clock is ahead
)

// cookieState is what is to be said of the cookie of a query.
type cookieState int

const (
	cookieFirst cookieState = iota // a client cookie alone
	cookieGood
	cookieBad // not ours, too old, or sent from another address
	cookieStates
)

var cookieWords = [cookieStates]string{cookieFirst: "first", cookieGood: "good", cookieBad: "bad"}

// wellFormedCookie says whether the option's data has a length that it may have (RFC 7873 5.2.2).
func wellFormedCookie(cookie []byte) bool {
	return len(cookie) == clientCookie || shortestWhole <= len(cookie) && len(cookie) <= longestWhole
}

// answer makes the cookie for the response to a well-formed one. One that is good and young is given back, any other is
// replaced by a fresh one.
//
//	client cookie alone                                              first   fresh
//	another length or version than RFC 9018 4                        bad     fresh
//	older than an hour, or more than five minutes ahead              bad     fresh
//	a hash that neither secret makes for the client's address        bad     fresh
//	older than half an hour, or by the previous secret               good    fresh
//	otherwise                                                        good    the same
func (c *Cookies) answer(cookie []byte, client netip.Addr) (given [wholeCookie]byte, state cookieState) {
	now := c.now()
	copy(given[:], cookie[:clientCookie])
	given[clientCookie] = 1 // version
	binary.BigEndian.PutUint32(given[12:], uint32(now.Unix()))
	if len(cookie) == clientCookie {
		seal(&given, c.current, client)
		return given, cookieFirst
	}
	state = cookieBad
	if len(cookie) == wholeCookie && cookie[clientCookie] == 1 {
		sent := [wholeCookie]byte(cookie)
		age := time.Duration(int32(uint32(now.Unix())-binary.BigEndian.Uint32(sent[12:]))) * time.Second // RFC 1982
		if -cookieAhead <= age && age <= cookieExpired {
			switch {
			case sealed(sent, c.current, client):
				if age < cookieRenewed {
					return sent, cookieGood
				}
				state = cookieGood
			case sealed(sent, c.previous, client):
				state = cookieGood
			}
		}
	}
	seal(&given, c.current, client)
	return given, state
}

// seal writes the hash over all before it and the client's address (RFC 9018 4.4).
func seal(cookie *[wholeCookie]byte, secret [16]byte, client netip.Addr) {
	var buf [16 + 16]byte
	msg := append(buf[:0], cookie[:16]...)
	if client.Is4() {
		a := client.As4()
		msg = append(msg, a[:]...)
	} else {
		a := client.As16()
		msg = append(msg, a[:]...)
	}
	binary.LittleEndian.PutUint64(cookie[16:], sipHash(secret, msg))
}

func sealed(cookie [wholeCookie]byte, secret [16]byte, client netip.Addr) bool {
	want := cookie
	seal(&want, secret, client)
	return subtle.ConstantTimeCompare(want[16:], cookie[16:]) == 1
}
