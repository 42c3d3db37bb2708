package service

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"leeward/cluster"
	"leeward/cmd/leeward/internal/admin"
	"leeward/cmd/leeward/internal/handover"
	"leeward/cmd/leeward/internal/systemd"
)

// How long a new process may take.
const (
	helloTime   = 10 * time.Second // to say who it is
	loadTime    = 10 * time.Minute // to read zones and map, where the request does not say
	handTime    = 10 * time.Second // to answer after it was handed over what it needs: meanwhile nobody judges
	reapingTime = 5 * time.Second  // to end, after it said that nothing comes of it
)

// Upgrade has another process take this one's place: of another program, or of the same one anew. On an error this process
// goes on as if nothing had been.
func (s *Service) Upgrade(r admin.UpgradeRequest) (admin.UpgradeResult, error) {
	result := admin.UpgradeResult{From: s.opts.Version}
	switch {
	case s.opts.Successor == nil:
		return result, &admin.Refusal{Reason: "this node is no process of its own: it cannot be upgraded"}
	case os.Getpid() == 1:
		return result, &admin.Refusal{Reason: "this process is the first of its container, which would end with it: start a new container"}
	case !s.Ready():
		return result, notReady
	case !s.life.upgrading.CompareAndSwap(false, true):
		return result, &admin.Refusal{Reason: "an upgrade is under way already"}
	}
	defer s.life.upgrading.Store(false)
	if s.life.leaving.Load() {
		return result, &admin.Refusal{Reason: "this node leaves"}
	}
	program, err := s.program(r.Binary)
	if err != nil {
		return result, err
	}
	begun := time.Now()
	s.log.Info("upgrading: starting the new process", "program", program)
	next, err := s.opts.Successor(program)
	if err != nil {
		return result, refusal(fmt.Errorf("%s cannot be started: %w", program, err))
	}
	result.To, err = s.replaceBy(next, r.Timeout)
	if err != nil {
		next.Kill()
		s.log.Error("not upgraded: this process goes on", "error", err)
		return result, refusal(err)
	}
	result.PID, result.Took = next.PID(), time.Since(begun).Round(time.Millisecond).String()
	s.log.Info("upgraded: the new process answers", "process", result.PID, "version", result.To, "took", result.Took)
	s.opts.Manager.Tell(systemd.MainProcess(next.PID()))
	s.life.successor = next
	s.tellTotals(handover.Yours)
	for _, l := range s.life.admin {
		admin.Own(l, false)
	}
	s.life.replaced.Store(true)
	s.life.stop()
	return result, nil
}

// refusal is an error as one of a request that was understood.
func refusal(err error) error {
	return &admin.Refusal{Reason: "not upgraded, the running process goes on: " + err.Error()}
}

// program is the program to start: this one's file, which may be another by now, unless one is named.
func (s *Service) program(named string) (string, error) {
	if named == "" {
		return os.Executable()
	}
	if !filepath.IsAbs(named) {
		return "", fmt.Errorf("%q: the whole path of the program is wanted", named)
	}
	return named, nil
}

// replaceBy leads a new process to where it answers, and gives its version. On an error everything is as it was.
func (s *Service) replaceBy(next *handover.Successor, patience string) (version string, err error) {
	most := loadTime
	if patience != "" {
		if most, err = time.ParseDuration(patience); err != nil || most <= 0 {
			return "", fmt.Errorf("%q is no time to wait, such as 5m", patience)
		}
	}
	m, err := await(next, time.Now().Add(helloTime), handover.Hello)
	if err != nil {
		return "", err
	}
	version = m.Version
	if m.Format != handover.Format {
		return version, fmt.Errorf("version %s hands over in format %d, this one, %s, in %d: restart instead", version, m.Format, s.opts.Version, handover.Format)
	}
	if _, err := await(next, time.Now().Add(most), handover.Prepared); err != nil {
		return version, err
	}
	resume, err := s.handOver(next)
	if err == nil {
		_, err = await(next, time.Now().Add(handTime), handover.Serving)
	}
	if err != nil {
		next.Kill() // before this process listens to the gossip again
		resume()
	}
	return version, err
}

// await waits for a message of a new process.
func await(next *handover.Successor, until time.Time, kind handover.Kind) (handover.Message, error) {
	m, _, err := next.Receive(until)
	switch {
	case errors.Is(err, io.EOF):
		return m, fmt.Errorf("the new process ended before it was ready (%s): its log says why. Is it Leeward, and does it know of upgrades?", next.End(reapingTime))
	case errors.Is(err, os.ErrDeadlineExceeded):
		return m, errors.New("the new process was not ready in time, and was ended")
	case err != nil:
		return m, fmt.Errorf("the new process: %w", err)
	case m.Kind == handover.Failed:
		return m, fmt.Errorf("the new process, version %s: %s", m.Version, m.Words)
	case m.Kind == kind:
		return m, nil
	default:
		return m, fmt.Errorf("the new process says %q out of turn", m.Kind)
	}
}

// handOver stops judging, ends the gossip without a farewell, and hands over all that the new process needs. This process
// answers on, by its last view. The function it gives goes on with all.
func (s *Service) handOver(next *handover.Successor) (resume func(), err error) {
	s.changing.Lock() // no operator's order is lost between the two
	held, release := make(chan struct{}), make(chan struct{})
	go s.order(s.running, func() {
		close(held)
		select {
		case <-release:
		case <-s.running.Done(): // the other process has this one's place
		}
	})
	resume = func() { close(release); s.changing.Unlock() }
	select {
	case <-held:
	case <-time.After(handTime):
		return resume, errors.New("the judging loop is stuck")
	case <-s.running.Done():
		return resume, errors.New("this process is told to stop")
	}
	s.flushed()
	content := succession{Verdicts: s.remembered(), Secret: s.random[:], Ready: s.Readiness().Ready, OwnsSocket: s.life.ownsSocket}
	if content.Totals, err = s.life.counted.totals(); err != nil {
		return resume, err
	}
	if content.Cluster, err = s.node.Suspend(s.running); err != nil {
		return resume, err
	}
	bare := resume
	resume = func() { s.node.Resume(); bare() }
	open, err := s.duplicates(content.Cluster.Sockets)
	defer open.close()
	if err != nil {
		return resume, err
	}
	text, err := json.Marshal(content)
	if err != nil {
		return resume, err
	}
	return resume, next.Send(handover.Message{Kind: handover.State, Sockets: open.names, Content: text}, open.list)
}

// descriptors are copies of those of sockets, with names.
type descriptors struct {
	list  []int
	names []string
}

func (d *descriptors) add(name string, list []int) {
	for _, fd := range list {
		d.list, d.names = append(d.list, fd), append(d.names, name)
	}
}

func (d *descriptors) close() {
	for _, fd := range d.list {
		_ = unix.Close(fd) // a copy
	}
}

// duplicates are all sockets of this process, for another one.
func (s *Service) duplicates(gossip cluster.Sockets) (d descriptors, err error) {
	d.add("cluster.listen", gossip.UDP)
	d.add("cluster.listen", gossip.TCP)
	for _, l := range *s.listening.Load() {
		udp, tcp, err := l.Duplicates()
		d.add("dns.listen", udp)
		d.add("dns.listen", tcp)
		if err != nil {
			return d, fmt.Errorf("dns.listen: %w", err)
		}
	}
	for _, l := range s.life.admin {
		list, err := admin.Duplicate(l)
		d.add("admin", list)
		if err != nil {
			return d, fmt.Errorf("admin: %w", err)
		}
	}
	return d, nil
}

// farewell tells the process that has taken this one's place what was counted until the end, here and by the process before
// this one, which may still have connections.
func (s *Service) farewell() {
	if !s.life.replaced.Load() {
		return
	}
	if s.succeeds() {
		select {
		case <-s.life.orphaned:
		case <-time.After(s.linger() + handTime):
		}
	}
	s.tellTotals(handover.Totals)
	_ = s.life.successor.Close() // there is nothing more to say
}

// tellTotals tells that process what was counted until now.
func (s *Service) tellTotals(kind handover.Kind) {
	totals, err := s.life.counted.totals()
	var text []byte
	if err == nil {
		text, err = json.Marshal(totals)
	}
	err = errors.Join(err, s.life.successor.Send(handover.Message{Kind: kind, Content: text}, nil))
	if err != nil {
		s.log.Warn("what was counted last is lost", "error", err)
	}
}

// Replaced is the process that has taken this one's place, 0 while none has.
func (s *Service) Replaced() int {
	if !s.life.replaced.Load() {
		return 0
	}
	return s.life.successor.PID()
}
