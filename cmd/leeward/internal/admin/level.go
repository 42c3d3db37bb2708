package admin

import (
	"net/http"
	"time"
)

// Leveller is what logs, more or less of it.
type Leveller interface {
	Level() Level
	SetLevel(LevelRequest) (Level, error)
}

// Level is what is logged: this, and whatever is more urgent.
type Level struct {
	Level      string     `json:"level"`      // in force: debug, info, warn, error
	Configured string     `json:"configured"` // log.level of the configuration
	Until      *time.Time `json:"until"`      // when the configured one comes back; null: it is in force
}

// LevelRequest is the body of PUT /v1/log/level.
type LevelRequest struct {
	Level string `json:"level"`         // debug, info, warn, error
	For   string `json:"for,omitempty"` // a duration; "": ten minutes
}

// levelRoutes show and change what is logged.
func levelRoutes(node Leveller) []Route {
	return []Route{
		{Method: "GET", Pattern: "/v1/log/level", Role: RoleRead, Summary: "What is logged", Reply: Level{},
			Handle: replying(func(*http.Request, Caller) (any, error) { return node.Level(), nil })},
		{Method: "PUT", Pattern: "/v1/log/level", Role: RoleAdmin, Summary: "Log more or less for a while", Body: LevelRequest{}, Reply: Level{},
			Handle: replying(func(r *http.Request, _ Caller) (any, error) {
				var request LevelRequest
				if err := Read(r, &request); err != nil {
					return nil, err
				}
				return node.SetLevel(request)
			})},
	}
}

// Level asks what is logged.
func (c *Client) Level() (l Level, err error) { return l, c.Do("GET", "/v1/log/level", nil, &l) }

// SetLevel has more or less logged for a while.
func (c *Client) SetLevel(r LevelRequest) (l Level, err error) {
	return l, c.Do("PUT", "/v1/log/level", r, &l)
}
