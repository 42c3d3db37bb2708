package service

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"leeward/zones"
	"leeward/zones/transfer"
)

// A node lists the zones that it has in files, each with its version, in a catalog of its own: its editions. Nodes that
// follow it fetch that catalog, and see in it which zones to fetch. The serial of the catalog goes out with every
// heartbeat.

// editionsOf is the name of a node's editions. It is not in the DNS, and hides that of the node, which may be no label.
func editionsOf(node string) zones.Name {
	sum := sha256.Sum256([]byte(node))
	return nameOf(hex.EncodeToString(sum[:8]) + ".editions.leeward.invalid.")
}

// listing lists zones with their versions.
func listing(all []*zones.Zone) []transfer.Listed {
	listed := make([]transfer.Listed, 0, len(all))
	for _, z := range all {
		if z.Unready() == "" {
			listed = append(listed, transfer.Listed{Origin: z.Origin(), Version: versionOf(z).String()})
		}
	}
	return listed
}

// version tells the contents of a zone apart, also where the serial does not.
type version struct {
	serial uint32
	digest string
}

// versionOf is the version of a zone; the zero value of none, and of one that is not ready.
func versionOf(z *zones.Zone) version {
	if z == nil || z.Unready() != "" {
		return version{}
	}
	return version{z.Serial(), z.Digest().String()[:32]}
}

func (v version) String() string { return fmt.Sprintf("%d %s", v.serial, v.digest) }

// parseVersion reads what String writes. Anything else is the zero value.
func parseVersion(text string) (v version) {
	if n, err := fmt.Sscanf(text, "%d %s", &v.serial, &v.digest); n != 2 || err != nil {
		return version{}
	}
	return v
}
