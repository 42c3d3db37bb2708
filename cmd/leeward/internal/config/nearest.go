package config

import (
	"regexp"
	"strings"

	"leeward/steering"
)

// maxCompared is how many octets of a path are compared: no key is as long.
const maxCompared = 100

// nearestKey is the key that is likely to be meant by an unknown one, in the same items of lists.
//
//	the nearest in spelling        is meant
//	within two edits               that one
//	further, same last name exists that one, the nearest if several
//	further                        the nearest in spelling
func nearestKey(path string) string {
	index := regexp.MustCompile(`\[\d+\]`)
	indices := index.FindAllString(path, -1)
	path = index.ReplaceAllString(path, "[]")
	path = path[:min(len(path), maxCompared)]
	var all, sameName []string
	walkKeys(keys(), "", func(p string, _ key) {
		all = append(all, p)
		if lastName(p) == lastName(path) {
			sameName = append(sameName, p)
		}
	})
	meant := steering.NearestName(path, all)
	if len(sameName) > 0 && steering.Edits(path, meant) > 2 {
		meant = steering.NearestName(path, sameName)
	}
	for _, i := range indices {
		meant = strings.Replace(meant, "[]", i, 1)
	}
	return meant
}

func lastName(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }
