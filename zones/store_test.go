package zones

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// zoneText is a small zone whose www has one address, 192.0.2.N.
func zoneText(serial, n int) string {
	return fmt.Sprintf("$TTL 60\n@ SOA ns host %d 2 3 4 5\n@ NS ns\nns A 192.0.2.1\nwww A 192.0.2.%d\n", serial, n)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func do(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// www is the last octet of the address of www in a zone of the set, 0 when the zone or www is not served.
func www(t *testing.T, set *Set, origin string) int {
	t.Helper()
	zone := set.Zone(name(t, origin))
	if zone == nil {
		return 0
	}
	if r := zone.Lookup([]byte(name(t, "www."+origin).Lower()), dns.TypeA); r.Kind == Answer {
		return int(r.Set.RData(0)[3])
	}
	return 0
}

// told writes outcomes as "origin action serial error", with the directory written as DIR.
func told(outcomes []Outcome, directory string) []string {
	var all []string
	for _, o := range outcomes {
		s := fmt.Sprintf("%s %s %d", o.Origin, o.Action, o.Serial)
		if o.Err != nil {
			s += " " + o.Err.Error()
		}
		all = append(all, strings.TrimSpace(strings.ReplaceAll(s, directory, "DIR")))
	}
	return all
}

func wantOutcomes(t *testing.T, outcomes []Outcome, directory string, want ...string) {
	t.Helper()
	if got := told(outcomes, directory); !slices.Equal(got, want) {
		t.Errorf("\n got %s\nwant %s", strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

func TestLoadReadsADirectory(t *testing.T) {
	dir := t.TempDir()
	at := func(file string) string { return filepath.Join(dir, file) }
	for _, file := range []string{"b.zone", "A.zone", `x\046y.zone`} {
		write(t, at(file), zoneText(7, 10))
	}
	for _, file := range []string{"c.zone~", "#d.zone#", ".e.zone.swp", "4913", ".f.zone", "README", ".zone", ".#g.zone"} {
		write(t, at(file), "no zone\n")
	}
	do(t, os.Mkdir(at("dir.zone"), 0o777), os.Symlink("nowhere", at("dangling.zone")))
	write(t, at("bad.zone"), "bad\n")
	write(t, at("a..b.zone"), zoneText(7, 10))
	listed := filepath.Join(t.TempDir(), "reverse.db")
	write(t, listed, zoneText(8, 10))
	store := NewStore(Config{Directory: dir, Files: []File{
		{name(t, "0/25.2.0.192.in-addr.arpa"), listed}, {Root, listed}, {name(t, "b"), listed},
	}})
	wantOutcomes(t, store.Load(false), dir,
		`failed 0 DIR/a..b.zone: no name of a zone: "a..b": an empty label`,
		". loaded 8",
		"0/25.2.0.192.in-addr.arpa. loaded 8",
		"a. loaded 7",
		"b. failed 0 zone b: two files for it, DIR/b.zone and "+listed,
		`bad. failed 0 zone bad: DIR/bad.zone:1: "bad": not a TTL`,
		"dangling. failed 0 zone dangling: DIR/dangling.zone: no such file or directory",
		`x\.y. loaded 7`)
	if got := len(store.Set().All()); got != 4 {
		t.Errorf("%d zones in service, want 4", got)
	}
	status := slices.Collect(store.Status())
	if len(status) != 8 || status[1].Serial != 8 || status[1].Records != 4 || status[1].Loaded.IsZero() || status[1].Error != "" {
		t.Errorf("status %+v", status)
	}
	of := slices.IndexFunc(status, func(s Status) bool { return s.Origin == name(t, "bad") })
	if bad := status[of]; bad.Error == "" || bad.Serial != 0 || !bad.Loaded.IsZero() {
		t.Errorf("status of a zone never loaded: %+v", bad)
	}
}

func TestLoadOfNothing(t *testing.T) {
	dir := t.TempDir()
	store := NewStore(Config{Directory: dir})
	wantOutcomes(t, store.Load(false), dir, "failed 0 zones.directory DIR: no zone files (NAME.zone)")
	write(t, filepath.Join(dir, "a.zone"), zoneText(1, 1))
	wantOutcomes(t, store.Load(false), dir, "a. loaded 1")
	if status := slices.Collect(store.Status()); len(status) != 1 {
		t.Errorf("the fault of the directory stays: %+v", status)
	}
	store = NewStore(Config{Directory: dir + "/missing"})
	wantOutcomes(t, store.Load(true), dir, "failed 0 zones.directory DIR/missing: no such file or directory")
}

// TestTwoFilesForOneZone has zone files that differ in letter case only, before and after one of them was served.
func TestTwoFilesForOneZone(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "Example.com.zone"), zoneText(7, 1))
	store := NewStore(Config{Directory: dir})
	wantOutcomes(t, store.Load(false), dir, "example.com. loaded 7")
	write(t, filepath.Join(dir, "example.COM.zone"), zoneText(8, 2))
	both := "zone example.com: two files for it, DIR/Example.com.zone and DIR/example.COM.zone"
	wantOutcomes(t, store.Load(false), dir, "example.com. failed 7 "+both)
	if got := www(t, store.Set(), "example.com"); got != 1 {
		t.Errorf("www %d", got)
	}
	wantOutcomes(t, NewStore(Config{Directory: dir}).Load(false), dir, "example.com. failed 0 "+both)
}

func TestLoadAgain(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.zone")
	store := NewStore(Config{Directory: dir})
	for _, row := range []struct{ text, outcome, warning string }{
		{zoneText(7, 1), "a. loaded 7", ""},
		{zoneText(7, 1), "a. unchanged 7", ""},
		{zoneText(7, 1) + "; a comment\n", "a. unchanged 7", ""},
		{zoneText(8, 2), "a. loaded 8", ""},
		{zoneText(8, 3), "a. loaded 8", "its serial 8 did not"},
		{zoneText(6, 3), "a. loaded 6", "went back from 8 to 6"},
		{zoneText(9, 4) + "www CNAME x\n", `a. failed 6 zone a: DIR/a.zone:6: "www": CNAME beside other data`, ""},
		{zoneText(9, 4) + "www CNAME x\n", `a. failed 6 zone a: DIR/a.zone:6: "www": CNAME beside other data`, ""},
		{zoneText(6, 3), "a. unchanged 6", ""},
		{zoneText(9, 4), "a. loaded 9", ""},
	} {
		write(t, file, row.text)
		outcomes := store.Load(false)
		wantOutcomes(t, outcomes, dir, row.outcome)
		if got := fmt.Sprint(outcomes[0].Warnings); (row.warning == "") != (got == "[]") || !strings.Contains(got, row.warning) {
			t.Errorf("%s: warnings %s, want %q", row.outcome, got, row.warning)
		}
	}
}

func TestSerialPolicyOfTheStore(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.zone")
	store := NewStore(Config{Directory: dir, Serial: Increment})
	for _, row := range []struct {
		text    string
		outcome string
		file    uint32
	}{
		{zoneText(7, 1), "a. loaded 7", 7},
		{zoneText(7, 2), "a. loaded 8", 7},
		{zoneText(7, 2), "a. unchanged 8", 7},
		{zoneText(7, 2) + ";\n", "a. unchanged 8", 7},
		{zoneText(20, 3), "a. loaded 20", 20},
	} {
		write(t, file, row.text)
		wantOutcomes(t, store.Load(false), dir, row.outcome)
		zone := store.Set().All()[0]
		if zone.FileSerial() != row.file || slices.Collect(store.Status())[0].FileSerial != row.file || zone.Resteer(testNetwork(t)).Serial() != zone.Serial() {
			t.Errorf("%s: serial %d in the file", row.outcome, zone.FileSerial())
		}
		soa := record(zone.SOA(), 0)
		if want := fmt.Sprintf(" host.a. %d 2 3 4 5", zone.Serial()); !strings.HasSuffix(soa, want) {
			t.Errorf("%s does not end in %s", soa, want)
		}
	}
}

func TestAListedFileThatIsGone(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "db.a")
	store := NewStore(Config{Files: []File{{name(t, "a"), file}}})
	wantOutcomes(t, store.Load(false), dir, "a. failed 0 zone a: DIR/db.a: no such file or directory")
	write(t, file, zoneText(7, 1))
	wantOutcomes(t, store.Load(false), dir, "a. loaded 7")
	do(t, os.Remove(file))
	wantOutcomes(t, store.Load(false), dir, "a. dropped 0 zone a: DIR/db.a is gone")
	wantOutcomes(t, store.Load(false), dir, "a. failed 0 zone a: DIR/db.a: no such file or directory")
}

func TestResteerKeepsServing(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.zone")
	write(t, file, zoneText(7, 1)+"www A 198.51.100.1\n")
	store := NewStore(Config{Directory: dir})
	store.Load(false)
	write(t, file, "broken\n")
	store.Load(false)
	store.Resteer(testNetwork(t))
	if status := slices.Collect(store.Status())[0]; status.Steered != 1 || status.Error == "" {
		t.Errorf("%d steered, error %q", status.Steered, status.Error)
	}
	write(t, file, zoneText(8, 2)+"www A 198.51.100.1\nftp A 192.0.2.1\nftp A 198.51.100.1\n")
	store.Load(false)
	if status := slices.Collect(store.Status())[0]; status.Steered != 2 {
		t.Errorf("%d steered after the next load, want 2", status.Steered)
	}
}

func TestLoadedIsByTheClockGiven(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.zone"), zoneText(7, 1))
	store := NewStore(Config{Directory: dir, Now: func() time.Time { return epoch }})
	store.Load(false)
	if got := slices.Collect(store.Status())[0].Loaded; !got.Equal(epoch) {
		t.Errorf("loaded at %s, want %s", got, epoch)
	}
}

// TestProgress: whoever wants to know is told of every file, once in each reading.
func TestProgress(t *testing.T) {
	dir := t.TempDir()
	for i := range 5 {
		write(t, filepath.Join(dir, fmt.Sprintf("z%d.zone", i)), zoneText(1, i))
	}
	var told []string
	s := NewStore(Config{Directory: dir, Progress: func() func(done, total int) {
		told = append(told, "begin")
		return func(done, total int) { told = append(told, fmt.Sprint(done, "/", total)) }
	}})
	s.Load(false)
	s.Load(false)
	once := "begin 0/5 1/5 2/5 3/5 4/5"
	if got := strings.Join(told, " "); got != once+" "+once {
		t.Errorf("told %s", got)
	}
}

// A zone that never was in service goes with its file: nobody reads of it any more.
func TestBadFileThatIsGone(t *testing.T) {
	dir := t.TempDir()
	good, bad := filepath.Join(dir, "a.zone"), filepath.Join(dir, "b.zone")
	write(t, good, zoneText(1, 1))
	write(t, bad, "no zone")
	store := NewStore(Config{Directory: dir})
	store.Load(false)
	if got := len(slices.Collect(store.Status())); got != 2 {
		t.Fatalf("%d states, want 2", got)
	}
	do(t, os.Remove(bad))
	wantOutcomes(t, store.pass(t.Context(), pass{}), dir, "b. dropped 0 zone b: DIR/b.zone is gone")
	if status := slices.Collect(store.Status()); len(status) != 1 || status[0].Error != "" {
		t.Errorf("status %+v", status)
	}
}
