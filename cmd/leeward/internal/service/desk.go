package service

import (
	"fmt"
	"strconv"
	"time"

	"leeward/cluster"
	"leeward/steering/incident"
)

// How long a page of reports is written to, and kept.
const (
	pageFor  = time.Hour
	pageLife = 90 * 24 * time.Hour
)

// desk writes this node's reports on pages, each a note: one is written to until it is full.
type desk struct {
	node  string
	key   string // "": no page is begun
	text  []byte
	begun time.Time
	count int // pages
}

// write puts reports, each on the page that has room for it, and gives the first error: what is not taken is not told.
func (d *desk) write(reports []incident.Report, now time.Time, put func(cluster.Note) (cluster.Note, error)) error {
	for len(reports) > 0 {
		if d.key == "" || now.Sub(d.begun) > pageFor {
			d.turn(now)
		}
		text, taken := d.text, 0
		for _, r := range reports {
			longer, fits := incident.Append(text, r)
			if !fits {
				break
			}
			text = longer
			taken++
		}
		if taken == 0 {
			if len(d.text) == 0 {
				return fmt.Errorf("a report on %s fits no page", reports[0].On)
			}
			d.turn(now)
			continue
		}
		if _, err := put(cluster.Note{Topic: cluster.TopicReport, Key: d.key, Value: text, Until: now.Add(pageLife)}); err != nil {
			return err
		}
		d.text, reports = text, reports[taken:]
	}
	return nil
}

// turn begins a new page.
func (d *desk) turn(now time.Time) {
	d.count++
	d.key = d.node + "/" + strconv.FormatInt(now.UnixMilli(), 36) + "-" + strconv.Itoa(d.count)
	d.text, d.begun = nil, now
}
