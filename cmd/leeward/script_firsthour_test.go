package main

import (
	"os"
	"os/exec"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// firstHour is the page whose commands are tried, from here.
const firstHour = "../../docs/first-hour.md"

// firstHourCommands runs "readme TITLE": the first fenced block below a title is the first hour's commands. They are left as they stand,
// but for the port, which is $DNS here, and for the program, which is built already. The line that ends with & starts a
// server, serve.sh; before.sh and after.sh are the lines around it.
func firstHourCommands(ts *testscript.TestScript, args []string) {
	want(ts, args, "TITLE")
	text, err := os.ReadFile(firstHour)
	ts.Check(err)
	_, below, ok := strings.Cut(string(text), "\n## "+args[0]+"\n")
	if !ok {
		ts.Fatalf("the first hour has no title %q", args[0])
	}
	block := fenced(below)
	block, built := strings.CutPrefix(block, "go build -o try/leeward ./cmd/leeward\ncd try\n")
	before, after, several := strings.Cut(block, " &\n")
	if !built || !several {
		ts.Fatalf("under %q the first hour has no commands that build the program and start a server, but:\n%s", args[0], block)
	}
	last := strings.LastIndex(before, "\n") + 1
	for file, commands := range map[string]string{"before.sh": before[:last], "serve.sh": "exec " + before[last:] + "\n", "after.sh": after} {
		write(ts, file, strings.ReplaceAll(commands, "5353", ts.Getenv("DNS")))
	}
	program, err := exec.LookPath("leeward")
	ts.Check(err)
	ts.Check(os.Symlink(program, ts.MkAbs("leeward")))
}

// fenced is the first fenced block of a text.
func fenced(text string) string {
	_, block, _ := strings.Cut(text, "\n```sh\n")
	block, _, _ = strings.Cut(block, "```\n")
	return block
}
