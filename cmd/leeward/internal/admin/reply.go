package admin

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// maxBody bounds the body of a request, in octets.
const maxBody = 64 << 10

// failure is the body of a response that is none of what was asked.
type failure struct {
	Error string `json:"error"`
}

// Read decodes a request's body, strictly. No body is the zero value.
func Read(r *http.Request, into any) error {
	d := json.NewDecoder(io.LimitReader(r.Body, maxBody))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("the request's body: %w", err)
	}
	return nil
}

// Reply writes a value, or an error: 409 for a refusal, 400 for any other.
func Reply(w http.ResponseWriter, value any, err error) {
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		var refusal *Refusal
		if errors.As(err, &refusal) {
			w.WriteHeader(http.StatusConflict)
		} else {
			w.WriteHeader(http.StatusBadRequest)
		}
		value = failure{err.Error()}
	}
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", " ")
	_ = encoder.Encode(value) // the peer may be gone
}
