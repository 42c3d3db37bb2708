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
type loadMeter struct{ known atomic.Pointer[loadKnown] }

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

// next is what is known after a look at the source. living is how long answers live.
//
//	the number        last changed                     load         sheds
//	is read           living and more ago, or never    that         as the marks say
//	is read           less ago                         that         as before: clients have not followed yet
//	cannot be read    -                                as before    as before, for a minute after it was last read
//	cannot be read    -                                not known    nothing, after that
func (k loadKnown) next(marks steering.Marks, value float64, err error, living time.Duration, now time.Time) loadKnown {
	if err != nil {
		k.err = err.Error()
		if now.Sub(k.read) > loadGood {
			k.Load = steering.Load{}
		}
		return k
	}
	k.Known, k.Value, k.read, k.err = true, value, now, ""
	if now.Sub(k.changed) >= living+loadSettles {
		if shed := marks.Shed(k.Shed, value); shed != k.Shed {
			k.Shed, k.changed = shed, now
		}
	}
	return k
}

// run reads the load until the context ends.
func (m *loadMeter) run(ctx context.Context, source *steering.LoadSource, living time.Duration, log *slog.Logger) {
	tick := time.NewTicker(loadEvery)
	defer tick.Stop()
	for {
		value, err := readLoad(ctx, source)
		if ctx.Err() != nil {
			return
		}
		before := m.now()
		after := before.next(source.Marks, value, err, living, time.Now())
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
