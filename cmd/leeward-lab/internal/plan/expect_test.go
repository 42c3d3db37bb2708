package plan

import (
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestExpect(t *testing.T) {
	w := Six()
	www := w.Steered()[0]
	frankfurt, newYork := Client{Location: w.Eyes[0].Location}, Client{Location: w.Eyes[1].Location}
	for _, row := range []struct {
		what string
		who  Client
		dead []Uplink
		want Answer
	}{
		{"all is well", frankfurt, nil, "10.1.1.1 10.1.2.1"},
		{"one of two uplinks", frankfurt, w.Through("northway"), "10.1.2.1"},
		{"the nearest colo", newYork, w.Of("iad"), "10.4.1.1 10.4.2.1"},
		{"the nearest two", frankfurt, w.Of("ams", "lhr"), "10.3.1.1"},
		{"an upstream, and the second nearest keeps one uplink", newYork, w.Through("northway", "transpac"), "10.4.2.1"},
		{"everything: fail open", frankfurt, w.Uplinks(), "10.1.1.1 10.1.2.1"},
	} {
		if got := w.Expect(www, row.who, down(row.dead)); got != row.want {
			t.Errorf("%s: %q, not %q", row.what, got, row.want)
		}
	}
}

// iad and lhr are behind northway, sin is behind transpac.
func TestExpectTwo(t *testing.T) {
	w := Six()
	s := Steered{Words: "policy=failover; order=iad,lhr,sin; count=2"}
	for _, row := range []struct {
		dead []Uplink
		want Answer
	}{
		{nil, "10.3.1.1 10.5.1.1"},
		{w.Of("iad"), "10.2.1.1 10.5.1.1"},
		{w.Of("sin"), "10.2.1.1 10.3.1.1"},
		{w.Through("northway"), "10.5.1.1"},
		{w.Uplinks(), "10.3.1.1 10.5.1.1"},
	} {
		if got := w.Expect(s, w.Client("ams"), down(row.dead)); got != row.want {
			t.Errorf("%v dead: %q, not %q", row.dead, got, row.want)
		}
	}
}

func down(uplinks []Uplink) States {
	states := States{}
	for _, u := range uplinks {
		states[u] = Down
	}
	return states
}

// The rows are those of the table in docs/steering.md, from which they are read: what the laboratory expects is what operators
// are told. Policies that the laboratory has no names of are left out.
func TestExpectAsThePageSays(t *testing.T) {
	page, err := os.ReadFile("../../../../docs/steering.md")
	if err != nil {
		t.Fatal(err)
	}
	w := World{Upstreams: []string{"x"}, Colos: []Colo{{"a", Location{0, 0}, []string{"x"}}, {"b", Location{0, 1}, []string{"x"}}, {"c", Location{0, 2}, []string{"x"}}}}
	client := w.fallsTo("c", "a", "b")
	var states []string
	rows := 0
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		for i := range cells {
			cells[i] = strings.Trim(cells[i], " `")
		}
		switch {
		case len(cells) < 3:
		case cells[1] == "all up":
			states = cells[1:]
		case states != nil && strings.HasPrefix(cells[0], "policy=") && understood(cells[0]):
			rows++
			for i, state := range states {
				got := w.Expect(Steered{Words: cells[0]}, client, w.states(state))
				if want := w.told(cells[0], cells[1+i]); got != want {
					t.Errorf("%s, %s: %q, and the table says %s: %q", cells[0], state, got, cells[1+i], want)
				}
			}
		}
	}
	if rows < 13 {
		t.Errorf("%d rows were found", rows)
	}
}

// understood says whether all words are ones that names of the laboratory have, and the fallback is of type A.
func understood(words string) bool {
	for word := range strings.SplitSeq(words, ";") {
		key, value, _ := strings.Cut(strings.TrimSpace(word), "=")
		if !slices.Contains([]string{"policy", "order", "weight", "colos", "not", "empty", "fallback"}, key) || strings.Contains(value, "::") {
			return false
		}
	}
	return true
}

// fallsTo is a client at the first colo that falls to colos in some order, where weights are alike.
func (w World) fallsTo(colos ...string) Client {
	c := Client{Location: w.Colos[0].Location}
	for i := range byte(255) {
		c.Prefix = netip.PrefixFrom(netip.AddrFrom4([4]byte{198, 18, i, 0}), 24)
		if slices.Equal(w.Order(Steered{Words: "policy=spread"}, c), colos) {
			return c
		}
	}
	panic("nobody falls so")
}

// states are those of the head of the table: "a drained, b, c down".
func (w World) states(text string) States {
	states := States{}
	var now State
	for _, part := range slices.Backward(strings.Split(strings.ReplaceAll(text, "all ", "a, b, c "), ", ")) {
		colo, state, said := strings.Cut(part, " ")
		if said {
			now = map[string]State{"up": Up, "at risk": AtRisk, "drained": Drained, "down": Down}[state]
		}
		for _, u := range w.Of(colo) {
			states[u] = now
		}
	}
	return states
}

// told is a cell of the table as an answer.
func (w World) told(words, cell string) Answer {
	cell = strings.TrimRight(cell, "0123456789")
	switch cell {
	case "+":
		return Answer(Steered{Words: words}.Word("fallback"))
	case "-":
		return Empty
	}
	return w.answer(w.Of(strings.Split(cell, "")...))
}

func TestAllowedIsWhateverMayBeConcludedOnTheWay(t *testing.T) {
	w := Six()
	got := w.Allowed(w.Steered()[0], Client{Location: w.Eyes[0].Location}, down(append(w.Of("ams"), w.Of("iad")...)))
	want := []Answer{"10.1.1.1 10.1.2.1", "10.1.1.1", "10.1.2.1", "10.2.1.1"}
	if len(got) != len(want) || slices.ContainsFunc(want, func(a Answer) bool { return !got[a] }) {
		t.Errorf("%v, not %v", got, want)
	}
}

// A client of 198.18.1.0/24 has the same order of colos as its neighbours whom nobody knows, who stand at the first colo;
// one of 198.18.2.0/24 and one of 198.18.3.0/24 have not.
func TestClientsPrefixIsTheLeafOfTheMap(t *testing.T) {
	for _, row := range []struct {
		world World
		colo  string
		want  string
	}{
		{Six(), "ams", "198.18.0.0/23"},
		{Six(), "lhr", "198.18.2.0/24"},
		{Six(), "nrt", "198.18.6.0/24"},
		{Two(), "ams", "198.18.0.0/23"},
		{Two(), "iad", "198.18.2.0/24"},
	} {
		if got := row.world.Client(row.colo).Prefix.String(); got != row.want {
			t.Errorf("of %d colos, %s: %s, not %s", len(row.world.Colos), row.colo, got, row.want)
		}
	}
}

func TestAnswers(t *testing.T) {
	w := Six()
	if a := AnswerOf(netip.MustParseAddr("10.1.2.1"), netip.MustParseAddr("10.1.1.1"), netip.MustParseAddr("10.1.2.1")); a != "10.1.1.1 10.1.2.1" {
		t.Errorf("an answer is %q", a)
	}
	if a := AnswerOf(); a != Empty {
		t.Errorf("an answer without an address is %q", a)
	}
	if !w.Holds("10.1.1.1 10.1.2.1", SetOf(w.Through("eastlink")...)) || w.Holds("10.1.1.1", SetOf(w.Through("eastlink")...)) {
		t.Error("an answer holds an uplink when one of its addresses is there")
	}
}
