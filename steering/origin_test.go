package steering

import (
	"strings"
	"testing"
)

func TestParseCountry(t *testing.T) {
	for _, code := range strings.Fields(countries) {
		if c, err := ParseCountry(code); err != nil || c.String() != code {
			t.Errorf("%s is %s, %v", code, c, err)
		}
	}
	for word, want := range map[string]string{
		"de":   `no country "de" (ISO 3166-1 alpha-2): is DE meant?`,
		"UK":   `no country "UK" (ISO 3166-1 alpha-2): is GB meant?`,
		"uk":   `no country "uk" (ISO 3166-1 alpha-2): is GB meant?`,
		"EL":   `no country "EL" (ISO 3166-1 alpha-2): is GR meant?`,
		"DEU":  `no country "DEU" (ISO 3166-1 alpha-2): is DE meant?`,
		"D ":   `no country "D " (ISO 3166-1 alpha-2): is DE meant?`,
		" D":   `no country " D" (ISO 3166-1 alpha-2): is AD meant?`,
		"":     `no country "" (ISO 3166-1 alpha-2): is AD meant?`,
		"\x00": `no country "\x00" (ISO 3166-1 alpha-2): is AD meant?`,
	} {
		if c, err := ParseCountry(word); err == nil || err.Error() != want || c != (Country{}) {
			t.Errorf("%q: %v, not %s", word, err, want)
		}
	}
	if s := (Country{}).String(); s != "" {
		t.Errorf("no country is %q", s)
	}
}

func TestParseASN(t *testing.T) {
	for word, want := range map[string]uint32{"AS1": 1, "AS64496": 64496, "AS4294967295": 4294967295} {
		if n, err := ParseASN(word); err != nil || n != want {
			t.Errorf("%s is %d, %v", word, n, err)
		}
	}
	for word, want := range map[string]string{
		"64496":        `"64496": is AS64496 meant?`,
		"as64496":      `"as64496": is AS64496 meant?`,
		"AS064496":     `"AS064496": is AS64496 meant?`,
		"AS1.10":       `"AS1.10": is AS65546 meant?`,
		"AS0":          `"AS0" is nobody's number (RFC 7607)`,
		"AS4294967296": `"AS4294967296" is beyond the last AS number, AS4294967295`,
		"AS1.65536":    `"AS1.65536" is beyond the last AS number, AS4294967295`,
		"AS":           `"AS" is no AS number, as AS64496 is`,
		"":             `"" is no AS number, as AS64496 is`,
		"AS-1":         `"AS-1" is no AS number, as AS64496 is`,
		"ASN1":         `"ASN1" is no AS number, as AS64496 is`,
		"AS1.":         `"AS1." is no AS number, as AS64496 is`,
	} {
		if n, err := ParseASN(word); err == nil || err.Error() != want || n != 0 {
			t.Errorf("%q: %d, %v, not %s", word, n, err, want)
		}
	}
}
