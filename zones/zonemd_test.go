package zones

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// rfc8976 is the zone of RFC 8976 appendix A.2, with the ZONEMD of the apex to be added.
const rfc8976 = `@ 86400 SOA ns1 admin 2018031900 1800 900 604800 86400
@ 86400 NS ns1
@ 86400 NS ns2
ns1 3600 A 203.0.113.63
NS2 3600 AAAA 2001:db8::63
occluded.sub 7200 TXT "I'm occluded but must be digested"
sub 7200 NS ns1
duplicate 300 TXT "I must be digested just once"
duplicate 300 TXT "I must be digested just once"
UPPERCASE 3600 TXT "canonicalize uppercase owner names"
* 777 PTR dont-forget-about-wildcards
mail 3600 MX 20 MAIL1
mail 3600 MX 10 Mail2.Example.
sortme 3600 AAAA 2001:db8::5:61
sortme 3600 AAAA 2001:db8::3:62
sortme 3600 AAAA 2001:db8::4:63
sortme 3600 AAAA 2001:db8::1:65
sortme 3600 AAAA 2001:db8::2:64
non-apex 900 ZONEMD 2018031900 1 1 616c6c6f77656420 6275742069676e6f 7265642e20616c6c 6f77656420627574 2069676e6f726564 2e20616c6c6f7765
`

const rfc8976Digest = "a3b69bad980a3504e1cffcb0fd6397f93848071c93151f552ae2f6b1711d4bd2d8b39808226d7b9db71e34b72077f8fe"

func TestZONEMD(t *testing.T) {
	right := "2018031900 1 1 " + rfc8976Digest
	const (
		cannot = "ZONEMD cannot be verified: "
		made   = ": make the digest anew, or take the ZONEMD out"
		wrong  = `zone example: testdata/memory.zone:20: "@": ZONEMD: `
		other  = "00" + "b69bad980a3504e1cffcb0fd6397f93848071c93151f552ae2f6b1711d4bd2d8b39808226d7b9db71e34b72077f8fe"
	)
	differs := wrong + "the zone has the digest a3b69bad980a3504..., the record says 00b69bad980a3504..." + made
	for _, row := range []struct{ title, records, warning, err string }{
		{"that of the RFC", "@ ZONEMD " + right, "", ""},
		{"another digest", "@ ZONEMD 2018031900 1 1 " + other, "", differs},
		{"too short", "@ ZONEMD 2018031900 1 1 a3b6", "", wrong + "the zone has the digest a3b69bad980a3504..., the record says a3b6" + made},
		{"another serial", "@ ZONEMD 2018031901 1 1 " + rfc8976Digest, "", wrong + "it is of serial 2018031901, the zone has 2018031900" + made},
		{"an unknown hash", "@ ZONEMD 2018031900 1 240 e2d5", cannot + "its scheme or its hash is none known", ""},
		{"an unknown scheme", "@ ZONEMD 2018031900 241 1 e1846540", cannot + "its scheme or its hash is none known", ""},
		{"right beside unknown", "@ ZONEMD " + right + "\n@ ZONEMD 2018031900 1 240 e2d5", "", ""},
		{"wrong beside unknown", "@ ZONEMD 2018031900 1 1 " + other + "\n@ ZONEMD 2018031900 1 240 e2d5", "", differs},
		{"right beside a wrong one of another hash", "@ ZONEMD 2018031900 1 2 " + other + "\n@ ZONEMD " + right, "", ""},
		{"two of one kind", "@ ZONEMD " + right + "\n@ ZONEMD 2018031900 1 1 " + other, "",
			wrong + "two records of one scheme and hash; ZONEMD: two records of one scheme and hash" + made},
		{"the signatures taken out", "@ ZONEMD " + right + "\n@ DNSKEY 257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=",
			cannot + "the zone has keys, and yet no signature covers it", ""},
	} {
		t.Run(row.title, func(t *testing.T) {
			zone, warnings, err := parseText(t, "example", rfc8976+strings.ReplaceAll(row.records, "@ ", "@ 86400 "))
			if got := fmt.Sprint(err); row.err == "" && err != nil || row.err != "" && got != row.err {
				t.Fatalf("\n got %s\nwant %s", got, row.err)
			}
			said := ""
			for _, w := range warnings {
				if strings.Contains(w.Text, "ZONEMD") {
					said = w.Text
				}
			}
			if !strings.HasPrefix(said, row.warning) || row.warning == "" && said != "" {
				t.Errorf("warning %q, want %q", said, row.warning)
			}
			if err == nil && !zone.text.sealed {
				t.Error("its serial may be changed")
			}
		})
	}
}

// Zones with the digests of another's making: ldns, over unsigned and signed zones with NSEC and NSEC3. One octet changed
// in any record makes them invalid.
func TestZONEMDOfOthers(t *testing.T) {
	signer, err := exec.LookPath("ldns-signzone")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("no other to make digests:", err)
	}
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain")
	write(t, plain, "$TTL 3600\n"+strings.ReplaceAll(rfc8976, " 86400 SOA", " SOA")+`w NAPTR 1 1 "u" "E2U+sip" "!^.*$!sip:x!" Foo.Example.net.
p PX 10 Map822.Example. MapX400.Example.
_x HTTPS 1 Foo.Example. alpn=h2
r RP Foo.Example. Bar.Example.
s SRV 1 2 3 Foo.Example.
a.b.c TXT "below empty non-terminals"
`)
	keygen := exec.Command("ldns-keygen", "-a", "ED25519", "example.")
	keygen.Dir = dir
	key, err := keygen.Output()
	do(t, err)
	for _, args := range [][]string{
		{"-Z", "-z", "simple:sha384", "-z", "simple:sha512"}, {"-z", "simple:sha384"}, {"-n", "-z", "simple:sha512"},
	} {
		file := filepath.Join(dir, "sealed")
		args = append(append([]string{"-o", "example.", "-f", file}, args...), plain)
		if args[4] != "-Z" {
			args = append(args, filepath.Join(dir, strings.TrimSpace(string(key))))
		}
		if out, err := exec.Command(signer, args...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		_, warnings, err := Parse(Source{Origin: name(t, "example"), File: file})
		if err != nil {
			t.Errorf("%v: %v", args, err)
		}
		for _, w := range warnings {
			if strings.Contains(w.Text, "ZONEMD") {
				t.Errorf("%v: %s", args, w)
			}
		}
		text, err := os.ReadFile(file)
		do(t, err)
		write(t, file, strings.Replace(string(text), "below empty", "Below empty", 1))
		if _, _, err := Parse(Source{Origin: name(t, "example"), File: file}); err == nil || !strings.Contains(err.Error(), "the zone has the digest") {
			t.Errorf("%v, one octet changed: %v", args, err)
		}
	}
}

// A zone put together from records, and one that a change makes, are held against their digests too.
func TestZONEMDOfTransfers(t *testing.T) {
	text := rfc8976 + "@ 86400 ZONEMD 2018031900 1 1 " + rfc8976Digest + "\n"
	zone, _, err := parseText(t, "example", text)
	do(t, err)
	assembled := Assemble(zone.Origin())
	for r := range zone.All() {
		if r.TTL != 777 {
			do(t, assembled.Put(r))
		}
	}
	if _, err := assembled.Zone(nil); err == nil || !strings.Contains(err.Error(), "the zone has the digest") {
		t.Errorf("a record left out: %v", err)
	}
	c := &Change{Before: zone.soa.record(0), After: withSerial(zone.soa, 2018031901).record(0)}
	if _, err := zone.Apply(c); err == nil || !strings.Contains(err.Error(), "it is of serial 2018031900, the zone has 2018031901") {
		t.Errorf("a change that leaves the digest as it was: %v", err)
	}
}
