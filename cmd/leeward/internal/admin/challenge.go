package admin

import (
	"net/http"
	"net/url"
	"time"
)

// Challenger is what the API shows and changes of challenges.
type Challenger interface {
	Challenges() []Challenge
	SetChallenge(ChallengeRequest) (ChallengeResult, error)
	ClearChallenges(name, token, by string) ([]Challenge, error)
}

// Challenge is a token for a certificate authority, in a TXT record at a name.
type Challenge struct {
	Name    string    `json:"name"` // _acme-challenge.example.com.
	Token   string    `json:"token"`
	By      string    `json:"by"`
	Issued  time.Time `json:"issued"`
	Until   time.Time `json:"until"`
	Zone    string    `json:"zone"`    // that it stands in here; "": in none
	Problem string    `json:"problem"` // why it is not answered with here; "": it is
}

// ChallengeRequest is the body of POST /v1/challenges.
type ChallengeRequest struct {
	Name  string `json:"name"` // example.com, *.example.com or _acme-challenge.example.com
	Token string `json:"token"`
	For   string `json:"for"` // a duration; "": 10m
	By    string `json:"by"`  // counts on the socket alone
}

// ChallengeResult is a challenge that was set.
type ChallengeResult struct {
	Challenge
	Nodes  int      `json:"nodes"`  // living members, this node included
	Silent []string `json:"silent"` // those that have not said in time that they have it
}

// challengeRoutes are the requests about challenges. Whoever may set them can get certificates for all names served, which is
// more than to drain; a client that may do that for some zones alone has a key for updates (RFC 2136).
func challengeRoutes(node Challenger) []Route {
	return []Route{
		{Method: "GET", Pattern: "/v1/challenges", Role: RoleRead, Summary: "The challenges for certificate authorities that stand", Reply: []Challenge{},
			Handle: replying(func(*http.Request, Caller) (any, error) { return node.Challenges(), nil })},
		{Method: "POST", Pattern: "/v1/challenges", Role: RoleAdmin, Summary: "Set a challenge for a certificate authority, on all nodes",
			Body: ChallengeRequest{}, Reply: ChallengeResult{}, Handle: replying(func(r *http.Request, who Caller) (any, error) {
				var request ChallengeRequest
				if err := Read(r, &request); err != nil {
					return nil, err
				}
				request.By = who.By(request.By)
				return node.SetChallenge(request)
			})},
		{Method: "DELETE", Pattern: "/v1/challenges/{name}", Role: RoleAdmin, Summary: "Take challenges of a name away, on all nodes",
			Query: []Param{{Name: "token", Words: "of the one to be taken away; without, all of the name are"}, {Name: "by", Words: "whose order it is; counts on the socket alone"}},
			Reply: []Challenge{}, Handle: replying(func(r *http.Request, who Caller) (any, error) {
				query := r.URL.Query()
				return node.ClearChallenges(r.PathValue("name"), query.Get("token"), who.By(query.Get("by")))
			})},
	}
}

// Challenges asks for the challenges that stand.
func (c *Client) Challenges() (list []Challenge, err error) {
	return list, c.Do("GET", "/v1/challenges", nil, &list)
}

// SetChallenge orders a challenge.
func (c *Client) SetChallenge(r ChallengeRequest) (result ChallengeResult, err error) {
	return result, c.Do("POST", "/v1/challenges", r, &result)
}

// ClearChallenges takes challenges of a name away: one, or without a token all. They are given.
func (c *Client) ClearChallenges(name, token, by string) (list []Challenge, err error) {
	query := url.Values{"by": {by}}
	if token != "" {
		query.Set("token", token)
	}
	return list, c.Do("DELETE", "/v1/challenges/"+url.PathEscape(name)+"?"+query.Encode(), nil, &list)
}
