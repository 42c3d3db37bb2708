package differential

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// names are what there is to ask for in zones.
type names struct {
	owners []string        // that zones have, or name in rdata
	around []string        // above, below, between and beside those
	labels map[string]bool // of those, as the zones write them
}

// namesOf reads the names of zones. They come sorted, so that a seed always means the same queries.
func namesOf(t *testing.T, files []zoneFile) names {
	owners, around, written := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, f := range files {
		text, err := os.ReadFile(f.path)
		if err != nil {
			t.Fatal(err)
		}
		parser := dns.NewZoneParser(strings.NewReader(string(text)), f.origin, f.path)
		for rr, ok := parser.Next(); ok; rr, ok = parser.Next() {
			for _, label := range labels(rr) {
				written[label] = true
			}
			owners[dns.CanonicalName(rr.Header().Name)] = true
			for i := 1; i <= dns.NumField(rr); i++ {
				if name := dns.Field(rr, i); strings.HasSuffix(name, ".") && isName(name) {
					owners[dns.CanonicalName(name)] = true
				}
			}
		}
		if err := parser.Err(); err != nil {
			t.Fatal(err)
		}
	}
	for owner := range owners {
		for _, name := range neighbours(owner) {
			if !owners[name] && isName(name) {
				around[name] = true
			}
		}
	}
	return names{slices.Sorted(maps.Keys(owners)), slices.Sorted(maps.Keys(around)), written}
}

// neighbours are the names above a name, some below it, and those just before and after it.
func neighbours(name string) []string {
	below := "." + strings.TrimPrefix(name, ".")
	found := []string{"x" + below, "*" + below, "a.b" + below, "x.*" + below, `\000` + below, strings.Repeat("y", 63) + below}
	for at, end := dns.NextLabel(name, 0); !end; at, end = dns.NextLabel(name, at) {
		found = append(found, name[at:])
	}
	if labels := dns.Split(name); len(labels) > 0 {
		found = append(found, ".")
		if len(labels) > 1 {
			first, rest := name[:labels[1]-1], name[labels[1]-1:]
			found = append(found, first+"0"+rest, first+`\000`+rest, "0"+first+rest)
		}
	}
	return found
}

// isName says whether a text is a name that fits into a message.
func isName(name string) bool {
	_, err := dns.PackDomainName(name, make([]byte, 255), 0, nil, false)
	return err == nil
}
