package service

import (
	"fmt"
	"maps"
	"time"

	"leeward/steering"
	"leeward/steering/incident"
)

// How long a conclusion must have stood before it is reported, and between reports.
const (
	riskFor      = 30 * time.Second       // at risk: a probe lost here and there is nobody's incident
	flapFor      = time.Minute            // well again, of what flaps: it has changed
	flapping     = 8                      // times
	flapWithin   = 10 * time.Minute       // within this
	goneFor      = 10 * time.Second       // a member
	apartFor     = 30 * time.Second       // what a node says that hears less than half of the members
	doubtFor     = 10 * time.Minute       // after this node was blind
	turnEach     = 300 * time.Millisecond // each node waits for those before it in the order of names
	turnMost     = 3 * time.Second        // and at most so long
	listenFirst  = 3 * time.Second        // after a start, or when this node was away: the others' reports come
	correctAfter = 10 * time.Second       // all members judge alike, and the reports say otherwise
	correctEach  = 10 * time.Minute       // between two corrections of one thing
)

// word is what this node concludes.
type word struct {
	report incident.Report // At: since when, by this node's clock; zero: since it was first looked at
	own    bool            // nobody else can know it, or it came here first: no turn is waited for
	once   bool            // it happened, and is not a state: At holds, for all nodes
}

// key tells apart what words are on.
func (w *word) key() string {
	key := string(w.report.Kind) + " " + w.report.On
	if w.once {
		key += " " + w.report.To
	}
	return key
}

// reporter decides what this node reports, and when.
type reporter struct {
	node      string
	concluded map[string]conclusion
	odd       map[string]conclusion // what the reports say that this node does not, and since when it has known of that
	corrected map[string]time.Time
	written   map[string]time.Time // reports, while the log does not say what they say
	listen    time.Time            // until when nothing is said
	doubt     time.Time            // until when this node says of others only what all conclude
	looked    time.Time
	alike     time.Time // since when all members judge alike; zero: they do not
}

// conclusion is what something is by this node, and since when it has been so.
type conclusion struct {
	to    string
	since time.Time
}

func newReporter(node string) reporter {
	return reporter{node: node, concluded: map[string]conclusion{}, odd: map[string]conclusion{}, corrected: map[string]time.Time{}, written: map[string]time.Time{}}
}

// circumstances are what a decision stands on beside the words.
type circumstances struct {
	now   time.Time
	ahead time.Duration // of the members' clocks, most of them, before this node's
	turn  int           // this node's place among the members that see the same network, from 0
	alike bool          // all of them judge alike
	blind bool          // it sees nothing of the world
	apart bool          // it hears less than half of all members: it may be this node that is cut off
	log   *incident.Log
}

// due are the words that are to be reported now: of those that differ from what the reports say.
func (r *reporter) due(words []word, c circumstances) (list []incident.Report) {
	if r.looked.IsZero() || c.now.Sub(r.looked) > listenFirst {
		r.listen = c.now.Add(listenFirst)
	}
	r.looked = c.now
	if c.blind {
		r.doubt = c.now.Add(doubtFor)
	}
	switch {
	case !c.alike:
		r.alike = time.Time{}
	case r.alike.IsZero():
		r.alike = c.now
	}
	present, ripe := make(map[string]bool, len(words)), map[string]bool{}
	for i := range words {
		w := &words[i]
		present[w.key()] = true
		if known, ok := r.concluded[w.key()]; !ok || known.to != w.report.To {
			since := w.report.At
			if since.IsZero() || w.once {
				since = c.now
			}
			r.concluded[w.key()] = conclusion{w.report.To, since}
		}
		if report, ok := r.ripe(w, c); ok {
			ripe[saying(&report)] = true
			if at, ok := r.written[saying(&report)]; !ok || c.now.Sub(at) > correctEach {
				list = append(list, report)
			}
		}
	}
	gone := func(key string, _ conclusion) bool { return !present[key] }
	maps.DeleteFunc(r.concluded, gone)
	maps.DeleteFunc(r.odd, gone)
	maps.DeleteFunc(r.corrected, func(_ string, at time.Time) bool { return c.now.Sub(at) > correctEach })
	maps.DeleteFunc(r.written, func(saying string, _ time.Time) bool { return !ripe[saying] })
	return list
}

// wrote remembers what was reported: what the log does not take up would be reported at every look.
func (r *reporter) wrote(list []incident.Report, now time.Time) {
	for i := range list {
		r.written[saying(&list[i])] = now
	}
}

// saying tells reports apart, whenever they are made.
func saying(r *incident.Report) string {
	return fmt.Sprintf("%s %s %s %d %s", r.Kind, r.On, r.To, r.Number, r.Issuer)
}

// ripe gives a word as it is to be reported, if it is now. The first row that fits:
//
//	it is                                                 it is reported
//	anything, just after a start or an absence            not yet
//	of others, by a node that was blind of late           only what all members conclude, half of which it hears: it was cut
//	                                                      off, and may be again
//	what the reports say                                  not
//	something that happened                               when it is this node's turn
//	concluded after what the reports say                  when it has settled and it is this node's turn
//	older: others have concluded otherwise since          not, unless all members judge as this node for a time: the
//	                                                      reports that would say so were lost; every ten minutes at most
//
// It has settled at once, but: at risk after 30 seconds; well again, of what flaps, after a minute; a member gone after ten
// seconds; all that is said of others by a node that hears less than half of the members after 30 seconds more. A report is of
// when it was concluded, but later than what it contradicts, whatever the clocks said.
func (r *reporter) ripe(w *word, c circumstances) (report incident.Report, now bool) {
	report = w.report
	own := r.concluded[w.key()]
	to, at := c.log.State(report.Kind, report.On, r.node)
	if !w.once && (to == report.To || to == "" && well(report.To)) {
		delete(r.odd, w.key())
		return report, false
	}
	if r.odd[w.key()].to != to || r.odd[w.key()].since.IsZero() {
		r.odd[w.key()] = conclusion{to, c.now}
	}
	ofOthers := report.Kind == incident.Verdict || report.Kind == incident.Member
	if c.now.Before(r.listen) || ofOthers && c.now.Before(r.doubt) && (!c.alike || c.apart) {
		return report, false
	}
	wait := r.settles(w, c)
	if w.once {
		return report, c.now.Sub(own.since) >= wait
	}
	report.At = own.since.Add(c.ahead).UTC().Truncate(time.Millisecond)
	if w.own || report.At.After(at) {
		if !report.At.After(at) {
			report.At = at.Add(time.Millisecond)
		}
		return report, c.now.Sub(own.since) >= wait
	}
	long := correctAfter + wait
	if _, ok := r.corrected[w.key()]; ok || r.alike.IsZero() || c.now.Sub(r.alike) < long || c.now.Sub(r.odd[w.key()].since) < long || c.now.Sub(own.since) < long {
		return report, false
	}
	r.corrected[w.key()] = c.now
	if report.At = c.now.Add(c.ahead).UTC().Truncate(time.Millisecond); !report.At.After(at) {
		report.At = at.Add(time.Millisecond)
	}
	return report, true
}

// settles is how long a word must have stood before it is reported.
func (r *reporter) settles(w *word, c circumstances) (wait time.Duration) {
	if !w.own {
		wait = min(time.Duration(c.turn)*turnEach, turnMost)
	}
	if c.apart && (w.report.Kind == incident.Verdict || w.report.Kind == incident.Member) {
		wait += apartFor
	}
	switch {
	case w.report.Kind == incident.Member && !well(w.report.To):
		wait += goneFor
	case w.report.Kind != incident.Verdict:
	case w.report.To == steering.AtRisk.String():
		wait += riskFor
	case well(w.report.To) && c.log.Changes(w.report.Kind, w.report.On, r.node, c.now.Add(c.ahead-flapWithin)) >= flapping:
		wait += flapFor
	}
	return wait
}

// well says whether this is what everything is that was never reported on.
func well(to string) bool {
	return to == steering.Up.String() || to == incident.Alive || to == incident.Mended
}
