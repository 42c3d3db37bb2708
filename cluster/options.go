package cluster

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"time"

	"leeward/steering"
)

// DefaultPort is the port of cluster.listen, and of peers that are named without one.
const DefaultPort = 7946

// Options is what a node is told at its start.
type Options struct {
	Name string // unique in the cluster
	Colo string // "" for a node that stands in no colo

	Listen    netip.AddrPort   // zero: alone, without gossip; port 0: any free one, Addr tells
	Sockets   Sockets          // open at Listen already; zero: it opens them
	Advertise []netip.AddrPort // where peers reach it, at most 4; a port of 0: the one listened on; none: as it listens, or as its routes to the peers leave
	Join      []string         // peers, host or host:port; a name is resolved again at every attempt; itself is skipped
	Keys      [][]byte         // 32 octets each; the first encrypts, all decrypt
	Next      []byte           // a key that all shall encrypt with as soon as all have it; nil: none
	Allow     []netip.Prefix   // who may speak to this node; empty: everybody

	DNS []netip.AddrPort // where this node answers queries, for those that follow its zones; unspecified: where peers reach it; those beyond 4 are not told

	NetworkDigest steering.Digest // until SetDigests
	Version       string          // of the program
	Overrides     []steering.Override
	Notes         []Note // kept on disk, as AllNotes gave them

	Resume Handover // of the process whose place this one takes; zero: there is none. Its sockets are in Sockets

	Logger *slog.Logger     // nil: silent
	Now    func() time.Time // nil: time.Now; must carry a monotonic reading

	Heartbeat time.Duration // between heartbeats; 0: 1s
	Rejoin    time.Duration // between attempts to join peers that are no members; 0: 10s
	Gossip    time.Duration // between rounds of gossip; 0: 50ms

	open   opener   // how the transport is opened; nil: sockets
	lookup resolver // of peers' names; nil: the system's
}

// alone says whether the node is to run without gossip.
func (o *Options) alone() bool { return !o.Listen.IsValid() }

// Limits of what a node may call itself, in octets: its metadata must fit the 512 that memberlist grants.
const (
	maxName    = 128
	maxVersion = 64
)

func (o *Options) check() error {
	if o.Name == "" {
		return errors.New("node.name: a node needs a name")
	}
	if len(o.Name) > maxName {
		return fmt.Errorf("node.name: %.20s... is longer than %d octets", o.Name, maxName)
	}
	if len(o.Colo) > maxName {
		return fmt.Errorf("node.colo: %.20s... is longer than %d octets", o.Colo, maxName)
	}
	if o.alone() {
		return nil
	}
	if err := o.checkKeys(); err != nil {
		return err
	}
	if err := o.checkAdvertise(); err != nil {
		return err
	}
	for _, peer := range o.Join {
		if _, _, err := splitPeer(peer); err != nil {
			return err
		}
	}
	return nil
}

func (o *Options) checkKeys() error {
	for _, key := range o.Keys {
		if err := checkKey(key); err != nil {
			return err
		}
	}
	switch {
	case o.Next == nil:
	case len(o.Keys) == 0:
		return errors.New("cluster.key_file: a next gossip key needs one that it follows")
	default:
		if err := checkKey(o.Next); err != nil {
			return err
		}
	}
	if len(o.Keys) == 0 && !o.Listen.Addr().IsLoopback() {
		return errors.New("cluster.key_file: a gossip key is required unless cluster.listen is a loopback address " +
			"(make one with: leeward keys new)")
	}
	return nil
}

func (o *Options) checkAdvertise() error {
	if len(o.Advertise) > maxAddrs {
		return fmt.Errorf("cluster.advertise: %d addresses, at most %d are told to the peers", len(o.Advertise), maxAddrs)
	}
	for i, a := range o.Advertise {
		switch {
		case !a.Addr().IsValid() || a.Addr().IsUnspecified() || a.Addr().IsMulticast():
			return fmt.Errorf("cluster.advertise: peers cannot reach a node at %s", a.Addr())
		case slices.Contains(o.Advertise[:i], a):
			return fmt.Errorf("cluster.advertise: %s stands there twice", a)
		}
	}
	return nil
}

func (o *Options) setDefaults() {
	o.Version = cut(o.Version, maxVersion)
	o.DNS = o.DNS[:min(len(o.DNS), maxAddrs)]
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.open == nil {
		o.open = openSockets
	}
	if o.lookup == nil {
		o.lookup = func(ctx context.Context, host string) ([]netip.Addr, error) {
			return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
		}
	}
	o.Heartbeat = cmp.Or(max(o.Heartbeat, 0), time.Second)
	o.Rejoin = cmp.Or(max(o.Rejoin, 0), 10*time.Second)
	o.Gossip = cmp.Or(max(o.Gossip, 0), 50*time.Millisecond)
}
