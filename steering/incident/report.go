package incident

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Kind is what a report is about.
type Kind string

// The kinds. Agreed and Moved change nothing: they measure what changed.
const (
	Verdict  Kind = "verdict"  // on an uplink, an upstream, a colo or a service
	Override Kind = "override" // an operator's word
	Zone     Kind = "zone"
	Member   Kind = "member" // a node of the cluster
	Agreed   Kind = "agreed" // all members judge alike
	Moved    Kind = "moved"  // clients
)

// Words of what things become. Those of verdicts are the verdicts' own.
const (
	up      = "up"
	atRisk  = "at-risk"
	down    = "down"
	failing = "failing" // an upstream

	Drained   = "drain"
	Undrained = "undrain"
	Expired   = "expired" // a drain; a zone that comes from elsewhere

	Refused  = "refused"  // the file of a zone is not served as it stands
	Unserved = "unserved" // nor is any earlier version
	Mended   = "mended"
	Serial   = "serial" // a new version of a zone is served

	Dead  = "dead"
	Left  = "left"
	Alive = "alive"
)

// Report is a node's word that something changed. The zero time is none.
type Report struct {
	Node string // whose word it is
	At   time.Time
	Kind Kind
	On   string // uplink:ams/northway, upstream:northway, colo:ams, service:..., zone:example.com., member:ns1-ams
	To   string // what it became

	Reason string
	First  time.Time // a verdict: when the first probe failed that it stands on
	By     string    // an override: whose
	Issuer string    // an override: the node that took the order
	Number uint64    // an override: its version; a zone: its serial
	Colo   string    // a member: where it stands

	Took  time.Duration // agreed: since the first failure
	Share float64       // moved: of the clients of the names touched, 0 to 1
	Names []string      // moved: some of the names touched; agreed: what else went down with it
	Total int           // moved: names touched
	TTL   time.Duration // moved: for how long the answers before are kept
	Part  bool          // moved: there was no time to look at all names
}

// compare orders reports: by time and, among those of one time, so that every node has the same order. Only equal ones are
// equal.
func compare(a, b Report) int {
	if a.At.Equal(b.At) && a.Kind == b.Kind && a.On == b.On && a.Node == b.Node {
		return cmp.Or(strings.Compare(a.To, b.To), strings.Compare(a.Reason, b.Reason), cmp.Compare(a.Number, b.Number), a.First.Compare(b.First),
			strings.Compare(a.By, b.By), strings.Compare(a.Issuer, b.Issuer), strings.Compare(a.Colo, b.Colo), cmp.Compare(a.Took, b.Took),
			cmp.Compare(a.Share, b.Share), cmp.Compare(a.Total, b.Total), cmp.Compare(a.TTL, b.TTL), slices.Compare(a.Names, b.Names),
			strings.Compare(strconv.FormatBool(a.Part), strconv.FormatBool(b.Part)))
	}
	return cmp.Or(a.At.Compare(b.At), strings.Compare(string(a.Kind), string(b.Kind)), strings.Compare(a.On, b.On), strings.Compare(a.Node, b.Node))
}

// bad says whether what became this is in trouble.
//
//	a verdict     at risk, down, failing
//	an override   drain
//	a zone        refused, unserved, expired
//	a member      never: what it takes down is told by verdicts
func (k Kind) bad(to string) bool {
	switch k {
	case Verdict:
		return to == atRisk || to == down || to == failing
	case Override:
		return to == Drained
	case Zone:
		return to == Refused || to == Unserved || to == Expired
	}
	return false
}
