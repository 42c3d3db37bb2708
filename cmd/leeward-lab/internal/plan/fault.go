package plan

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Fault is what a router does wrong: rules of nftables for packets that it forwards, by upstream.
type Fault map[string][]string

// Ports of what runs in a colo.
const (
	webPort    = 80
	dnsPort    = 53
	gossipPort = 7946
)

// What happens to a packet. It is counted, so that a fault that meets nothing is found out.
const (
	drop   = "counter drop"
	reject = "counter reject with icmp type host-unreachable"
)

// Join puts faults together.
func Join(faults ...Fault) Fault {
	all := Fault{}
	for _, f := range faults {
		for upstream, rules := range f {
			all[upstream] = append(all[upstream], rules...)
		}
	}
	return all
}

// Blackhole has upstreams swallow everything.
func Blackhole(upstreams ...string) Fault {
	f := Fault{}
	for _, u := range upstreams {
		f[u] = []string{drop}
	}
	return f
}

// Reject has upstreams refuse everything: connections with a reset, the rest with an ICMP error.
func Reject(upstreams ...string) Fault {
	f := Fault{}
	for _, u := range upstreams {
		f[u] = []string{"meta l4proto tcp counter reject with tcp reset", reject}
	}
	return f
}

// Unroute has upstreams say that they know no way, as routers do that have lost theirs.
func Unroute(upstreams ...string) Fault {
	f := Fault{}
	for _, u := range upstreams {
		f[u] = []string{"counter reject with icmp type net-unreachable"}
	}
	return f
}

// Part drops all between two upstreams.
func Part(one, other string) Fault {
	return Fault{one: {fmt.Sprintf("oifname \"peer-%s\" %s", other, drop), fmt.Sprintf("iifname \"peer-%s\" %s", other, drop)}}
}

// Cut drops all to and from uplinks.
func Cut(uplinks ...Uplink) Fault {
	return Join(into(uplinks, drop), outOf(uplinks, drop))
}

// CutInto drops what goes to uplinks, and lets pass what comes from them.
func CutInto(uplinks ...Uplink) Fault { return into(uplinks, drop) }

// CutOutOf drops what comes from uplinks, and lets pass what goes to them.
func CutOutOf(uplinks ...Uplink) Fault { return outOf(uplinks, drop) }

// CutProbes drops the probes that leave through uplinks.
func CutProbes(uplinks ...Uplink) Fault {
	return outOf(uplinks, fmt.Sprintf("tcp dport %d counter drop", webPort))
}

// CutDNS drops queries and answers on uplinks.
func CutDNS(uplinks ...Uplink) Fault { return cutPort(uplinks, dnsPort) }

// CutGossip drops gossip on uplinks.
func CutGossip(uplinks ...Uplink) Fault { return cutPort(uplinks, gossipPort) }

// Isolate leaves the web servers behind uplinks alone, and cuts off whatever else is there: the nameserver answers
// nobody outside, hears nobody and probes nobody.
func Isolate(uplinks ...Uplink) Fault {
	return Join(CutProbes(uplinks...), CutDNS(uplinks...), CutGossip(uplinks...))
}

// cutPort drops what goes to or comes from a port, whoever connected.
func cutPort(uplinks []Uplink, port int) Fault {
	var rules []string
	for _, proto := range []string{"udp", "tcp"} {
		for _, end := range []string{"dport", "sport"} {
			rules = append(rules, fmt.Sprintf("%s %s %d counter drop", proto, end, port))
		}
	}
	return Join(into(uplinks, rules...), outOf(uplinks, rules...))
}

// SplitGossip drops gossip between some colos and all others, and nothing else.
func (w World) SplitGossip(colos ...string) Fault {
	var one, other []string
	for _, u := range w.Uplinks() {
		if slices.Contains(colos, u.Colo) {
			one = append(one, w.Prefix(u).String())
		} else {
			other = append(other, w.Prefix(u).String())
		}
	}
	here, there := "{ "+strings.Join(one, ", ")+" }", "{ "+strings.Join(other, ", ")+" }"
	f := Fault{}
	for _, upstream := range w.Upstreams {
		for _, way := range [][2]string{{here, there}, {there, here}} {
			for _, match := range []string{"udp dport", "tcp dport", "tcp sport"} {
				f[upstream] = append(f[upstream], fmt.Sprintf("ip saddr %s ip daddr %s %s %d counter drop", way[0], way[1], match, gossipPort))
			}
		}
	}
	return f
}

// Lose drops a share of what passes uplinks, each way, in percent.
func Lose(percent int, uplinks ...Uplink) Fault {
	rule := fmt.Sprintf("numgen random mod 100 < %d counter drop", percent)
	return Join(into(uplinks, rule), outOf(uplinks, rule))
}

// LoseEverywhere drops a share of what passes any link, each way, in percent. A packet between two colos of different
// upstreams passes three links.
func (w World) LoseEverywhere(percent int) Fault {
	f := Fault{}
	for _, upstream := range w.Upstreams {
		f[upstream] = []string{ // links between upstreams are counted where they are entered
			fmt.Sprintf("iifname != \"peer-*\" numgen random mod 100 < %d counter drop", percent),
			fmt.Sprintf("numgen random mod 100 < %d counter drop", percent),
		}
	}
	return f
}

func into(uplinks []Uplink, rules ...string) Fault { return at(uplinks, "oifname", rules) }

func outOf(uplinks []Uplink, rules ...string) Fault { return at(uplinks, "iifname", rules) }

func at(uplinks []Uplink, side string, rules []string) Fault {
	f := Fault{}
	for _, u := range uplinks {
		for _, rule := range rules {
			f[u.Upstream] = append(f[u.Upstream], fmt.Sprintf("%s %q %s", side, u.Colo, rule))
		}
	}
	return f
}

// Counted is how many packets the rules have met that nft lists.
func Counted(listing string) int {
	total := 0
	for _, rest := range strings.Split(listing, "counter packets ")[1:] {
		number, _, _ := strings.Cut(rest, " ")
		if n, err := strconv.Atoi(number); err == nil {
			total += n
		}
	}
	return total
}

// Ruleset is what nft has to be given for the rules of one router, in place of all it had.
func Ruleset(rules []string) string {
	return "table inet lab\ndelete table inet lab\ntable inet lab {\n\tchain forward {\n" +
		"\t\ttype filter hook forward priority 0; policy accept;\n\t\t" + strings.Join(rules, "\n\t\t") + "\n\t}\n}\n"
}

// Upstreams are those that the fault is in.
func (f Fault) Upstreams() []string { return slices.Sorted(maps.Keys(f)) }
