package admin

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"leeward/cmd/leeward/internal/audit"
)

// How much of a request and its reply is recorded, in octets.
const (
	recordedBody  = 4 << 10
	recordedReply = 1 << 10
)

// recorder notes what is replied.
type recorder struct {
	http.ResponseWriter
	status int
	reply  bytes.Buffer // the beginning
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	r.reply.Write(b[:min(len(b), recordedReply-min(recordedReply, r.reply.Len()))])
	return r.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// changes says whether a request may change something.
func (route *Route) changes() bool { return route.Method != http.MethodGet }

// record puts an order into the audit log and the log, whatever came of it. What cannot be kept is told; the order stands. Of
// orders by an address that come to nothing only some are: the audit log has an end, and whoever may do little could push out
// what others did.
func (g *Guard) record(who Caller, r *http.Request, reply *recorder) {
	if reply.status >= http.StatusBadRequest && who.Way != BySocket {
		if _, many := g.futile.seen(who.String(), true, g.clock()); many {
			return
		}
	}
	entry := audit.Record{Time: g.clock().UTC().Truncate(time.Millisecond), Who: who.Name, Way: string(who.Way), From: who.From,
		Role: who.Role.String(), What: what(r), Body: bodyOf(r), Status: reply.status}
	if reply.status >= http.StatusBadRequest {
		var f failure
		if err := json.Unmarshal(reply.reply.Bytes(), &f); err != nil { // it is longer
			f.Error = word(reply.reply.String())
		}
		entry.Error = f.Error
	}
	g.log.Info("order", "who", who.String(), "from", who.From, "what", entry.What, "status", entry.Status, "error", entry.Error)
	g.keep(entry)
}

// Signalled records an order that came by a signal, and what came of it: nobody is told who sent it.
func (g *Guard) Signalled(signal string, result error) {
	entry := audit.Record{Time: g.clock().UTC().Truncate(time.Millisecond), Way: "signal", Role: RoleAdmin.String(), What: signal, Status: http.StatusOK}
	if result != nil {
		entry.Status, entry.Error = http.StatusConflict, result.Error()
	}
	g.keep(entry)
}

func (g *Guard) keep(entry audit.Record) {
	if err := g.audit.Append(entry); err != nil {
		g.log.Error("an order is not in the audit log", "error", err)
	}
}

func what(r *http.Request) string { return word(r.Method) + " " + word(r.URL.RequestURI()) }

// bodyOf is a request's body, which was read whole, if it is JSON and short.
func bodyOf(r *http.Request) json.RawMessage {
	again, ok := r.Body.(*body)
	if !ok || len(again.text) > recordedBody || !json.Valid(again.text) {
		return nil
	}
	var short bytes.Buffer
	if err := json.Compact(&short, again.text); err != nil {
		return nil
	}
	return short.Bytes()
}

// body is a request's body that was read whole.
type body struct {
	io.Reader
	text []byte
}

func newBody(text []byte) *body { return &body{bytes.NewReader(text), text} }

// Close is there for http.Request.
func (*body) Close() error { return nil }
