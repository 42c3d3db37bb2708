package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"

	"leeward/cmd/leeward-bench/internal/row"
	"leeward/cmd/leeward-bench/internal/table"
)

// printMachine says what the figures were measured on, and of what.
func printMachine(out io.Writer, bench *row.Bench) {
	t := table.Table{Heading: []string{"measured on", "of"}}
	t.Add("processor", fmt.Sprintf("%s, %d cores", processor(), runtime.NumCPU()))
	var name unix.Utsname
	if unix.Uname(&name) == nil {
		t.Add("kernel", unix.ByteSliceToString(name.Release[:]))
	}
	t.Add("Go", runtime.Version())
	t.Add("leeward", bench.Leeward.Version()+commit())
	for _, p := range bench.Peers {
		t.Add(p.Name, p.Version())
	}
	t.Add("rounds", fmt.Sprintf("%d of %v", bench.Rounds, bench.Long))
	t.Print(out)
}

// processor is what the kernel calls it.
func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err == nil {
		for line := range strings.Lines(string(text)) {
			if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
				return strings.TrimSpace(value)
			}
		}
	}
	return runtime.GOARCH
}

// commit is that of the checkout, if the bench is run in one.
func commit() string {
	out, err := exec.Command("git", "describe", "--always", "--dirty").Output()
	if err != nil {
		return ""
	}
	return ", checkout at " + strings.TrimSpace(string(out))
}
