package steering

import (
	"errors"
	"fmt"
	"math"
	"sort"
	"strconv"
	"strings"
)

// Origin is where a client comes from: its country, and the autonomous system that announces its address. What is unknown
// is the zero value.
type Origin struct {
	Country Country
	ASN     uint32 // RFC 6793; 0 is nobody's (RFC 7607)
}

// Country is a code of ISO 3166-1 alpha-2 in capitals. The zero value is no country.
type Country [2]byte

// String is the code, "" of no country.
func (c Country) String() string {
	if c == (Country{}) {
		return ""
	}
	return string(c[:])
}

// countries are the codes that are assigned, and XK, which is not and which all who write geo databases use for Kosovo. They
// are in order.
const countries = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ " +
	"CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR " +
	"GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP " +
	"KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT " +
	"MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW " +
	"SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ " +
	"UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"

// ParseCountry reads a country's code in capitals. An error names the code that was probably meant.
func ParseCountry(word string) (Country, error) {
	if len(word) == 2 {
		if c := (Country{word[0], word[1]}); c.Assigned() {
			return c, nil
		}
	}
	meant := NearestName(word, strings.Fields(countries))
	switch strings.ToUpper(word) { // ISO 3166 holds these back for countries whose code is another
	case "UK":
		meant = "GB"
	case "EL":
		meant = "GR"
	}
	return Country{}, fmt.Errorf("no country %q (ISO 3166-1 alpha-2): is %s meant?", Cut(word), meant)
}

// Assigned says whether there is such a country.
func (c Country) Assigned() bool {
	_, found := sort.Find((len(countries)+1)/3, func(i int) int { return strings.Compare(string(c[:]), countries[3*i:3*i+2]) })
	return found
}

// ParseASN reads the number of an autonomous system as it is usually written: AS64496 (asplain of RFC 5396, behind AS).
// An error names what was probably meant.
func ParseASN(word string) (uint32, error) {
	digits := word
	if len(word) > 2 && strings.EqualFold(word[:2], "AS") {
		digits = word[2:]
	}
	high, low, dotted := strings.Cut(digits, ".")
	n, err := strconv.ParseUint(digits, 10, 32)
	if dotted { // asdot
		n, err = asdot(high, low)
	}
	switch plain := fmt.Sprintf("AS%d", n); {
	case errors.Is(err, strconv.ErrRange):
		return 0, fmt.Errorf("%q is beyond the last AS number, AS%d", Cut(word), uint32(math.MaxUint32))
	case err != nil:
		return 0, fmt.Errorf("%q is no AS number, as AS64496 is", Cut(word))
	case n == 0:
		return 0, fmt.Errorf("%q is nobody's number (RFC 7607)", Cut(word))
	case word != plain:
		return 0, fmt.Errorf("%q: is %s meant?", Cut(word), plain)
	}
	return uint32(n), nil
}

// asdot is the number whose halves these are.
func asdot(high, low string) (uint64, error) {
	h, err := strconv.ParseUint(high, 10, 16)
	if err != nil {
		return 0, err
	}
	l, err := strconv.ParseUint(low, 10, 16)
	return h<<16 | l, err
}
