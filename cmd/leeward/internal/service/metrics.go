package service

import (
	"net/http"
	"strconv"
	"time"

	"github.com/miekg/dns"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"leeward/cluster"
	"leeward/cmd/leeward/internal/tell"
	"leeward/dnsserver"
	"leeward/steering"
)

// metrics is the handler of /metrics. All is read when it is asked for.
func (s *Service) metrics() http.Handler {
	return promhttp.HandlerFor(s.life.counted, promhttp.HandlerOpts{})
}

// registry are the metrics of this process.
func (s *Service) registry() *prometheus.Registry {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collector{s}, s.agreements, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return registry
}

// collector reads the metrics of a service.
type collector struct{ s *Service }

// Describe leaves the metrics undescribed: which there are depends on the configuration.
func (c collector) Describe(chan<- *prometheus.Desc) {}

// Collect reads all metrics.
func (c collector) Collect(out chan<- prometheus.Metric) {
	put := func(m metric, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(m.desc, m.kind, value, labels...)
	}
	c.queries(put)
	c.durations(out)
	c.dnstap(put)
	put(configSuccess, truth(!c.s.unconfigured.Load()))
	put(configTaken, float64(c.s.configured.Load())/1e9)
	put(droppedTotal, float64(c.s.overflowed()), "queue")
	if view := c.s.server.View(); view != nil && view.Network != nil {
		verdicts(view, put)
		demands(view, put)
	}
	c.members(put)
	active := 0
	for _, o := range c.s.node.Overrides() {
		if o.Active(time.Now()) {
			active++
		}
	}
	put(overridesNow, float64(active))
	c.challenges(put)
	for _, z := range c.s.zoneStatus() {
		if z.Origin != "" {
			put(zoneSerial, float64(z.Serial), z.Origin)
			put(zoneSuccess, truth(z.Error == ""), z.Origin)
		}
		if z.Expires != nil {
			put(zoneExpires, time.Until(*z.Expires).Seconds(), z.Origin)
		}
	}
	for _, f := range c.s.plane.Load().mapStatus() {
		put(geoSuccess, truth(f.Error == ""), f.Key)
	}
	put(zoneLoad, time.Duration(c.s.loadTime.Load()).Seconds())
	if at := c.s.judged.Load(); at != 0 {
		put(viewAge, time.Since(time.Unix(0, at)).Seconds())
	}
	refused := c.s.node.Refused()
	for reason, n := range map[string]uint64{"key": refused.Key, "allow": refused.Allow, "malformed": refused.Malformed, "crowd": refused.Crowd} {
		put(refusedTotal, float64(n), reason)
	}
	put(droppedMessages, float64(c.s.node.Dropped()))
	c.admin(put)
	c.s.incidentMetrics(put)
	put(buildInfo, 1, c.s.opts.Version)
}

// admin reads who was refused, and what will keep others out.
func (c collector) admin(put put) {
	c.s.guard.Refused(func(reason string, n uint64) { put(adminRefused, float64(n), reason) })
	if identity := c.s.guard.Identity(); identity != nil {
		put(adminExpires, time.Until(identity.Expires()).Seconds())
	}
	c.s.tellers.counts.Visit(func(of tell.Count, n uint64) { put(incidentsTold, float64(n), of.Target, of.Result) })
	lost, _ := c.s.guard.Audit().Lost()
	put(auditLost, float64(lost))
}

// durations reads how long answers took.
func (c collector) durations(out chan<- prometheus.Metric) {
	for _, t := range []dnsserver.Transport{dnsserver.UDP, dnsserver.TCP} {
		took := c.s.server.Latency(t)
		buckets := make(map[float64]uint64, len(took.Buckets))
		for bound, below := range took.Buckets {
			buckets[bound.Seconds()] = below
		}
		out <- prometheus.MustNewConstHistogram(answerDuration.desc, took.Count, took.Total.Seconds(), buckets, t.String())
	}
}

// dnstap reads what became of the messages to the reader, if one is configured.
func (c collector) dnstap(put put) {
	output := c.s.watchers.dnstap.Load()
	if output == nil {
		return
	}
	counts := output.Counts()
	put(dnstapMessages, float64(counts.Written))
	put(dnstapDropped, float64(counts.Dropped))
	put(dnstapOpen, truth(counts.Open))
}

// demands reads what colos have to bear, where that is looked at.
func demands(view *dnsserver.View, put put) {
	for i, d := range view.Verdicts.Demands() {
		colo := view.Network.Colos()[i].Name
		put(coloDemand, d.Demand, colo)
		put(coloShed, float64(d.Shed)/steering.Slices, colo)
		if d.Capacity > 0 {
			put(coloCapacity, d.Capacity, colo)
		}
		if l := view.Verdicts.Load(steering.ColoIndex(i)); l.Known {
			put(coloLoad, l.Value, colo)
		}
	}
}

type put func(m metric, value float64, labels ...string)

// queries reads the server's counters.
func (c collector) queries(put put) {
	c.s.server.Count(dnsserver.Counts{
		Query: func(t dnsserver.Transport, qtype int, n uint64) {
			word := "other"
			if qtype >= 0 {
				word = dns.Type(qtype).String()
			}
			put(queriesTotal, float64(n), t.String(), word)
		},
		Response: func(t dnsserver.Transport, rcode int, n uint64) {
			put(responsesTotal, float64(n), t.String(), rcodeWord(rcode))
		},
		Dropped:  func(reason string, n uint64) { put(droppedTotal, float64(n), reason) },
		Notice:   func(result string, n uint64) { put(notifiesTotal, float64(n), result) },
		Update:   func(result string, n uint64) { put(updatesTotal, float64(n), result) },
		Transfer: func(kind, result string, n uint64) { put(transfersTotal, float64(n), kind, result) },
		Cookie:   func(state string, n uint64) { put(cookiesTotal, float64(n), state) },
	})
}

// members reads who is in the cluster, and how well it agrees.
func (c collector) members(put put) {
	states := map[string]int{"alive": 0, "suspect": 0, "dead": 0, "left": 0}
	others := 0
	for _, m := range c.s.node.Members() {
		states[string(m.State)]++
		if m.State == cluster.Alive && m.Name != c.s.opts.Config.Node.Name {
			put(sheetAge, m.SheetAge.Seconds(), m.Name)
			put(clockSkew, m.ClockSkew.Seconds(), m.Name)
		}
		if m.State == cluster.Alive && c.s.opts.Config.Cluster != nil {
			put(zonesBehind, float64(m.Zones.Behind), m.Name)
		}
		if m.Differs > tolerance {
			others++
		}
	}
	for state, n := range states {
		put(membersNow, float64(n), state)
	}
	put(differing, float64(others))
}

// verdicts reads what the judge concluded.
func verdicts(view *dnsserver.View, put put) {
	n, v := view.Network, view.Verdicts
	votes := map[string]int{"up": 0, "lossy": 0, "down": 0, "stale": 0}
	for u := range n.Uplinks() {
		uplink := &n.Uplinks()[u]
		put(uplinkUp, level(v.Uplinks[u].State), n.Colos()[n.ColoOf(steering.UplinkIndex(u))].Name, uplink.Name())
		for _, vote := range v.Uplinks[u].Votes {
			if vote.Fresh {
				votes[vote.Vote.State.String()]++
			} else {
				votes["stale"]++
			}
		}
	}
	for i := range v.Services {
		s := &v.Services[i]
		put(serviceUp, level(s.State), s.Check, n.Colos()[n.ColoOf(s.Uplink)].Name, n.Uplinks()[s.Uplink].Name(), s.Addr.String())
	}
	for state, count := range votes {
		put(votesNow, float64(count), state)
	}
	for i, name := range n.Upstreams() {
		put(upstreamUp, truth(v.Upstreams[i].State < steering.UpstreamFailing), name)
	}
	for c, colo := range n.Colos() {
		for row := steering.RowHealthy; int(row) <= steering.Rows; row++ {
			put(steeredTotal, float64(view.Tally.Count(steering.ColoIndex(c), row)), colo.Name, strconv.Itoa(int(row)))
		}
	}
}

// level is a verdict as a number.
func level(s steering.State) float64 {
	switch s {
	case steering.AtRisk:
		return 0.5
	case steering.Down, steering.Drained:
		return 0
	}
	return 1
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
