package admin

import (
	"math"
	"time"
)

// Rates is how much a node is asked of late, by its own counters alone.
type Rates struct {
	Node    string             `json:"node"`
	Every   float64            `json:"every_seconds"` // between two points of the history
	Queries float64            `json:"queries"`       // a second
	Steered float64            `json:"steered"`       // answers a second
	Dropped float64            `json:"dropped"`       // messages left without a response, a second
	Rcodes  map[string]float64 `json:"rcodes"`        // responses a second
	History []float64          `json:"history"`       // queries a second, oldest first, at most 90
}

// Counters are what rates are made of, as they stand at one time.
type Counters struct {
	Queries, Steered, Dropped uint64
	Rcodes                    map[string]uint64
}

// How often the counters are looked at, and how many looks are remembered.
const (
	ratesEvery   = 2 * time.Second
	ratesHistory = 90
)

// pace makes rates of counters.
type pace struct {
	last  Counters
	at    time.Time
	rates Rates
}

// look takes in the counters. A counter that is less than it was began anew.
func (p *pace) look(c Counters, at time.Time) {
	passed := at.Sub(p.at).Seconds()
	if !p.at.IsZero() && passed > 0 {
		rate := func(now, before uint64) float64 {
			if now < before {
				before = 0
			}
			return math.Round(10*float64(now-before)/passed) / 10
		}
		r := Rates{Node: p.rates.Node, Every: ratesEvery.Seconds(), Queries: rate(c.Queries, p.last.Queries),
			Steered: rate(c.Steered, p.last.Steered), Dropped: rate(c.Dropped, p.last.Dropped), Rcodes: map[string]float64{}}
		for word, n := range c.Rcodes {
			if of := rate(n, p.last.Rcodes[word]); of > 0 {
				r.Rcodes[word] = of
			}
		}
		history := append(p.rates.History, r.Queries)
		r.History = append([]float64{}, history[max(0, len(history)-ratesHistory):]...)
		p.rates = r
	}
	p.last, p.at = c, at
}
