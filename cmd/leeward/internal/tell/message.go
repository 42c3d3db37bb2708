package tell

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"leeward/cmd/leeward/internal/admin"
)

// Message is a word on its way to a target.
type Message struct {
	Event    string         `json:"event"` // incident.open, incident.ended
	Key      string         `json:"key"`   // the same when it is told again: for who wants to hear it once
	Sent     time.Time      `json:"sent"`
	Node     string         `json:"node"` // that tells it
	Link     string         `json:"link"` // to the incident; "": none is configured
	Incident admin.Incident `json:"incident"`
}

func newMessage(w Word, node, link string, now time.Time) Message {
	m := Message{Event: "incident.open", Key: w.Key(), Sent: now.UTC().Truncate(time.Millisecond), Node: node, Incident: w.Incident,
		Link: strings.ReplaceAll(link, "{id}", w.Incident.ID)}
	if w.Ended {
		m.Event = "incident.ended"
	}
	return m
}

// state is the state that is told.
func (m *Message) state() string { return strings.TrimPrefix(m.Event, "incident.") }

// Identify names a target by what makes it another one.
func Identify(what ...string) string {
	encoded, err := json.Marshal(what)
	if err != nil {
		panic(err) // texts
	}
	sum := sha256.Sum256(encoded)
	return hex.EncodeToString(sum[:8])
}

// text is the message in words, line by line, with marks around the title and a link as the reader of the text has them.
func (m *Message) text(strong func(string) string, link func(to, words string) string, plain func(string) string) string {
	i := m.Incident
	first := "Incident: " + strong(plain(i.Title))
	if m.state() == "ended" {
		first = "Ended: " + strong(plain(i.Title))
	}
	lines := []string{first, "Cause: " + plain(cmp.Or(i.Cause.Words, i.Cause.Kind+" "+i.Cause.Name))}
	where := ""
	if len(i.Colos) > 0 {
		where = "Colos: " + plain(strings.Join(i.Colos, ", "))
	}
	if i.NamesTotal > 0 {
		where += fmt.Sprintf("%sNames: %d", between(where), i.NamesTotal)
	}
	if i.ClientShare != nil {
		where += fmt.Sprintf("%sClients moved: %.0f %%", between(where), 100**i.ClientShare)
	}
	if where != "" {
		lines = append(lines, where)
	}
	when := "Since " + i.Start.UTC().Format("2006-01-02 15:04:05 UTC")
	if i.End != nil {
		when += ", for " + i.End.Sub(i.Start).Round(time.Second).String()
	}
	if i.Detected != "" {
		when += ", detected after " + i.Detected
	}
	lines = append(lines, when)
	last := "Told by " + plain(m.Node) + ", " + i.ID
	if m.Link != "" {
		last += ", " + link(m.Link, "look")
	}
	return strings.Join(append(lines, last), "\n")
}

func between(before string) string {
	if before == "" {
		return ""
	}
	return ". "
}
