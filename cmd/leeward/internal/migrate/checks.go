package migrate

import "leeward/steering"

// otherChecks are the checks that names have, and that are not the one of the uplinks, in the order in which they are met.
type otherChecks []otherCheck

type otherCheck struct {
	word string // by which policies name it
	*Check
}

// otherChecks gives each such check a word.
func (s *Site) otherChecks(main *Check) (list otherChecks) {
	taken := map[string]int{}
	for w := range s.wants() {
		if w.Check == nil || w.Check.same(main) || list.word(w.Check) != "" {
			continue
		}
		word := freeName(w.Check.Name, taken)
		taken[word] = 1
		list = append(list, otherCheck{word, w.Check})
	}
	return list
}

// word is by which word policies name a check, "" if it is not among them.
func (list otherChecks) word(c *Check) string {
	for _, o := range list {
		if o.same(c) {
			return o.word
		}
	}
	return ""
}

func (list otherChecks) byWord() map[string]steering.Check {
	checks := map[string]steering.Check{}
	for _, o := range list {
		checks[o.word] = o.Check.Check
	}
	return checks
}
