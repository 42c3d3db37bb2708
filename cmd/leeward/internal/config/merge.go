package config

import (
	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"
)

// layers are the values of each source, typed and checked one by one.
type layers struct {
	file, env map[string]any
	flags     map[string]*pflag.Flag // by key
}

// merge lays the layers over each other and over the defaults. The defaults of a cluster hold only where there is one.
//
// The values are of the types of Config already, so viper has nothing to convert and is told not to try: an error here
// is a difference between Config and the table of keys.
func (l layers) merge(r *report) (*Config, error) {
	v := viper.New()
	gossip := false
	for path := range r.places {
		gossip = gossip || path == "cluster" || below(path, "cluster")
	}
	walkKeys(keys(), "", func(path string, k key) {
		if k.fallback == nil || below(path, "cluster") && !gossip {
			return
		}
		if value, ok := (walker{newReport("")}).value(k, &node{value: k.fallback}, path); ok {
			v.SetDefault(path, value)
		}
	})
	if err := v.MergeConfigMap(l.file); err != nil {
		return nil, err
	}
	if err := v.MergeConfigMap(l.env); err != nil {
		return nil, err
	}
	for path, flag := range l.flags {
		if err := v.BindPFlag(path, flag); err != nil {
			return nil, err
		}
	}
	c := &Config{}
	err := v.UnmarshalExact(c, viper.DecodeHook(nil), func(d *mapstructure.DecoderConfig) { d.WeaklyTypedInput = false })
	return c, err
}
