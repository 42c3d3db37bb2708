package incident

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// anything is what nodes may report of a small world, within an hour.
func anything(r *rand.Rand, n int) (list []Report) {
	colos, upstreams, nodes := []string{"ams", "iad", "lhr", "sjc"}, []string{"northway", "eastlink", "transpac", "northway+eastlink"}, []string{"a", "b", "c"}
	pick := func(of []string) string { return of[r.IntN(len(of))] }
	for range n {
		rep := Report{Node: pick(nodes), At: noon.Add(time.Duration(r.IntN(3600*5)) * 200 * time.Millisecond), Kind: Verdict}
		if r.IntN(3) > 0 { // much happens at once
			rep.At = noon.Add(time.Duration(r.IntN(8))*7*time.Minute + time.Duration(r.IntN(60))*time.Second)
		}
		uplink := pick(colos) + "/" + pick(upstreams)
		switch r.IntN(12) {
		case 0:
			rep.On, rep.To = "upstream:"+pick(upstreams[:3]), pick([]string{failing, up})
		case 1:
			rep.On, rep.To = "colo:"+pick(colos), pick([]string{down, up, atRisk})
		case 2:
			rep.On, rep.To = "service:"+pick([]string{"web", "api"})+" of 192.0.2.1 in "+uplink, pick([]string{down, up})
		case 3:
			rep.Kind, rep.On, rep.To, rep.Number, rep.Issuer = Override, pick([]string{"colo:ams", "upstream:northway", "uplink:ams/northway"}),
				pick([]string{Drained, Undrained, Expired}), uint64(1+r.IntN(4)), pick(nodes)
		case 4:
			rep.Kind, rep.On, rep.To, rep.Reason = Zone, pick([]string{"zone:a.", "zone:b."}), pick([]string{Refused, Mended, Unserved}), pick([]string{"line 1", "line 2"})
		case 5:
			rep.Kind, rep.On, rep.To, rep.Number = Zone, pick([]string{"zone:a.", "zone:b."}), Serial, uint64(r.IntN(5))
		case 6:
			rep.Kind, rep.On, rep.To = Member, "member:"+pick(nodes), pick([]string{Dead, Left, Alive})
		case 7:
			rep.Kind, rep.On, rep.Took = pick2(r, Agreed, Moved), "uplink:"+uplink, time.Second
			rep.Share, rep.Total, rep.TTL = float64(r.IntN(100))/100, r.IntN(5), 30*time.Second
		default:
			rep.On, rep.To, rep.First = "uplink:"+uplink, pick([]string{down, down, up, up, atRisk}), rep.At.Add(-2*time.Second)
		}
		list = append(list, rep)
	}
	return list
}

func pick2(r *rand.Rand, a, b Kind) Kind {
	if r.IntN(2) == 0 {
		return a
	}
	return b
}

// Nodes that have the same reports tell the same, in whatever order they came and how often, and whatever was lost and came
// later.
func TestOrderDoesNotMatter(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 7))
		all := anything(r, 5+r.IntN(120))
		want := Fold(all)
		for range 3 {
			mixed := slices.Clone(all)
			for range r.IntN(20) {
				mixed = append(mixed, all[r.IntN(len(all))])
			}
			r.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
			got := Fold(mixed)
			if !reflect.DeepEqual(got.Incidents, want.Incidents) || !reflect.DeepEqual(got.Loose, want.Loose) {
				t.Fatalf("seed %d:\n%s\n\n%s", seed, strings.Join(told(got), "\n"), strings.Join(told(want), "\n"))
			}
		}
	}
}

// The incidents are those of a plain reading of the rules.
func TestIncidentsByReference(t *testing.T) {
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 8))
		all := anything(r, 5+r.IntN(80))
		log := Fold(all)
		var got []string
		for _, i := range log.Incidents {
			things := map[string]bool{}
			for _, e := range i.Events {
				things[e.On] = true
			}
			got = append(got, fmt.Sprintf("%v %v %v", i.Start.Sub(noon), i.End.Sub(noon), sortedKeys(things)))
		}
		slices.Sort(got)
		if want := reckon(all); !slices.Equal(got, want) {
			t.Fatalf("seed %d:\n%s\n\nwant\n%s", seed, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// spell is a time in which something is bad, by a plain reading.
type spell struct {
	kind                  Kind
	on, node              string
	from, to              time.Time // to zero: it is
	colo, uplink          string
	upstreams             []string
	upstream, colos, link bool
}

// reckon reads the rules as plainly as can be: the words on each thing one after the other, spells of trouble, a line between
// two spells that belong together, and who can be reached by lines is one incident.
func reckon(all []Report) (list []string) {
	var spells []*spell
	byThing := map[string][]Report{}
	for _, r := range all {
		if r.Kind != Agreed && r.Kind != Moved && r.To != Serial {
			byThing[r.id()] = append(byThing[r.id()], r)
		}
	}
	gone := map[string]time.Time{}
	for _, words := range byThing {
		if words[0].Kind == Member {
			slices.SortFunc(words, compare)
			last := Alive
			for _, w := range words {
				if w.To != last {
					last = w.To
					delete(gone, strings.TrimPrefix(w.On, "member:"))
					if last != Alive {
						gone[strings.TrimPrefix(w.On, "member:")] = w.At
					}
				}
			}
		}
	}
	for _, words := range byThing {
		switch words[0].Kind {
		case Member:
		case Override:
			spells = append(spells, drainsOf(words)...)
		default:
			slices.SortFunc(words, compare)
			spells = append(spells, spellsOf(words, calm)...)
		}
	}
	for _, s := range spells {
		if at, is := gone[s.node]; s.kind == Zone && s.to.IsZero() && is {
			s.to = at
			if at.Before(s.from) {
				s.to = s.from
			}
		}
	}
	slices.SortFunc(spells, func(a, b *spell) int {
		return strings.Compare(a.from.Format("2006-01-02T15:04:05.000000000")+string(a.kind)+" "+a.on+" "+a.node, b.from.Format("2006-01-02T15:04:05.000000000")+string(b.kind)+" "+b.on+" "+b.node)
	})
	linked := make([][]bool, len(spells))
	for i := range spells {
		linked[i] = make([]bool, len(spells))
		linked[i][i] = true
	}
	for i, s := range spells {
		if j := s.line(spells); j >= 0 {
			linked[i][j], linked[j][i] = true, true
		}
	}
	for k := range spells {
		for i := range spells {
			for j := range spells {
				linked[i][j] = linked[i][j] || linked[i][k] && linked[k][j]
			}
		}
	}
	for i, s := range spells {
		first, open := true, false
		things, end := map[string]bool{}, time.Time{}
		for j, o := range spells {
			if !linked[i][j] {
				continue
			}
			first = first && j >= i
			things[o.on] = true
			open = open || o.to.IsZero()
			if o.to.After(end) {
				end = o.to
			}
		}
		if open {
			end = time.Time{}
		}
		if first {
			list = append(list, fmt.Sprintf("%v %v %v", s.from.Sub(noon), end.Sub(noon), sortedKeys(things)))
		}
	}
	slices.Sort(list)
	return list
}

func sortedKeys(m map[string]bool) (list []string) {
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}

// spellsOf are the spells of trouble in the words on one thing.
func spellsOf(words []Report, rest time.Duration) (list []*spell) {
	for _, w := range words {
		last := len(list) - 1
		isBad := map[string]bool{down: true, atRisk: true, failing: true, Refused: true, Unserved: true, Drained: true}[w.To]
		switch {
		case isBad && last >= 0 && (list[last].to.IsZero() || w.At.Sub(list[last].to) < rest):
			list[last].to = time.Time{}
		case isBad:
			list = append(list, newSpell(w))
		case last >= 0 && list[last].to.IsZero():
			list[last].to = w.At
		}
	}
	return list
}

func newSpell(w Report) *spell {
	s := &spell{kind: w.Kind, on: w.On, from: w.At}
	kind, name, _ := strings.Cut(w.On, ":")
	switch kind {
	case "zone":
		s.node = w.Node
	case "upstream":
		s.upstream, s.upstreams = w.Kind == Verdict, []string{name}
	case "colo":
		s.colos, s.colo = w.Kind == Verdict, name
	case "service":
		s.link = true
		s.uplink = name[strings.Index(name, " in ")+4:]
		s.colo, s.upstreams = inUplink(s.uplink)
	case "uplink":
		s.link = w.Kind == Verdict
		s.colo, s.upstreams = inUplink(name)
	}
	return s
}

// drainsOf are the drains of a place: by version, whatever the clocks say.
func drainsOf(words []Report) (list []*spell) {
	slices.SortFunc(words, compare)
	var order []Report
	for version := uint64(0); version < 10; version++ {
		for _, issuer := range []string{"a", "b", "c"} {
			for _, last := range []bool{false, true} {
				for _, w := range words {
					if w.Number == version && w.Issuer == issuer && (w.To == Expired) == last {
						order = append(order, w)
					}
				}
			}
		}
	}
	drained := false
	var before Report
	for _, w := range order {
		of := w.Number == before.Number && w.Issuer == before.Issuer
		if of && w.To == before.To || w.To != Drained && !drained || w.To == Expired && !of {
			continue
		}
		if w.At.Before(before.At) {
			w.At = before.At
		}
		switch {
		case w.To == Drained && !drained:
			list = append(list, newSpell(w))
		case w.To != Drained:
			list[len(list)-1].to = w.At
		}
		drained, before = w.To == Drained, w
	}
	return list
}

// at says whether a spell is there at a time, two seconds more or less at its end.
func (s *spell) at(t time.Time) bool {
	return !t.Before(s.from) && (s.to.IsZero() || t.Sub(s.to) <= 2*time.Second)
}

func (s *spell) over(o *spell) bool {
	kind, name, _ := strings.Cut(s.on, ":")
	switch kind {
	case "colo":
		return o.colo == name
	case "upstream":
		return slices.Contains(o.upstreams, name)
	}
	return kind == "uplink" && (o.on == s.on || o.uplink == name)
}

// line is the spell that one belongs to, by the chart in the documentation; -1: none.
func (s *spell) line(all []*spell) int {
	find := func(fits func(o *spell) bool) int {
		for j, o := range all {
			late := o.from.Sub(s.from) > time.Minute
			long := !o.to.IsZero() && s.from.Sub(o.to) > 5*time.Minute
			if o != s && !late && !long && fits(o) {
				return j
			}
		}
		return -1
	}
	var rows []func(o *spell) bool
	if s.link {
		rows = append(rows, func(o *spell) bool { // its upstream
			return o.upstream && slices.Contains(s.upstreams, o.upstreams[0]) && o.from.Sub(s.from) < time.Minute && (o.to.IsZero() || !s.from.After(o.to))
		})
	}
	if s.link || s.upstream {
		rows = append(rows, func(o *spell) bool { // works
			return o.kind == Override && o.at(s.from) && (s.link && o.over(s) || o.on == s.on)
		})
	}
	if s.uplink != "" {
		rows = append(rows, func(o *spell) bool { return o.on == "uplink:"+s.uplink && o.kind == Verdict && o.at(s.from) })
	}
	if s.link {
		rows = append(rows, func(o *spell) bool { // beside it, just before
			check := func(on string) string { return strings.Fields(strings.TrimPrefix(on, "service:"))[0] }
			beside := o.link && (o.colo == s.colo || s.uplink != "" && o.uplink != "" && check(s.on) == check(o.on))
			for _, u := range s.upstreams {
				beside = beside || o.link && slices.Contains(o.upstreams, u)
			}
			return beside && o.from.Before(s.from) && s.from.Sub(o.from) <= time.Minute
		})
	}
	if s.kind == Override {
		rows = append(rows, func(o *spell) bool {
			return o.kind == Verdict && o.from.Before(s.from) && o.at(s.from) && (s.over(o) || s.on == o.on)
		})
	}
	if s.kind == Zone {
		rows = append(rows, func(o *spell) bool {
			return o.kind == Zone && o.on == s.on && !o.from.After(s.from) && (o.to.IsZero() || s.from.Sub(o.to) < 5*time.Minute)
		})
	}
	for _, row := range rows {
		if j := find(row); j >= 0 {
			return j
		}
	}
	if s.colos {
		for j := len(all) - 1; j >= 0; j-- {
			if o := all[j]; o.link && o.uplink == "" && o.colo == s.colo && o.at(s.from) {
				return j
			}
		}
	}
	return -1
}
