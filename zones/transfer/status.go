package transfer

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"time"

	"leeward/zones"
)

// Status is the state of one zone that is fetched.
type Status struct {
	Origin      zones.Name
	Catalog     zones.Name // that lists it; "": the configuration does
	IsCatalog   bool
	Members     int            // that it lists, of a catalog
	State       State          // what is answered
	Serial      uint32         // of the version that is kept, also when it has expired; 0: none
	Records     int            // likewise
	Steered     int            // RRsets, likewise
	Primary     netip.AddrPort // that answered well last; not valid: none since the start
	Checked     time.Time      // when it did; zero: never
	Transferred time.Time      // when the version came, or was loaded from disk; zero: never
	Due         time.Time      // when it is asked for next
	Expires     time.Time      // zero: nothing is kept
	Error       string         // why the last refresh did not go well; "" it did
	Warnings    []string       // what is not well all the same: a primary that fails while another does not, a clash
}

// State says what is answered from a zone.
type State string

// The states.
const (
	Serving State = "serving"
	Never   State = "never transferred"
	Expired State = "expired"
)

// Status is the state of each zone, in order of their origins.
func (s *Secondaries) Status() []Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Status
	for _, z := range s.zones {
		if !z.leaving {
			all = append(all, z.status())
		}
	}
	slices.SortFunc(all, func(a, b Status) int { return strings.Compare(a.Origin.String(), b.Origin.String()) })
	return all
}

func (z *secondary) status() Status {
	st := Status{
		Origin: z.want.Origin, Catalog: z.want.catalog, IsCatalog: z.want.Catalog, Members: len(z.members), State: Never,
		Primary: z.primary.Addr, Checked: z.checked, Transferred: z.loaded, Due: z.due, Expires: z.expires,
		Warnings: slices.Clone(z.clashes),
	}
	if z.kept != nil {
		st.Serial, st.Records, st.Steered, st.State = z.kept.Serial(), z.kept.Records(), z.kept.Steered(), Serving
		if z.expired {
			st.State = Expired
		}
	}
	if z.err != nil {
		st.Error = z.err.Error()
	}
	if problems := errors.Join(z.doubts, z.broken, z.keeping); problems != nil {
		st.Warnings = append(strings.Split(problems.Error(), "\n"), st.Warnings...)
	}
	return st
}
