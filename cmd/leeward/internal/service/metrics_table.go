package service

import (
	"cmp"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

// metric is one of Leeward's own metrics.
type metric struct {
	desc   *prometheus.Desc
	kind   prometheus.ValueType
	name   string
	help   string
	labels []string
	words  string // for the page on metrics, in Markdown; "": help
}

func counter(name, help string, labels ...string) metric {
	return newMetric(prometheus.CounterValue, name, help, labels)
}

func gauge(name, help string, labels ...string) metric {
	return newMetric(prometheus.GaugeValue, name, help, labels)
}

// histogram is a metric that is not read as one value.
func histogram(name, help string, labels ...string) metric { return newMetric(0, name, help, labels) }

func newMetric(kind prometheus.ValueType, name, help string, labels []string) metric {
	name = "leeward_" + name
	return metric{desc: prometheus.NewDesc(name, help, labels, nil), kind: kind, name: name, help: help, labels: labels}
}

// means says more of a metric, for the page on metrics.
func (m metric) means(words string) metric {
	m.words = words
	return m
}

// Leeward's own metrics, in the order of the page on metrics. Each stands in documented, too.
var (
	queriesTotal = counter("dns_queries_total", "Queries received.", "transport", "type").
			means("queries, by udp or tcp and type; types above 259 and what could not be read are `other`")
	responsesTotal = counter("dns_responses_total", "Responses sent.", "transport", "rcode").
			means("responses")
	droppedTotal = counter("dns_dropped_total", "Messages left without a response.", "reason").
			means("without a response: `short` and `response` are no queries, `send` was not taken by the system, `queue` found the receive buffer full (`dns.udp.receive_buffer`; Linux only), `proxy` came without its header from an address of `dns.proxy`, `defect` is a defect of the program")
	answerDuration = histogram("dns_answer_duration_seconds", "How long answers take, of a part of all queries: over UDP from taking a batch until its "+
		"answers are handed to the system, over TCP the making of the answer.", "transport").
		means("how long answers take, of a part of all queries: [what is measured](#how-long-answers-take)")
	cookiesTotal = counter("dns_cookies_total", "Cookies in queries: first without a server's part, good, or bad.", "state").
			means("cookies in queries (RFC 7873): `first` without a server's part, `good`, `bad` forged, too old, or made with a secret that this node does not have")
	transfersTotal = counter("dns_transfers_total", "Transfers of zones to others.", "type", "result").
			means("zones transferred to others: `axfr` or `ixfr`; `done`, `refused`, or `failed` for want of room or broken off")
	notifiesTotal = counter("dns_notifies_total", "NOTIFY messages received.", "result").
			means("NOTIFY received: `taken`, or `refused`")
	updatesTotal = counter("dns_updates_total", "Dynamic updates received: done, with a prerequisite unmet, refused, or malformed.", "result").
			means("[dynamic updates](acme.md) received: `done`, `unmet` with a prerequisite that does not hold, `refused`, `malformed`; those whose signature does not hold are not counted here")
	challengesNow = gauge("challenges", "Challenges for certificate authorities that stand: answered with, or barred by their zone.", "state").
			means("[challenges](acme.md) that stand: `answered`, or `barred` by their zone on this node")
	steeredTotal = counter("steered_answers_total", "Steered answers by the colo given and the row of the chart of choice.", "colo", "row").
			means("steered answers by colo and row of the chart; 5 is the fallback of a policy, 6 an answer that a policy leaves empty, both by the colo that stands first. Begins at 0 with a reload that changes colos or check")
	uplinkUp = gauge("uplink_up", "Verdict on an uplink: 1 up or unknown, 0.5 at risk, 0 down or drained.", "colo", "uplink").
			means("1 up or unknown, 0.5 at risk, 0 down or drained")
	coloCapacity = gauge("colo_capacity", "Steered answers a second that the colo can bear the clients of; absent if not stated.", "colo").
			means("as configured")
	coloDemand = gauge("colo_demand", "Steered answers a second to clients that are sent to the colo, by all nodes.", "colo").
			means("steered answers a second to clients that are sent there, by all nodes; this and the next three only where a colo has a capacity or a load")
	coloLoad = gauge("colo_load", "Load as the colo measures itself.", "colo").
			means("as the colo measures itself")
	coloShed = gauge("colo_shed_ratio", "Part of its clients that the colo gives away by its load.", "colo").
			means("part of its clients that it gives away by its load")
	serviceUp = gauge("service_up", "Verdict on an address that check= of a policy has probed: 1 up or unknown, 0.5 at risk, 0 down.", "check", "colo", "uplink", "address").
			means("of an address that `check=` of a [policy](steering.md#a-service-of-its-own) has probed: 1 up or unknown, 0.5 at risk, 0 down")
	upstreamUp = gauge("upstream_up", "Verdict on an upstream: 1 up or unknown, 0 failing or drained.", "upstream").
			means("1 up or unknown, 0 failing or drained")
	votesNow = gauge("votes", "Votes heard by state: up, lossy, down, and stale whatever they say.", "state").
			means("votes heard: up, lossy, down; `stale` whatever they say")
	membersNow = gauge("cluster_members", "Members of the cluster, this node included.", "state").
			means("alive, suspect, dead, left; this node too")
	viewAge = gauge("view_age_seconds", "Time since the last judgement: how old the view behind the answers is.").
		means("since the last judgement, normally under 0.3")
	overridesNow = gauge("overrides_active", "Overrides in force.").
			means("drains in force")
	zoneSerial = gauge("zone_serial", "Serial served.", "zone").
			means("the serial served; the zone is written with its last dot")
	zoneSuccess = gauge("zone_reload_success", "Whether the zone is served as its file stands, or as its primary has it.", "zone").
			means("1 if served as the file stands, or as its primary has it")
	zoneExpires = gauge("zone_expires_seconds", "Time until a zone that comes from elsewhere is no longer served, if no primary answers; negative since it is not.", "zone").
			means("until a zone that comes from elsewhere is no longer served, if no primary answers; negative since then")
	zonesBehind = gauge("zones_behind", "Zones of followed nodes that a member has an older version of.", "member").
			means("zones that a member [follows](follow.md) and has an older version of")
	zoneLoad = gauge("zone_load_seconds", "Time that the last load of all zones took.").
			means("how long the last load of all zones took")
	geoSuccess = gauge("geo_reload_success", "Whether a file of the map of clients is in use as it stands.", "key").
			means("1 if the file of a key below `steering.geo` (`database`, `asn`, `nets`, `latency`) is in use as it stands")
	refusedTotal = counter("cluster_refused_total", "Packets and streams refused: under another key, from outside cluster.allow, malformed, or too many at once.", "reason").
			means("gossip refused: `key` under another key or none, `allow` from outside `cluster.allow`, `malformed`, `crowd` too much at once")
	droppedMessages = counter("cluster_dropped_total", "Messages of members that were not understood: of another format version, or broken.").
			means("messages of members that were not understood: of another format version, or broken")
	sheetAge = gauge("cluster_sheet_age_seconds", "Time since a member's heartbeat last named the sheet that is known here.", "member").
			means("since a living member's heartbeat last named the votes known here; above `steering.stale` they do not count")
	clockSkew = gauge("cluster_clock_skew_seconds", "A member's clock less this node's.", "member").
			means("its clock less this node's")
	differing = gauge("cluster_members_differing", "Members of the same network that have judged otherwise for more than 5 s.").
			means("members of the same network that have judged otherwise for more than 5 s")
	agreementTime = histogram("agreement_seconds", "From the first failed probe of an outage until all members judged alike, as this node saw it.").
			means("from the first failed probe of an outage until all members judged alike, as this node saw it")
	adminRefused = counter("admin_refused_total", "Requests to the admin API refused: for want of a token or a certificate, with a wrong one, for a role, a host or an origin.", "reason").
			means("requests to the admin API refused: `nothing` was shown where something is needed, a wrong `token`, a `certificate` that is not accepted, not for the `role`; `host` and `origin` come of pages in a browser that ask for what is not theirs")
	adminExpires = gauge("admin_certificate_expires_seconds", "Time until the admin API's certificate expires; absent without TLS.").
			means("until the certificate of `admin.tls` expires; absent without TLS")
	incidentsOpen = gauge("incidents_open", "Incidents that are open, by their cause as judged: upstream, colo, uplink, service, operator, zone.", "cause").
			means("[incidents](incidents.md) that are open: `upstream`, `colo`, `uplink`, `service`, `operator`, `zone`")
	reportsRefused = counter("incident_reports_refused_total", "Reports of this node that were not taken, and are put again: too many, or its clock is far ahead.").
			means("reports of this node on incidents that were not taken, and are put again")
	incidentsTold = counter("incidents_told_total", "Messages about incidents to webhooks and incidents.exec: told, failed and tried again, given up.", "target", "result").
			means("messages about [incidents](incidents.md#telling-others) to webhooks and `incidents.exec`: `told`, `failed` and tried again, `given_up`")
	auditLost = counter("audit_lost_total", "Orders that could not be put into the audit log.").
			means("orders that could not be put into the audit log")
	dnstapMessages = counter("dnstap_messages_total", "Messages that the reader of dnstap was handed.").
			means("messages that the reader of [dnstap](watching.md#dnstap) was handed; this and the next two only where `dnstap.to` is given")
	dnstapDropped = counter("dnstap_dropped_total", "Messages that the reader of dnstap was not handed: the buffer was full, or the reader went away.").
			means("messages that it was not")
	dnstapOpen = gauge("dnstap_open", "Whether there is a reader of dnstap, or its file is written to.").
			means("1 while there is a reader, or the file is written to")
	configSuccess = gauge("config_reload_success", "Whether the last reload of the configuration took it up.").
			means("1 if the last reload of the configuration took it up, and at the start")
	configTaken = gauge("config_reload_timestamp_seconds", "When a configuration was last taken up.").
			means("when a configuration was last taken up, in Unix time")
	buildInfo = gauge("build_info", "The program.", "version").
			means("1")
)

// documented are all of them.
func documented() []metric {
	return []metric{
		queriesTotal, responsesTotal, droppedTotal, answerDuration, cookiesTotal, transfersTotal,
		notifiesTotal, updatesTotal, challengesNow, steeredTotal, uplinkUp, coloCapacity, coloDemand, coloLoad,
		coloShed, serviceUp, upstreamUp, votesNow, membersNow, viewAge,
		overridesNow, zoneSerial, zoneSuccess, zoneExpires, zonesBehind, zoneLoad,
		geoSuccess, refusedTotal, droppedMessages, sheetAge, clockSkew, differing,
		agreementTime, adminRefused, incidentsOpen, reportsRefused, adminExpires, incidentsTold, auditLost, dnstapMessages, dnstapDropped,
		dnstapOpen, configSuccess, configTaken, buildInfo,
	}
}

// agreementSeconds is the one metric that is gathered as things happen.
func agreementSeconds() prometheus.HistogramOpts {
	return prometheus.HistogramOpts{Name: agreementTime.name, Help: agreementTime.help, Buckets: []float64{1, 1.5, 2, 2.5, 3, 4, 5, 10, 30, 60, 300}}
}

// MetricWords is a metric for the documentation.
type MetricWords struct {
	Name  string // with its labels
	Kind  string // counter, gauge, histogram
	Words string // in Markdown
}

// Metrics are all of Leeward's own metrics, as the documentation has them.
func Metrics() (list []MetricWords) {
	for _, m := range documented() {
		w := MetricWords{Name: m.name, Kind: "histogram", Words: cmp.Or(m.words, strings.TrimSuffix(m.help, "."))}
		if len(m.labels) > 0 {
			w.Name += "{" + strings.Join(m.labels, ",") + "}"
		}
		switch m.kind {
		case prometheus.CounterValue:
			w.Kind = "counter"
		case prometheus.GaugeValue:
			w.Kind = "gauge"
		}
		list = append(list, w)
	}
	return list
}
