package dnsserver

import "leeward/steering"

// Supposition is what a forecast supposes, beside all that is as it is.
type Supposition struct {
	Down, Drained []steering.Place
}

// Forecast is what would become of the steered answers. Nothing is touched by it.
type Forecast struct {
	Down    []string         `json:"down"`    // uplinks supposed to be down
	Drained []string         `json:"drained"` // uplinks supposed to be drained
	Failing []string         `json:"failing"` // upstreams that would be failing
	Demand  []ForecastDemand `json:"demand"`  // of all colos; none where no colo has a capacity, or a load
	Names   int              `json:"names"`   // steered RRsets, those too that would not change
	Changes []ForecastChange `json:"changes"` // those of most RRsets first
	Single  []ForecastSingle `json:"single"`  // RRsets that would hang on one upstream, and do not now
	Client  *ForecastClient  `json:"client,omitempty"`
}

// ForecastChange is what would become of RRsets for which the same would.
type ForecastChange struct {
	Names    int            `json:"names"`
	Examples []string       `json:"examples"` // at most 8, such as "www.example.com. A"
	Moves    []ForecastMove `json:"moves"`    // the largest first
}

// ForecastMove is clients that would be given something else.
type ForecastMove struct {
	From        string   `json:"from"`           // as To
	To          string   `json:"to"`             // a colo, or several joined by +; "fallback", "nothing"; with " (failing open)" where nothing there is healthy
	DemandShare float64  `json:"demand_share"`   // of what is asked for of late, 0 to 1; 0 where that is not known
	ClientShare float64  `json:"client_share"`   // of all IPv4 addresses, 0 to 1: a measure of clients only as good as that is
	Regions     []string `json:"regions"`        // whose clients these are, by the order of colos for them: at most 4, the largest first; none: clients everywhere
	InAll       int      `json:"regions_in_all"` // regions
}

// maxRegions is how many regions of a move are named.
const maxRegions = 4

// ForecastDemand is what a colo would have to bear, in steered answers a second.
type ForecastDemand struct {
	Colo     string  `json:"colo"`
	Capacity float64 `json:"capacity"` // 0: not stated
	Now      float64 `json:"now"`
	Then     float64 `json:"then"`
}

// ForecastSingle is the RRsets that would hang on an upstream.
type ForecastSingle struct {
	Upstream string   `json:"upstream"`
	Names    int      `json:"names"`
	Examples []string `json:"examples"`
}

// ForecastClient is the answers of one client that would change.
type ForecastClient struct {
	Address string           `json:"address"`
	Answers []ForecastAnswer `json:"answers"` // at most 1000
	Same    int              `json:"same"`    // RRsets of which it is given what it is given now
}

// ForecastAnswer is the addresses of an RRset, now and then.
type ForecastAnswer struct {
	Name   string   `json:"name"`
	Type   string   `json:"type"`
	Before []string `json:"before"`
	After  []string `json:"after"`
}
