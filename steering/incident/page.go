package incident

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of a page, in octets but for the names.
const (
	MaxPage   = 768
	maxOn     = 320
	maxWord   = 16
	maxReason = 200
	maxBy     = 128
	maxNames  = 6
	maxName   = 64
)

// line is a report in a page: one JSON object on a line of its own. The node is not in it: a page is one node's.
type line struct {
	At     int64    `json:"t"` // Unix milliseconds, as First
	Kind   Kind     `json:"k"`
	On     string   `json:"o"`
	To     string   `json:"w,omitempty"`
	Reason string   `json:"r,omitempty"`
	First  int64    `json:"f,omitempty"`
	By     string   `json:"b,omitempty"`
	Issuer string   `json:"i,omitempty"`
	Number uint64   `json:"n,omitempty"`
	Colo   string   `json:"c,omitempty"`
	Took   int64    `json:"d,omitempty"` // milliseconds
	Share  int      `json:"s,omitempty"` // of 10000
	Names  []string `json:"x,omitempty"`
	Total  int      `json:"y,omitempty"`
	TTL    int64    `json:"l,omitempty"` // seconds
	Part   bool     `json:"p,omitempty"`
}

// Append writes a report at the end of a node's page; false says that the page has no room for it. Texts are cut to what a
// page bears.
func Append(page []byte, r Report) (longer []byte, fits bool) {
	l := line{At: r.At.UnixMilli(), Kind: r.Kind, On: cut(r.On, maxOn), To: cut(r.To, maxWord), Reason: cut(r.Reason, maxReason),
		By: cut(r.By, maxBy), Issuer: cut(r.Issuer, maxBy), Number: r.Number, Colo: cut(r.Colo, maxBy), Took: r.Took.Milliseconds(),
		Share: int(math.Round(r.Share * 10000)), Total: r.Total, TTL: int64(r.TTL / time.Second), Part: r.Part}
	if !r.First.IsZero() {
		l.First = r.First.UnixMilli()
	}
	for _, name := range r.Names[:min(len(r.Names), maxNames)] {
		l.Names = append(l.Names, cut(name, maxName))
	}
	for { // what does not fit even an empty page is shortened
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(l); err != nil {
			return page, false
		}
		switch {
		case len(page)+text.Len() <= MaxPage:
			return append(page[:len(page):len(page)], text.Bytes()...), true
		case text.Len() <= MaxPage:
			return page, false
		case len(l.Names) > 0:
			l.Names = l.Names[:len(l.Names)-1]
		case l.Reason != "":
			l.Reason = cut(l.Reason, len(l.Reason)/2)
		default:
			l.On, l.By, l.Issuer, l.Colo = cut(l.On, len(l.On)/2), "", "", ""
		}
	}
}

// cut shortens a text to so many octets, at a rune, and leaves out what is none, and what a reader would not believe.
func cut(text string, most int) string {
	text = strings.Map(func(c rune) rune {
		if control(c) {
			return -1
		}
		return c
	}, strings.ToValidUTF8(text, ""))
	if len(text) <= most {
		return text
	}
	end := most
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end]
}

// control says whether a rune is one that moves cursors.
func control(c rune) bool { return c < ' ' || c == 0x7f }

// Read gives the reports of a node's page. What cannot be understood is left out, and the error tells of it: a page may be that
// of a newer version of the program.
func Read(node string, page []byte) (list []Report, err error) {
	for text := range bytes.Lines(page) {
		var l line
		if bad := json.Unmarshal(text, &l); bad != nil {
			err = fmt.Errorf("a report of %s: %w", node, bad)
			continue
		}
		if r, ok := l.report(node); ok {
			list = append(list, r)
		} else {
			err = fmt.Errorf("a report of %s is out of bounds", node)
		}
	}
	return list, err
}

// Bounds of what is believed.
const (
	maxTook = 24 * time.Hour
	maxTTL  = 7 * 24 * time.Hour
	year    = 366 * 24 * time.Hour
)

var (
	earliest = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
)

// report is the line as a report, if all of it may be true.
func (l *line) report(node string) (Report, bool) {
	r := Report{Node: node, At: time.UnixMilli(l.At).UTC(), Kind: l.Kind, On: l.On, To: l.To, Reason: l.Reason, By: l.By,
		Issuer: l.Issuer, Number: l.Number, Colo: l.Colo, Took: time.Duration(l.Took) * time.Millisecond, Share: float64(l.Share) / 10000,
		Names: l.Names, Total: l.Total, TTL: time.Duration(l.TTL) * time.Second, Part: l.Part}
	if l.First != 0 {
		r.First = time.UnixMilli(l.First).UTC()
	}
	plain := func(text string, most int) bool {
		return len(text) <= most && !strings.ContainsFunc(text, control)
	}
	for _, name := range l.Names {
		if !plain(name, maxName) {
			return r, false
		}
	}
	return r, r.At.After(earliest) && r.At.Before(latest) && plain(l.On, maxOn) && l.On != "" && plain(string(l.Kind), maxWord) &&
		plain(l.To, maxWord) && plain(l.Reason, maxReason) && plain(l.By, maxBy) && plain(l.Issuer, maxBy) && plain(l.Colo, maxBy) &&
		(l.First == 0 || r.At.Sub(r.First).Abs() < year) && l.Took >= 0 && r.Took <= maxTook && l.Took <= int64(maxTook/time.Millisecond) &&
		l.Share >= 0 && l.Share <= 10000 && len(l.Names) <= maxNames && l.Total >= 0 && l.TTL >= 0 && l.TTL <= int64(maxTTL/time.Second)
}
