package survey_test

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"leeward/zones/delegation"
	"leeward/zones/delegation/survey"
)

const (
	child = `$TTL 86400
@ SOA ns1 hostmaster 1 14400 3600 1209600 3600
@ NS ns1
@ NS ns2.example.net.
ns1 A 127.0.1.2
ns1 AAAA ::1
www A 192.0.2.1
`
	parent = `$TTL 86400
@ SOA ns.com. hostmaster.com. 1 14400 3600 1209600 3600
@ NS ns
ns A 127.0.0.4
example NS ns1.example
example NS ns2.example.net.
ns1.example A 127.0.1.2
ns1.example AAAA ::1
`
	elsewhere = `$TTL 86400
@ SOA ns2 hostmaster 1 14400 3600 1209600 3600
@ NS ns2
ns2 A 127.0.0.3
ns2 AAAA ::1
`
)

// shortly is how long a survey waits for an answer: some never come.
const shortly = time.Second

// worse are the findings of a survey above a note, as "level rule", each once, in order.
func worse(t *testing.T, s *survey.Survey) (found []string, all []delegation.Finding) {
	t.Helper()
	facts, err := s.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all = delegation.Judge(facts).Findings
	for _, f := range all {
		if word := string(f.Level) + " " + string(f.Rule); f.Level == delegation.Warning || f.Level == delegation.Error {
			found = append(found, word)
		}
	}
	slices.Sort(found)
	return slices.Compact(found), all
}

// delegated is a survey of the zone at two servers, with the parent asked, which lists them.
func delegated(t *testing.T, first, second netip.AddrPort) *survey.Survey {
	return &survey.Survey{
		Patience: shortly,
		Zone:     "example.com.",
		Known:    map[string][]netip.AddrPort{"ns1.example.com.": {first}, "ns2.example.net.": {second}},
		Parent:   []netip.AddrPort{leeward(t, "127.0.0.4", map[string]string{"com": parent})},
	}
}

// A good delegation, at two of our own: only what a test on one host cannot have is missing.
func TestGood(t *testing.T) {
	zone := map[string]string{"example.com": child}
	found, all := worse(t, delegated(t, leeward(t, "127.0.1.2", zone), leeward(t, "127.0.0.3", zone)))
	// The addresses given leave out ::1, which the zone and the parent have for ns1.
	if want := []string{"warning families"}; !slices.Equal(found, want) {
		t.Errorf("got %q, want %q: %+v", found, want, all)
	}
	if !slices.ContainsFunc(all, func(f delegation.Finding) bool {
		return f.Rule == delegation.RuleParent && f.Text == "the parent (127.0.0.4) delegates the zone to ns1.example.com, ns2.example.net"
	}) {
		t.Errorf("no delegation found: %+v", all)
	}
}

// What is wrong with the second server, which is a real one, is found.
func TestBroken(t *testing.T) {
	edited := strings.NewReplacer("hostmaster 1 ", "hostmaster 2 ", " 3600\n@ NS ns1", " 3601\n@ NS ns1", "ns1 A 127.0.1.2", "ns1 A 127.0.0.9").Replace(child)
	for _, row := range []struct {
		name   string
		second func(t *testing.T) netip.AddrPort
		want   []string
	}{
		{"NSD with another edition", func(t *testing.T) netip.AddrPort {
			at := free(t, "127.0.0.3")
			nsd(t, at, edited)
			return at
		}, []string{"error glue", "error glue-same", "error serial", "error soa"}},
		{"NSD with another NS set", func(t *testing.T) netip.AddrPort {
			at := free(t, "127.0.0.3")
			nsd(t, at, child+"@ NS ns3\nns3 A 127.0.0.5\n")
			return at
		}, []string{"error glue-same", "error ns", "error parent-ns", "error tcp", "error udp"}},
		{"Knot without the zone", func(t *testing.T) netip.AddrPort {
			at := free(t, "127.0.0.3")
			knot(t, at)
			return at
		}, []string{"error authority"}},
		{"BIND open to everybody", func(t *testing.T) netip.AddrPort {
			at := free(t, "127.0.0.1") // BIND listens on addresses of interfaces only
			bind(t, at, child)
			return at
		}, []string{"error recursion", "warning transfer"}},
		{"nobody", func(t *testing.T) netip.AddrPort { return free(t, "127.0.0.3") }, []string{"error tcp", "error udp"}},
		{"no TCP, answers by another address", otherAddress, []string{"error source", "error tcp"}},
		{"deaf to EDNS", deaf, []string{"error edns", "error tcp"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			first := leeward(t, "127.0.1.2", map[string]string{"example.com": child})
			found, all := worse(t, delegated(t, first, row.second(t)))
			found = slices.DeleteFunc(found, func(f string) bool { return f == "warning families" })
			if !slices.Equal(found, row.want) {
				t.Errorf("got %q, want %q: %+v", found, row.want, all)
			}
		})
	}
}

// The parent and the servers elsewhere are found by a resolver; servers in the zone by the parent's glue.
func TestLookedUp(t *testing.T) {
	const root = "$TTL 3600\n@ SOA a. b. 1 14400 3600 1209600 3600\n@ NS a.\na. A 127.0.0.4\n"
	// A server with authority for all the names is as good as a resolver here.
	resolver := leeward(t, "127.0.0.4", map[string]string{".": root, "com": strings.Replace(parent, "127.0.0.4", "127.0.0.127", 1), "example.net": elsewhere})
	s := &survey.Survey{Patience: shortly, Zone: "example.com.", Resolvers: []netip.AddrPort{resolver}, Parent: []netip.AddrPort{resolver}}
	facts, err := s.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var servers []string
	for _, server := range facts.Servers {
		servers = append(servers, server.Host+" "+server.Addr.String())
	}
	want := []string{"ns1.example.com. 127.0.1.2:53", "ns1.example.com. [::1]:53", "ns2.example.net. 127.0.0.3:53", "ns2.example.net. [::1]:53"}
	if !slices.Equal(servers, want) {
		t.Errorf("got %q, want %q", servers, want)
	}
	s.Parent = nil // looked up: its address is that of nobody
	if _, err := s.Run(t.Context()); !errors.Is(err, survey.ErrNobody) {
		t.Errorf("got %v, want %v", err, survey.ErrNobody)
	}
}

// Many dead servers take no longer than one.
func TestDead(t *testing.T) {
	s := &survey.Survey{Patience: shortly, Zone: "example.com.", Undelegated: true, Known: map[string][]netip.AddrPort{}}
	for _, host := range []string{"a", "b", "c", "d", "e", "f"} {
		s.Known[host+".example.net."] = []netip.AddrPort{free(t, "127.0.1.2")}
	}
	began := time.Now()
	found, _ := worse(t, s)
	if took := time.Since(began); took > 20*shortly {
		t.Errorf("it took %s", took)
	}
	if !slices.Contains(found, "error udp") {
		t.Errorf("got %q", found)
	}
}
