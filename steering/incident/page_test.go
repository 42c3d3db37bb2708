package incident

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

// What is written on a page is read from it, and a page takes as much as it has room for.
func TestPage(t *testing.T) {
	want := Report{Node: "ns1", At: noon.Add(1234 * time.Millisecond), Kind: Moved, On: "uplink:ams/northway", To: "down", Reason: "3 of 3 <groups> \"say\" down",
		First: noon, By: "root@ns1", Issuer: "ns2", Number: 7, Colo: "ams", Took: 2100 * time.Millisecond, Share: 0.4807,
		Names: []string{"www.example.com. A", "ü.example.com. AAAA"}, Total: 12, TTL: 30 * time.Second, Part: true}
	page, fits := Append(nil, want)
	if !fits {
		t.Fatal("a report does not fit an empty page")
	}
	got, err := Read("ns1", page)
	if err != nil || len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
	}
	written := 1
	for fits {
		if page, fits = Append(page, want); fits {
			written++
		}
	}
	if got, err = Read("ns1", page); err != nil || len(got) != written || written < 2 || len(page) > MaxPage {
		t.Errorf("%d reports of %d read, from %d octets: %v", len(got), written, len(page), err)
	}
}

// A report that is too long for a page is shortened until it fits, and one that says too much is not believed.
func TestPageBounds(t *testing.T) {
	long := strings.Repeat("ü\x01\"", 2000)
	page, fits := Append(nil, Report{At: noon, Kind: Verdict, On: "service:" + strings.Repeat("\"", 2000), To: "down", Reason: long, By: long, Issuer: long, Names: []string{long, long}})
	if !fits || len(page) > MaxPage {
		t.Fatalf("%d octets, fits: %v", len(page), fits)
	}
	if got, err := Read("ns1", page); err != nil || len(got) != 1 {
		t.Errorf("what was shortened is not believed: %+v, %v", got, err)
	}
	for _, bad := range []string{
		`{"t":0,"k":"verdict","o":"uplink:a/b","w":"down"}`,
		`{"t":99999999999999,"k":"verdict","o":"uplink:a/b","w":"down"}`,
		`{"t":1764331200000,"k":"verdict","o":"","w":"down"}`,
		`{"t":1764331200000,"k":"verdict","o":"uplink:a/b","w":"down","r":"\u001b[2J"}`,
		`{"t":1764331200000,"k":"moved","o":"uplink:a/b","s":10001}`,
		`{"t":1764331200000,"k":"moved","o":"uplink:a/b","d":9223372036854775807}`,
		`{"t":1764331200000,"k":"moved","o":"uplink:a/b","y":-1}`,
		`nonsense`,
	} {
		good := `{"t":1764331200000,"k":"verdict","o":"uplink:a/b","w":"down"}` + "\n"
		if got, err := Read("ns1", []byte(good+bad+"\n"+good)); err == nil || len(got) != 2 {
			t.Errorf("%s: %d reports are believed, %v", bad, len(got), err)
		}
	}
}

func FuzzRead(f *testing.F) {
	page, _ := Append(nil, Report{At: noon, Kind: Verdict, On: "uplink:ams/northway", To: "down", Reason: "timeout", First: noon})
	page, _ = Append(page, Report{At: noon.Add(time.Second), Kind: Verdict, On: "upstream:northway", To: "failing"})
	page, _ = Append(page, Report{At: noon.Add(time.Second), Kind: Override, On: "colo:ams", To: Drained, By: "root@a", Issuer: "a", Number: 1, Colo: "ams"})
	f.Add(page)
	page, _ = Append(nil, Report{At: noon, Kind: Zone, On: "zone:example.com.", To: Refused, Reason: "line 3"})
	page, _ = Append(page, Report{At: noon, Kind: Zone, On: "zone:example.com.", To: Serial, Number: 7})
	page, _ = Append(page, Report{At: noon, Kind: Member, On: "member:a", To: Left})
	f.Add(page)
	page, _ = Append(nil, Report{At: noon, Kind: Verdict, On: "service:web of 192.0.2.1 in ams/northway", To: "down"})
	page, _ = Append(page, Report{At: noon, Kind: Moved, On: "colo:ams", Share: 0.5, Names: []string{"www.example.com. A"}, Total: 1, TTL: time.Minute})
	page, _ = Append(page, Report{At: noon, Kind: Agreed, On: "colo:ams", Took: time.Second})
	f.Add(page)
	f.Fuzz(func(t *testing.T, page []byte) {
		list, _ := Read("ns1", page)
		log := Fold(append(list, list...))
		if again := Fold(list); !reflect.DeepEqual(log.Incidents, again.Incidents) {
			t.Errorf("%+v\n%+v", log.Incidents, again.Incidents)
		}
		for _, i := range log.Incidents {
			if i.ID == "" || i.Title == "" || i.Start.IsZero() || i.Open != i.End.IsZero() || log.Find(i.ID) == nil {
				t.Errorf("%+v", i)
			}
		}
		for _, r := range list {
			if longer, fits := Append(nil, r); fits {
				if got, err := Read("ns1", longer); err != nil || len(got) != 1 {
					t.Errorf("%q: %v", longer, err)
				}
			}
		}
	})
}
