package transfer

import (
	"errors"
	"fmt"
	"strings"

	"github.com/miekg/dns"

	"leeward/zones"
)

// Member is a zone that a catalog lists (RFC 9432 section 4.1).
type Member struct {
	Origin  zones.Name // in lower case
	Version string     // that stands with it, where a node lists its own zones; "": none does
	Label   string     // its own in the catalog; another one for the same zone means that it begins anew
}

// The names of a catalog's properties (RFC 9432 section 4.2), below its apex.
const (
	versionLabel = "\x07version"
	zonesLabel   = "\x05zones"
	extLabel     = "\x03ext"
)

// Members reads a catalog zone of version 2. A catalog that is broken says nothing, and what it said before holds on
// (RFC 9432 section 5.1).
//
//	at version                    broken unless there is one TXT record with the one string "2"
//	at LABEL.zones                PTR: a member; broken when there are several
//	the same member twice         broken
//	at version.ext.LABEL.zones    TXT: the version of the member (a custom property, section 4.4)
//	any other type, and any
//	  other name (coo, group,
//	  what is to come)            left out
func Members(z *zones.Zone) ([]Member, error) {
	origin := z.Origin()
	var members []Member
	labels, listed := map[string]bool{}, map[zones.Name]bool{}
	texts := map[string]string{} // versions of members, by label
	versions := 0
	for r := range z.All() {
		owner := r.Owner.Lower()
		if r.Type == dns.TypeTXT && owner == versionLabel+origin {
			if versions++; r.RData != "\x012" {
				return nil, fmt.Errorf("the catalog is of a version that is not known here: only 2 is (RFC 9432)")
			}
		}
		if member, is := strings.CutPrefix(string(owner), versionLabel+extLabel); is && r.Type == dns.TypeTXT {
			if label, is := memberLabel(zones.Name(member), origin); is && r.RData != "" && int(r.RData[0]) == len(r.RData)-1 {
				texts[label] = r.RData[1:]
			}
			continue
		}
		label, is := memberLabel(owner, origin)
		if !is || r.Type != dns.TypePTR {
			continue
		}
		member := zones.Name(r.RData).Lower()
		switch {
		case labels[label]:
			return nil, fmt.Errorf("the catalog has several zones at %s", owner)
		case listed[member]:
			return nil, fmt.Errorf("the catalog lists %s twice", member.Bare())
		}
		labels[label], listed[member] = true, true
		members = append(members, Member{Origin: member, Label: label})
	}
	for i := range members {
		members[i].Version = texts[members[i].Label]
	}
	if versions != 1 {
		return nil, errors.New("the catalog does not say its version: it is none, or broken")
	}
	return members, nil
}

// memberLabel is the label before "zones" of a name LABEL.zones.CATALOG.
func memberLabel(owner, catalog zones.Name) (label string, is bool) {
	rest, is := strings.CutSuffix(string(owner), zonesLabel+string(catalog))
	if !is || rest == "" || int(rest[0]) != len(rest)-1 {
		return "", false
	}
	return rest[1:], true
}
