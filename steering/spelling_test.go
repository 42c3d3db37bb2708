package steering

import (
	"strings"
	"testing"
)

func TestEdits(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "ab", 2}, {"ab", "ab", 0}, {"ab", "AB", 0}, {"ab", "abc", 1}, {"ab", "b", 1}, {"ab", "ac", 1},
		{"ab", "ba", 1}, {"tll", "ttl", 1}, {"abcd", "acbd", 1}, {"kitten", "sitting", 3},
	} {
		if got := Edits(tt.a, tt.b); got != tt.want || Edits(tt.b, tt.a) != tt.want {
			t.Errorf("%q and %q: %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestNearestName(t *testing.T) {
	for word, want := range map[string]string{"nortway": "northway", "AMS": "ams", "x": "ams"} {
		if got := NearestName(word, []string{"ams", "northway", "iad"}); got != want {
			t.Errorf("%s: %s is nearest, not %s", word, want, got)
		}
	}
	if got := NearestName(strings.Repeat("x", 50_000_000)+"ams", []string{"ams", "northway"}); got != "ams" { // in no time
		t.Errorf("%s is nearest to a word of 50 MB", got)
	}
	if got := NearestName("x", nil); got != "" {
		t.Errorf("of no words %q is the nearest", got)
	}
}

func TestCut(t *testing.T) {
	x := strings.Repeat("x", 59)
	for word, want := range map[string]string{
		"": "", "ams": "ams", x + "y": x + "y", x + "yz": x + "y…",
		x + "é": x + "…", x + "\xff\xff": x + "\xff…", x + "\x80\x80\x80\x80\x80": x[:58] + "…",
		strings.Repeat("\x80", 99): strings.Repeat("\x80", 56) + "…",
	} {
		if got := Cut(word); got != want {
			t.Errorf("%q is cut to %q, not %q", word, got, want)
		}
	}
}

// Whatever a policy has for a word, the error is of a size to be read.
func TestPolicyErrorsAreShort(t *testing.T) {
	n := network(t, "ams: north", "iad: east", "nrt: west")
	long := strings.Repeat("x", 60_000)
	for _, text := range []string{
		"LONG", "v=steer1; LONG", "v=steer1; LONG=1", "v=steer1; policy=LONG", "v=steer1; policy=failover; order=LONG",
		"v=steer1; policy=failover; order=ams/LONG", "v=steer1; policy=weighted; weight=LONG", "v=steer1; policy=weighted; weight=LONG:1",
		"v=steer1; policy=weighted; weight=ams:LONG", "v=steer1; colos=LONG", "v=steer1; not=LONG", "v=steer1; country=LONG",
		"v=steer1; country=LONG:ams", "v=steer1; country=DE:LONG", "v=steer1; asn=ASLONG:ams", "v=steer1; asn=AS" + strings.Repeat("1", 60_000) + ":ams",
		"v=steer1; asn=AS" + strings.Repeat("0", 60_000) + "1:ams", "v=steer1; asn=AS" + strings.Repeat("0", 60_000) + ":ams",
		"v=steer1; count=LONG", "v=steer1; check=LONG", "v=steer1; ttl=LONG", "v=steer1; empty=LONG", "v=steer1; fallback=LONG",
		"v=steer1; fallback=a.LONG", "v=steer1; fallback=" + strings.Repeat("a.", 30_000) + "z",
	} {
		if _, err := ParsePolicy(strings.ReplaceAll(text, "LONG", long), n); err == nil || len(err.Error()) > 300 {
			t.Errorf("%s: %.400v", text, err)
		}
	}
}
