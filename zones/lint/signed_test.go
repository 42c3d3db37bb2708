package lint

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// toSign is a zone with all that a chain must tell of: a wildcard, an empty name, delegations with and without DS, glue.
const toSign = `$TTL 3600
@ SOA ns1 hostmaster 1 7200 1800 1209600 3600
@ NS ns1
@ NS ns2
ns1 A 192.0.2.1
ns2 A 192.0.2.2
*.w TXT "wild"
a.b.c A 192.0.2.3
alias CNAME www
insecure NS ns.insecure
ns.insecure A 192.0.2.4
secure NS ns.example.net.
secure DS 1 8 2 0000000000000000000000000000000000000000000000000000000000000000
www A 192.0.2.10
www A 192.0.2.11
`

// sign signs the zone with ldns, as signer's operators do.
func sign(t *testing.T, args ...string) string {
	t.Helper()
	dir := t.TempDir()
	run := func(program string, args ...string) string {
		cmd := exec.Command(program, args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v: %s", program, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	if err := os.WriteFile(filepath.Join(dir, "plain"), []byte(toSign), 0o600); err != nil {
		t.Fatal(err)
	}
	keys := []string{run("ldns-keygen", "-a", "ED25519", "-k", "example."), run("ldns-keygen", "-a", "ED25519", "example.")}
	args = append(append(args, "-o", "example.", "-f", "signed", "-i", "20260101000000", "-e", "20500101000000", "plain"), keys...)
	run("ldns-signzone", args...)
	text, err := os.ReadFile(filepath.Join(dir, "signed"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// without is the text without the lines that match.
func without(pattern string) func(string) string {
	return func(text string) string {
		return regexp.MustCompile("(?m)^.*"+pattern+".*\n").ReplaceAllString(text, "")
	}
}

// with is the text with a match replaced.
func with(pattern, by string) func(string) string {
	return func(text string) string { return regexp.MustCompile("(?m)"+pattern).ReplaceAllString(text, by) }
}

func plus(line string) func(string) string {
	return func(text string) string { return text + line + "\n" }
}

// TestSignedZones breaks signed zones, and holds what is said of them against kzonecheck and dnssec-verify: one of them
// refuses what is broken, and neither what is not.
func TestSignedZones(t *testing.T) {
	installed(t, "ldns-keygen", "ldns-signzone", "kzonecheck", "dnssec-verify")
	nsec, nsec3 := sign(t), sign(t, "-n", "-t", "0", "-s", "")
	optOut := sign(t, "-n", "-p", "-t", "0", "-s", "")
	now := time.Now()
	for _, row := range []struct {
		title, from string
		edit        func(string) string
		want        string // lints, in the order in which they are told
	}{
		{"NSEC", nsec, nil, ""},
		{"NSEC3", nsec3, nil, ""},
		{"NSEC3 with opt-out", optOut, nil, ""},
		{"a signature missing", nsec, without(`^www\S*\s+3600\s+IN\s+RRSIG\s+A `), "signature"},
		{"the signatures of the keys missing", nsec, without(`RRSIG\s+DNSKEY `), "signature"},
		{"the keys missing", nsec, without(`\sDNSKEY\s+25`), "no-key nsec-types signature-alone"},
		{"the key for the keys missing", nsec, without(`\sDNSKEY\s+257`), "signature"},
		{"the signature of an NSEC missing", nsec, without(`^www\S*\s+3600\s+IN\s+RRSIG\s+NSEC `), "signature"},
		{"ended", nsec, with(`(RRSIG\s+A .*)20500101000000 20260101000000`, "${1}20250101000000 20240101000000"), "signature"},
		{"not begun", nsec, with(`(RRSIG\s+A .*)20500101000000 20260101000000`, "${1}20500101000000 20490101000000"), "signature"},
		{"other data", nsec, with(`192\.0\.2\.11`, "192.0.2.12"), "signature"},
		{"other data in a DS", nsec, with(`DS\s+1 8 2`, "DS 2 8 2"), "signature"},
		{"a signature over nothing", nsec, plus("www.example. 3600 IN RRSIG AAAA 15 2 3600 20500101000000 20260101000000 1 example. AAAA"), "signature-alone"},
		{"signed glue", nsec, plus("ns.insecure.example. 3600 IN RRSIG A 15 3 3600 20500101000000 20260101000000 1 example. AAAA"), "signature-stray"},
		{"an NSEC missing", nsec, without(`^www\S*\s+3600\s+IN\s+(RRSIG\s+)?NSEC\s`), "nsec-missing"},
		{"a name added", nsec, plus("new.example. 3600 IN TXT new"), "nsec-chain nsec-missing signature"},
		{"a delegation added", nsec, plus("new.example. 3600 IN NS ns.example.net."), "nsec-chain nsec-missing"},
		{"a type added", nsec, plus("www.example. 3600 IN TXT new"), "nsec-types signature"},
		{"a chain that does not close", nsec, with(`(^www\S*\s+3600\s+IN\s+NSEC\s+)\S+`, "${1}x.example."), "nsec-chain signature"},
		{"an NSEC that lists too much", nsec, with(`(^www\S*\s+3600\s+IN\s+NSEC\s+\S+) A `, "${1} A TXT "), "nsec-types signature"},
		{"an NSEC below a delegation", nsec, plus("ns.insecure.example. 3600 IN NSEC x.example. A"), "nsec-below occluded"},
		{"NSEC3: a name added", nsec3, plus("new.example. 3600 IN TXT new"), "nsec-missing signature"},
		{"NSEC3: a delegation added", nsec3, plus("new.example. 3600 IN NS ns.example.net."), "nsec3-opt-out"},
		{"NSEC3: a delegation added, with opt-out", optOut, plus("new.example. 3600 IN NS ns.example.net."), ""},
		{"NSEC3: a secure delegation added, with opt-out", optOut,
			plus("new.example. 3600 IN NS ns.example.net.\nnew.example. 3600 IN DS 1 8 2 " + strings.Repeat("00", 32)), "nsec-missing signature"},
		{"NSEC3: one too many", nsec3, plus(strings.Repeat("0", 32) + ".example. 3600 IN NSEC3 1 0 0 - " + strings.Repeat("1", 32) + " A"), "nsec-chain nsec3-extra signature"},
		{"NSEC3: without parameters", nsec3, without(`NSEC3PARAM\s+1`), "nsec3param"},
	} {
		t.Run(row.title, func(t *testing.T) {
			t.Parallel()
			text := row.from
			if row.edit != nil {
				if text = row.edit(text); text == row.from {
					t.Fatal("nothing is broken")
				}
			}
			file := block{text: text}.put(t)
			said, good := checked(t, "example.", file, now)
			var lints []string
			for _, line := range said {
				words := strings.Fields(line)
				if len(words) > 1 && (len(lints) == 0 || lints[len(lints)-1] != strings.TrimSuffix(words[1], ":")) {
					lints = append(lints, strings.TrimSuffix(words[1], ":"))
				}
			}
			if got := strings.Join(lints, " "); got != row.want {
				t.Errorf("got %q, want %q:\n%s", got, row.want, strings.Join(said, "\n"))
			}
			all := ""
			refusedByOthers := false
			for _, other := range []tool{
				{"kzonecheck", func(origin, file string) []string { return []string{"-o", origin, file} }},
				{"dnssec-verify", func(origin, file string) []string { return []string{"-o", origin, file} }},
			} {
				refused, out := other.refuses("example.", file)
				refusedByOthers = refusedByOthers || refused
				all += other.name + ":\n" + out
			}
			if refusedByOthers == good {
				t.Errorf("it is good: %v; the others refuse it: %v\n%s", good, refusedByOthers, all)
			}
		})
	}
}
