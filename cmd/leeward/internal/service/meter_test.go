package service

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"leeward/steering"
)

// The rows are those of the chart above next, and what the marks 70 and 90 make of them. Answers live for 30 s.
func TestLoadKnown(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	unread := errors.New("no such file")
	for _, row := range []struct {
		what   string
		before loadKnown
		value  float64
		err    error
		want   steering.Load
		reason string
	}{
		{"the first number", loadKnown{}, 80, nil, steering.Load{Known: true, Value: 80}, ""},
		{"the first number, high", loadKnown{}, 180, nil, steering.Load{Known: true, Value: 180, Shed: 50}, ""},
		{"high, and clients have followed", loadKnown{Load: steering.Load{Known: true, Value: 95, Shed: 50}, changed: at.Add(-32 * time.Second)}, 100, nil,
			steering.Load{Known: true, Value: 100, Shed: 55}, ""},
		{"high, and they have not yet", loadKnown{Load: steering.Load{Known: true, Value: 95, Shed: 50}, changed: at.Add(-31 * time.Second)}, 100, nil,
			steering.Load{Known: true, Value: 100, Shed: 50}, ""},
		{"low", loadKnown{Load: steering.Load{Known: true, Value: 80, Shed: 50}}, 60, nil, steering.Load{Known: true, Value: 60, Shed: 40}, ""},
		{"not to be read since a minute", loadKnown{Load: steering.Load{Known: true, Value: 80, Shed: 50}, read: at.Add(-60 * time.Second)}, 0, unread,
			steering.Load{Known: true, Value: 80, Shed: 50}, "no such file"},
		{"not to be read for longer", loadKnown{Load: steering.Load{Known: true, Value: 80, Shed: 50}, read: at.Add(-61 * time.Second)}, 0, unread,
			steering.Load{}, "no such file"},
		{"never read", loadKnown{}, 0, unread, steering.Load{}, "no such file"},
		{"read again", loadKnown{err: "no such file"}, 80, nil, steering.Load{Known: true, Value: 80}, ""},
	} {
		got := row.before.next(steering.Marks{Low: 70, High: 90}, row.value, row.err, row.before.Shed, 30*time.Second, at)
		if got.Load != row.want || got.err != row.reason {
			t.Errorf("%s: %+v, %q; want %+v, %q", row.what, got.Load, got.err, row.want, row.reason)
		}
		if (got.changed == at) != (got.Shed != row.before.Shed && row.err == nil) {
			t.Errorf("%s: changed at %s", row.what, got.changed)
		}
	}
}

// A node whose colo does not shed what it says, because its other nodes say otherwise, says the same again, and no more.
func TestLoadThatOthersDoNotSee(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var k loadKnown
	for range 10 {
		at = at.Add(time.Minute)
		if k = k.next(steering.Marks{Low: 70, High: 100}, 150, nil, 0, 30*time.Second, at); k.Shed != 34 {
			t.Errorf("it sheds %d", k.Shed)
		}
	}
}

// A source that does not answer holds up its reading, and nothing else.
func TestLoadThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := loadReader{under: make(chan loadRead)}
		begun := time.Now()
		if _, err := r.read(t.Context(), &steering.LoadSource{File: "load"}); err == nil || err.Error() != "load: nothing came within 2s" {
			t.Error(err)
		}
		if passed := time.Since(begun); passed != loadTimeout {
			t.Errorf("waited for %s", passed)
		}
	})
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readLoad(t.Context(), &steering.LoadSource{File: fifo}); err == nil || !strings.HasSuffix(err.Error(), "is no regular file") {
		t.Error(err)
	}
}

// The rows are what a file, or a URL, gives, and the number or why there is none.
func TestReadLoad(t *testing.T) {
	file := filepath.Join(t.TempDir(), "load")
	text, status := "", http.StatusOK
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(text))
	}))
	defer web.Close()
	for _, row := range []struct {
		text string
		want float64
		err  string
	}{
		{"81.5\n", 81.5, ""},
		{" 0 \n", 0, ""},
		{"1e3 0.50 0.40 1/200 7\n", 1000, ""}, // as /proc/loadavg
		{"7" + strings.Repeat(" ", 10_000) + "8", 7, ""},
		{"", 0, "is empty: a number is wanted"},
		{"much", 0, `"much" is no number from 0 on`},
		{"-1", 0, `"-1" is no number from 0 on`},
		{"NaN", 0, `"NaN" is no number from 0 on`},
		{"+Inf", 0, `"+Inf" is no number from 0 on`},
		{"1e999", 0, `"1e999" is no number from 0 on`},
	} {
		if err := os.WriteFile(file, []byte(row.text), 0o600); err != nil {
			t.Fatal(err)
		}
		text = row.text
		for _, source := range []steering.LoadSource{{File: file}, {URL: web.URL}} {
			got, err := readLoad(t.Context(), &source)
			if row.err == "" && (err != nil || got != row.want) || row.err != "" && (err == nil || !strings.Contains(err.Error(), row.err)) {
				t.Errorf("%.20q: %g, %v; want %g, %s", row.text, got, err, row.want, row.err)
			}
		}
	}
	text, status = "5", http.StatusNotFound
	if _, err := readLoad(t.Context(), &steering.LoadSource{URL: web.URL}); err == nil || !strings.Contains(err.Error(), "404 Not Found") {
		t.Errorf("a page that is not there: %v", err)
	}
	if _, err := readLoad(t.Context(), &steering.LoadSource{File: file + "?"}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}
