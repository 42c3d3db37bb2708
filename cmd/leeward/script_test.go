package main

import (
	"os"
	"os/exec"
	"runtime"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the program itself available to the scripts: the test binary, called leeward, runs main.
func TestMain(m *testing.M) {
	programs := misfits()
	programs["leeward"] = main
	testscript.Main(m, programs)
}

// TestScripts runs the scripts in testdata/script: real processes on loopback, asked by a real dig.
//
// Their own commands, beside those of testscript, and the condition [installed:PROGRAM]:
//
//	ports NAME...                      a free port (UDP and TCP, on all addresses) in each variable
//	expand FILE...                     put variables in the place of $NAME in files
//	replace FILE OLD NEW               edit a file; OLD must be there
//	node N NAME                        the directory of node NAME in colo N of testdata/network.yaml, ready to serve
//	start NAME PROGRAM ARG...          run a server in the background; it writes to NAME.log
//	signal SIGNAL NAME                 send it TERM, HUP or KILL
//	ended NAME CODE                    wait until it has ended, with this exit code (or "killed")
//	until [-code CODE] REGEXP PROGRAM ARG...
//	                                   repeat a program until it ends with 0, or CODE, and its output matches
//	exits CODE PROGRAM ARG...          the program ends with this exit code
//	answers [-until] NODES CLIENT A... dig, asking each node for www.example.com, is given these addresses
//	web start|fail|heal ADDR           a web service that answers; that swallows requests; that answers again
//	hold tcp|udp ADDR                  take a port away, as another program would
//	http METHOD URL [BODY]             status line and body of the response become the output
//	fields TABLE FILE                  the JSON in FILE has all fields that TABLE names
//	authority NAME PORT RESOLVER       a certificate authority, pebble, that asks the resolver for challenges
//	alike [-some] PORT PORT COUNT Q... dig, asking both servers, is given the same records
//	readme TITLE                       the first hour's commands under a title, as before.sh, serve.sh and after.sh
func TestScripts(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the scripts use addresses of all 127.0.0.0/8, which only Linux has by itself")
	}
	if _, err := exec.LookPath("dig"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("the scripts ask a real dig, which is not here:", err)
	}
	free := &freePorts{taken: map[int]bool{}}
	testscript.Run(t, testscript.Params{
		Dir:                "testdata/script",
		RequireUniqueNames: true,
		Setup: func(env *testscript.Env) error {
			newStage(env)
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"ports":     free.ports,
			"expand":    plain(expandFiles),
			"replace":   plain(replaceInFile),
			"node":      plain(makeNode),
			"start":     plain(startServer),
			"signal":    plain(signalServer),
			"ended":     plain(serverEnded),
			"until":     plain(until),
			"exits":     plain(exits),
			"answers":   plain(answers),
			"web":       plain(webCommand),
			"hold":      plain(holdPort),
			"http":      plain(httpCommand),
			"fields":    plain(fields),
			"readme":    plain(firstHourCommands),
			"alike":     plain(alike),
			"authority": plain(startAuthority),
		},
		Condition: installed,
	})
}

// plain is a command that cannot be negated.
func plain(do func(ts *testscript.TestScript, args []string)) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg {
			ts.Fatalf("! has no meaning here")
		}
		do(ts, args)
	}
}

// want holds a command to the number of its arguments: at least as many as there are names.
func want(ts *testscript.TestScript, args []string, names ...string) {
	if len(args) < len(names) {
		ts.Fatalf("%d arguments, where %v are wanted", len(args), names)
	}
}
