package service

import (
	"net/netip"
	"reflect"
	"slices"
	"time"

	"leeward/cluster"
	"leeward/zones"
	"leeward/zones/transfer"
	"leeward/zones/tsig"
)

// followPurpose is what the keys are derived for that nodes of a cluster transfer zones from each other with.
const followPurpose = "zones follow"

// insistAfter is how long a version that a followed node has may be missing here before it is asked for again.
const insistAfter = 5 * time.Second

// following is what the loop knows of the nodes whose zones this one serves too.
type following struct {
	plane    *plane               // as the secondaries were last told
	followed []transfer.Secondary // likewise
	own      []zones.Name         // likewise
	seen     *served              // whose own zones were looked at last
	addrs    map[string][]netip.AddrPort
	compared comparison // the last
	behind   int        // how many zones were then
	asked    map[zones.Name]asked
	lists    map[string]list // by node
}

func newFollowing() following {
	return following{addrs: map[string][]netip.AddrPort{}, asked: map[zones.Name]asked{}, lists: map[string]list{}}
}

// asked is a version that was asked for, and when.
type asked struct {
	version version
	at      time.Time
}

// followKeys are the keys that nodes of the cluster know each other by in transfers, that of the gossip key in use first.
// Without a gossip key there is one that anybody knows: then gossip is on loopback, and so are the transfers.
func (s *Service) followKeys() []*tsig.Key {
	secrets := s.node.Derive(followPurpose)
	if len(secrets) == 0 {
		secrets = [][]byte{make([]byte, 32)}
	}
	var keys []*tsig.Key
	for _, secret := range secrets {
		name := cluster.FingerprintOf(secret).String() + ".follow.leeward.invalid."
		keys = append(keys, &tsig.Key{Name: nameOf(name), Algorithm: tsig.HMACSHA256, Secret: secret})
	}
	return keys
}

// follow has the secondaries fetch what the configuration and the followed nodes have. The loop calls it.
func (s *Service) follow() {
	p := s.plane.Load()
	members := s.node.Members()
	var followed []transfer.Secondary
	for _, node := range p.config.Zones.Follow {
		followed = append(followed, s.followed(node, members))
	}
	f, now := &s.following, s.served.Load()
	same := (p == f.plane || f.plane != nil && reflect.DeepEqual(p.secondaries, f.plane.secondaries)) && reflect.DeepEqual(followed, f.followed)
	f.plane = p
	if same && now == f.seen { // nearly always: it is judged much more often than zones change, and there may be many
		return
	}
	f.seen = now
	if own := origins(now.files); !same || !slices.Equal(own, f.own) {
		f.followed, f.own = followed, own
		s.secondaries.Configure(slices.Concat(p.secondaries, followed), own)
		s.gather()
	}
}

// announce tells of the zones that are served by now: secondaries by NOTIFY, and the cluster. It asks at once for what a
// followed node has that is new. The loop calls it when the view is published: who is told asks at once.
func (s *Service) announce() {
	now, cfg := s.served.Load(), s.plane.Load().config
	if now != s.announced {
		s.announced = now
		s.notifier.Serve(now.set, allEditions(cfg))
	}
	if cfg.Cluster == nil {
		return
	}
	members := s.node.Members()
	compared := comparison{now, newest(cfg.Zones.Follow, members)}
	if f := &s.following; f.behind == 0 && f.compared.same(compared) {
		return // as last time, when all was here
	}
	state := cluster.ZoneState{Edition: now.editions.Serial()}
	for _, node := range cfg.Zones.Follow {
		state.Lags = append(state.Lags, s.compare(node, members)...)
	}
	state.Behind = len(state.Lags)
	s.conflict(cfg.Zones.Follow)
	s.node.SetZones(state)
	s.following.compared, s.following.behind = compared, state.Behind
}

// comparison is what zones of followed nodes are compared with, and which editions those nodes have.
type comparison struct {
	here   *served
	newest []uint32
}

func (c comparison) same(other comparison) bool {
	return c.here == other.here && slices.Equal(c.newest, other.newest)
}

// newest are the serials of the editions that nodes tell of, 0 for one that is not there.
func newest(nodes []string, members []cluster.Member) []uint32 {
	serials := make([]uint32, len(nodes))
	for i, node := range nodes {
		for _, m := range members {
			if m.Name == node {
				serials[i] = m.Zones.Edition
			}
		}
	}
	return serials
}

// followed is the editions of a node as a catalog to fetch, from where the node answers; where it was last, if it is not
// there now.
func (s *Service) followed(node string, members []cluster.Member) transfer.Secondary {
	for _, m := range members {
		if m.Name == node && len(m.DNS) > 0 {
			s.following.addrs[node] = m.DNS
		}
	}
	c := transfer.Secondary{Origin: editionsOf(node), Catalog: true, Hidden: true, Node: true}
	for _, addr := range s.following.addrs[node] {
		c.Primaries = append(c.Primaries, transfer.Primary{Addr: addr, Key: s.followKeys()[0]})
	}
	return c
}

// insist asks for a version of a zone, and again after a while, until it is there. One whose serial is not ahead of the
// one here is fetched whole: that is what the followed node serves.
func (s *Service) insist(origin zones.Name, newest, here version) {
	last := s.following.asked[origin]
	if last.version == newest && time.Since(last.at) < insistAfter {
		return
	}
	s.following.asked[origin] = asked{newest, time.Now()}
	anew := here != version{} && !zones.Ahead(newest.serial, here.serial)
	if err := s.secondaries.Refresh(origin, anew); err != nil {
		s.log.Debug("a zone of a followed node", "error", err) // its list came before it
	}
}

func origins(all []*zones.Zone) []zones.Name {
	list := make([]zones.Name, 0, len(all))
	for _, z := range all {
		list = append(list, z.Origin())
	}
	return list
}
