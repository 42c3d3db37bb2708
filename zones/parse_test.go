package zones

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

func TestFaults(t *testing.T) {
	data, err := os.ReadFile("testdata/faults.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range strings.Split(string(data), "\n== ")[1:] {
		title, rest, _ := strings.Cut(block, "\n")
		text, want, _ := strings.Cut(rest, "-> ")
		t.Run(title, func(t *testing.T) {
			text = "$TTL 60\n" + text
			if !strings.HasPrefix(title, "bare") {
				text += "z. SOA ns.z. host.z. 7 3600 600 86400 60\nz. NS ns.z.\n"
			}
			zone, _, err := parseText(t, "z", text)
			got := fmt.Sprint(err)
			if err == nil {
				got = fmt.Sprintf("good: %d records", zone.Records())
			}
			if want = strings.TrimRight(want, "\n"); got != want {
				t.Errorf("\n got %s\nwant %s", got, want)
			}
		})
	}
}

const rest = "z. 60 SOA ns.z. host.z. 7 3600 600 86400 60\nz. 60 NS ns.z.\n"

func TestForms(t *testing.T) {
	for _, row := range []struct{ title, text, qname, want string }{
		{"no end of line", rest + "www 60 A 192.0.2.1", "www.z", "192.0.2.1"},
		{"CRLF", strings.ReplaceAll(rest+"www 60 A 192.0.2.1\n\n; end\n", "\n", "\r\n"), "www.z", "192.0.2.1"},
		{"byte order mark", "\xef\xbb\xbf" + rest + "www 60 A 192.0.2.1\n", "www.z", "192.0.2.1"},
		{"a comment at the end", rest + "www 60 A 192.0.2.1 ; end", "www.z", "192.0.2.1"},
		{"odd octets", rest + `w\000\255\032 60 A 192.0.2.1`, `w\000\255\032.z`, "192.0.2.1"},
		{"$TTL holds for $GENERATE", "$TTL 77\n" + rest + "$GENERATE 1-1 www$ A 192.0.2.$", "www1.z", "www1.z. 77"},
		{"$TTL of an included file ends with it", "$TTL 77\n" + rest + "$INCLUDE parts/hosts.inc\nwww A 192.0.2.1", "www.z", "77"},
		{"$TTL reaches into included files", "$TTL 77\n" + rest + "$INCLUDE parts/hosts.inc\n", "one.z", "77"},
		{"the last TTL reaches into included files", rest + "$INCLUDE parts/hosts.inc\n", "one.z", "60"},
		{"an included file can change the TTL for those it includes", rest + "$INCLUDE parts/hosts.inc\n", "three.lower.z", "5"},
		{"the last owner comes back after an included file", rest + "www 60 TXT x\n$INCLUDE parts/hosts.inc\n 60 A 192.0.2.1", "www.z", "192.0.2.1"},
		{"the origin comes back after an included file", rest + "$INCLUDE parts/hosts.inc sub\nwww 60 A 192.0.2.1", "www.z", "192.0.2.1"},
		{"the origin of an included file", rest + "$INCLUDE parts/hosts.inc sub\n", "two.lower.sub.z", "192.0.2.2"},
		{"TTL above 2^31-1 counts as 0", rest + "www 2147483648 A 192.0.2.1", "www.z", "www.z. 0"},
		{"the lowest TTL holds", rest + "www 60 A 192.0.2.1\nwww 50 A 192.0.2.2\nwww 55 A 192.0.2.3", "www.z", "www.z. 50"},
	} {
		t.Run(row.title, func(t *testing.T) {
			zone, _, err := parseText(t, "z", row.text)
			if err != nil {
				t.Fatal(err)
			}
			got := show(zone.Lookup([]byte(name(t, row.qname)), dns.TypeA))
			if !strings.Contains(got, row.want) {
				t.Errorf("want %s in %s", row.want, got)
			}
		})
	}
}

func TestEmptyFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "z.zone")
	for text, want := range map[string]string{
		"":             "zone z: " + file + ": the file is empty",
		"\n":           "zone z: " + file + `: "@": no SOA record at the apex`,
		"\xef\xbb\xbf": "zone z: " + file + `: "@": no SOA record at the apex`,
	} {
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, _, err := Parse(Source{Origin: name(t, "z"), File: file}); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestIncludeCannotLeadOut(t *testing.T) {
	outside, inside := t.TempDir(), t.TempDir()
	secret := filepath.Join(outside, "secret")
	file := filepath.Join(inside, "z.zone")
	for _, err := range []error{
		os.WriteFile(secret, []byte("the secret\n"), 0o666),
		os.Symlink(secret, filepath.Join(inside, "link")),
		os.Symlink(outside, filepath.Join(inside, "dir")),
		os.WriteFile(filepath.Join(inside, "real"), []byte("www 60 A 192.0.2.1\n"), 0o666),
		os.Symlink("real", filepath.Join(inside, "within")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for include, good := range map[string]bool{"link": false, "dir/secret": false, "within": true} {
		if err := os.WriteFile(file, []byte(rest+"$INCLUDE "+include+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		_, _, err := Parse(Source{Origin: name(t, "z"), File: file})
		if (err == nil) != good || err != nil && strings.Contains(err.Error(), "the secret") {
			t.Errorf("$INCLUDE %s: %v", include, err)
		}
	}
}

func TestWarnings(t *testing.T) {
	text := rest + `
@    60 MX 10 alias
     60 MX 20 nowhere
     60 MX 30 mail.example.net.
     60 MX 40 mail
mail 60 AAAA 2001:db8::1
alias 60 CNAME mail
null 60 MX 0 .
_s._tcp 60 SRV 0 0 0 ent
a.ent 60 TXT "x"
sub  60 NS ns.sub
     60 NS ns.good
good 60 NS ns.good
     60 NS elsewhere.sub
ns.good 60 A 192.0.2.1
ns   60 A 192.0.2.1
ns   70 A 192.0.2.2
old  2147483649 A 192.0.2.1
`
	_, warnings, err := parseText(t, "z", text)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range warnings {
		got = append(got, strings.TrimPrefix(w.String(), "testdata/memory.zone:"))
	}
	want := []string{
		`19: "ns": TTLs 60 and 70 in one RRset of type A: the lowest holds for all`,
		`20: "old": TTL 2147483649 counts as 0, because it is above 2147483647`,
		`4: "@": the target alias of its MX is a CNAME`,
		`4: "@": the target nowhere of its MX has no address`,
		`11: "_s._tcp": the target ent of its SRV has no address`,
		`13: "sub": the target ns.sub of its NS is at or below the cut and has no glue`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("\n got %s\nwant %s", strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

func TestTheRoot(t *testing.T) {
	zone, _, err := parseText(t, ".", ". 60 SOA a. b. 1 2 3 4 5\n. 60 NS a.\ncom 60 NS a.com.\na.com 60 A 192.0.2.1\n*.x 60 A 192.0.2.2")
	if err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{".": "NODATA", "example.com.": "REFERRAL com.", "org.": "NXDOMAIN", "y.x.": `ANSWER *.x. by wildcard`} {
		if got := inWords(zone.Lookup([]byte(name(t, query)), dns.TypeA)); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}
