package plan

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Client is who is answered: where it stands, and the prefix whose clients all get the same by weights.
type Client struct {
	Location
	Prefix netip.Prefix
}

// Client is a client who stands where a colo stands. Its prefix is the largest around it, but for shorter ones than /16, in
// which all have the same order of colos: those of Place have their own, and all others that of the first colo.
func (w World) Client(colo string) Client {
	c := Client{Location: w.Colo(colo).Location}
	for bits := 24; bits >= 16; bits-- {
		prefix := netip.PrefixFrom(w.Place(colo).Addr(), bits).Masked()
		for third := range 256 {
			there := netip.AddrFrom4([4]byte{198, 18, byte(third), 0})
			if prefix.Contains(there) && !slices.Equal(w.Nearest(w.standing(there)), w.Nearest(c.Location)) {
				return c
			}
		}
		c.Prefix = prefix
	}
	return c
}

// standing is where somebody in 198.18.0.0/16 stands.
func (w World) standing(addr netip.Addr) Location {
	for _, c := range w.Colos {
		if w.Place(c.Name).Contains(addr) {
			return c.Location
		}
	}
	return w.Colos[0].Location
}

// Order are the colos that a name uses, in the order in which they stand for a client.
func (w World) Order(s Steered, c Client) []string {
	switch s.Word("policy") {
	case "failover":
		return s.list("order")
	case "weighted":
		weights := map[string]float64{}
		for _, pair := range s.list("weight") {
			colo, weight, _ := strings.Cut(pair, ":")
			weights[colo], _ = strconv.ParseFloat(weight, 64)
		}
		return w.falls(c, weights)
	}
	used := slices.DeleteFunc(w.Nearest(c.Location), func(colo string) bool {
		return s.list("colos") != nil && !slices.Contains(s.list("colos"), colo) || slices.Contains(s.list("not"), colo)
	})
	if s.Word("policy") != "spread" {
		return used
	}
	weights := map[string]float64{}
	for _, colo := range used {
		weights[colo] = 1
	}
	return w.falls(c, weights)
}

// falls are colos in the order in which a client falls to them by weights. Each waits for an event that comes with the rate of
// its weight; whose comes first is the first. When it comes is drawn from a hash of the client's prefix and the colo's name.
func (w World) falls(c Client, weights map[string]float64) []string {
	when := map[string]float64{}
	var colos []string
	for colo, weight := range weights {
		sum := sha256.Sum256([]byte(colo))
		drawn := mix(key(c.Prefix)^binary.BigEndian.Uint64(sum[:])) >> 11 // 53 bits
		when[colo] = -math.Log((float64(drawn)+0.5)/(1<<53)) / weight
		colos = append(colos, colo)
	}
	slices.SortFunc(colos, func(a, b string) int { return cmp.Compare(when[a], when[b]) })
	return colos
}

// key is a hash of a prefix.
func key(p netip.Prefix) uint64 {
	b := p.Masked().Addr().As16()
	return mix(binary.BigEndian.Uint64(b[:8]) ^ mix(binary.BigEndian.Uint64(b[8:])) ^ uint64(p.Bits()))
}

// mix makes of a number one that looks as if drawn by lot (the last steps of SplitMix64).
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Nearest are the colos in the order of their distance from a place.
func (w World) Nearest(at Location) []string {
	colos := slices.Clone(w.Colos)
	slices.SortStableFunc(colos, func(a, b Colo) int { return cmp.Compare(at.distance(a.Location), at.distance(b.Location)) })
	return World{Colos: colos}.Names()
}

// distance is the angle between two places (haversine), in radians.
func (l Location) distance(to Location) float64 {
	const degree = math.Pi / 180
	hav := func(x float64) float64 { return math.Pow(math.Sin(x/2), 2) }
	h := hav((to.Lat-l.Lat)*degree) + math.Cos(l.Lat*degree)*math.Cos(to.Lat*degree)*hav((to.Lon-l.Lon)*degree)
	return 2 * math.Asin(math.Sqrt(min(h, 1)))
}
