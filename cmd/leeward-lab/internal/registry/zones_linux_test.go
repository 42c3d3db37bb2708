package registry

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The addresses: those of IANA's registries of special addresses will not do.
const (
	root4, root6 = "198.41.0.4", "2001:503:ba3e::2:30"
	com4, com6   = "192.5.6.30", "2001:503:a83e::2:30"
	ns14, ns16   = "81.2.69.53", "2a02:6b8::53"
	ns24, ns26   = "46.4.10.53", "2a01:4f8::53"
)

// The zones that are tested, below com. All but other and lame are the same on both servers.
const (
	good   = "good.com."   // unsigned
	signed = "signed.com." // signed, with NSEC
	hashed = "hashed.com." // signed, with NSEC3
	fresh  = "fresh.com."  // not delegated
	other  = "other.com."  // another edition on the second server
	lame   = "lame.com."   // not on the second server
	bogus  = "bogus.com."  // signed, with a DS of another key
)

const infrastructure = `$TTL 86400
@ SOA a.gtld-servers.com. hostmaster.gtld-servers.com. 1 14400 3600 1209600 3600
@ NS a.gtld-servers.com.
`

// member is a zone by the book.
func member() string {
	return strings.NewReplacer("NS14", ns14, "NS16", ns16, "NS24", ns24, "NS26", ns26).Replace(`$TTL 86400
@ SOA ns1 hostmaster 1 14400 3600 1209600 3600
@ NS ns1
@ NS ns2
@ A 81.2.69.80
@ MX 10 mail
ns1 A NS14
ns1 AAAA NS16
ns2 A NS24
ns2 AAAA NS26
mail A 81.2.69.25
www A 81.2.69.80
`)
}

// delegation is what the registry has of a zone.
func delegation(origin string) string {
	name := strings.TrimSuffix(origin, ".com.")
	return fmt.Sprintf("%[1]s NS ns1.%[1]s\n%[1]s NS ns2.%[1]s\nns1.%[1]s A %[2]s\nns1.%[1]s AAAA %[3]s\nns2.%[1]s A %[4]s\nns2.%[1]s AAAA %[5]s\n",
		name, ns14, ns16, ns24, ns26)
}

// hosts are all servers with their zones, which are signed where they have to be.
func hosts(t *testing.T) []host {
	com := infrastructure + fmt.Sprintf("a.gtld-servers A %s\na.gtld-servers AAAA %s\n", com4, com6)
	first, second := map[string]string{}, map[string]string{}
	reverse := map[string]string{"53.69.2.81": "ns1", "53.10.4.46": "ns2",
		"3.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.6.0.2.0.a.2": "ns1",
		"3.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.f.4.0.1.0.a.2": "ns2"}
	inAddr, ip6 := infrastructure, infrastructure
	for _, origin := range []string{good, signed, hashed, fresh, other, lame, bogus} {
		first[origin] = member()
		if origin != fresh {
			com += delegation(origin)
		}
		for name, server := range reverse {
			line := fmt.Sprintf("%s PTR %s.%s\n", name, server, origin)
			if len(name) > 20 {
				ip6 += line
			} else {
				inAddr += line
			}
		}
	}
	var ds string
	for origin, hash := range map[string]bool{signed: false, hashed: true, bogus: false} {
		first[origin], ds = sign(t, origin, first[origin], hash)
		if origin == bogus {
			ds = "bogus.com. 86400 IN DS 4711 13 2 " + strings.Repeat("c0ffee42", 8) + "\n"
		}
		com += ds
	}
	maps.Copy(second, first)
	second[other] = strings.NewReplacer(" 1 14400 3600 ", " 2 600 900 ", "@ NS ns1\n", "").Replace(second[other])
	delete(second, lame)
	com, ds = sign(t, "com.", com, false)
	dot, _ := sign(t, ".", fmt.Sprintf(`$TTL 86400
. SOA a.root-servers.net. nstld.verisign-grs.com. 1 14400 3600 1209600 3600
. NS a.root-servers.net.
a.root-servers.net. A %s
a.root-servers.net. AAAA %s
com. NS a.gtld-servers.com.
in-addr.arpa. NS a.gtld-servers.com.
ip6.arpa. NS a.gtld-servers.com.
asn.test. NS a.gtld-servers.com.
a.gtld-servers.com. A %s
a.gtld-servers.com. AAAA %s
%s`, root4, root6, com4, com6, ds), false)
	return []host{
		{"root", []string{root4 + "/32", root6 + "/128"}, map[string]string{".": dot}},
		{"com", []string{com4 + "/32", com6 + "/128"}, map[string]string{"com.": com, "in-addr.arpa.": inAddr, "ip6.arpa.": ip6, "asn.test.": networks()}},
		{"ns1", []string{ns14 + "/24", ns16 + "/64"}, first},
		{"ns2", []string{ns24 + "/24", ns26 + "/64"}, second},
	}
}

// networks is the zone in which Zonemaster looks up whose an address is.
func networks() string {
	return infrastructure + `*.69.2.81.origin TXT "64500 | 81.2.69.0/24 | GB | ripencc | 2001-01-01"
*.10.4.46.origin TXT "64501 | 46.4.10.0/24 | DE | ripencc | 2001-01-01"
*.8.b.6.0.2.0.a.2.origin6 TXT "64500 | 2a02:6b8::/32 | GB | ripencc | 2001-01-01"
*.8.f.4.0.1.0.a.2.origin6 TXT "64501 | 2a01:4f8::/32 | DE | ripencc | 2001-01-01"
`
}

// sign signs a zone with new keys by ldns, from an hour ago on, and gives its DS record too.
func sign(t *testing.T, origin, text string, hash bool) (signed, ds string) {
	t.Helper()
	dir := t.TempDir()
	ldns := func(program string, args ...string) string {
		cmd := exec.Command(program, args...)
		cmd.Dir = dir
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s %s: %v: %s", program, args, err, stderr.String())
		}
		return strings.TrimSpace(string(out))
	}
	read := func(name string) string {
		octets, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(octets)
	}
	if err := os.WriteFile(filepath.Join(dir, "zone"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	entry := ldns("ldns-keygen", "-a", "ECDSAP256SHA256", "-k", origin)
	key := ldns("ldns-keygen", "-a", "ECDSAP256SHA256", origin)
	args := []string{"-b", "-o", origin, "-f", "signed", "-i", fmt.Sprint(time.Now().Add(-time.Hour).Unix())}
	if hash {
		args = append(args, "-n", "-t", "0") // RFC 9276: no iterations, no salt
	}
	ldns("ldns-signzone", append(args, "zone", key, entry)...)
	return read("signed"), read(entry + ".ds")
}
