package transfer

import (
	"log/slog"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// TestExpireOfAPrimary has how long a zone is served whose SOA says 86400 s, by what its primary says in EDNS (RFC 7314).
func TestExpireOfAPrimary(t *testing.T) {
	seconds := func(n uint32) *uint32 { return &n }
	for _, row := range []struct {
		says *uint32
		want time.Duration
	}{
		{nil, 24 * time.Hour},
		{seconds(600), 10 * time.Minute},
		{seconds(1 << 30), 24 * time.Hour},
	} {
		p := start(t, func(q *dns.Msg, _ []byte, _ bool) [][]byte {
			return [][]byte{reply(t, q, "SOA 7", func(m *dns.Msg) {
				if m.SetEdns0(1232, false); row.says != nil {
					m.IsEdns0().Option = []dns.EDNS0{&dns.EDNS0_EXPIRE{Code: dns.EDNS0EXPIRE, Expire: *row.says}}
				}
			})}
		})
		seven := small(t, 7, "")
		f := &fetch{origin: seven.Origin(), have: seven, before: seven, primaries: []Primary{{Addr: p.addr}}, limits: Limits{}.filled(),
			log: slog.New(slog.DiscardHandler)}
		z := &secondary{kept: seven}
		now := time.Now()
		if z.take(f.run(t.Context()), now); z.expires.Sub(now) != row.want {
			t.Errorf("%v: expires after %s, want %s", row.says, z.expires.Sub(now), row.want)
		}
	}
}
