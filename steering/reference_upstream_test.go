package steering

import (
	"fmt"
	"slices"
)

func (s *slow) judgeUpstreams() {
	explained, failing := map[int]bool{}, map[string]bool{}
	for {
		best, bestHealthy, bestDown := "", 0, 0
		for _, name := range s.n.upstreams {
			var of, down, elseOf, elseDown int
			colos := map[string]bool{}
			for u := range s.n.uplinks {
				is := s.measured[fmt.Sprint(u)]
				if explained[u] || is == Unknown {
					continue
				}
				mine := slices.Contains(s.n.uplinks[u].Upstreams, name)
				switch {
				case mine && is == Down:
					of, down = of+1, down+1
					colos[s.name(u)] = true
				case mine:
					of++
				case is == Down:
					elseOf, elseDown = elseOf+1, elseDown+1
				default:
					elseOf++
				}
			}
			if len(colos) < 2 || down*100 < of*60 {
				continue
			}
			if elseOf > 0 && down*elseOf < 2*elseDown*of {
				continue
			}
			if healthy := of - down; best == "" || healthy < bestHealthy || healthy == bestHealthy && down > bestDown {
				best, bestHealthy, bestDown = name, healthy, down
			}
		}
		if best == "" {
			break
		}
		failing[best] = true
		for u := range s.n.uplinks {
			if slices.Contains(s.n.uplinks[u].Upstreams, best) && s.measured[fmt.Sprint(u)] == Down {
				explained[u] = true
			}
		}
	}
	as := map[bool]int{true: 1}
	for _, name := range s.n.upstreams {
		s.failing[name] = s.change("upstream "+name, as[s.failing[name]], as[failing[name]]) == 1
		word := "unknown"
		for u := range s.n.uplinks {
			key := fmt.Sprint(u)
			if !slices.Contains(s.n.uplinks[u].Upstreams, name) {
				continue
			}
			if s.measured[key] != Unknown {
				word = "up"
			}
			if s.failing[name] && (s.state[key] == Up || s.state[key] == Unknown) {
				s.state[key] = AtRisk
			}
		}
		if s.failing[name] {
			word = "failing"
		}
		for _, o := range s.f.Overrides {
			if string(o.Place) == "upstream:"+name && s.drained(o) {
				word = "drained"
			}
		}
		s.upstreams[name] = word
	}
}
