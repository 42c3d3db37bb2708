package steering

import (
	"strings"
	"unicode/utf8"
)

// MostQuoted is how many octets of a word an error quotes.
const MostQuoted = 60

// Cut is a word as an error quotes it: of a longer one its beginning, and "…".
func Cut(word string) string {
	if len(word) <= MostQuoted {
		return word
	}
	end := MostQuoted
	for end > MostQuoted-utf8.UTFMax && !utf8.RuneStart(word[end]) {
		end--
	}
	return word[:end] + "…"
}

// mostCompared is how many octets of a word are compared with others: the effort is the product of their lengths.
const mostCompared = 255

// NearestName is the word that takes the fewest edits from the one given, or from its first 255 octets; the first if several
// do, "" of no words.
func NearestName(word string, words []string) string {
	word = word[:min(len(word), mostCompared)]
	best := ""
	for _, w := range words {
		if best == "" || Edits(word, w) < Edits(word, best) {
			best = w
		}
	}
	return best
}

// Edits is the number of characters to insert, delete, replace or swap with their neighbour that lead from one word
// to the other (optimal string alignment). Case does not count.
func Edits(a, b string) int {
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
