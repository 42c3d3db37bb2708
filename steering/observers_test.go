package steering

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// observers are the nodes that probe each uplink's target, sorted.
func observers(n *Network, alive []Member) map[UplinkIndex][]string {
	names := map[UplinkIndex][]string{}
	for _, m := range alive {
		for _, t := range n.Assign(m, alive, nil) {
			names[t.Uplink] = append(names[t.Uplink], m.Name)
		}
	}
	return names
}

func members(words ...string) []Member {
	var list []Member
	for _, w := range words {
		name, colo, _ := strings.Cut(w, "@")
		list = append(list, Member{name, colo})
	}
	return list
}

func TestAssignDemo(t *testing.T) {
	n := demo(t)
	alive := members("n1@ams", "n2@lhr", "n3@iad", "n4@sjc", "n5@sin", "n6@nrt")
	for u, got := range observers(n, alive) {
		if len(got) != 6 {
			t.Errorf("%s is probed by %v: with six colos all probe", n.UplinkName(u), got)
		}
	}
	if got := n.Assign(Member{"n1", "ams"}, members("n1@ams"), nil); len(got) != len(n.targets) {
		t.Errorf("a node alone probes %d of %d targets", len(got), len(n.targets))
	}
}

func TestAssignInside(t *testing.T) {
	n := demo(t)
	alive := members("n1@ams", "n2@ams", "n3@ams", "n4@lhr")
	if got := observers(n, alive)[n.uplinkNamed(t, "ams/eastlink")]; !slices.Equal(got, []string{"n1", "n2", "n3", "n4"}) {
		t.Errorf("every node probes its own colo: got %v", got)
	}
	if got := observers(n, alive)[n.uplinkNamed(t, "lhr/northway")]; len(got) != 3 || !slices.Contains(got, "n4") {
		t.Errorf("two of a colo's nodes probe another colo: got %v", got)
	}
}

func TestAssignNowhere(t *testing.T) {
	n := demo(t)
	alive := members("n1@ams", "n2@", "n3@elsewhere", "n4@")
	if got := observers(n, alive)[n.uplinkNamed(t, "ams/eastlink")]; len(got) != 3 {
		t.Errorf("nodes outside every colo are one colo, two of which probe: got %v", got)
	}
}

// With many colos seven are chosen, the same whoever reckons, and those that share no upstream come first.
func TestAssignLarge(t *testing.T) {
	var lines []string
	var alive []Member
	for i := range 40 {
		lines = append(lines, fmt.Sprintf("c%d: u%d", i, i%8))
		alive = append(alive, Member{fmt.Sprintf("n%d", i), fmt.Sprintf("c%d", i)})
	}
	n := network(t, lines...)
	load := map[string]int{}
	before := observers(n, alive)
	for u := range n.uplinks {
		got := before[UplinkIndex(u)]
		seen := map[string]bool{}
		for _, name := range got {
			load[name]++
			var i int
			_, _ = fmt.Sscanf(name, "n%d", &i)
			if i != u {
				seen[fmt.Sprint(i%8)] = true
			}
		}
		if len(got) != 8 || len(seen) != 7 || seen[fmt.Sprint(u%8)] {
			t.Fatalf("target of c%d: observers %v of upstreams %v", u, got, seen)
		}
	}
	for name, targets := range load {
		if targets > 20 {
			t.Errorf("%s probes %d targets of 40: rendezvous should spread them", name, targets)
		}
	}
	fewer := slices.Delete(slices.Clone(alive), 17, 18)
	for u, after := range observers(n, fewer) {
		if !slices.Contains(before[u], "n17") && !slices.Equal(before[u], after) {
			t.Errorf("n17 did not probe c%d, and its death changed %v to %v", u, before[u], after)
		}
	}
}
