package config

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"leeward/steering"
)

func TestCheckDefaults(t *testing.T) {
	for _, tt := range []struct {
		check string
		want  steering.Check
	}{
		{"{type: tcp}", steering.Check{Type: "tcp", Port: 443}},
		{"{type: http}", steering.Check{Type: "http", Port: 80, Path: "/", Status: []int{200}, Verify: true}},
		{"{type: https}", steering.Check{Type: "https", Port: 443, Path: "/", Status: []int{200}, Verify: true}},
		{"{type: dns, name: Example.com}", steering.Check{Type: "dns", Port: 53, Name: "example.com.", Qtype: "SOA"}},
	} {
		c, _ := mustLoad(t, "leeward.yaml", "zones: {directory: z}\ncheck: "+tt.check+"\n", nil)
		tt.want.Interval, tt.want.Timeout, tt.want.Fall, tt.want.Rise = time.Second, 500*time.Millisecond, 6, 5
		if !reflect.DeepEqual(c.Check, tt.want) {
			t.Errorf("%s: got %+v, want %+v", tt.check, c.Check, tt.want)
		}
	}
}

// What a named check is not given it has from the check of uplinks, if it is a time or a count, else by default.
func TestNamedCheckDefaults(t *testing.T) {
	c, _ := mustLoad(t, "leeward.yaml", `zones: {directory: z}
check: {type: dns, name: a.example, interval: 2s, timeout: 700ms, fall: 3, rise: 4, slow: 300ms}
checks:
  - {check: web, type: https, host: www.example.com, path: /up, status: [204]}
  - {check: mail, port: 25, fall: 9}
  - {check: site, type: http, verify: false}
  - {check: name, type: dns, name: B.example}
`, nil)
	times := steering.Check{Interval: 2 * time.Second, Timeout: 700 * time.Millisecond, Fall: 3, Rise: 4, Slow: 300 * time.Millisecond}
	for i, want := range []steering.Check{
		{Type: "https", Port: 443, Host: "www.example.com", Path: "/up", Status: []int{204}, Verify: true},
		{Type: "tcp", Port: 25, Fall: 9},
		{Type: "http", Port: 80, Path: "/", Status: []int{200}},
		{Type: "dns", Port: 53, Name: "b.example.", Qtype: "SOA"},
	} {
		want.Interval, want.Timeout, want.Rise, want.Slow = times.Interval, times.Timeout, times.Rise, times.Slow
		if want.Fall == 0 {
			want.Fall = times.Fall
		}
		if got := c.Checks[i]; !reflect.DeepEqual(got.Check, want) || !reflect.DeepEqual(c.Network.Checks()[got.Name], want) {
			t.Errorf("%s: got %+v, want %+v", got.Name, got.Check, want)
		}
	}
}

func TestGeoDefaultIsFirstColo(t *testing.T) {
	text := full(t, ".yaml")
	text = text[:strings.Index(text, "    default: {lat")] + text[strings.Index(text, "\ncolos:"):]
	c, _ := mustLoad(t, "leeward.yaml", text, nil)
	if c.Steering.Geo.Default != c.Colos[0].Location {
		t.Errorf("got %+v", c.Steering.Geo.Default)
	}
}

func TestWarnings(t *testing.T) {
	c, dir := mustLoad(t, "leeward.yaml", `zones: {directory: z}
cluster:
  key_file: open.key
colos:
  - name: ams
    location: {lat: 1, lon: 2}
    uplinks:
      - {upstreams: [u], prefixes: [192.0.2.0/25], probe: [192.0.2.1]}
      - {upstreams: [v], prefixes: [192.0.2.128/25]}
`, func(o *Options) {
		file := filepath.Join(filepath.Dir(o.File), "open.key")
		if err := os.WriteFile(file, []byte(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, 0o644); err != nil {
			t.Fatal(err)
		}
	})
	key := filepath.Join(dir, "open.key")
	want := []string{
		"leeward.yaml:3: cluster.key_file: " + key + " is open to all users (mode 0644): chmod o= " + key,
		"leeward.yaml:9: colos[0].uplinks[1]: no address to probe: it is never found down",
	}
	for i := range want {
		want[i] = filepath.Join(dir, want[i])
	}
	if !slices.Equal(c.Warnings, want) {
		t.Errorf("got  %q\nwant %q", c.Warnings, want)
	}
}

func TestKeyDoesNotPrint(t *testing.T) {
	c := Cluster{Key: bytes.Repeat([]byte{7}, 32)}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		text := fmt.Sprintf(verb, c)
		if !strings.Contains(text, "(hidden)") || strings.Contains(text, "0707") || strings.Contains(text, "7 7") || strings.Contains(text, "0x7,") {
			t.Errorf("%s: %s", verb, text)
		}
	}
}
