package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// answers runs "answers [-until] NODES CLIENT A...": each node, of names joined by commas, is asked by dig for the A of
// www.example.com on behalf of a client subnet, on port $DNS. Wanted are just these addresses in any order, AA, a TTL of 1
// to 30 and, from all nodes, the same scope of more than 0. With -until it is repeated until all is as wanted.
func answers(ts *testscript.TestScript, args []string) {
	waiting := len(args) > 0 && args[0] == "-until"
	if waiting {
		args = args[1:]
	}
	want(ts, args, "NODES", "CLIENT", "ADDRESS")
	next, over := time.NewTicker(between), time.After(deadline)
	defer next.Stop()
	for {
		wrong := wrongAnswers(ts, strings.Split(args[0], ","), args[1], args[2:])
		if wrong == "" {
			return
		}
		if !waiting {
			ts.Fatalf("%s", wrong)
		}
		select {
		case <-next.C:
		case <-over:
			ts.Fatalf("after %s still: %s", deadline, wrong)
		}
	}
}

var (
	digHead   = regexp.MustCompile(`(?m)status: NOERROR,[^\n]*\n;; flags: qr aa;`)
	digScope  = regexp.MustCompile(`(?m)^; CLIENT-SUBNET: (\S+)/(\d+)$`)
	digAnswer = regexp.MustCompile(`(?m)^www\.example\.com\.\s+(\d+)\s+IN\s+A\s+(\S+)$`)
)

// wrongAnswers says what is wrong with the answer of some node, "" if nothing is.
func wrongAnswers(ts *testscript.TestScript, nodes []string, client string, addrs []string) string {
	scopes := map[string]bool{}
	for _, node := range nodes {
		r := runProgram(ts, []string{"dig", "@" + ts.Getenv(node), "-p", ts.Getenv("DNS"), "www.example.com", "A",
			"+subnet=" + client, "+norecurse", "+noall", "+comments", "+answer"})
		said := r.stdout.String()
		wrong := func(what string) string { return fmt.Sprintf("%s, asked for %s: %s\n%s", node, client, what, said) }
		if r.code != 0 || !digHead.MatchString(said) {
			return wrong("no authoritative answer")
		}
		scope := digScope.FindStringSubmatch(said)
		if scope == nil || scope[1] != client || scope[2] == "0" {
			return wrong("no scope, or the scope of everybody")
		}
		scopes[scope[2]] = true
		var given []string
		for _, rr := range digAnswer.FindAllStringSubmatch(said, -1) {
			given = append(given, rr[2])
			if ttl, err := strconv.Atoi(rr[1]); err != nil || ttl < 1 || ttl > 30 {
				return wrong("TTL " + rr[1])
			}
		}
		if slices.Sort(given); !slices.Equal(given, slices.Sorted(slices.Values(addrs))) {
			return wrong("not " + strings.Join(addrs, " "))
		}
	}
	if len(scopes) != 1 {
		return fmt.Sprintf("nodes give several scopes for %s", client)
	}
	return ""
}
