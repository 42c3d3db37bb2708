package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/rogpeppe/go-internal/testscript"
)

// freePorts finds ports for all scripts, none twice.
type freePorts struct {
	mu    sync.Mutex
	taken map[int]bool
}

// ports runs "ports NAME...".
func (f *freePorts) ports(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("! has no meaning here")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, name := range args {
		ts.Setenv(name, strconv.Itoa(f.find(ts)))
	}
}

// find finds one below the ports that systems give to clients, which could take it before its server does.
func (f *freePorts) find(ts *testscript.TestScript) int {
	const from, to, tries = 20000, 32000, 1000
	for range tries {
		port := from + rand.IntN(to-from)
		if !f.taken[port] && isFree(port) {
			f.taken[port] = true
			return port
		}
	}
	ts.Fatalf("no free port between %d and %d", from, to)
	return 0
}

func isFree(port int) bool {
	at := fmt.Sprintf("0.0.0.0:%d", port)
	tcp, err := net.Listen("tcp4", at)
	if err != nil {
		return false
	}
	defer tcp.Close()
	udp, err := net.ListenPacket("udp4", at)
	if err != nil {
		return false
	}
	return udp.Close() == nil
}

// holdPort runs "hold tcp|udp ADDR".
func holdPort(ts *testscript.TestScript, args []string) {
	want(ts, args, "NETWORK", "ADDR")
	var held io.Closer
	var err error
	if args[0] == "udp" {
		held, err = net.ListenPacket("udp4", args[1])
	} else {
		held, err = net.Listen("tcp4", args[1])
	}
	ts.Check(err)
	s := stageOf(ts)
	s.held = append(s.held, held)
}

// expanded gives the variables of a script; $$ is a dollar.
func expanded(ts *testscript.TestScript) func(string) string {
	return func(name string) string {
		if name == "$" {
			return "$"
		}
		return ts.Getenv(name)
	}
}

// expandFiles runs "expand FILE...".
func expandFiles(ts *testscript.TestScript, args []string) {
	for _, file := range args {
		write(ts, file, os.Expand(ts.ReadFile(file), expanded(ts)))
	}
}

// replaceInFile runs "replace FILE OLD NEW".
func replaceInFile(ts *testscript.TestScript, args []string) {
	want(ts, args, "FILE", "OLD", "NEW")
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s has no %q", args[0], args[1])
	}
	write(ts, args[0], strings.Replace(text, args[1], args[2], 1))
}

func write(ts *testscript.TestScript, file, text string) {
	ts.Check(os.WriteFile(ts.MkAbs(file), []byte(text), 0o600))
}

// makeNode runs "node N NAME": NAME/ with the configuration of testdata/network.yaml, the gossip key in gossip.key and a
// zone directory of its own. The address of the node is in $NAME from then on.
func makeNode(ts *testscript.TestScript, args []string) {
	want(ts, args, "N", "NAME")
	number, name := args[0], args[1]
	addr := "127." + number + ".0.53"
	ts.Setenv(name, addr)
	ts.Check(os.MkdirAll(ts.MkAbs(filepath.Join(name, "zones")), 0o700))
	for from, to := range map[string]string{"network.yaml": "leeward.yaml", "example.com.zone": "zones/example.com.zone"} {
		text, err := os.ReadFile(filepath.Join("testdata", from))
		ts.Check(err)
		write(ts, filepath.Join(name, to), os.Expand(string(text), func(key string) string {
			switch key {
			case "NAME":
				return name
			case "ADDR":
				return addr
			case "TTL": // of zone files
				return "$TTL"
			default:
				return ts.Getenv(key)
			}
		}))
	}
	write(ts, filepath.Join(name, "gossip.key"), ts.ReadFile("gossip.key"))
}
