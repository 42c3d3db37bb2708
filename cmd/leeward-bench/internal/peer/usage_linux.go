package peer

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// CPU is the processor time that all processes of the server have used.
func (s *Server) CPU() (time.Duration, error) {
	var sum time.Duration
	pids, err := s.processes()
	for _, pid := range pids {
		used, err := cpuOf(pid)
		if err != nil {
			return 0, fmt.Errorf("processor time of %s: %w", s.name, err)
		}
		sum += used
	}
	return sum, err
}

// cpuOf reads the processor clock of another process, which counts nanoseconds of all its threads, those that have ended
// too: see clock_getcpuclockid(3), whose arithmetic this is.
func cpuOf(pid int) (time.Duration, error) {
	const scheduled = 2
	var t unix.Timespec
	if err := unix.ClockGettime(int32(^pid)<<3|scheduled, &t); err != nil {
		return 0, err
	}
	return time.Duration(t.Nano()), nil
}

// Memory is the server's proportional set size (Pss) in MiB: pages that it shares count in part.
func (s *Server) Memory() (float64, error) {
	pids, err := s.processes()
	sum := 0
	for _, pid := range pids {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
		if err != nil {
			return 0, fmt.Errorf("memory of %s: %w", s.name, err)
		}
		for line := range strings.Lines(string(text)) {
			if f := strings.Fields(line); f[0] == "Pss:" {
				kib, err := strconv.Atoi(f[1])
				if err != nil {
					return 0, err
				}
				sum += kib
			}
		}
	}
	return float64(sum) / 1024, err
}

// processes are those of the server's session.
func (s *Server) processes() ([]int, error) {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil, err
	}
	var pids []int
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if session, err := unix.Getsid(pid); err == nil && session == s.cmd.Process.Pid {
			pids = append(pids, pid)
		}
	}
	if len(pids) == 0 {
		return nil, fmt.Errorf("%s has ended: %s", s.name, s.lastWords())
	}
	return pids, nil
}
