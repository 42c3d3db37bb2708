// Package world makes what servers are asked about: zone files, city databases, and the queries that go with them.
// The same arguments make the same world.
package world

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"

	"leeward/cmd/leeward-bench/internal/peer"
	"leeward/cmd/leeward-bench/internal/query"
)

// World is a site and what it is asked.
type World struct {
	Site  peer.Site
	Set   query.Set
	Ready []peer.Ask // answered once everything is served
}

const head = `$TTL 300
@ SOA ns1.host.test. hostmaster.host.test. %d 3600 600 604800 300
@ NS ns1.host.test.
@ NS ns2.host.test.
`

// WriteZone writes NAME.zone into a directory: its head with the serial, and what body writes. A file that is there is
// replaced at one stroke.
func WriteZone(dir, origin string, serial int, body func(w *bufio.Writer)) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	path := filepath.Join(dir, origin+".zone")
	f, err := os.Create(path + ".new")
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<16)
	fmt.Fprintf(w, head, serial)
	body(w)
	if err := w.Flush(); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
