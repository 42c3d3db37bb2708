package steering

// grades is a set of grades, the few classes of verdicts that a choice tells apart.
type grades uint8

// The grades of an uplink's verdict, from best to worst, and marks beside them.
const (
	gradeUp          grades = 1 << iota // up or unknown
	gradeAtRisk                         // at risk
	gradeDown                           // down
	gradeDrained                        // drained, and not measured down
	gradeDrainedDown                    // drained and measured down
	unsettled                           // the verdict may be about to change
	ramping                             // not all clients are back
)

func (v *Verdict) grade() grades {
	g := gradeUp
	switch {
	case v.State == Drained && v.Measured == Down:
		g = gradeDrainedDown
	case v.State == Drained:
		g = gradeDrained
	case v.State == Down:
		g = gradeDown
	case v.State == AtRisk:
		g = gradeAtRisk
	}
	if v.Ramp.Active() {
		g |= ramping
	}
	if v.Turning || v.Stale || v.State == AtRisk || v.Ramp.Active() {
		g |= unsettled
	}
	return g
}

// grading is all that a choice needs of verdicts: the grades of uplinks and services, and how many of their slices are back.
// The services lie where their hashes say, or behind, so that finding one is a look or two.
type grading struct {
	grades   []grades // by UplinkIndex
	back     []uint8  // by UplinkIndex: slices that are back
	services []graded // a power of two, not half full; none where there are no services
	ramping  bool     // some uplink's slices, or some service's, are not all back
}

// graded is a service with its grade, which its uplink's is in already.
type graded struct {
	id    TargetID // 0: none
	grade grades
	back  uint8
}

// gradeAll makes the grading of verdicts that are complete.
func (v *Verdicts) gradeAll() (g grading) {
	g.grades, g.back = make([]grades, len(v.Uplinks)), make([]uint8, len(v.Uplinks))
	for u := range v.Uplinks {
		g.grades[u], g.back[u] = v.Uplinks[u].grade(), v.Uplinks[u].Ramp.back()
		g.ramping = g.ramping || g.back[u] < Slices
	}
	if len(v.Services) == 0 {
		return g
	}
	size := 4
	for size < 3*len(v.Services) {
		size *= 2
	}
	g.services = make([]graded, size)
	for i := range v.Services {
		s := &v.Services[i]
		at := g.at(s.ID)
		g.services[at] = graded{s.ID, worse(g.grades[s.Uplink], s.grade()), min(g.back[s.Uplink], s.Ramp.back())}
		g.ramping = g.ramping || g.services[at].back < Slices
	}
	return g
}

// at is where a service lies, or would.
func (g *grading) at(id TargetID) int {
	at := int(id>>1) & (len(g.services) - 1)
	for g.services[at].id != id && g.services[at].id != 0 {
		at = (at + 1) & (len(g.services) - 1)
	}
	return at
}

// of is the grade of a run.
func (g *grading) of(run *Run) grades {
	if run.service == 0 {
		return g.grades[run.Uplink]
	}
	return g.service(run).grade
}

// backOf is how many slices are back to a run.
func (g *grading) backOf(run *Run) uint8 {
	if run.service == 0 {
		return g.back[run.Uplink]
	}
	return g.service(run).back
}

// service is that of a run. One that is not judged is as its uplink.
func (g *grading) service(run *Run) graded {
	if len(g.services) > 0 {
		if s := g.services[g.at(run.service)]; s.id != 0 {
			return s
		}
	}
	return graded{run.service, g.grades[run.Uplink], g.back[run.Uplink]}
}
