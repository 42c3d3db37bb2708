package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// webService is a web service to probe. While it fails, it takes requests and never answers them, as a dead route would.
type webService struct {
	server  http.Server
	failing atomic.Bool
	serving sync.WaitGroup
}

// webCommand runs "web start|fail|heal ADDR".
func webCommand(ts *testscript.TestScript, args []string) {
	want(ts, args, "start|fail|heal", "ADDR")
	s, addr := stageOf(ts), args[1]
	w := s.webs[addr]
	if w == nil && args[0] != "start" {
		ts.Fatalf("no web service was started on %s", addr)
	}
	switch args[0] {
	case "start":
		l, err := net.Listen("tcp4", addr)
		ts.Check(err)
		w = &webService{}
		w.server = http.Server{Handler: w, ReadHeaderTimeout: deadline}
		w.serving.Go(func() { _ = w.server.Serve(l) }) // it returns when it is closed, and only then
		s.webs[addr] = w
	case "fail", "heal":
		w.failing.Store(args[0] == "fail")
	default:
		ts.Fatalf("no such thing to do: %s", args[0])
	}
}

func (w *webService) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if w.failing.Load() {
		<-r.Context().Done()
		return
	}
	_, _ = io.WriteString(rw, "ok\n")
}

func (w *webService) close() {
	_ = w.server.Close()
	w.serving.Wait()
}

// httpCommand runs "http METHOD URL [BODY]".
func httpCommand(ts *testscript.TestScript, args []string) {
	want(ts, args, "METHOD", "URL")
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, args[0], args[1], strings.NewReader(strings.Join(args[2:], "")))
	ts.Check(err)
	response, err := (&http.Client{Timeout: 10 * time.Second}).Do(request)
	ts.Check(err)
	defer response.Body.Close()
	_, err = io.WriteString(ts.Stdout(), response.Status+"\n")
	ts.Check(err)
	_, err = io.Copy(ts.Stdout(), response.Body)
	ts.Check(err)
}
