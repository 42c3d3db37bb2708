package differential

import (
	"bufio"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// accepted is an entry of testdata/accepted.txt: a difference from all peers that is right, or that is nobody's fault.
//
//	WORLD|any [kind=REGEXP] [name=REGEXP] [type=TYPE,...] differs=PART,... [ours=REGEXP]
//		The reason, with the RFC.
//
// The regular expressions match as a whole; what is left out matches all. ours is about our opcode and rcode. differs
// are the parts of the answer that may differ from the nearest peer's.
type accepted struct {
	line             int
	world            string
	kind, name, ours *regexp.Regexp
	types            []string
	differs          []string
	reason           string
	used             int
}

// acceptedList reads the list.
func acceptedList(t *testing.T) (list []*accepted) {
	f, err := os.Open("testdata/accepted.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	line := 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line++
		text := lines.Text()
		switch {
		case text == "", strings.HasPrefix(text, "#"):
		case strings.HasPrefix(text, "\t"):
			list[len(list)-1].reason += text
		default:
			list = append(list, entry(t, line, text))
		}
	}
	for _, a := range list {
		if !strings.Contains(a.reason, "RFC") {
			t.Errorf("accepted.txt:%d: a reason must name an RFC", a.line)
		}
	}
	return list
}

func entry(t *testing.T, line int, text string) *accepted {
	fields := strings.Fields(text)
	a := &accepted{line: line, world: fields[0]}
	for _, field := range fields[1:] {
		key, value, _ := strings.Cut(field, "=")
		switch key {
		case "kind":
			a.kind = regexp.MustCompile("^(" + value + ")$")
		case "name":
			a.name = regexp.MustCompile("^(" + value + ")$")
		case "ours":
			a.ours = regexp.MustCompile("^(" + value + ")$")
		case "type":
			a.types = strings.Split(value, ",")
		case "differs":
			a.differs = strings.Split(value, ",")
		default:
			t.Fatalf("accepted.txt:%d: unknown word %q", line, key)
		}
	}
	return a
}

// in says whether the entry is about a world.
func (a *accepted) in(world string) bool { return a.world == world || a.world == "any" }

// covers says whether the entry is about this difference.
func (a *accepted) covers(d difference) bool {
	if !a.in(d.world) || a.types != nil && !slices.Contains(a.types, dns.Type(d.query.qtype).String()) {
		return false
	}
	for _, in := range d.in {
		if !slices.Contains(a.differs, partWords[in]) {
			return false
		}
	}
	return matches(a.kind, d.query.kind) && matches(a.name, d.query.name) &&
		matches(a.ours, d.ours[rcodePart])
}

func matches(pattern *regexp.Regexp, text string) bool {
	return pattern == nil || pattern.MatchString(text)
}
