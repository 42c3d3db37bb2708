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

// How often the load of the node's colo is read, how long that may take, how long a number is good for when no other is to be had, and
// how much longer than answers live is waited for clients to follow what was given away.
const (
	loadEvery   = time.Second
	loadTimeout = 2 * time.Second
	loadGood    = time.Minute
	loadSettles = 2 * time.Second
)

// loadMeter reads the load of the node's colo, and decides how much the colo gives away. The zero value knows nothing.
type loadMeter struct {
	now    atomic.Pointer[steering.Load]
	reason atomic.Pointer[string] // why it cannot be read; nil: it can
}

// load is what is known, and why no more is.
func (m *loadMeter) load() (l steering.Load, err string) {
	if at := m.now.Load(); at != nil {
		l = *at
	}
	if text := m.reason.Load(); text != nil {
		err = *text
	}
	return l, err
}

// run reads the load until the context ends. What is given away changes only when the answers before have expired: after living, and a
// little more.
func (m *loadMeter) run(ctx context.Context, source *steering.LoadSource, living time.Duration, log *slog.Logger) {
	tick := time.NewTicker(loadEvery)
	defer tick.Stop()
	var read, changed time.Time
	for {
		value, err := readLoad(ctx, source)
		if ctx.Err() != nil {
			return
		}
		now := time.Now()
		l, before := m.load()
		switch {
		case err == nil:
			read = now
			next := l.Shed
			if now.Sub(changed) >= living+loadSettles {
				next = source.Shed(l.Shed, value)
			}
			if next != l.Shed {
				changed = now
				log.Info("the load of this colo moves clients", "load", value, "gives_away_percent", next, "before", l.Shed)
			}
			m.now.Store(&steering.Load{Known: true, Value: value, Shed: next})
			m.reason.Store(nil)
			if before != "" {
				log.Info("the load of this colo can be read again", "load", value)
			}
		default:
			text := err.Error()
			m.reason.Store(&text)
			if before == "" {
				log.Warn("the load of this colo cannot be read: for a minute the last number holds, then none", "error", err)
			}
			if now.Sub(read) > loadGood {
				m.now.Store(nil)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
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
