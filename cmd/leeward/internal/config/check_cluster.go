package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"leeward/cluster"
)

// makeKey says how to come by a key.
const makeKey = "make a key with: leeward keys new > FILE"

// Secret is a key: of gossip, or of TSIG. It does not print.
type Secret []byte

// Format writes whether there is a key, never the key itself.
func (k Secret) Format(f fmt.State, _ rune) {
	if k == nil {
		io.WriteString(f, "none")
		return
	}
	io.WriteString(f, "(hidden)")
}

// cluster reads the key. Gossip is plain text without one, and whoever can send it can forge any node.
//
//	listen    key_file  result
//	loopback  absent    no key
//	other     absent    error
//	any       given     the key in the file, and the key to come, if there is one beside it
func (k checker) cluster() {
	c := k.c.Cluster
	if c == nil || !k.clean("cluster.listen", "cluster.key_file") {
		return
	}
	if c.KeyFile == "" {
		if !c.Listen.Addr().IsLoopback() {
			k.badKey("cluster.key_file", "required unless cluster.listen is a loopback address (%s)", makeKey)
		}
		return
	}
	key, open, err := readKey(c.KeyFile)
	if err != nil {
		k.badKey("cluster.key_file", "%s: %s", c.KeyFile, cause(err))
		return
	}
	c.Key = key
	if open != 0 {
		k.warnKey("cluster.key_file", "%s is open to all users (mode %04o): chmod o= %s", c.KeyFile, open, c.KeyFile)
	}
	next := NextKeyFile(c.KeyFile)
	c.NextKey, _, err = readKey(next)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		k.badKey("cluster.key_file", "%s, the key to come: %s", next, cause(err))
	}
}

// NextKeyFile is where the key lies that is to take the place of the one in a file.
func NextKeyFile(file string) string { return file + ".next" }

// readKey reads a gossip key and, where every user may read or write its file, the file's mode.
func readKey(file string) (key Secret, open os.FileMode, err error) {
	text, open, err := readPrivate(file)
	if err != nil {
		return nil, 0, err
	}
	if key, err = cluster.ParseKey(string(text)); err != nil {
		return nil, 0, err
	}
	return key, open, nil
}

// readPrivate reads a file that holds a secret and, where every user may read or write it, gives its mode.
func readPrivate(file string) (text []byte, open os.FileMode, err error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("not a regular file")
	}
	if info.Size() > 4096 {
		return nil, 0, fmt.Errorf("too large for a key (%s)", makeKey)
	}
	if text, err = os.ReadFile(file); err != nil {
		return nil, 0, err
	}
	if info.Mode().Perm()&0o006 != 0 {
		open = info.Mode().Perm()
	}
	return text, open, nil
}
