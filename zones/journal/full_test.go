//go:build linux

package journal

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// limitRoom is the end of the room, if there is one.
func limitRoom() {
	size, err := strconv.ParseUint(os.Getenv(room), 10, 64)
	if err != nil {
		return
	}
	signal.Ignore(syscall.SIGXFSZ) // writes fail instead
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: size, Max: size}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// TestTheDiskIsFull wants an error where the room ends, and all that was said to be kept to be kept.
func TestTheDiskIsFull(t *testing.T) {
	for _, size := range []int{0, 10, 400, 1500, 1501, 2222, 3000, 5000} {
		d := Directory(t.TempDir())
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		cmd := exec.CommandContext(ctx, os.Args[0])
		cmd.Env = append(os.Environ(), writer+"="+string(d), room+"="+strconv.Itoa(size))
		var fault bytes.Buffer
		cmd.Stderr = &fault
		out, err := cmd.Output()
		if err == nil || !strings.Contains(fault.String(), "what is served cannot be kept") || !strings.Contains(fault.String(), "file too large") {
			t.Fatalf("%d octets: %v, %s", size, err, fault.String())
		}
		said := 0
		if lines := strings.Fields(string(out)); len(lines) > 0 {
			said, err = strconv.Atoi(lines[len(lines)-1])
			do(t, err)
		}
		if said == 0 {
			continue // not even the first one fitted
		}
		got, err := d.Load(name(t, "z"), nil)
		do(t, err)
		if int(got.Serial()) != said {
			t.Errorf("%d octets: serial %d is kept after %d was said to be", size, got.Serial(), said)
		}
	}
}
