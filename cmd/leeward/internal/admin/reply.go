package admin

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// failure is the body of a response that is none of what was asked.
type failure struct {
	Error string `json:"error"`
}

// Read decodes a request's body, strictly. No body is the zero value.
func Read(r *http.Request, into any) error {
	d := json.NewDecoder(io.LimitReader(r.Body, maxBody))
	d.DisallowUnknownFields()
	switch err := d.Decode(into); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return fmt.Errorf("the request's body: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("the request's body: more than one value")
	}
	return nil
}

// Reply writes a value, or an error: 409 for a refusal, 400 for any other.
func Reply(w http.ResponseWriter, value any, err error) {
	if err != nil {
		status := http.StatusBadRequest
		if _, refused := errors.AsType[*Refusal](err); refused {
			status = http.StatusConflict
		}
		Fail(w, status, err.Error())
		return
	}
	write(w, http.StatusOK, value)
}

// late is a reply that is begun whenever it is. From then on it may take as long as any.
type late struct{ http.ResponseWriter }

func unhurried(w http.ResponseWriter) http.ResponseWriter {
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // what has no deadline needs none
	return late{w}
}

func (l late) WriteHeader(status int) {
	_ = http.NewResponseController(l.ResponseWriter).SetWriteDeadline(time.Now().Add(replyTime))
	l.ResponseWriter.WriteHeader(status)
}

// Fail writes that nothing came of a request, and why.
func Fail(w http.ResponseWriter, status int, why string) { write(w, status, failure{why}) }

func write(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", " ")
	_ = encoder.Encode(value) // the peer may be gone
}
