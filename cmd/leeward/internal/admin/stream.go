package admin

import (
	"encoding/json"
	"net/http"
	"time"
)

// How long one event may take to be written, and after what time a stream ends, so that whoever listens has to show again who it
// is.
const (
	streamPatience = 10 * time.Second
	streamLives    = 15 * time.Minute
)

// Hello is what a listener is told of itself.
type Hello struct {
	Node string `json:"node"`
	Name string `json:"name"` // of the listener; "": not known
	Role string `json:"role"` // read, drain, admin
}

// Listened is a node that can be listened to.
type Listened interface{ Feed() *Feed }

// feedRoutes are the streams.
func feedRoutes(node Listened) []Route {
	return []Route{{Method: "GET", Pattern: "/v1/events", Role: RoleRead,
		Summary: "What becomes of the node, as server-sent events: hello, status, rates, incident", Reply: Media("text/event-stream"),
		Handle: func(w http.ResponseWriter, r *http.Request, who Caller) { node.Feed().serve(w, r, who) }}}
}

// serve tells one listener until it is gone or too slow, or the feed ends.
func (f *Feed) serve(w http.ResponseWriter, r *http.Request, who Caller) {
	reader := f.join()
	if reader == nil {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Retry-After", "5")
		w.WriteHeader(http.StatusServiceUnavailable)
		_ = json.NewEncoder(w).Encode(failure{"too many listen already, or the server ends: try again in a moment"})
		return
	}
	defer f.leave(reader)
	s := &stream{w, http.NewResponseController(w)}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no") // a proxy in between is to pass on each event at once
	// The listener sends nothing more: the deadline for requests would end the stream.
	if err := s.control.SetReadDeadline(time.Time{}); err != nil {
		return
	}
	lives := time.NewTimer(streamLives)
	defer lives.Stop()
	err := s.write(event("hello", Hello{Node: f.opts.Node, Name: who.Name, Role: who.Role.String()}))
	for err == nil {
		select {
		case e := <-reader.events:
			err = s.write(e)
		case <-reader.gone:
			return
		case <-f.ended:
			return
		case <-lives.C:
			return
		case <-r.Context().Done():
			return
		}
	}
}

// stream is a response that is written event by event.
type stream struct {
	to      http.ResponseWriter
	control *http.ResponseController
}

func (s *stream) write(event []byte) error {
	if err := s.control.SetWriteDeadline(time.Now().Add(streamPatience)); err != nil {
		return err
	}
	if _, err := s.to.Write(event); err != nil {
		return err
	}
	return s.control.Flush()
}
