package service

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"leeward/cmd/leeward/internal/config"
	"leeward/zones"
	"leeward/zones/transfer"
)

// A node lists the zones that it has in files, and those that it gets from primaries, each with its version, in a catalog of
// its own: its editions. Nodes that follow it fetch that catalog, and see in it which zones to fetch. What it follows itself
// it does not list, so that nodes may follow each other. The serial of the catalog goes out with every heartbeat.

// editionsOf is the name of a node's editions. It is not in the DNS, and hides that of the node, which may be no label.
func editionsOf(node string) zones.Name {
	sum := sha256.Sum256([]byte(node))
	return nameOf(hex.EncodeToString(sum[:8]) + ".editions.leeward.invalid.")
}

// editionSerial is the serial of editions that are made at a time. It has to be another one after a restart, though the
// node stopped, was edited and started within a second. It wraps after 497 days, which does no harm: what is not ahead of
// what a follower has is fetched whole.
func editionSerial(now time.Time) uint32 { return uint32(now.UnixMilli() / 10) }

// allEditions are the names of all editions that are here.
func allEditions(cfg *config.Config) []zones.Name {
	names := []zones.Name{editionsOf(cfg.Node.Name)}
	for _, node := range cfg.Zones.Follow {
		names = append(names, editionsOf(node))
	}
	return names
}

// listing lists zones with their versions. One that is not ready has none: whoever has a version keeps it.
func listing(all []*zones.Zone, fetched bool) []transfer.Listed {
	listed := make([]transfer.Listed, 0, len(all))
	for _, z := range all {
		l := transfer.Listed{Origin: z.Origin()}
		if v := versionOf(z); !v.same(version{}) {
			v.fetched = fetched
			l.Version = v.String()
		}
		listed = append(listed, l)
	}
	return listed
}

// fromPrimaries are the zones that come from primaries: not from files, nor from nodes that are followed, and no catalogs.
func (s *Service) fromPrimaries(cfg *config.Config, files []*zones.Zone) []*zones.Zone {
	editions, filed := allEditions(cfg), make(map[zones.Name]bool, len(files))
	for _, z := range files {
		filed[z.Origin()] = true
	}
	return slices.DeleteFunc(slices.Clone(s.secondaries.Zones()), func(z *zones.Zone) bool {
		source, _ := s.secondaries.Source(z.Origin())
		return z.Hidden() || filed[z.Origin()] || slices.Contains(editions, source)
	})
}

// version tells the contents of a zone apart, also where the serial does not.
type version struct {
	serial  uint32
	digest  string
	fetched bool // from primaries; only in editions
}

// same says whether two versions have the same content.
func (v version) same(o version) bool { return v.serial == o.serial && v.digest == o.digest }

// versionOf is the version of a zone; the zero value of none, and of one that is not ready.
func versionOf(z *zones.Zone) version {
	if z == nil || z.Unready() != "" {
		return version{}
	}
	return version{serial: z.Serial(), digest: z.Digest().String()[:32]}
}

func (v version) String() string {
	text := fmt.Sprintf("%d %s", v.serial, v.digest)
	if v.fetched {
		text += fetchedMark
	}
	return text
}

// fetchedMark ends the version of a zone that comes from primaries.
const fetchedMark = " fetched"

// parseVersion reads what String writes. Anything else is the zero value.
func parseVersion(text string) (v version) {
	text, v.fetched = strings.CutSuffix(text, fetchedMark)
	if n, err := fmt.Sscanf(text, "%d %s", &v.serial, &v.digest); n != 2 || err != nil {
		return version{}
	}
	return v
}
