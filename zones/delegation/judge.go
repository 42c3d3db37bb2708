package delegation

import (
	"fmt"

	"github.com/miekg/dns"
)

// Judge says what is to say of a delegation: first of it as a whole, then of each server.
func Judge(f *Facts) Report {
	j := &judgement{Facts: f}
	j.count()
	j.names()
	j.networks()
	j.colos()
	j.agreement()
	j.timers()
	j.origin()
	j.parent()
	j.referral()
	j.signed()
	report := Report{Zone: f.Zone, Publish: f.publish()}
	j.publication(report.Publish)
	for i := range f.Servers {
		s := &f.Servers[i]
		j.server = s.String()
		j.reach(s)
	}
	report.Findings, report.Good = j.findings, true
	for _, finding := range j.findings {
		if finding.Level == Error {
			report.Good = false
		}
	}
	return report
}

// publish is the records that the parent must have: the NS set, the addresses of the name servers that lie in the
// zone (RFC 9471), and the DS records of the keys that enter it (RFC 4035 section 2.4).
func (f *Facts) publish() []string {
	var records []string
	for _, n := range f.Delegated() {
		records = append(records, fmt.Sprintf("%s IN NS %s", f.Zone, n.Host))
	}
	for _, n := range f.Delegated() {
		if !f.Inside(n.Host) {
			continue
		}
		addrs := f.Addresses(n.Host)
		if len(addrs) == 0 {
			addrs = n.Addrs
		}
		for _, addr := range addrs {
			rrtype := dns.TypeA
			if addr.Is6() {
				rrtype = dns.TypeAAAA
			}
			records = append(records, fmt.Sprintf("%s IN %s %s", n.Host, dns.TypeToString[rrtype], addr))
		}
	}
	for _, key := range f.entries() {
		if ds := key.ToDS(dns.SHA256); ds != nil {
			records = append(records, fmt.Sprintf("%s IN DS %d %d %d %s", f.Zone, ds.KeyTag, ds.Algorithm, ds.DigestType, ds.Digest))
		}
	}
	return records
}

func (j *judgement) publication(records []string) {
	if len(records) > 0 {
		j.find(Note, RulePublish, fmt.Sprintf("the parent must publish %d records", len(records)), "give the registry the records below")
	}
}
