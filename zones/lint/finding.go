package lint

import (
	"fmt"
	"slices"
)

// Severity says how bad a finding is.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // the zone should not go out like this
	Warning Severity = "warning" // it may be meant like this
)

// Finding is what one lint found, in one place or in many.
type Finding struct {
	Lint     string   `json:"lint"`
	Severity Severity `json:"severity"`
	Count    int      `json:"count"`
	Places   []Place  `json:"places"` // the first ones
	Why      string   `json:"why"`    // it matters
	Do       string   `json:"do"`
}

// Lines are the places of the finding, and how many more there are.
func (f Finding) Lines() []string {
	var lines []string
	for _, p := range f.Places {
		lines = append(lines, p.String())
	}
	if more := f.Count - len(f.Places); more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more like these", more))
	}
	return lines
}

// Place is where something is wrong, and what.
type Place struct {
	File string `json:"file"`
	Line int    `json:"line"` // from 1; 0 is the file as a whole
	Name string `json:"name"` // as the file would write it; "" is the zone as a whole
	What string `json:"what"`
}

// String is the place as errors have it: `zones/example.com.zone:12: "www": what`.
func (p Place) String() string {
	text := p.What
	if p.Name != "" {
		text = fmt.Sprintf("%q: %s", p.Name, text)
	}
	switch {
	case p.File == "":
		return text
	case p.Line == 0:
		return p.File + ": " + text
	default:
		return fmt.Sprintf("%s:%d: %s", p.File, p.Line, text)
	}
}

// maxPlaces is how many places of one finding are told; the others are counted.
const maxPlaces = 3

// rule is a lint, in the words that do not depend on the place.
type rule struct {
	name     string
	severity Severity
	why, do  string
}

// report gathers findings, those of one lint into one.
type report struct {
	byLint map[string]*Finding
}

func (r *report) add(of rule, at Place) {
	f := r.byLint[of.name]
	if f == nil {
		f = &Finding{Lint: of.name, Severity: of.severity, Why: of.why, Do: of.do}
		r.byLint[of.name] = f
	}
	f.Count++
	if len(f.Places) < maxPlaces {
		f.Places = append(f.Places, at)
	}
}

// findings are all that was found: errors first, then in the order of the text.
func (r *report) findings() []Finding {
	found := make([]Finding, 0, len(r.byLint))
	for _, f := range r.byLint {
		found = append(found, *f)
	}
	slices.SortFunc(found, func(a, b Finding) int {
		switch {
		case a.Severity != b.Severity && a.Severity == Error:
			return -1
		case a.Severity != b.Severity:
			return 1
		default:
			return before(a, b)
		}
	})
	return found
}
