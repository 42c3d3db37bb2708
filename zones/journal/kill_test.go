package journal

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"
)

// writer is the environment variable that makes the test program write versions without end into the directory that it
// names, from what is kept there on.
const writer = "LEEWARD_TEST_JOURNAL"

// room is the environment variable that gives the writer only so many octets for a file: a disk that gets full.
const room = "LEEWARD_TEST_ROOM"

func TestMain(m *testing.M) {
	if d := os.Getenv(writer); d != "" {
		limitRoom()
		os.Exit(saveWithoutEnd(Directory(d)))
	}
	os.Exit(m.Run())
}

// saveWithoutEnd says each serial on standard output once it is kept.
func saveWithoutEnd(d Directory) int {
	t := &testing.T{}
	origin := name(t, "z")
	serial := 1
	served := version(t, origin, serial)
	if kept, _ := d.Load(origin, nil); kept != nil { // the end may be broken: that is what is tested
		served, serial = kept, int(kept.Serial())
	}
	for {
		serial++
		served = version(t, origin, serial).After(served, time.Unix(1, 0))
		if serial%7 == 0 && os.Getenv(room) == "" {
			served = version(t, origin, serial) // without history: all is written anew
		}
		if err := d.Save(served); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		fmt.Println(serial)
	}
}

// TestKilled kills who writes, again and again, and wants what was said to be kept.
func TestKilled(t *testing.T) {
	d := Directory(t.TempDir())
	for round := range 25 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), writer+"="+string(d))
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		do(t, err, cmd.Start())
		lines := bufio.NewScanner(out)
		said := 0
		for range 1 + round*3%11 {
			if !lines.Scan() {
				t.Fatal("the writer ended by itself")
			}
			said, err = strconv.Atoi(strings.TrimSpace(lines.Text()))
			do(t, err)
		}
		do(t, cmd.Process.Kill())
		for lines.Scan() {
			said, err = strconv.Atoi(strings.TrimSpace(lines.Text()))
			do(t, err)
		}
		_ = cmd.Wait() // it was killed
		got, err := d.Load(name(t, "z"), nil)
		if got == nil {
			t.Fatalf("round %d: nothing is kept: %v", round, err)
		}
		if int(got.Serial()) < said || got.Digest() != version(t, name(t, "z"), int(got.Serial())).Digest() {
			t.Fatalf("round %d: serial %d is kept after %d was said to be, with %v", round, got.Serial(), said, content(got))
		}
	}
}
