package journal

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"leeward/zones"
)

// house is a directory of zone files and what is kept of it, over many lives of a store.
type house struct {
	*testing.T
	files  string
	kept   Directory
	serial zones.SerialPolicy
	now    time.Time
	log    bytes.Buffer
	store  *zones.Store
}

func newHouse(t *testing.T, serial zones.SerialPolicy) *house {
	h := &house{T: t, files: filepath.Join(t.TempDir(), "files"), kept: Directory(filepath.Join(t.TempDir(), "state")), serial: serial}
	h.now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	do(t, os.Mkdir(h.files, 0o700))
	return h
}

// start is a new life of the store. It has kept what it serves when this returns.
func (h *house) start() []zones.Outcome {
	h.Helper()
	c := zones.Config{
		Directory: h.files, Serial: h.serial, Now: func() time.Time { return h.now },
		Log: slog.New(slog.NewTextHandler(&h.log, nil)),
	}
	if h.kept != "" {
		c.Keeper = h.kept
	}
	h.store = zones.NewStore(c)
	outcomes := h.store.Load(false)
	do(h.T, h.store.KeepAll())
	return outcomes
}

func (h *house) write(zone, text string) {
	h.Helper()
	do(h.T, os.WriteFile(filepath.Join(h.files, zone+".zone"), []byte(text), 0o600))
}

// text is a zone whose www has one address, 192.0.2.N.
func text(serial, n int) string {
	return fmt.Sprintf("$TTL 60\n@ SOA ns host %d 2 3 4 5\n@ NS ns\nns A 192.0.2.1\nwww A 192.0.2.%d\n", serial, n)
}

// want wants a zone to be served with a serial and a www, the file's serial, and an error with this text ("" is none).
func (h *house) want(zone string, serial uint32, www int, fault string) {
	h.Helper()
	z := h.store.Set().Zone(name(h.T, zone))
	if z == nil {
		h.Fatalf("%s is not served, want serial %d", zone, serial)
	}
	got := 0
	if r := z.Lookup([]byte(name(h.T, "www."+zone)), dns.TypeA); r.Kind == zones.Answer {
		got = int(r.Set.RData(0)[3])
	}
	at := slices.IndexFunc(slices.Collect(h.store.Status()), func(s zones.Status) bool { return s.Origin == name(h.T, zone) })
	status := slices.Collect(h.store.Status())[at]
	if z.Serial() != serial || got != www || (status.Error == "") != (fault == "") || !strings.Contains(status.Error, fault) {
		h.Fatalf("%s: serial %d, www %d, error %q; want %d, %d, %q", zone, z.Serial(), got, status.Error, serial, www, fault)
	}
}

// since wants the differences from a serial to be known, or not.
func (h *house) since(zone string, serial uint32, known bool) {
	h.Helper()
	if _, got := h.store.Set().Zone(name(h.T, zone)).Since(serial); got != known {
		h.Fatalf("%s: the differences from serial %d are known: %t", zone, serial, got)
	}
}

// TestTheSerialGoesOnOverRestarts serves edits, also those made while the server was down, with serials that go on.
func TestTheSerialGoesOnOverRestarts(t *testing.T) {
	for _, row := range []struct {
		policy       zones.SerialPolicy
		first, later uint32 // of the first edit, and of the one while the server was down
	}{
		{zones.Increment, 8, 9},
		{zones.UnixTime, 1767323045, 1767323046},
	} {
		h := newHouse(t, row.policy)
		h.write("a", text(7, 1))
		h.start()
		h.want("a", 7, 1, "")
		h.write("a", text(7, 2))
		h.store.Load(false)
		h.want("a", row.first, 2, "")
		h.start()
		h.want("a", row.first, 2, "")
		h.since("a", 7, true)
		h.write("a", text(7, 3)) // the server is down
		h.start()
		h.want("a", row.later, 3, "")
		h.since("a", 7, true)
		h.since("a", row.first, true)
		h.write("a", text(7, 3)+"; a comment\n")
		h.start()
		h.want("a", row.later, 3, "")
		h.write("a", text(1767323050, 4))
		h.start()
		h.want("a", 1767323050, 4, "")
		h.since("a", 7, true)
	}
}

// TestBadAtTheStart has files that cannot be served when the server starts.
func TestBadAtTheStart(t *testing.T) {
	h := newHouse(t, zones.Keep)
	h.write("a", text(7, 1))
	h.write("b", text(7, 1))
	h.write("c", text(7, 1))
	h.start()
	h.write("a", text(8, 2)+"www CNAME x\n")
	do(t, os.Remove(filepath.Join(h.files, "b.zone")))
	h.start()
	h.want("a", 7, 1, "CNAME beside other data")
	h.want("b", 7, 1, "b.zone is gone: the version in service stays; put the file back, or drop the zone with a reload")
	h.want("c", 7, 1, "")
	h.write("b", text(8, 2)) // it comes back, and the other is mended
	h.write("a", text(8, 2))
	h.store.Load(false)
	h.want("a", 8, 2, "")
	h.want("b", 8, 2, "")
	h.since("b", 7, true)

	do(t, os.RemoveAll(h.files)) // a disk that is not mounted
	h.start()
	h.want("a", 8, 2, "a.zone is gone, because its directory cannot be read: the version in service stays")
	h.store.Load(false)
	h.want("b", 8, 2, "is gone")
	do(t, os.Mkdir(h.files, 0o700)) // an empty one
	h.start()
	h.want("a", 8, 2, "is gone")
	h.store.Load(false)
	h.want("a", 8, 2, "3 of 3 zone files")
	h.start()
	h.want("c", 7, 1, "is gone")
	h.store.Load(true)
	if got := len(h.store.Set().All()); got != 0 {
		t.Errorf("%d zones are served after they were dropped", got)
	}
	h.start()
	if got := len(h.store.Set().All()); got != 0 {
		t.Errorf("%d zones come back after they were dropped", got)
	}
}

// TestWhatIsKeptIsBroken starts with files on disk that are no good: the zone files are all there is.
func TestWhatIsKeptIsBroken(t *testing.T) {
	h := newHouse(t, zones.Increment)
	h.write("a", text(7, 1))
	h.start()
	h.write("a", text(7, 2))
	h.start()
	h.want("a", 8, 2, "")
	file := h.kept.path(name(t, "a"))
	info, err := os.Stat(file)
	do(t, err, os.Truncate(file, info.Size()-1))
	h.write("b", text(7, 1))
	do(t, os.WriteFile(h.kept.path(name(t, "b")), []byte("broken"), 0o600), os.WriteFile(h.kept.path(name(t, "c")), []byte("broken"), 0o600))
	h.start()
	h.want("a", 8, 2, "")
	h.want("b", 7, 1, "")
	for _, want := range []string{"what came after serial 7 is lost", "b.kept: the file is broken: its zone file is all there is", "c.kept: the file is broken"} {
		if !strings.Contains(h.log.String(), want) {
			t.Errorf("%q is not in the log:\n%s", want, h.log.String())
		}
	}
	if strings.Contains(h.log.String(), "is broken: the file is broken") {
		t.Errorf("said twice:\n%s", h.log.String())
	}
	h.log.Reset()
	h.start()
	h.want("a", 8, 2, "")
	if strings.Contains(h.log.String(), "serial 7 is lost") {
		t.Errorf("it was not made good: %s", h.log.String())
	}
}

// TestNowhereToKeep serves on, and says that it keeps nothing.
func TestNowhereToKeep(t *testing.T) {
	h := newHouse(t, zones.Keep)
	h.write("a", text(7, 1))
	do(t, os.WriteFile(string(h.kept), nil, 0o600))
	h.store = zones.NewStore(zones.Config{Directory: h.files, Keeper: h.kept, Log: slog.New(slog.NewTextHandler(&h.log, nil))})
	h.store.Load(false)
	h.store.Load(false)
	h.write("a", text(8, 2))
	h.store.Load(false)
	h.want("a", 8, 2, "")
	if got := fmt.Sprint(slices.Collect(h.store.Status())[0].Warnings); !strings.Contains(got, "what is served cannot be kept") {
		t.Errorf("the status has no such warning: %s", got)
	}
	if got := strings.Count(h.log.String(), "cannot be kept"); got == 0 {
		t.Error("nor has the log")
	}
	do(t, os.Remove(string(h.kept)))
	if got := fmt.Sprint(h.store.Load(false)[0].Warnings); got != "[]" {
		t.Errorf("told of after it was made good: %s", got)
	}
	if got := slices.Collect(h.store.Status())[0].Warnings; len(got) > 0 {
		t.Errorf("the warning stays: %v", got)
	}
	h.start()
	h.want("a", 8, 2, "")
}

func (h *house) back(zone string, serial uint32, want string) {
	h.Helper()
	_, err := h.store.Rollback(name(h.T, zone), serial)
	if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
		h.Fatalf("rollback of %s to %d: %v, want %q", zone, serial, err, want)
	}
}

// TestRollback is a night with bad edits.
func TestRollback(t *testing.T) {
	h := newHouse(t, zones.Keep)
	for n := range 3 {
		h.write("a", text(7+n, 1+n))
		h.start()
	}
	h.back("a", 0, "")
	h.want("a", 10, 2, "rolled back at 2026-01-02 03:04:05Z: what "+h.files+"/a.zone says (serial 9) is not served until it is edited")
	h.since("a", 9, true)
	h.since("a", 7, true)
	h.store.Load(false)
	h.want("a", 10, 2, "leeward zone rollback --undo a")
	h.start()
	h.want("a", 10, 2, "rolled back at 2026-01-02 03:04:05Z")
	h.write("a", text(9, 3)+"; a comment\n")
	h.start()
	h.want("a", 10, 2, "rolled back")

	h.back("a", 0, "") // further back
	h.want("a", 11, 1, "(serial 9) is not served until")
	h.back("a", 0, "zone a: no version before it is kept")
	h.back("a", 11, "zone a: serial 11 is in service")
	h.back("a", 5, "zone a: no version with serial 5 is kept")
	h.back("b", 0, "zone b: no such zone is served from a file")
	h.back("a", 8, "")
	h.want("a", 12, 2, "rolled back")

	// mended, with the next serial as the operator counts: secondaries must see it all the same
	h.write("a", text(10, 5))
	h.store.Load(false)
	h.want("a", 13, 5, "")
	if got := fmt.Sprint(slices.Collect(h.store.Status())[0].Warnings); !strings.Contains(got, "the serial 10 is not ahead of the 12 served: it is served with 13; give it one ahead of that") {
		t.Errorf("%s", got)
	}
	h.start()
	h.want("a", 13, 5, "")
	h.write("a", text(14, 6))
	h.start()
	h.want("a", 14, 6, "")

	// and undone
	h.back("a", 0, "")
	h.want("a", 15, 5, "rolled back")
	if _, err := h.store.UndoRollback(name(t, "a")); err != nil {
		t.Fatal(err)
	}
	h.want("a", 16, 6, "")
	h.start()
	h.want("a", 16, 6, "")
	if _, err := h.store.UndoRollback(name(t, "a")); err == nil || err.Error() != "zone a: it was not rolled back" {
		t.Errorf("%v", err)
	}

	// rolled back, and the file put back by hand: nothing is held any more
	h.back("a", 0, "")
	h.want("a", 17, 5, "rolled back")
	h.write("a", text(13, 5))
	h.store.Load(false)
	h.want("a", 17, 5, "")
	versions, err := h.store.Versions(name(t, "a"))
	do(t, err)
	var told []string
	for _, v := range versions {
		told = append(told, fmt.Sprintf("%d-%d+%d", v.Serial, v.Removed, v.Added))
	}
	if got := strings.Join(told, " "); got != "7-0+0 8-1+1 9-1+1 10-1+1 11-1+1 12-1+1 13-1+1 14-1+1 15-1+1 16-1+1 17-1+1" {
		t.Errorf("%s", got)
	}
	if last := versions[len(versions)-1]; !last.InService || !last.At.Equal(h.now) || !versions[0].At.IsZero() {
		t.Errorf("%+v", versions)
	}
}

// TestRollbackOfASignedZone keeps the serial that the signatures cover.
func TestRollbackOfASignedZone(t *testing.T) {
	h := newHouse(t, zones.Increment)
	signature := "@ RRSIG SOA 8 1 60 20300101000000 20200101000000 1 a. AAAA\n"
	h.write("a", text(7, 1)+signature)
	h.start()
	h.write("a", text(8, 2)+signature)
	h.start()
	h.back("a", 0, "")
	h.want("a", 7, 1, "rolled back")
	if got := fmt.Sprint(slices.Collect(h.store.Status())[0].Warnings); !strings.Contains(got, "its own serial, 7, which is not ahead of 8: secondaries will not notice") {
		t.Errorf("%s", got)
	}
	h.start()
	h.want("a", 7, 1, "rolled back")
	h.since("a", 8, false)
}

func TestDiff(t *testing.T) {
	h := newHouse(t, zones.Increment)
	h.write("a", text(7, 1))
	h.start()
	h.write("a", text(7, 2))
	h.store.Load(false)
	if c, err := h.store.Diff(name(t, "a")); c != nil || err != nil {
		t.Errorf("%v, %v", c, err)
	}
	h.write("a", text(7, 3)+"mail A 192.0.2.9\n")
	c, err := h.store.Diff(name(t, "a"))
	do(t, err)
	if got := fmt.Sprint(c.Removed, c.Added); got != "[www.a. 60 IN A 192.0.2.2] [www.a. 60 IN A 192.0.2.3 mail.a. 60 IN A 192.0.2.9]" {
		t.Errorf("%s", got)
	}
	h.write("a", "broken\n")
	if _, err := h.store.Diff(name(t, "a")); err == nil || !strings.Contains(err.Error(), "a.zone:1") {
		t.Errorf("%v", err)
	}
	if _, err := h.store.Diff(name(t, "b")); err == nil {
		t.Error("a zone that is not served has a difference")
	}
	h.write("a", text(7, 3)+"mail A 192.0.2.9\n")
	h.log.Reset()
	h.store.Load(false)
	if got := h.log.String(); !strings.Contains(got, `"zone a: loaded" serial=9 records=5 changed=2 names="mail, www"`) {
		t.Errorf("the log says %s", got)
	}
}
