package steering

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Evidence is what a failure of an upstream was concluded from. The zero value is none.
type Evidence struct {
	Down  []string  // what is down through it: "lhr" for a colo without another uplink, else "ams/northway"
	Lost  []string  // all that was down through it since it began to fail, written so
	Since time.Time // when the first of Down went down
	Until time.Time // when it was found to fail no more; zero while it fails

	Seen, Groups               int // provider groups that see it, of those with a voice on what is down
	ElsewhereDown, ElsewhereOf int // uplinks down elsewhere, of those measured
}

// gather takes the evidence of an upstream found failing.
func (v *Verdicts) gather(found failure, before *UpstreamVerdict, now time.Time) Evidence {
	e := Evidence{Since: now, ElsewhereDown: len(found.elsewhere.down), ElsewhereOf: found.elsewhere.of()}
	if before.Measured == UpstreamFailing {
		e.Since = before.Evidence.Since
	}
	for _, u := range found.through.down {
		if stood := v.Uplinks[u].stood; stood.Before(e.Since) {
			e.Since = stood
		}
	}
	e.Seen, e.Groups = v.seenBy(found.through.down)
	e.Down = v.network.lost(func(u UplinkIndex, _ string) bool { return slices.Contains(found.through.down, u) })
	e.Lost = e.Down
	if before.Measured == UpstreamFailing {
		e.Lost = v.network.lost(func(_ UplinkIndex, name string) bool {
			return slices.Contains(e.Down, name) || slices.Contains(before.Evidence.Lost, name)
		})
	}
	return e
}

// seenBy counts the provider groups that say down of most of the uplinks on which they have a voice.
func (v *Verdicts) seenBy(uplinks []UplinkIndex) (seen, of int) {
	groups := map[string]*group{}
	for _, u := range uplinks {
		for name, down := range v.Uplinks[u].voices {
			if groups[name] == nil {
				groups[name] = &group{}
			}
			groups[name].of++
			if down {
				groups[name].bad++
			}
		}
	}
	for _, g := range groups {
		if g.saysBad() {
			seen++
		}
	}
	return seen, len(groups)
}

// lost names uplinks: first the colos that have lost their only one, then the others.
func (n *Network) lost(has func(u UplinkIndex, name string) bool) []string {
	var colos, uplinks []string
	for i := range n.uplinks {
		u := UplinkIndex(i)
		colo := &n.colos[n.coloOf[u]]
		switch name := n.UplinkName(u); {
		case len(colo.Uplinks) == 1 && has(u, colo.Name):
			colos = append(colos, colo.Name)
		case len(colo.Uplinks) > 1 && has(u, name):
			uplinks = append(uplinks, name)
		}
	}
	return append(colos, uplinks...)
}

// words tell of a present failure: "lhr, iad, ams/northway down since 08:01:12, seen by 5 of 5 provider groups;
// elsewhere 0 of 5".
func (e *Evidence) words(now time.Time) string {
	words := strings.Join(e.Down, ", ") + " down since " + Clock(e.Since, now)
	if e.Groups > 0 {
		words += fmt.Sprintf(", seen by %d of %d provider groups", e.Seen, e.Groups)
	}
	return words + fmt.Sprintf("; elsewhere %d of %d", e.ElsewhereDown, e.ElsewhereOf)
}

// past tells of a failure that is over: "failed 08:01:12 to 08:09:31: lhr, iad, ams/northway"; "" when there was none.
func (e *Evidence) past(now time.Time) string {
	if e.Until.IsZero() {
		return ""
	}
	return fmt.Sprintf("failed %s to %s: %s", Clock(e.Since, now), Clock(e.Until, now), strings.Join(e.Lost, ", "))
}
