package challenge

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"leeward/cluster"
)

// The rows are those of the chart above ParseName, and what else there is.
func TestParseName(t *testing.T) {
	long := strings.Repeat("a.", 119)
	for _, c := range []struct{ text, want, err string }{
		{"example.com", "_acme-challenge.example.com.", ""},
		{"Example.COM.", "_acme-challenge.example.com.", ""},
		{"*.example.com", "_acme-challenge.example.com.", ""},
		{"_acme-challenge.example.com", "_acme-challenge.example.com.", ""},
		{"_ACME-Challenge.example.com.", "_acme-challenge.example.com.", ""},
		{"*._acme-challenge.example.com", "_acme-challenge.example.com.", ""},
		{"com", "_acme-challenge.com.", ""},
		{long, "_acme-challenge." + long, ""},
		{long + "b.", "", "more than 255 octets"},
		{"", "", "no domain name"},
		{"a..b", "", "an empty label"},
		{"a.*.example.com", "", "has its * in front"},
		{"*.*.example.com", "", "has its * in front"},
		{"_acme-challenge.*.example.com", "", "has its * in front"},
		{`a\000b.example`, "", "no certificate has such a name"},
		{"a b.example", "", "no certificate has such a name"},
		{"bücher.example", "", "xn--"},
		{strings.Repeat("x", 64) + ".example", "", "more than 63"},
	} {
		got, err := ParseName(c.text)
		if c.err == "" && (err != nil || got.String() != c.want) || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
			t.Errorf("%q: %s, %v", c.text, got, err)
		}
	}
}

func TestCheckToken(t *testing.T) {
	for token, want := range map[string]string{
		"x": "", "gfj9Xq_-Rg85nM": "", strings.Repeat("x", 255): "", `"\`: "",
		"": "empty", strings.Repeat("x", 256): "256 octets", "a b": "does not print", "a\n": "does not print", "ü": "does not print",
	} {
		if err := CheckToken(token); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", token, err)
		}
	}
}

func example(t testing.TB) Challenge {
	name, err := ParseName(strings.Repeat("a.", 119))
	if err != nil {
		t.Fatal(err)
	}
	return Challenge{Name: name, Token: strings.Repeat("x", 255), By: strings.Repeat("b", 128), Until: time.Unix(1000, 0)}
}

// The largest challenge arrives as it was sent.
func TestNote(t *testing.T) {
	c := example(t)
	n := c.Note()
	if got, err := Read(n); err != nil || !reflect.DeepEqual(got, c) {
		t.Errorf("%+v, %v", got, err)
	}
	if len(n.Value) > 768 {
		t.Errorf("%d octets", len(n.Value))
	}
	if tomb := c.Tombstone(); tomb.Key != n.Key || !tomb.Deleted {
		t.Errorf("%+v", tomb)
	}
	other := c
	other.Token = other.Token[1:]
	if other.Note().Key == n.Key {
		t.Error("two tokens have one key")
	}
}

func FuzzRead(f *testing.F) {
	n := example(f).Note()
	f.Add(n.Key, n.Value)
	small := Challenge{Name: "\x0f_acme-challenge\x00", Token: "t"}.Note()
	f.Add(small.Key, small.Value)
	f.Fuzz(func(t *testing.T, key string, value []byte) {
		c, err := Read(cluster.Note{Topic: cluster.TopicChallenge, Key: key, Value: value})
		if err != nil {
			return
		}
		if again := c.Note(); again.Key != key || string(again.Value) != string(value) {
			t.Errorf("%q is read, and written as %q", value, again.Value)
		}
	})
}
