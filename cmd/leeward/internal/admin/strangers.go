package admin

import (
	"net"
	"sync"
	"time"
)

// strangers remembers who was refused lately, by address.
type strangers struct {
	mu   sync.Mutex
	list map[string]*stranger
}

type stranger struct {
	since time.Time
	wrong int // tokens
}

// How much is remembered: an address for a minute, and of so many addresses. Beyond wrongTokens in that time, a wrong one is
// answered as such no more; a right one is let in always, so that nobody can be shut out by a neighbour.
const (
	memory       = time.Minute
	mostOfThem   = 1024
	wrongTokens  = 10
	unknownHosts = "others" // stands for all that find no room
)

// seen notes a refusal: whether it is the first of its address within a minute, and whether there were too many wrong
// tokens.
func (s *strangers) seen(from string, token bool, now time.Time) (first, many bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.list == nil {
		s.list = map[string]*stranger{}
	}
	known := s.list[from]
	if known == nil && len(s.list) >= mostOfThem {
		for at, old := range s.list {
			if now.Sub(old.since) >= memory {
				delete(s.list, at)
			}
		}
		if len(s.list) >= mostOfThem {
			from = unknownHosts
			known = s.list[from]
		}
	}
	if known == nil || now.Sub(known.since) >= memory {
		known = &stranger{since: now}
		s.list[from] = known
		first = true
	}
	if token {
		known.wrong++
	}
	return first, token && known.wrong > wrongTokens
}

// hostOf is an address without its port.
func hostOf(from string) string {
	if host, _, err := net.SplitHostPort(from); err == nil {
		return host
	}
	return from
}
