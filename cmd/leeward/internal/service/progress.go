package service

import (
	"fmt"
	"log/slog"
	"time"
)

// When the log is told how far long work has come: first after a while, as most is done by then, and then regularly.
const (
	progressFirst = time.Second
	progressEvery = 5 * time.Second
)

// progress makes what long work tells as often as it likes how much is done of how much, from one goroutine at a time. The
// log hears of it now and then: "loading zones: 42 %".
func progress(log *slog.Logger, what string, now func() time.Time) func(done, total int) {
	next := now().Add(progressFirst)
	return func(done, total int) {
		t := now()
		if t.Before(next) {
			return
		}
		next = t.Add(progressEvery)
		log.Info(fmt.Sprintf("%s: %d %%", what, 100*min(done, total)/max(total, 1)))
	}
}
