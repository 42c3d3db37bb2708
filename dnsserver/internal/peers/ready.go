package peers

import (
	"context"
	"fmt"
	"time"

	"github.com/miekg/dns"
)

// Ready returns when the peer answers with authority for every zone.
func (p *Peer) Ready(ctx context.Context, origins ...string) error {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	next := time.NewTicker(20 * time.Millisecond)
	defer next.Stop()
	client := &dns.Client{Timeout: 200 * time.Millisecond}
	for _, origin := range origins {
		question := new(dns.Msg).SetQuestion(dns.Fqdn(origin), dns.TypeSOA)
		for {
			if m, _, err := client.ExchangeContext(ctx, question, p.Addr.String()); err == nil && m.Authoritative {
				break
			}
			select {
			case <-p.Ended:
				return fmt.Errorf("it has ended before it served %s", origin)
			case <-ctx.Done():
				return fmt.Errorf("it does not serve %s", origin)
			case <-next.C:
			}
		}
	}
	return nil
}
