package statuspage

import (
	"fmt"
	"math"
	"strings"
	"time"

	"leeward/steering/incident"
)

// tell tells of one incident.
func (o *Options) tell(i *incident.Incident) told {
	t := told{ID: i.ID, URL: o.URL + "#" + i.ID, State: "ended", Kind: i.Cause.Kind, Start: second(i.Start), Updated: second(i.Updated),
		Colos: []string{}, Upstreams: []string{}}
	if i.Cause.Kind == "operator" {
		t.Kind = "maintenance"
	}
	if i.Open {
		t.State = "open"
	} else {
		end := second(i.End)
		t.End = &end
		if end.After(t.Updated) {
			t.Updated = end
		}
	}
	if o.Named {
		t.Colos = append(t.Colos, i.Colos...)
	}
	if o.Upstreams {
		t.Upstreams = append(t.Upstreams, i.Upstreams...)
	}
	t.Title = o.title(i)
	t.Text = o.text(i)
	return t
}

// second cuts what nobody needs to know of a time.
func second(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// title tells an incident in a line.
//
//	cause      named                                                        not named
//	upstream   Upstream provider northway is failing                        One of our upstream providers is failing
//	colo       lhr cannot be reached                                        One of our places cannot be reached
//	uplink     A connection of ams is failing, through northway             A connection of one of our places is failing
//	service    A service in ams is failing                                  A service in one of our places is failing
//	operator   Maintenance: lhr; upstream provider northway                 Maintenance: one of our places; one of our upstream providers
//
// What was only at risk is disturbed.
func (o *Options) title(i *incident.Incident) string {
	switch i.Cause.Kind {
	case "upstream":
		return first(o.upstream(i.Cause.Name)) + " " + verb(i, "is failing", "failed")
	case "colo":
		return first(o.colo(i.Cause.Name)) + " " + verb(i, "cannot be reached", "could not be reached")
	case "uplink":
		place, through, _ := strings.Cut(i.Cause.Name, "/")
		title := "A connection of " + o.colo(place) + " " + verb(i, "is failing", "failed")
		if o.Upstreams && through != "" {
			title += ", through " + strings.ReplaceAll(through, "+", " and ")
		}
		return title
	case "service":
		place, _ := coloOf("service:" + i.Cause.Name)
		return "A service in " + o.colo(place) + " " + verb(i, "is failing", "failed")
	}
	return "Maintenance: " + o.place(i.Cause.Name)
}

// verb is what an incident does, by whether it is open and how bad it was.
func verb(i *incident.Incident, is, was string) string {
	bad := false
	for _, e := range i.Events {
		bad = bad || e.Kind == incident.Verdict && (e.To == "down" || e.To == "failing")
	}
	switch {
	case !bad && i.Open:
		return "is disturbed"
	case !bad:
		return "was disturbed"
	case i.Open:
		return is
	}
	return was
}

func (o *Options) upstream(name string) string {
	if o.Upstreams {
		return "upstream provider " + name
	}
	return "one of our upstream providers"
}

func (o *Options) colo(name string) string {
	if o.Named && name != "" {
		return name
	}
	return "one of our places"
}

// place is what a drain is about.
func (o *Options) place(on string) string {
	kind, name, _ := strings.Cut(on, ":")
	switch kind {
	case "upstream":
		return o.upstream(name)
	case "uplink":
		place, _, _ := strings.Cut(name, "/")
		return "a connection of " + o.colo(place)
	}
	return o.colo(name)
}

// text says what else may be told of an incident, a sentence each.
func (o *Options) text(i *incident.Incident) string {
	var sentences []string
	say := func(format string, args ...any) { sentences = append(sentences, fmt.Sprintf(format, args...)) }
	if n := len(i.Colos); n > 0 && (i.Cause.Kind == "upstream" || n > 1) {
		if o.Named {
			say("Affected: %s.", strings.Join(i.Colos, ", "))
		} else {
			say("Affected: %d of our %d places.", n, max(n, len(o.Colos)))
		}
	}
	if i.Detected > 0 {
		say("Detected %s after the first failure.", seconds(i.Detected))
	}
	if i.Known && i.Share > 0 {
		say("%s of clients were directed to other places%s.", percent(i.Share), within(i.Moved))
	}
	if o.Reasons && i.Cause.Kind == "operator" {
		for _, e := range i.Events {
			if e.Kind == incident.Override && e.To == incident.Drained && e.Reason != "" {
				say("Reason: %s.", strings.TrimSuffix(e.Reason, "."))
				break
			}
		}
	}
	return strings.Join(sentences, " ")
}

func within(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return ", within " + seconds(d)
}

// seconds is a time as a person says it.
func seconds(d time.Duration) string {
	switch {
	case d < 10*time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < 2*time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	}
	return fmt.Sprintf("%.0f minutes", d.Minutes())
}

func percent(share float64) string {
	if p := math.Round(100 * share); p >= 1 {
		return fmt.Sprintf("About %.0f %%", p)
	}
	return "Less than 1 %"
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// first begins a sentence. A name stays as it is.
func first(words string) string {
	for _, beginning := range []string{"upstream provider ", "one of "} {
		if strings.HasPrefix(words, beginning) {
			return strings.ToUpper(words[:1]) + words[1:]
		}
	}
	return words
}
