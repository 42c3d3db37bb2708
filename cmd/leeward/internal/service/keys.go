package service

import (
	"errors"
	"slices"

	"leeward/cluster"
	"leeward/cmd/leeward/internal/admin"
)

// errNoKeys is the answer of a node that was started without a gossip key: its gossip is plain, on loopback, or off.
var errNoKeys = &admin.Refusal{Reason: "this node runs without a gossip key (cluster.key_file): there is none to change"}

// Keys is how the node stands with its gossip keys.
func (s *Service) Keys() (admin.Keys, error) {
	k := s.node.Keys()
	if k.InUse == (cluster.Fingerprint{}) {
		return admin.Keys{}, errNoKeys
	}
	shown := admin.Keys{InUse: k.InUse.String(), Lacking: orNone(k.Lacking), Behind: orNone(k.Behind), Turned: orNone(k.Turned)}
	if k.Next != (cluster.Fingerprint{}) {
		shown.Next = k.Next.String()
	}
	return shown, nil
}

// orNone is a list that is never null in JSON.
func orNone(list []string) []string { return append([]string{}, list...) }

// ReloadKeys reads the key files anew. An error leaves the keys as they are.
func (s *Service) ReloadKeys() (admin.Keys, error) {
	if _, err := s.Keys(); err != nil {
		return admin.Keys{}, err
	}
	if s.opts.Reconfigure == nil {
		return admin.Keys{}, errors.New("this node has no configuration file")
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	cfg, err := s.opts.Reconfigure()
	if err != nil {
		return admin.Keys{}, err
	}
	if cfg.Cluster == nil || cfg.Cluster.Key == nil {
		return admin.Keys{}, &admin.Refusal{Reason: "the configuration has no cluster.key_file any more"}
	}
	before := s.node.Keys()
	if err := s.node.SetKeys(cfg.Cluster.Key, cfg.Cluster.NextKey); err != nil {
		return admin.Keys{}, err
	}
	if after := s.node.Keys(); after.InUse != before.InUse || after.Next != before.Next || !slices.Equal(after.Lacking, before.Lacking) {
		s.log.Warn("gossip keys", "in_use", after.InUse, "next", after.Next, "lacking", after.Lacking)
	}
	return s.Keys()
}
