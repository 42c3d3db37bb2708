package manual

import (
	"regexp"
	"strings"

	"leeward/cmd/leeward/internal/config"
)

const aboutConfiguration = `The configuration of leeward serve, which the commands that speak to it read as well. The suffix says the format: .yaml or .yml, .toml, .json. The three mean the same.

The reading is strict: an unknown key, a key given twice, text where a number is wanted, a number without a unit where a duration is wanted are errors with file, line and key. leeward check tells all of them, without a server.

A relative path is relative to the directory of this file. A path below that has [] in it is of the items of a list. Without colos and cluster Leeward is a plain authoritative server.`

const aboutVariables = `A key is set by a variable, too: LEEWARD_ and the key in capitals, with dots as underscores. A flag comes before a variable, a variable before the file. Items of a list are divided by commas. What stands in a list of groups stands in the file only. A variable that begins with LEEWARD_ and is no key is an error.`

const smallest = `zones: {directory: /etc/leeward/zones}`

// Configuration is leeward.yaml(5).
func Configuration(e Edition) Page {
	p := &page{Edition: e}
	p.title("leeward.yaml", 5, "configuration of the Leeward DNS server")
	p.macro("SH", "SYNOPSIS")
	p.text("/etc/leeward/leeward.yaml")
	p.macro("SH", "DESCRIPTION")
	p.paragraphs(aboutConfiguration)
	p.macro("SH", "KEYS")
	group := ""
	for _, k := range config.Keys() {
		of, _, _ := strings.Cut(k.Path, ".")
		if of = strings.TrimSuffix(of, "[]"); of != group {
			group = of
			p.macro("SS", group)
		}
		p.item(bold(k.Path), keyWords(k))
	}
	p.macro("SH", "ENVIRONMENT")
	p.paragraphs(aboutVariables)
	p.macro("SH", "EXAMPLES")
	p.text("The smallest configuration:")
	p.verbatim("\n"+smallest, false)
	p.macro("SH", "SEE ALSO")
	p.filled(bold("leeward") + "(1), " + bold("leeward-serve") + "(1), " + bold("leeward-check") + "(1)")
	return Page{Name: "leeward.yaml", Section: 5, Text: p.String()}
}

// keyWords are type, default and meaning of a key, in roff.
func keyWords(k config.Key) string {
	words := markdown(k.Type)
	switch {
	case k.Required:
		words += ", required"
	case k.Default != "":
		words += ", default " + bold(k.Default)
	}
	if !strings.HasSuffix(k.Means, ".") {
		k.Means += "."
	}
	return words + ": " + markdown(k.Means)
}

var link = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)

// markdown is one line of Markdown as roff: what is in backticks bold, of a link its text.
func markdown(text string) string {
	var roff strings.Builder
	for i, part := range strings.Split(link.ReplaceAllString(text, "$1"), "`") {
		if i%2 == 1 {
			part = bold(part)
		} else {
			part = escape(part)
		}
		roff.WriteString(part)
	}
	return roff.String()
}
