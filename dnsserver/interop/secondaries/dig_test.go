package secondaries

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"leeward/dnsserver/internal/peers"
	"leeward/zones"
	"leeward/zones/tsig"
)

// TestDig has dig and kdig transfer, signed with each algorithm and not, and wants what they print to be the zone; or the
// change.
func TestDig(t *testing.T) {
	peers.Installed(t, "dig", "kdig")
	for _, key := range []*tsig.Key{nil, testKey(t, tsig.HMACSHA256), testKey(t, tsig.HMACSHA384), testKey(t, tsig.HMACSHA512)} {
		leeward := newPrimary(t, first(t), key)
		for n := 1; n <= 5; n++ {
			leeward.serve(edited(t, leeward.zone, n))
		}
		for _, program := range []string{"dig", "kdig"} {
			t.Run(fmt.Sprint(program, " ", name(key)), func(t *testing.T) {
				whole := dig(t, leeward, program, key, "+tcp", "AXFR")
				sameContent(t, assemble(t, origin, whole), leeward.zone)
				changed := dig(t, leeward, program, key, "+tcp", "IXFR=2")
				if got := rebuilt(t, changed, 2); got != 6 {
					t.Errorf("the change leads to serial %d", got)
				}
				if program == "dig" { // kdig asks for IXFR over TCP always
					if overUDP := dig(t, leeward, program, key, "+notcp", "IXFR=2"); len(overUDP) != len(changed) {
						t.Errorf("%d records over UDP, %d over TCP", len(overUDP), len(changed))
					}
				}
			})
		}
		if wrong := dig(t, leeward, "dig", &tsig.Key{Name: "\x04ours\x00", Algorithm: tsig.HMACSHA256, Secret: []byte("not the secret of that key, and long enough")}, "+tcp", "AXFR"); len(wrong) > 0 {
			t.Errorf("a transfer with a wrong key gives %d records", len(wrong))
		}
	}
}

func name(key *tsig.Key) string {
	if key == nil {
		return "unsigned"
	}
	return key.Algorithm.String()
}

// dig gives the records that a tool prints.
func dig(t *testing.T, leeward *primary, program string, key *tsig.Key, options ...string) (rrs []dns.RR) {
	t.Helper()
	args := []string{"@" + leeward.addr.Addr().String(), "-p", fmt.Sprint(leeward.addr.Port()), "+retry=0", origin}
	if key != nil {
		args = append(args, "-y", fmt.Sprintf("%s:%s:%s", key.Algorithm, bare(key), secretOf(key)))
	}
	out, _ := exec.Command(program, append(args, options...)...).CombinedOutput() // kdig ends with 1 where dig does with 0
	for line := range strings.Lines(string(out)) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, ";") || strings.Contains(line, "\tTSIG\t") {
			continue
		}
		rr, err := dns.NewRR(line)
		if err != nil {
			t.Fatalf("%s: %v\n%s", program, err, out)
		}
		rrs = append(rrs, rr)
	}
	return rrs
}

// rebuilt applies an IXFR difference to the version of a serial, which is made anew, and gives the serial that it leads to.
func rebuilt(t *testing.T, rrs []dns.RR, from int) uint32 {
	t.Helper()
	z := first(t)
	for n := 1; n < from; n++ {
		z = edited(t, z, n)
	}
	var starts []int // of SOAs
	for i, rr := range rrs {
		if rr.Header().Rrtype == dns.TypeSOA {
			starts = append(starts, i)
		}
	}
	if len(starts) != 4 {
		t.Fatalf("%d SOAs in a condensed difference: %v", len(starts), rrs)
	}
	var next *zones.Zone
	c, err := zones.NewChange(z.Origin(), rrs[starts[1]:starts[2]], rrs[starts[2]:starts[3]])
	if err == nil {
		next, err = z.Apply(c)
	}
	if err != nil {
		t.Fatal(err)
	}
	return next.Serial()
}
