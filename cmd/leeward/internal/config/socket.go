package config

import (
	"cmp"
	"path/filepath"

	"github.com/spf13/viper"
)

// Socket is the admin socket that a configuration names, read without judging the rest: the server that runs was started
// with an earlier version of the file, and has to be found while this one is wrong. ok is false when the file cannot be
// read at all.
func Socket(file string) (path string, ok bool) {
	v := viper.New()
	v.SetConfigFile(file)
	if err := v.ReadInConfig(); err != nil {
		return "", false
	}
	path = cmp.Or(v.GetString("admin.socket"), defaultSocket)
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(file), path)
	}
	return path, true
}
