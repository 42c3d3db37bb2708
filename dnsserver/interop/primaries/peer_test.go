package primaries

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/dnsserver/internal/peers"
	"leeward/zones"
	"leeward/zones/transfer"
	"leeward/zones/tsig"
)

// other is another server that is the primary of a node.
type other struct {
	primary
	*peers.Peer
	zones []zoneAt
}

// start starts a primary with zones, which it tells a node of.
func start(t *testing.T, p primary, node netip.AddrPort, all []zoneAt) *other {
	t.Helper()
	peers.Installed(t, p.program)
	var origins []string
	for _, z := range all {
		if !z.hidden {
			origins = append(origins, z.origin)
		}
	}
	running := peers.Start(t, peers.Program{Name: p.name, Path: p.program, Args: p.args, Settings: func(dir string, addr netip.AddrPort) string {
		return p.settings(dir, addr, node, all)
	}}, origins...)
	return &other{p, running, all}
}

// write writes a zone file into a directory, by the records in the form of files.
func write(t *testing.T, dir, origin string, serial int, records string) (file string) {
	t.Helper()
	file = filepath.Join(dir, strings.TrimSuffix(origin, ".")+".zone")
	text := fmt.Sprintf("$ORIGIN %s\n$TTL 300\n@ SOA ns host %d 3600 600 86400 60\n@ NS ns\nns A 192.0.2.1\n%s%s", origin, serial, bulk(), records)
	if err := os.WriteFile(file+".new", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		t.Fatal(err)
	}
	return file
}

// bulk makes every zone so large that its changes are smaller.
func bulk() string {
	var b strings.Builder
	for i := range 300 {
		fmt.Fprintf(&b, "bulk%d TXT some-text-or-other\n", i)
	}
	return b.String()
}

// from are the secondaries of the zones.
func (o *other) from(t *testing.T) (list []transfer.Secondary) {
	for _, z := range o.zones {
		list = append(list, transfer.Secondary{Origin: name(t, z.origin), Primaries: []transfer.Primary{{Addr: o.Addr, Key: key(t, z.key)}}})
	}
	return list
}

// edit makes an edit of a zone: in the version of a serial there are the addresses of the last few.
func (o *other) edit(t *testing.T, z zoneAt, serial int) {
	t.Helper()
	const few = 5
	if !o.updates {
		records := ""
		for n := max(2, serial-few+1); n <= serial; n++ {
			records += fmt.Sprintf("n%d A 192.0.2.%d\n", n, n%256)
		}
		write(t, filepath.Dir(z.file), z.origin, serial, records)
		o.hangUp(t)
		return
	}
	m := new(dns.Msg).SetUpdate(z.origin)
	m.Insert([]dns.RR{rr(t, fmt.Sprintf("n%d.%s 300 A 192.0.2.%d", serial, z.origin, serial%256))})
	m.RemoveName([]dns.RR{rr(t, fmt.Sprintf("n%d.%s 0 A 192.0.2.1", serial-few, z.origin))})
	o.update(t, m)
}

// update sends an update until it is answered.
func (o *other) update(t *testing.T, m *dns.Msg) {
	t.Helper()
	client := &dns.Client{Net: "tcp", Timeout: patience}
	r, _, err := client.Exchange(m, o.Addr.String())
	if err != nil || r.Rcode != dns.RcodeSuccess {
		t.Fatalf("%s: an update: %v %v\n%s", o.name, err, r, o.Log())
	}
}

// hangUp sends SIGHUP to the process that the pid file names.
func (o *other) hangUp(t *testing.T) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(o.Dir, "nsd.pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil || pid <= 1 {
		t.Fatalf("no pid: %q", text)
	}
	if err := syscall.Kill(pid, syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
}

func rr(t *testing.T, text string) dns.RR {
	t.Helper()
	r, err := dns.NewRR(text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// version fetches a zone of the primary by the library's own means, which share nothing with what is tested. NSD breaks off
// connections when it takes up a change: then again.
func (o *other) version(t *testing.T, z zoneAt) (v *zones.Zone) {
	t.Helper()
	var err error
	await(t, "a transfer of "+z.origin, func() bool {
		v, err = o.fetch(t, z)
		return err == nil
	}, func() string { return fmt.Sprint(err) }, o.Log)
	return v
}

func (o *other) fetch(t *testing.T, z zoneAt) (*zones.Zone, error) {
	t.Helper()
	m := new(dns.Msg).SetAxfr(z.origin)
	tr := &dns.Transfer{DialTimeout: patience, ReadTimeout: patience}
	if k := key(t, z.key); k != nil {
		tr.TsigSecret = map[string]string{k.Name.String(): base64Secret}
		m.SetTsig(k.Name.String(), k.Algorithm.String()+".", tsig.Fudge, time.Now().Unix())
	}
	envelopes, err := tr.In(m, o.Addr.String())
	if err != nil {
		return nil, err
	}
	a := zones.Assemble(name(t, z.origin))
	for e := range envelopes {
		err = errors.Join(err, e.Error)
		for _, r := range e.RR {
			err = errors.Join(err, a.Add(r))
		}
	}
	if err != nil {
		return nil, err
	}
	return a.Zone(nil)
}

// equal waits until the node serves what the primary has, and wants it to be the same by content.
func (o *other) equal(t *testing.T, n *node, z zoneAt, serial uint32) {
	t.Helper()
	await(t, fmt.Sprintf("serial %d of %s", serial, z.origin), func() bool {
		v := n.served(z.origin)
		return v != nil && v.Serial() == serial
	}, n.log.String, o.Log)
	theirs, ours := o.version(t, z), n.served(z.origin)
	if theirs.Serial() != ours.Serial() || theirs.Digest() != ours.Digest() {
		t.Errorf("%s: serial %d and %d, content %s and %s", z.origin, theirs.Serial(), ours.Serial(), theirs.Digest(), ours.Digest())
	}
}

// command runs a command that controls the primary.
func (o *other) command(t *testing.T, program string, args ...string) {
	t.Helper()
	if out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v: %s", program, args, err, out)
	}
}
