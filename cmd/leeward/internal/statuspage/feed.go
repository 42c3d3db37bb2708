package statuspage

import (
	"encoding/xml"
	"time"
)

// atomFeed is a feed of RFC 4287.
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Author  string      `xml:"author>name"`
	Links   []atomLink  `xml:"link"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID        string   `xml:"id"`
	Title     string   `xml:"title"`
	Published string   `xml:"published"`
	Updated   string   `xml:"updated"`
	Link      atomLink `xml:"link"`
	Summary   string   `xml:"summary"`
}

// atom is the page as a feed of Atom.
func (p *page) atom() any {
	f := atomFeed{ID: p.URL, Title: p.Title, Updated: p.changed().Format(time.RFC3339), Author: p.Title, Links: []atomLink{
		{"self", "application/atom+xml", p.URL + atomPath}, {"alternate", "text/html", p.URL}}}
	for _, t := range p.Incidents {
		f.Entries = append(f.Entries, atomEntry{ID: t.tag, Title: t.Title, Published: t.Start.Format(time.RFC3339), Updated: t.Updated.Format(time.RFC3339),
			Link: atomLink{"alternate", "text/html", t.URL}, Summary: t.summary()})
	}
	return f
}

// changed is when the page last changed. Without any incident it is a time long ago, as feeds must have one.
func (p *page) changed() time.Time {
	if p.Updated.IsZero() {
		return time.Unix(0, 0).UTC()
	}
	return p.Updated
}

// summary tells of an incident what its title does not.
func (t *told) summary() string {
	text := "Since " + words(t.Start) + "."
	if t.End != nil {
		text = "From " + words(t.Start) + " to " + words(*t.End) + "."
	}
	if t.Text != "" {
		text += " " + t.Text
	}
	return text
}

func words(t time.Time) string { return t.Format("2006-01-02 15:04:05") + " UTC" }

// rssFeed is a feed of RSS 2.0.
type rssFeed struct {
	XMLName xml.Name   `xml:"rss"`
	Version string     `xml:"version,attr"`
	Atom    string     `xml:"xmlns:atom,attr"`
	Channel rssChannel `xml:"channel"`
}

type rssChannel struct {
	Title       string    `xml:"title"`
	Link        string    `xml:"link"`
	Self        atomLink  `xml:"atom:link"`
	Description string    `xml:"description"`
	Language    string    `xml:"language"`
	Built       string    `xml:"lastBuildDate"`
	Items       []rssItem `xml:"item"`
}

type rssItem struct {
	Title       string  `xml:"title"`
	Link        string  `xml:"link"`
	Description string  `xml:"description"`
	Published   string  `xml:"pubDate"`
	GUID        rssGUID `xml:"guid"`
}

type rssGUID struct {
	IsPermaLink bool   `xml:"isPermaLink,attr"`
	Text        string `xml:",chardata"`
}

// rss is the page as a feed of RSS. Its readers show an item once: what has ended is another item than its beginning.
func (p *page) rss() any {
	f := rssFeed{Version: "2.0", Atom: "http://www.w3.org/2005/Atom", Channel: rssChannel{Title: p.Title, Link: p.URL, Language: "en",
		Self: atomLink{"self", "application/rss+xml", p.URL + rssPath}, Description: "What is wrong, and was.", Built: p.changed().Format(time.RFC1123Z)}}
	for _, t := range p.Incidents {
		if t.End != nil {
			f.Channel.Items = append(f.Channel.Items, rssItem{Title: t.Title + " (ended)", Link: t.URL, Description: t.summary(),
				Published: t.End.Format(time.RFC1123Z), GUID: rssGUID{Text: t.tag + "/end"}})
		}
		f.Channel.Items = append(f.Channel.Items, rssItem{Title: t.Title, Link: t.URL, Description: t.summary(), Published: t.Start.Format(time.RFC1123Z),
			GUID: rssGUID{Text: t.tag}})
	}
	return f
}
