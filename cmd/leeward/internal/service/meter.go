package service

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"leeward/steering"
)

// How often the load of the node's colo is read, how long that may take, how long a number is good for when no other is to
// be had, and how much longer than answers live is waited for clients to follow what was given away.
const (
	loadEvery   = time.Second
	loadTimeout = 2 * time.Second
	loadGood    = time.Minute
	loadSettles = 2 * time.Second
)

// loadMeter reads the load of the node's colo, and decides how much the colo sheds. The zero value knows nothing.
type loadMeter struct {
	known  atomic.Pointer[loadKnown]
	agreed atomic.Pointer[uint8] // what the colo sheds by all of its nodes; nil: not known
}

// agree takes in what the colo sheds by all of its nodes.
func (m *loadMeter) agree(l steering.Load) {
	if l.Known {
		m.agreed.Store(&l.Shed)
	}
}

// loadKnown is what is known of the load at one time. The zero value is nothing.
type loadKnown struct {
	steering.Load
	read    time.Time // when it was last read
	changed time.Time // when what is shed was last changed
	err     string    // why it cannot be read; "": it can
}

// now is what is known.
func (m *loadMeter) now() loadKnown {
	if k := m.known.Load(); k != nil {
		return *k
	}
	return loadKnown{}
}

// next is what is known after a look at the source. What the colo sheds by all of its nodes is what clients follow, and from
// there the marks are applied; living is how long answers live.
//
//	the number        last changed                     load         sheds
//	is read           living and more ago, or never    that         as the marks say
//	is read           less ago                         that         as before: clients have not followed yet
//	cannot be read    -                                as before    as before, for a minute after it was last read
//	cannot be read    -                                not known    nothing, after that
func (k loadKnown) next(marks steering.Marks, value float64, err error, agreed uint8, living time.Duration, now time.Time) loadKnown {
	if err != nil {
		k.err = err.Error()
		if now.Sub(k.read) > loadGood {
			k.Load = steering.Load{}
		}
		return k
	}
	k.Known, k.Value, k.read, k.err = true, value, now, ""
	if now.Sub(k.changed) >= living+loadSettles {
		if shed := marks.Shed(agreed, value); shed != k.Shed {
			k.Shed, k.changed = shed, now
		}
	}
	return k
}

// run reads the load until the context ends.
func (m *loadMeter) run(ctx context.Context, source *steering.LoadSource, living time.Duration, log *slog.Logger) {
	tick := time.NewTicker(loadEvery)
	defer tick.Stop()
	var r loadReader
	for {
		value, err := r.read(ctx, source)
		if ctx.Err() != nil {
			return
		}
		before := m.now()
		agreed := before.Shed
		if shed := m.agreed.Load(); shed != nil {
			agreed = *shed
		}
		after := before.next(source.Marks, value, err, agreed, living, time.Now())
		m.known.Store(&after)
		before.tell(after, log)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// tell logs what has changed.
func (k loadKnown) tell(after loadKnown, log *slog.Logger) {
	switch {
	case k.err == "" && after.err != "":
		log.Warn("the load of this colo cannot be read: for a minute the last number holds, then none", "error", after.err)
	case k.err != "" && after.err == "":
		log.Info("the load of this colo can be read again", "load", after.Value)
	}
	if k.Shed != after.Shed {
		log.Info("the load of this colo moves clients", "load", after.Value, "shed_percent", after.Shed, "before", k.Shed)
	}
}

// loadReader reads loads, one at a time. A file system that hangs holds up nobody but the reading itself.
type loadReader struct{ under chan loadRead } // way; nil: none is

// loadRead is what came of a reading.
type loadRead struct {
	value float64
	err   error
}

// read waits for a number for so long as one may take, and the next time for the same, if it has not come.
func (r *loadReader) read(ctx context.Context, source *steering.LoadSource) (float64, error) {
	if r.under == nil {
		under := make(chan loadRead, 1)
		r.under = under
		go func() {
			value, err := readLoad(ctx, source)
			under <- loadRead{value, err}
		}()
	}
	patience := time.NewTimer(loadTimeout)
	defer patience.Stop()
	select {
	case got := <-r.under:
		r.under = nil
		return got.value, got.err
	case <-patience.C:
		return 0, fmt.Errorf("%s%s: nothing came within %s", source.File, source.URL, loadTimeout)
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// readLoad is the number in a file, or behind a URL: the first word.
func readLoad(ctx context.Context, source *steering.LoadSource) (float64, error) {
	text, err := loadText(ctx, source)
	if err != nil {
		return 0, err
	}
	words := strings.Fields(text)
	if len(words) == 0 {
		return 0, fmt.Errorf("%s%s is empty: a number is wanted", source.File, source.URL)
	}
	value, err := strconv.ParseFloat(words[0], 64)
	if err != nil || math.IsNaN(value) || math.IsInf(value, 0) || value < 0 {
		return 0, fmt.Errorf("%s%s: %.40q is no number from 0 on", source.File, source.URL, words[0])
	}
	return value, nil
}

// maxLoadText is how many octets are read for a number.
const maxLoadText = 4096

func loadText(ctx context.Context, source *steering.LoadSource) (string, error) {
	if source.File != "" {
		if found, err := os.Stat(source.File); err == nil && !found.Mode().IsRegular() {
			return "", fmt.Errorf("%s is no regular file", source.File)
		}
		f, err := os.Open(source.File)
		if err != nil {
			return "", err
		}
		defer f.Close()
		text, err := io.ReadAll(io.LimitReader(f, maxLoadText))
		return string(text), err
	}
	ctx, cancel := context.WithTimeout(ctx, loadTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, source.URL, nil)
	if err != nil {
		return "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(response.Body, maxLoadText))
	if err = errors.Join(err, response.Body.Close()); err != nil {
		return "", err
	}
	if response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%s: %s", source.URL, response.Status)
	}
	return string(text), nil
}
