package admin

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"leeward/cmd/leeward/internal/audit"
)

// How many records of orders are shown: by default, and at the most.
const (
	lastOrders = 50
	mostOrders = 10000
)

// auditRoutes are the questions about what was ordered.
func auditRoutes(log *audit.Log) []Route {
	return []Route{{Method: "GET", Pattern: "/v1/audit", Role: RoleAdmin, Summary: "Who changed what on this node, oldest first",
		Query: []Param{{Name: "last", Words: fmt.Sprintf("how many orders, %d at the most; %d without it", mostOrders, lastOrders)}},
		Reply: []audit.Record{}, Handle: replying(func(r *http.Request, _ Caller) (any, error) {
			last := lastOrders
			if text := r.URL.Query().Get("last"); text != "" {
				n, err := strconv.Atoi(text)
				if err != nil || n < 1 || n > mostOrders {
					return nil, fmt.Errorf("last %q: a number from 1 to %d is wanted", text, mostOrders)
				}
				last = n
			}
			return log.Last(last)
		})}}
}

// Audit asks for the last orders.
func (c *Client) Audit(last int) (list []audit.Record, err error) {
	return list, c.Do("GET", "/v1/audit?"+url.Values{"last": {strconv.Itoa(last)}}.Encode(), nil, &list)
}
