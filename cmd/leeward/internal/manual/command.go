package manual

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Commands are the pages of a command and of all below it, in section 1. Of completion, whose commands say for each shell how
// to use it, there is one page; help has none.
func Commands(root *cobra.Command, e Edition) []Page {
	pages := []Page{commandPage(root, e)}
	for _, below := range subcommands(root) {
		if below.Name() == "completion" {
			pages = append(pages, commandPage(below, e))
			continue
		}
		pages = append(pages, Commands(below, e)...)
	}
	return pages
}

func subcommands(cmd *cobra.Command) []*cobra.Command {
	var all []*cobra.Command
	for _, below := range cmd.Commands() {
		if below.IsAvailableCommand() && below.Name() != "help" {
			all = append(all, below)
		}
	}
	return all
}

func pageName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// commandPage is the page of one command.
//
//	it has                     the section
//	always                     NAME, SYNOPSIS, DESCRIPTION
//	commands below             COMMANDS
//	flags                      OPTIONS
//	examples                   EXAMPLES
//	a command above or below   SEE ALSO
func commandPage(cmd *cobra.Command, e Edition) Page {
	p := &page{Edition: e}
	p.title(pageName(cmd), 1, strings.TrimSuffix(cmd.Short, "."))
	p.macro("SH", "SYNOPSIS")
	p.synopsis(cmd)
	p.macro("SH", "DESCRIPTION")
	said := cmd.Long
	if said == "" {
		said = strings.TrimSuffix(cmd.Short, ".") + "."
	}
	p.paragraphs(said)
	if below := subcommands(cmd); len(below) > 0 {
		p.macro("SH", "COMMANDS")
		for _, c := range below {
			p.item(bold(c.CommandPath()), escape(strings.TrimSuffix(c.Short, ".")+"."))
		}
	}
	p.options(cmd)
	if cmd.Example != "" {
		p.macro("SH", "EXAMPLES")
		p.verbatim(strings.ReplaceAll(cmd.Example, "\n  ", "\n")[min(2, len(cmd.Example)):], false)
	}
	p.also(cmd)
	return Page{Name: pageName(cmd), Section: 1, Text: p.String()}
}

func (p *page) synopsis(cmd *cobra.Command) {
	path, rest := cmd.CommandPath(), strings.TrimPrefix(cmd.UseLine(), cmd.CommandPath())
	rest = strings.TrimSuffix(rest, " [flags]")
	switch {
	case len(subcommands(cmd)) > 0:
		rest = " COMMAND" + rest
	case cmd.HasAvailableLocalFlags():
		rest = " [OPTION...]" + rest
	}
	p.filled(bold(path) + escape(rest))
}

func (p *page) options(cmd *cobra.Command) {
	any := false
	cmd.InheritedFlags() // joins those from above
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" || f.Name == "version" {
			return
		}
		if !any {
			p.macro("SH", "OPTIONS")
		}
		any = true
		value, usage := pflag.UnquoteUsage(f)
		head := bold("--" + f.Name)
		if f.Shorthand != "" {
			head = bold("-"+f.Shorthand) + ", " + head
		}
		if value != "" {
			head += " " + italic(value)
		}
		p.item(head, escape(usage+defaultOf(f)))
	})
}

// defaultOf says what a flag is when it is not given, where that is not nothing.
func defaultOf(f *pflag.Flag) string {
	switch f.DefValue {
	case "", "0", "false", "[]", "0s":
		return ""
	}
	if strings.Contains(f.Usage, "(default") {
		return ""
	}
	return fmt.Sprintf(" (default %s)", f.DefValue)
}

func (p *page) also(cmd *cobra.Command) {
	var names []string
	if cmd.HasParent() {
		names = append(names, bold(pageName(cmd.Parent()))+"(1)")
	}
	if cmd.Name() != "completion" {
		for _, c := range subcommands(cmd) {
			names = append(names, bold(pageName(c))+"(1)")
		}
	}
	names = append(names, bold("leeward.yaml")+"(5)")
	p.macro("SH", "SEE ALSO")
	p.filled(strings.Join(names, ", "))
}
