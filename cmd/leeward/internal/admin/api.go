package admin

import (
	"net/netip"
	"slices"
	"time"

	"leeward/dnsserver"
	"leeward/steering"
	"leeward/zones"
)

// Node is what the API shows and changes.
type Node interface {
	Readiness() Readiness
	Status() Status
	Explain(name zones.Name, qtype uint16, asker dnsserver.Asker) (*dnsserver.Explanation, error)
	WhatIf(what dnsserver.Supposition, client netip.Prefix) (*dnsserver.Forecast, error)
	Reload(ReloadRequest) (ReloadResult, error)
	Upgrade(UpgradeRequest) (UpgradeResult, error)
	Drain(DrainRequest) (Override, error)
	Undrain(place steering.Place, by string) error
	Keys() (Keys, error)
	ReloadKeys() (Keys, error)
	ZoneKeeper
	Challenger
	Leveller
	Flower
	Listened
	Chronicler
}

// Refusal is an error of a request that was understood and will not be done: what was asked about is bad.
type Refusal struct{ Reason string }

func (r *Refusal) Error() string { return r.Reason }

// Status is a node's view of the world.
type Status struct {
	Node          string         `json:"node"`
	Colo          string         `json:"colo"`
	Version       string         `json:"version"`
	NetworkDigest string         `json:"network_digest"`
	VerdictDigest string         `json:"verdict_digest"`
	Started       time.Time      `json:"started"`
	Readiness     Readiness      `json:"readiness"`
	Blind         bool           `json:"blind"` // this node sees nothing outside its colo
	Alone         string         `json:"alone"` // "", alone, blind and alone
	Colos         []Colo         `json:"colos"`
	Upstreams     []Upstream     `json:"upstreams"`
	Members       []Member       `json:"members"`
	Services      []Service      `json:"services"`
	Zones         []Zone         `json:"zones"`
	Overrides     []Override     `json:"overrides"`
	Challenges    []Challenge    `json:"challenges"`
	Geo           []GeoFile      `json:"geo"`
	Agreement     *Agreement     `json:"last_agreement"` // null: none yet
	Strangers     int            `json:"votes_on_unknown_targets"`
	Problems      []string       `json:"problems"`  // what an operator should look at, in sentences
	Incidents     []OpenIncident `json:"incidents"` // that are open, newest first
}

// Colo is a colo's verdict and its uplinks'.
type Colo struct {
	Name     string         `json:"name"`
	Location Location       `json:"location"`
	Verdict  steering.State `json:"verdict"`
	Demand   *Demand        `json:"demand"` // null: no colo has a capacity, or a load
	Uplinks  []Uplink       `json:"uplinks"`
}

// Location is a place on the earth in degrees.
type Location struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

// Demand is what a colo has to bear, in steered answers a second to clients that are sent there.
type Demand struct {
	Capacity float64  `json:"capacity"` // 0: not stated
	Demand   float64  `json:"demand"`
	Natural  float64  `json:"natural"`    // if no colo were full and none gave clients away
	Load     *float64 `json:"load"`       // as it measures itself; null: not known
	Shed     float64  `json:"shed_ratio"` // part of its clients that it gives away, by its load, 0 to 1
}

// Uplink is an uplink's verdict and the votes behind it.
type Uplink struct {
	Upstreams []string       `json:"upstreams"`
	Verdict   steering.State `json:"verdict"`
	Measured  steering.State `json:"measured"`
	Reason    string         `json:"reason"`
	Since     time.Time      `json:"since"`
	Stale     bool           `json:"stale"`
	Seen      *time.Time     `json:"seen"` // when a fresh vote last supported what is measured; null: not known
	Ramp      *Ramp          `json:"ramp"` // null: all clients are back
	Votes     []Vote         `json:"votes"`
}

// Service is the verdict on an address that check= of a policy has probed, and the votes behind it. What counts for an
// answer is the worse of it and the uplink's.
type Service struct {
	Check     string         `json:"check"`
	Address   string         `json:"address"`
	Colo      string         `json:"colo"`
	Upstreams []string       `json:"upstreams"`
	Verdict   steering.State `json:"verdict"`
	Reason    string         `json:"reason"`
	Since     time.Time      `json:"since"`
	Stale     bool           `json:"stale"`
	Ramp      *Ramp          `json:"ramp"` // null: all clients are back
	Votes     []Vote         `json:"votes"`
}

// Ramp is the slow return of clients to an uplink that was down.
type Ramp struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
	Back  int       `json:"back"` // slices that are back, of 100
}

// Vote is what an observer says of an uplink.
type Vote struct {
	Observer string `json:"observer"`
	Colo     string `json:"colo"`
	Address  string `json:"address"` // probed
	State    string `json:"state"`   // up, lossy, down
	Up       bool   `json:"up"`
	Detail   string `json:"detail"`
	Age      string `json:"age"`
	Fresh    bool   `json:"fresh"`
	Blind    bool   `json:"blind"` // the observer sees nothing: its word counts only where nobody sees
	Falls    int    `json:"falls"` // remembered; each doubles the time to rise
}

// Upstream is an upstream's verdict.
type Upstream struct {
	Name     string                 `json:"name"`
	Verdict  steering.UpstreamState `json:"verdict"`
	Measured steering.UpstreamState `json:"measured"`
	Reason   string                 `json:"reason"`
	Since    time.Time              `json:"since"`
	Evidence *Evidence              `json:"evidence"` // null: it never failed since the start
}

// Evidence is what the present failure of an upstream, or its last, was concluded from.
type Evidence struct {
	Down          []string   `json:"down"` // lhr, or ams/northway of a colo with other uplinks
	Since         time.Time  `json:"since"`
	Until         *time.Time `json:"until"`          // null: it is failing
	Seen          int        `json:"seen_by_groups"` // provider groups that see it
	Groups        int        `json:"groups"`         // of those that could
	ElsewhereDown int        `json:"elsewhere_down"`
	ElsewhereOf   int        `json:"elsewhere_of"`
}

// Member is a node of the cluster.
type Member struct {
	Name          string   `json:"name"`
	Colo          string   `json:"colo"`
	Address       string   `json:"address"`
	Addresses     []string `json:"addresses"` // all it advertises, address first
	State         string   `json:"state"`     // alive, suspect, dead, left
	HeartbeatAge  string   `json:"heartbeat_age"`
	SheetAge      string   `json:"sheet_age"` // since a heartbeat named the sheet known here
	NetworkDigest string   `json:"network_digest"`
	VerdictDigest string   `json:"verdict_digest"`
	Differs       string   `json:"differs"` // for how long it has judged otherwise, its network being the same
	Version       string   `json:"version"`
	ClockSkew     string   `json:"clock_skew"`
	Edition       uint32   `json:"edition"`      // of the zones that it has in files; 0: it has none
	ZonesBehind   int      `json:"zones_behind"` // of those it follows, zones that it has an older version of
	Lags          []Lag    `json:"lags"`         // some of these
}

// Lag is a zone that a node has an older version of than the node it follows.
type Lag struct {
	Zone   string `json:"zone"`
	Serial uint32 `json:"serial"` // 0: none yet
	Newest uint32 `json:"newest"`
}

// Agreement is how long it took from the first probe that failed until all members judged alike, as this node saw it.
type Agreement struct {
	On           []string  `json:"on"` // uplinks that went down
	FirstFailure time.Time `json:"first_failure"`
	JudgedAfter  string    `json:"judged_after"` // this node's verdict
	AgreedAfter  string    `json:"agreed_after"` // the last member's
}

// Zone is a zone as it is served, and where it comes from.
type Zone struct {
	Origin     string     `json:"origin"`
	Source     string     `json:"source"` // file, secondary, catalog (a member of one), follow
	File       string     `json:"file"`
	Primary    string     `json:"primary"` // that it came from: an address; "" of a file
	Serial     uint32     `json:"serial"`
	FileSerial uint32     `json:"file_serial"`
	Records    int        `json:"records"`
	Steered    int        `json:"steered"`
	Loaded     time.Time  `json:"loaded"`
	Checked    *time.Time `json:"checked"` // when a primary last said that this is its version; null of a file, and before the first time
	Expires    *time.Time `json:"expires"` // when it is no longer served unless a primary says so again; null of a file, and where nothing is kept
	Error      string     `json:"error"`
	Warnings   []string   `json:"warnings"`
}

// GeoFile is a file that the map of clients is made of.
type GeoFile struct {
	Key    string    `json:"key"` // database, asn, nets, latency
	File   string    `json:"file"`
	Loaded time.Time `json:"loaded"` // what is in use of it
	Error  string    `json:"error"`  // why it is not in use as it stands
}

// Override is an operator's word in force.
type Override struct {
	Target string     `json:"target"`
	Action string     `json:"action"`
	By     string     `json:"by"`
	Reason string     `json:"reason"`
	Issued time.Time  `json:"issued"`
	Until  *time.Time `json:"until"` // null: until undrained
}

// Keys is how a node stands with its gossip keys, which are told apart by fingerprints.
type Keys struct {
	InUse   string   `json:"in_use"`  // encrypts what the node sends
	Next    string   `json:"next"`    // to take its place; "": none
	Lacking []string `json:"lacking"` // members that do not have the next one
	Behind  []string `json:"behind"`  // members that do not encrypt with the next one yet; without one, with the one in use
	Turned  []string `json:"turned"`  // members that encrypt with the next one already
}

// Switched says whether all members encrypt with the key that is to take the other's place.
func (k Keys) Switched() bool { return k.Next != "" && k.InUse == k.Next && len(k.Behind) == 0 }

// ReloadRequest is the body of POST /v1/reload.
type ReloadRequest struct {
	ConfigToo bool `json:"config_too"`
	Force     bool `json:"force"`
}

// ReloadResult is what a reload did.
type ReloadResult struct {
	Zones  []ZoneResult `json:"zones"`
	Geo    []GeoResult  `json:"geo"`
	Config string       `json:"config,omitempty"` // what became of the configuration, when asked for
	Error  string       `json:"error"`            // of the configuration
}

// OK says whether everything is served as it stands in the files.
func (r ReloadResult) OK() bool {
	return r.Error == "" && !slices.ContainsFunc(r.Zones, ZoneResult.Bad) &&
		!slices.ContainsFunc(r.Geo, func(g GeoResult) bool { return g.Error != "" })
}

// GeoResult is what a reload did with a file of the map of clients.
type GeoResult struct {
	Key    string    `json:"key"` // database, asn, nets, latency
	File   string    `json:"file"`
	Action string    `json:"action"` // loaded, unchanged, failed
	Loaded time.Time `json:"loaded"` // what is in use of it
	Error  string    `json:"error"`
}

// ZoneResult is what a reload did with one zone.
type ZoneResult struct {
	Origin   string   `json:"origin"`
	File     string   `json:"file"`
	Action   string   `json:"action"` // loaded, unchanged, failed, kept, dropped
	Serial   uint32   `json:"serial"`
	Records  int      `json:"records"`
	Error    string   `json:"error"`
	Warnings []string `json:"warnings"`
}

// Bad says whether the zone is not served as its file stands. A zone whose file is gone, and that is dropped for it, is
// told about, and is as it should be.
func (z ZoneResult) Bad() bool { return z.Error != "" && z.Action != string(zones.Dropped) }

// DrainRequest is the body of POST /v1/overrides.
type DrainRequest struct {
	Target string `json:"target"`
	By     string `json:"by"` // user
	Reason string `json:"reason"`
	For    string `json:"for,omitempty"` // a duration; "": until undrained
	Force  bool   `json:"force"`
}
