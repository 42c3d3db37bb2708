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
