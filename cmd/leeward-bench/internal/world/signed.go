package world

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/miekg/dns"

	"leeward/cmd/leeward-bench/internal/query"
)

// Signed is the zone of Static, signed with one key and NSEC, and asked with the DO bit. Without the programs of ldns that
// sign it, it is left as it is, and signed is false.
func Signed(dir string, names int) (w World, signed bool, err error) {
	if w, err = Static(dir, names); err != nil {
		return w, false, err
	}
	answers := 1
	if _, lacks := exec.LookPath("ldns-signzone"); lacks == nil {
		if err = sign(filepath.Join(dir, origin+".zone")); err != nil {
			return w, false, err
		}
		answers, signed = 2, true
	}
	w.Set = nil
	return w, signed, w.ask(names, func(i int) error {
		return w.Set.Add(fmt.Sprintf("h%d.%s", i, origin), dns.TypeA, dns.RcodeSuccess, answers, query.Options{Size: 1232, DO: true})
	})
}

// sign replaces a zone file by the signed zone.
func sign(file string) error {
	keys, err := os.MkdirTemp(filepath.Dir(file), "keys-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(keys)
	run := func(program string, args ...string) (string, error) {
		cmd := exec.Command(program, args...)
		cmd.Dir = keys
		out, err := cmd.CombinedOutput()
		if err != nil {
			return "", fmt.Errorf("%s: %w: %s", program, err, out)
		}
		return strings.TrimSpace(string(out)), nil
	}
	key, err := run("ldns-keygen", "-a", "ECDSAP256SHA256", "-k", origin)
	if err != nil {
		return err
	}
	_, err = run("ldns-signzone", "-f", file, "-o", origin, "-e", "20360101000000", file, key)
	return err
}
