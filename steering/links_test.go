package steering

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the tables of dead links anew into docs/decisions.md")

// TestLinks holds the tables of docs/decisions.md to what follows from each dead link: what every node votes and hears by
// a model of the network, what it concludes, and what it answers to whoever reaches it. And it holds the answers to what
// they are for: whoever can reach a nameserver is given, if there is any, a colo that it can reach.
func TestLinks(t *testing.T) {
	const file = "../docs/decisions.md"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	doc := string(text)
	for _, row := range []struct {
		mark  string // begins the line before the table
		lines []string
	}{
		{"Three colos", []string{"ams: north east", "iad: north", "sin: west"}},
		{"Two colos", []string{"ams: north", "iad: east"}},
	} {
		seeing := linkRows(t, witnessed(t, "north east west", row.lines...))
		without := linkRows(t, witnessed(t, "", row.lines...))
		differ := slices.DeleteFunc(slices.Clone(without), func(s string) bool { return slices.Contains(seeing, s) })
		doc = holdTable(t, doc, row.mark+", with witnesses", seeing)
		doc = holdTable(t, doc, row.mark+", without witnesses", differ)
	}
	if *update {
		if err := os.WriteFile(file, []byte(doc), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// holdTable compares a table with the rows that it should have, and gives the document with these.
func holdTable(t *testing.T, doc, mark string, rows []string) string {
	t.Helper()
	const line = "|---|---|---|---|---|---|\n"
	before, after, ok := strings.Cut(doc, "\n**"+mark+"**")
	if !ok {
		t.Fatalf("no table is marked %s", mark)
	}
	caption, after, _ := strings.Cut(after, line)
	var want []string
	for strings.HasPrefix(after, "|") {
		var row string
		row, after, _ = strings.Cut(after, "\n")
		want = append(want, row)
	}
	for _, row := range rows {
		if !slices.Contains(want, row) && !*update {
			t.Errorf("%s: the table lacks\n%s", mark, row)
		}
	}
	for _, row := range want {
		if !slices.Contains(rows, row) && !*update {
			t.Errorf("%s: the table has, and it is not so:\n%s", mark, row)
		}
	}
	return before + "\n**" + mark + "**" + caption + line + strings.Join(rows, "\n") + "\n" + after
}

// fault is what is dead.
type fault struct {
	name      string
	dead      []string // uplinks: nothing comes in or goes out through them
	upstream  string   // its witness is gone
	gossip    []string // no message passes between any two of these colos; of one: none to or from it
	probes    string   // no probe leaves this colo
	servers   string   // nothing answers in this colo
	otherSide []string // these colos and their clients are cut off from the rest, with the witnesses of their upstreams
}

// faults are all links of a network, each dead in turn.
func faults(n *Network) (list []fault) {
	for u := range n.uplinks {
		name := n.UplinkName(UplinkIndex(u))
		list = append(list, fault{name: "uplink " + name, dead: []string{name}})
	}
	for _, name := range n.upstreams {
		f := fault{name: "upstream " + name, upstream: name}
		for u := range n.uplinks {
			if n.uplinks[u].Has(name) {
				f.dead = append(f.dead, n.UplinkName(UplinkIndex(u)))
			}
		}
		list = append(list, f)
	}
	for i, c := range n.colos {
		for _, d := range n.colos[i+1:] {
			list = append(list, fault{name: "gossip between " + c.Name + " and " + d.Name, gossip: []string{c.Name, d.Name}})
		}
	}
	for i, c := range n.colos {
		all := fault{name: "all uplinks of " + c.Name}
		for u := range n.uplinks {
			if n.coloOf[u] == ColoIndex(i) {
				all.dead = append(all.dead, n.UplinkName(UplinkIndex(u)))
			}
		}
		list = append(list, fault{name: "all gossip of " + c.Name, gossip: []string{c.Name}}, fault{name: "all probes from " + c.Name, probes: c.Name},
			fault{name: "all servers in " + c.Name, servers: c.Name}, all,
			fault{name: "everything between " + c.Name + " and the rest", otherSide: []string{c.Name}})
	}
	return list
}

// linked is a network with something dead in it.
type linked struct {
	*Network
	fault
}

func (l linked) alive(u UplinkIndex) bool { return !slices.Contains(l.dead, l.UplinkName(u)) }

// out says whether anything leaves a colo: by whichever of its uplinks is alive.
func (l linked) out(c ColoIndex) bool {
	for u := range l.uplinks {
		if l.coloOf[u] == c && l.alive(UplinkIndex(u)) {
			return true
		}
	}
	return false
}

func (l linked) side(c ColoIndex) bool { return slices.Contains(l.otherSide, l.colos[c].Name) }

// reaches says whether an uplink's servers answer one who stands in or near a colo.
func (l linked) reaches(from ColoIndex, inside bool, u UplinkIndex) bool {
	to := l.coloOf[u]
	switch {
	case l.servers == l.colos[to].Name:
		return false
	case inside && from == to:
		return true
	default:
		return l.side(from) == l.side(to) && l.alive(u) && (!inside || l.out(from))
	}
}

// witnessAnswers says whether a witness answers a colo.
func (l linked) witnessAnswers(from ColoIndex, w Witness) bool {
	there := false // whether the witness is on the other side
	for u := range l.uplinks {
		if l.uplinks[u].Has(w.Upstream) {
			there = l.side(l.coloOf[u])
			break
		}
	}
	return l.out(from) && w.Upstream != l.upstream && there == l.side(from)
}

// sheet is what the node of a colo votes.
func (l linked) sheet(c ColoIndex) Heard {
	s := &Sheet{Observer: l.colos[c].Name, Colo: l.colos[c].Name}
	vote := func(id TargetID, answers bool) {
		v := Vote{Target: id}
		if !answers {
			v.State = VoteDown
		}
		s.Votes = append(s.Votes, v)
	}
	for _, target := range l.targets {
		inside := l.coloOf[target.Uplink] == c
		vote(target.ID, l.reaches(c, true, target.Uplink) && (inside || l.probes != s.Colo))
	}
	for _, w := range l.witnesses {
		vote(w.ID, l.witnessAnswers(c, w) && l.probes != s.Colo)
	}
	return Heard{Sheet: s}
}

// hears are the colos whose sheets reach a colo's node, itself first: gossip is passed on by whoever gets it.
func (l linked) hears(c ColoIndex) []ColoIndex {
	heard := []ColoIndex{c}
	for i := 0; i < len(heard); i++ {
		for to := range l.colos {
			if d := ColoIndex(to); !slices.Contains(heard, d) && l.talk(heard[i], d) {
				heard = append(heard, d)
			}
		}
	}
	return heard
}

func (l linked) talk(c, d ColoIndex) bool {
	cut := false
	switch len(l.gossip) {
	case 1:
		cut = l.colos[c].Name == l.gossip[0] || l.colos[d].Name == l.gossip[0]
	case 2:
		cut = slices.Contains(l.gossip, l.colos[c].Name) && slices.Contains(l.gossip, l.colos[d].Name)
	}
	return !cut && l.out(c) && l.out(d) && l.side(c) == l.side(d)
}

// judge is what the node of a colo concludes, first while all is well, then with the dead link.
func (l linked) judge(c ColoIndex) *Verdicts {
	var v *Verdicts
	for i, now := range []linked{{Network: l.Network}, l} {
		f := Facts{Before: v, Self: Member{l.colos[c].Name, l.colos[c].Name}, Stale: time.Second, Now: testNow.Add(time.Duration(i) * time.Minute)}
		for _, d := range now.hears(c) {
			f.Sheets = append(f.Sheets, now.sheet(d))
		}
		v = Judge(l.Network, f)
	}
	return v
}

// linkRows are the table of a network: a row for each dead link and all nodes to whom it means the same.
func linkRows(t *testing.T, n *Network) (rows []string) {
	for _, f := range faults(n) {
		l := linked{n, f}
		var nodes, cells []string // of one row; nodes joined by commas
		for c := range n.colos {
			cell := l.row(t, ColoIndex(c))
			if i := slices.Index(cells, cell); i >= 0 {
				nodes[i] += ", " + n.colos[c].Name
				continue
			}
			nodes, cells = append(nodes, n.colos[c].Name), append(cells, cell)
		}
		for i := range cells {
			rows = append(rows, fmt.Sprintf("| %s | %s | %s |", f.name, nodes[i], cells[i]))
		}
	}
	return rows
}

// row is what the node of a colo is, takes for down, answers, and is wrong about.
func (l linked) row(t *testing.T, c ColoIndex) string {
	v := l.judge(c)
	is := v.Alone
	switch {
	case v.Alone == blindAndAlone:
	case v.Alone == "" && v.Blind:
		is = "blind"
	case v.Alone == "" && len(l.hears(c)) < len(l.colos):
		is = "hears some"
	case v.Alone == "":
		is = "hears all"
	}
	var down, wrong []string
	for u := range v.Uplinks {
		state, dead := v.Uplinks[u].State, !l.reaches(l.coloOf[u], false, UplinkIndex(u))
		name := l.UplinkName(UplinkIndex(u))
		if state == Down {
			down = append(down, name)
		}
		if l.side(c) == l.side(l.coloOf[u]) && (state == Down) != dead {
			wrong = append(wrong, name)
		}
	}
	return strings.Join([]string{is, list(down), l.answers(t, c, v), list(wrong)}, " | ")
}

func list(names []string) string {
	if len(names) == 0 {
		return "–"
	}
	return strings.Join(names, ", ")
}

// answers are the colos given to clients near each colo and, where no other reaches the node, to those inside.
func (l linked) answers(t *testing.T, c ColoIndex, v *Verdicts) string {
	var given []string
	for from := range l.colos {
		near := ColoIndex(from)
		if l.out(c) && l.side(c) == l.side(near) {
			given = append(given, fmt.Sprintf("%s %s", l.colos[near].Name, l.answer(t, c, near, false, v)))
		}
	}
	inside := l.answer(t, c, c, true, v)
	if len(given) == 0 {
		return "inside " + inside
	}
	return strings.Join(given, ", ")
}

// answer is the colo that a client near or inside a colo is given by a node, and holds it to what the client can reach.
func (l linked) answer(t *testing.T, node, from ColoIndex, inside bool, v *Verdicts) string {
	t.Helper()
	var all []string
	for u := range l.uplinks {
		all = append(all, l.uplinks[u].Prefixes[0].Addr().Next().Next().String())
	}
	_, reach := l.Reach(addrs(all...), nil)
	choice := reach.Choose(Client{Region: NewRegion(l.Nearest(l.colos[from].Location))}, v, false)
	reaches, any := false, false
	for _, run := range reach.Runs() {
		can := l.reaches(from, inside, run.Uplink)
		any = any || can
		reaches = reaches || can && choice.Gives(&run, v)
	}
	if any && !reaches {
		t.Errorf("%s: the node in %s gives a client near %s (inside: %v) %s, which it cannot reach", l.name, l.colos[node].Name,
			l.colos[from].Name, inside, l.colos[choice.Colo].Name)
	}
	return l.colos[choice.Colo].Name
}
