package config

import (
	"regexp"
	"strings"
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
	meant := nearest(path, all)
	if len(sameName) > 0 && distance(path, meant) > 2 {
		meant = nearest(path, sameName)
	}
	for _, i := range indices {
		meant = strings.Replace(meant, "[]", i, 1)
	}
	return meant
}

func lastName(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// nearest is the word that takes the fewest edits from the one given; the first if several do, "" of no words.
func nearest(word string, words []string) string {
	best := ""
	for _, w := range words {
		if best == "" || distance(word, w) < distance(word, best) {
			best = w
		}
	}
	return best
}

// distance is the number of characters to insert, delete, replace or swap with their neighbour that lead from one word
// to the other (optimal string alignment). Case does not count.
func distance(a, b string) int {
	a, b = strings.ToLower(a), strings.ToLower(b)
	var before []int
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			replace := last[j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			row[j] = min(replace, last[j]+1, row[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
