package admin

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"strings"

	"leeward/dnsserver"
	"leeward/steering"
	"leeward/zones"
)

// maxBody bounds the body of a request, in octets.
const maxBody = 64 << 10

// Handler is the API of a node. Metrics are served by another's handler. Without write every request that would change
// something is refused.
func Handler(node Node, metrics http.Handler, write bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.HandleFunc("GET /ready", func(w http.ResponseWriter, _ *http.Request) {
		if !node.Ready() {
			http.Error(w, "not answering from a view yet", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprintln(w, "ready")
	})
	mux.Handle("GET /metrics", metrics)
	mux.HandleFunc("GET /v1/status", func(w http.ResponseWriter, _ *http.Request) { Reply(w, node.Status(), nil) })
	mux.HandleFunc("GET /v1/explain", func(w http.ResponseWriter, r *http.Request) { explain(w, r, node) })
	mux.HandleFunc("GET /v1/whatif", func(w http.ResponseWriter, r *http.Request) { whatIf(w, r, node) })
	mux.HandleFunc("POST /v1/reload", writing(write, func(w http.ResponseWriter, r *http.Request) {
		var request ReloadRequest
		if err := Read(r, &request); err != nil {
			Reply(w, nil, err)
			return
		}
		result, err := node.Reload(request)
		Reply(w, result, err)
	}))
	mux.HandleFunc("POST /v1/overrides", writing(write, func(w http.ResponseWriter, r *http.Request) {
		var request DrainRequest
		if err := Read(r, &request); err != nil {
			Reply(w, nil, err)
			return
		}
		override, err := node.Drain(request)
		Reply(w, override, err)
	}))
	mux.HandleFunc("GET /v1/keys", func(w http.ResponseWriter, _ *http.Request) {
		keys, err := node.Keys()
		Reply(w, keys, err)
	})
	mux.HandleFunc("POST /v1/keys", writing(write, func(w http.ResponseWriter, _ *http.Request) {
		keys, err := node.ReloadKeys()
		Reply(w, keys, err)
	}))
	mux.HandleFunc("DELETE /v1/overrides/{target...}", writing(write, func(w http.ResponseWriter, r *http.Request) {
		place, err := steering.ParsePlace(r.PathValue("target"))
		if err == nil {
			err = node.Undrain(place, r.URL.Query().Get("by"))
		}
		Reply(w, struct{}{}, err)
	}))
	handleZones(mux, node, write)
	return mux
}

// writing lets a request through where writing is allowed.
func writing(allowed bool, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !allowed {
			w.WriteHeader(http.StatusForbidden)
			_ = json.NewEncoder(w).Encode(failure{"this address may only look; use the admin socket to change things"})
			return
		}
		next(w, r)
	}
}

func explain(w http.ResponseWriter, r *http.Request, node Node) {
	query := r.URL.Query()
	name, err := zones.ParseName(query.Get("name"))
	if err != nil || query.Get("name") == "" {
		Reply(w, nil, fmt.Errorf("name %q is no domain name", query.Get("name")))
		return
	}
	kind := strings.ToUpper(query.Get("type"))
	if kind == "" {
		kind = "A"
	}
	qtype, ok := zones.ParseType(kind)
	if !ok {
		Reply(w, nil, fmt.Errorf("%q is no record type", query.Get("type")))
		return
	}
	asker, err := parseClient(query.Get("client"))
	if err != nil {
		Reply(w, nil, err)
		return
	}
	explanation, err := node.Explain(name, qtype, asker)
	Reply(w, explanation, err)
}

func whatIf(w http.ResponseWriter, r *http.Request, node Node) {
	query := r.URL.Query()
	var what dnsserver.Supposition
	for key, to := range map[string]*[]steering.Place{"down": &what.Down, "drained": &what.Drained} {
		for _, text := range query[key] {
			place, err := steering.ParsePlace(text)
			if err != nil {
				Reply(w, nil, err)
				return
			}
			*to = append(*to, place)
		}
	}
	var client netip.Prefix
	if text := query.Get("client"); text != "" {
		asker, err := parseClient(text)
		if err != nil {
			Reply(w, nil, err)
			return
		}
		if client = asker.Subnet; !client.IsValid() {
			client = netip.PrefixFrom(asker.Resolver, asker.Resolver.BitLen())
		}
	}
	forecast, err := node.WhatIf(what, client)
	Reply(w, forecast, err)
}

// parseClient reads ADDR, a resolver, or ADDR/LEN, the client subnet that a resolver on this host sends. Without either
// that resolver asks without one.
func parseClient(s string) (dnsserver.Asker, error) {
	asker := dnsserver.Asker{Resolver: netip.AddrFrom4([4]byte{127, 0, 0, 1})}
	if s == "" {
		return asker, nil
	}
	if strings.Contains(s, "/") {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return asker, fmt.Errorf("client %q is no prefix, such as 81.2.69.0/24", s)
		}
		asker.Subnet = p.Masked()
		return asker, nil
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return asker, fmt.Errorf("client %q is no address, such as 81.2.69.142, and no prefix, such as 81.2.69.0/24", s)
	}
	asker.Resolver = a.Unmap().WithZone("")
	return asker, nil
}

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
