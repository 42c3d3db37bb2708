package main

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
)

// originOf guesses which zone a lone file holds, "" when nothing tells.
//
//	the file                                        zone
//	is named NAME.zone                              NAME
//	is named db.NAME                                NAME
//	begins with $ORIGIN NAME, a full name           NAME
//	begins with an SOA at a full name               that name
func originOf(path string) string {
	base := filepath.Base(path)
	if name, ok := strings.CutSuffix(base, ".zone"); ok && name != "" {
		return name
	}
	if name, ok := strings.CutPrefix(base, "db."); ok && name != "" {
		return name
	}
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		text, _, _ := strings.Cut(lines.Text(), ";")
		words := strings.Fields(text)
		if len(words) < 2 || strings.EqualFold(words[0], "$TTL") {
			continue
		}
		name := words[0]
		if strings.EqualFold(name, "$ORIGIN") {
			name = words[1]
		}
		if strings.HasPrefix(text, words[0]) && strings.HasSuffix(name, ".") {
			return name
		}
		return ""
	}
	return ""
}
