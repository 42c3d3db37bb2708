package main

import (
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
)

// What the version command says of a build.
//
//	the compiler knew                its second line
//	no repository                    not known
//	a commit                         the commit and its time
//	a commit, and files changed      the same, and that
func TestVersion(t *testing.T) {
	commit := []debug.BuildSetting{{Key: "vcs", Value: "git"}, {Key: "vcs.revision", Value: "0123abcd"}, {Key: "vcs.time", Value: "2026-01-02T03:04:05Z"}}
	for _, tt := range []struct {
		knew []debug.BuildSetting
		want string
	}{
		{nil, "commit not known: built outside a repository"},
		{commit, "commit 0123abcd of 2026-01-02T03:04:05Z"},
		{append(commit, debug.BuildSetting{Key: "vcs.modified", Value: "true"}), "commit 0123abcd of 2026-01-02T03:04:05Z, with changes that are not in it"},
	} {
		var out strings.Builder
		printBuild(&out, buildOf(tt.knew))
		want := "leeward " + version + "\n" + tt.want + "\nbuilt by " + runtime.Version() + " for " + runtime.GOOS + "/" + runtime.GOARCH + "\n"
		if out.String() != want {
			t.Errorf("got  %q\nwant %q", out.String(), want)
		}
	}
}
