package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// installed is the condition [installed:PROGRAM]. Where the checks of the project run, a program that is missing is a fault.
func installed(condition string) (bool, error) {
	program, ok := strings.CutPrefix(condition, "installed:")
	if !ok {
		return false, fmt.Errorf("no condition %s", condition)
	}
	_, err := exec.LookPath(program)
	if err != nil && os.Getenv("CI") != "" {
		return false, err
	}
	return err == nil, nil
}

// alike runs "alike [-some] PORT PORT COUNT NAME TYPE OPTION...": dig, asking the server on each port of 127.0.0.1, is given
// the same COUNT records, in any order. With -some the servers choose by chance or by hash: all that either ever gives
// within 40 queries, for clients in other networks, is the same, and every answer has one record. What is not alike is asked
// again until it is, because servers take a moment to start.
func alike(ts *testscript.TestScript, args []string) {
	some := len(args) > 0 && args[0] == "-some"
	if some {
		args = args[1:]
	}
	want(ts, args, "PORT", "PORT", "COUNT", "NAME", "TYPE")
	ask := records
	if some {
		ask = recordsOfMany
	}
	next, over := time.NewTicker(between), time.After(deadline)
	defer next.Stop()
	for {
		one, other := ask(ts, args[0], args[3:]), ask(ts, args[1], args[3:])
		if slices.Equal(one, other) && fmt.Sprint(len(one)) == args[2] {
			return
		}
		select {
		case <-next.C:
		case <-over:
			ts.Fatalf("%s records wanted of both; on port %s: %v; on port %s: %v", args[2], args[0], one, args[1], other)
		}
	}
}

// records are those that one answer has, in order.
func records(ts *testscript.TestScript, port string, query []string) []string {
	r := runProgram(ts, append([]string{"dig", "@127.0.0.1", "-p", port, "+short", "+norecurse", "+tries=1", "+time=2"}, query...))
	if r.code != 0 {
		return nil
	}
	return slices.Sorted(slices.Values(strings.Fields(r.stdout.String())))
}

// recordsOfMany are those that many answers have, each of which has one.
func recordsOfMany(ts *testscript.TestScript, port string, query []string) (all []string) {
	const clients = 40
	for i := range clients {
		subnet := fmt.Sprintf("+subnet=%d.77.0.0/24", 11+i)
		given := records(ts, port, append([]string{subnet}, query...))
		if len(given) != 1 {
			return given
		}
		if !slices.Contains(all, given[0]) {
			all = append(all, given[0])
		}
	}
	slices.Sort(all)
	return all
}
