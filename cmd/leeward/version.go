package main

import (
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is the program's: here, and nowhere else. Packages and release files ask the program for it.
const version = "0.1.0"

// build says what a program was made of.
type build struct {
	Version  string `json:"version"`
	Commit   string `json:"commit"`   // 40 hexadecimal digits; "": built outside a repository
	Date     string `json:"date"`     // of the commit, RFC 3339 in UTC; "": as commit
	Modified bool   `json:"modified"` // the files differed from the commit's
	Go       string `json:"go"`
	OS       string `json:"os"`
	Arch     string `json:"arch"`
}

// thisBuild is what the compiler has written into this program.
func thisBuild() build {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return buildOf(info.Settings)
}

func buildOf(settings []debug.BuildSetting) build {
	b := build{Version: version, Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	for _, s := range settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.time":
			b.Date = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		}
	}
	return b
}

func versionCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version, and the commit it was built from",
		Example: `  leeward version
  leeward version --json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if asJSON {
				return printJSON(cmd.OutOrStdout(), thisBuild())
			}
			printBuild(cmd.OutOrStdout(), thisBuild())
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// printBuild tells a person. The first line is the same for every build of a version.
func printBuild(out io.Writer, b build) {
	fmt.Fprintln(out, "leeward", b.Version)
	switch {
	case b.Commit == "":
		fmt.Fprintln(out, "commit not known: built outside a repository")
	case b.Modified:
		fmt.Fprintf(out, "commit %s of %s, with changes that are not in it\n", b.Commit, b.Date)
	default:
		fmt.Fprintf(out, "commit %s of %s\n", b.Commit, b.Date)
	}
	fmt.Fprintf(out, "built by %s for %s/%s\n", b.Go, b.OS, b.Arch)
}
