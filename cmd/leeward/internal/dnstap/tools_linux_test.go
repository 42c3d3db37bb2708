package dnstap

import (
	"bytes"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"leeward/dnsserver"
)

// tool is the path of a program of others. Without it the test is skipped, or fails where CI is set.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return path
}

// readers are the programs that show a file, each with what they say of the same four messages.
var readers = []struct {
	name, flag, end string
	want            []string
}{
	{"dnstap-read", "", "", []string{
		"02-Jan-2026 03:04:05.000 AQ 192.0.2.1:4000 -> 192.0.2.53:53 UDP 27b a.example/IN/A",
		"02-Jan-2026 03:04:05.001 AR 192.0.2.1:4000 <- 192.0.2.53:53 UDP 27b a.example/IN/A",
		"02-Jan-2026 03:04:05.000 AQ 2001:db8::1:4000 -> 2001:db8::53:53 TCP 27b b.example/IN/A",
		"02-Jan-2026 03:04:05.001 AR 2001:db8::1:4000 <- 2001:db8::53:53 TCP 27b b.example/IN/A",
	}},
	{"dnstap", "-q", "-r", []string{
		`03:04:05.000006 AQ 192.0.2.1 UDP 27b "a.example." IN A`,
		`03:04:05.001006 AR 192.0.2.1 UDP 27b "a.example." IN A`,
		`03:04:05.000006 AQ 2001:db8::1 TCP 27b "b.example." IN A`,
		`03:04:05.001006 AR 2001:db8::1 TCP 27b "b.example." IN A`,
	}},
}

// show has a reader show a file, and says whether it found it good.
func show(t *testing.T, name, flag, end, file string) (lines []string, well bool) {
	t.Helper()
	args := []string{}
	for _, arg := range []string{flag, end} {
		if arg != "" {
			args = append(args, arg)
		}
	}
	cmd := exec.Command(tool(t, name), append(args, file)...)
	cmd.Env = append(os.Environ(), "TZ=UTC")
	out, err := cmd.Output()
	for line := range strings.Lines(string(out)) {
		lines = append(lines, strings.TrimSpace(line))
	}
	return lines, err == nil
}

// wantShown wants the four messages to be the last in a file.
func wantShown(t *testing.T, file string) {
	t.Helper()
	for _, reader := range readers {
		lines, well := show(t, reader.name, reader.flag, reader.end, file)
		lines = lines[max(0, len(lines)-len(reader.want)):]
		if !well || strings.Join(lines, "\n") != strings.Join(reader.want, "\n") {
			t.Errorf("%s, well %v, shows\n%s\nwant\n%s", reader.name, well, strings.Join(lines, "\n"), strings.Join(reader.want, "\n"))
		}
	}
}

func tellTwo(t *testing.T, r *running) {
	t.Helper()
	before := r.Counts().Written
	r.Offer([]dnsserver.Exchange{exchange(t, "a.example.", dnsserver.UDP, "192.0.2.1:4000"), exchange(t, "b.example.", dnsserver.TCP, "[2001:db8::1]:4000")})
	until(t, "all is written", func() bool { return r.Counts().Written == before+4 })
}

// TestFileByTools: the readers of others show what was written; one octet less, and they complain.
func TestFileByTools(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tap")
	r := run(t, "file", path)
	tellTwo(t, r)
	r.stop()
	wantShown(t, path)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const stop = 12 // octets of the frame that ends the stream
	for what, text := range map[string][]byte{
		"cut":      whole[:len(whole)-stop-1],
		"spoiled":  bytes.Replace(whole, []byte("\x0a\x07ns1-ams"), []byte("\x0a\xffns1-ams"), 1),
		"no frame": append(bytes.Clone(whole[:len(whole)-stop]), whole[len(whole)-stop-40:]...),
	} {
		broken := path + "." + strings.ReplaceAll(what, " ", "")
		if err := os.WriteFile(broken, text, 0o600); err != nil {
			t.Fatal(err)
		}
		lines, well := show(t, "dnstap-read", "", "", broken)
		if bytes.Equal(text, whole) {
			t.Errorf("%s: it is not broken", what)
		}
		if well && len(lines) == len(readers[0].want) {
			t.Errorf("dnstap-read finds no fault in a stream that is %s", what)
		}
	}
}

// TestSocketByTools: fstrm_capture, of those who made the format, takes the stream over both kinds of sockets. It may come
// later and be started again.
func TestSocketByTools(t *testing.T) {
	capture := tool(t, "fstrm_capture")
	for _, network := range []string{"unix", "tcp"} {
		t.Run(network, func(t *testing.T) {
			dir := t.TempDir()
			address := filepath.Join(dir, "socket")
			args := []string{"-t", "protobuf:dnstap.Dnstap", "-u", address}
			if network == "tcp" {
				port := freePort(t)
				address = "127.0.0.1:" + port
				args = []string{"-t", "protobuf:dnstap.Dnstap", "-a", "127.0.0.1", "-p", port}
			}
			r := run(t, network, address)
			for i, file := range []string{"first", "second"} {
				file = filepath.Join(dir, file)
				cmd := exec.Command(capture, append(args, "-w", file)...)
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = cmd.Process.Kill() }) // it has ended, if all is well
				until(t, "the reader is there", func() bool {
					return strings.Count(r.log.String(), "dnstap has a reader") == i+1
				})
				tellTwo(t, r)
				if file == filepath.Join(dir, "second") {
					r.stop() // says that no more comes, and waits until the reader has it all
				}
				if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
					t.Fatal(err)
				}
				if err := cmd.Wait(); err != nil {
					t.Fatal(err)
				}
				if file == filepath.Join(dir, "second") {
					wantShown(t, file)
					break
				}
				until(t, "the end is noticed", func() bool {
					r.Offer([]dnsserver.Exchange{exchange(t, "lost.example.", dnsserver.UDP, "192.0.2.1:4000")})
					return !r.Counts().Open
				})
			}
		})
	}
}

// TestDiskFull: where there is no room for a frame none of it is left behind; it is counted, told once, and when there is room
// again the same stream goes on.
func TestDiskFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tap")
	r := run(t, "file", path)
	tellTwo(t, r)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	lift := limitFiles(t, uint64(info.Size())+100)
	big := exchange(t, strings.Repeat(strings.Repeat("x", 60)+".", 4), dnsserver.UDP, "192.0.2.1:4000")
	for range 3 {
		r.Offer([]dnsserver.Exchange{big})
	}
	until(t, "the loss is counted", func() bool { return r.Counts().Dropped >= 2 })
	lift()
	until(t, "the file is written again", func() bool { return r.Counts().Written+r.Counts().Dropped == 4+6 })
	written := int(r.Counts().Written)
	r.stop()
	if got := decode(t, path); len(got) != written {
		t.Errorf("%d messages can be read, %d were written", len(got), written)
	}
	if !strings.Contains(r.log.String(), "file too large") {
		t.Error("the log does not tell: " + r.log.String())
	}
}

// limitFiles lets no file grow beyond a size until it is lifted, as if the disk were full.
func limitFiles(t *testing.T, size uint64) (lift func()) {
	t.Helper()
	signal.Ignore(syscall.SIGXFSZ) // writes fail instead
	var before syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	set := func(cur uint64) {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: cur, Max: before.Max}); err != nil {
			t.Fatal(err)
		}
	}
	set(size)
	return func() { set(before.Cur); signal.Reset(syscall.SIGXFSZ) }
}
