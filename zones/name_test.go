package zones

import (
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	long := strings.Repeat(strings.Repeat("a", 63)+".", 3) + strings.Repeat("b", 61) + "."
	for _, row := range []struct{ text, wire, back, fault string }{
		{text: ".", wire: "\x00", back: "."},
		{text: "example.com", wire: "\x07example\x03com\x00", back: "example.com."},
		{text: "example.com.", wire: "\x07example\x03com\x00", back: "example.com."},
		{text: "WWW.Example.", wire: "\x03WWW\x07Example\x00", back: "WWW.Example."},
		{text: `a\.b.c`, wire: "\x03a.b\x01c\x00", back: `a\.b.c.`},
		{text: `a\046b.c`, wire: "\x03a.b\x01c\x00", back: `a\.b.c.`},
		{text: `\000\255.`, wire: "\x02\x00\xff\x00", back: `\000\255.`},
		{text: `\@.\$\".`, wire: "\x01@\x02$\"\x00", back: `\@.\$\".`},
		{text: `x\\.`, wire: "\x02x\\\x00", back: `x\\.`},
		{text: `x\ y`, wire: "\x03x y\x00", back: `x\032y.`},
		{text: "0/25.2.0.192.in-addr.arpa", wire: "\x040/25\x012\x010\x03192\x07in-addr\x04arpa\x00", back: "0/25.2.0.192.in-addr.arpa."},
		{text: long, wire: strings.Repeat("\x3f"+strings.Repeat("a", 63), 3) + "\x3d" + strings.Repeat("b", 61) + "\x00", back: long},
		{text: "b." + long, fault: "more than 255"},
		{text: "", fault: "empty text"},
		{text: "a..b", fault: "empty label"},
		{text: ".a", fault: "empty label"},
		{text: "..", fault: "empty label"},
		{text: strings.Repeat("a", 64), fault: "more than 63"},
		{text: `a\`, fault: "at the end"},
		{text: `a\25`, fault: "three of them"},
		{text: `a\256`, fault: "up to 255"},
	} {
		name, err := ParseName(row.text)
		switch {
		case row.fault != "":
			if err == nil || !strings.Contains(err.Error(), row.fault) {
				t.Errorf("%q: error %v, want %q", row.text, err, row.fault)
			}
		case err != nil:
			t.Errorf("%q: %v", row.text, err)
		case string(name) != row.wire || name.String() != row.back:
			t.Errorf("%q: %q = %s, want %q = %s", row.text, string(name), name, row.wire, row.back)
		}
	}
}

func TestRelativeNames(t *testing.T) {
	for _, row := range []struct{ name, origin, want string }{
		{"www.example.com", "example.com", "www"},
		{"WWW.a.EXAMPLE.com", "example.com", "WWW.a"},
		{"example.com", "example.com", "@"},
		{"example.org", "example.com", "example.org."},
		{"notexample.com", "example.com", "notexample.com."},
		{"com", ".", "com."},
		{".", ".", "@"},
	} {
		if got := name(t, row.name).relative(name(t, row.origin)); got != row.want {
			t.Errorf("%s below %s: %s, want %s", row.name, row.origin, got, row.want)
		}
	}
}

// name parses a name that a test knows to be good.
func name(t testing.TB, s string) Name {
	t.Helper()
	n, err := ParseName(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func FuzzName(f *testing.F) {
	f.Add(`a\.b.\000c.`)
	f.Fuzz(func(t *testing.T, s string) {
		n, err := ParseName(s)
		if err != nil {
			return
		}
		if size, err := nameSize([]byte(n)); err != nil || size != len(n) {
			t.Fatalf("%q: %d octets of %q: %v", s, size, string(n), err)
		}
		if back, err := ParseName(n.String()); err != nil || back != n {
			t.Fatalf("%q: %q comes back as %q: %v", s, string(n), string(back), err)
		}
	})
}
