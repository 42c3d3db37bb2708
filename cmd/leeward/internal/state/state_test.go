package state

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"leeward/cluster"
	"leeward/steering"
)

func TestKept(t *testing.T) {
	d := Directory(filepath.Join(t.TempDir(), "new", "state"))
	if err := d.Make(); err != nil {
		t.Fatal(err)
	}
	if list, err := d.Overrides(); list != nil || err != nil {
		t.Fatalf("nothing kept yet: %v, %v", list, err)
	}
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	overrides := []steering.Override{{Place: "colo:ams", Action: steering.Drain, By: "op@ns1", Reason: "works", Issued: at,
		Until: at.Add(time.Hour), Version: 7, Issuer: "ns1"}}
	verdicts := []steering.Remembered{{Uplink: "uplink:ams/northway", Measured: steering.Down, Since: at}}
	for range 2 { // the second time in place of the first
		if err := d.KeepOverrides(overrides); err != nil {
			t.Fatal(err)
		}
		if err := d.KeepVerdicts(verdicts); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := d.Overrides(); err != nil || !reflect.DeepEqual(got, overrides) {
		t.Errorf("overrides: %+v, %v", got, err)
	}
	if got, err := d.Verdicts(); err != nil || !reflect.DeepEqual(got, verdicts) {
		t.Errorf("verdicts: %+v, %v", got, err)
	}
	if files, _ := os.ReadDir(string(d)); len(files) != 2 {
		t.Errorf("left behind: %v", files)
	}
}

// A file that is no state is put aside: neither believed nor lost.
func TestUnreadable(t *testing.T) {
	for _, text := range []string{"", "{", `{"format": 2, "kept": []}`} {
		d := Directory(t.TempDir())
		path := filepath.Join(string(d), "overrides.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		list, err := d.Overrides()
		if list != nil || err == nil || !strings.Contains(err.Error(), "put aside as "+path+".unreadable") {
			t.Errorf("%q: %v, %v", text, list, err)
		}
		if kept, err := os.ReadFile(path + ".unreadable"); err != nil || string(kept) != text {
			t.Errorf("%q is lost: %v", text, err)
		}
	}
}

func TestNoDirectory(t *testing.T) {
	d := Directory("")
	if err := d.KeepOverrides(nil); err != nil {
		t.Error(err)
	}
	if err := Directory("/proc/none").Make(); err == nil || !strings.HasPrefix(err.Error(), "state.directory: ") {
		t.Error(err)
	}
}

// Notes are kept also where nothing else is, and so the directory was not made at the start.
func TestKeptNotes(t *testing.T) {
	d := Directory(filepath.Join(t.TempDir(), "new"))
	at := time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)
	notes := []cluster.Note{{Topic: cluster.TopicChallenge, Key: "k", Value: []byte{0, 255}, Issued: at, Until: at.Add(time.Hour), Version: 7, Issuer: "ns1"},
		{Topic: cluster.TopicReport, Key: "gone", Deleted: true, Issued: at, Until: at.Add(time.Hour), Version: 1 << 60, Issuer: "ns2"}}
	if err := d.KeepNotes(notes); err != nil {
		t.Fatal(err)
	}
	if got, err := d.Notes(); err != nil || !reflect.DeepEqual(got, notes) {
		t.Errorf("%+v, %v", got, err)
	}
}
