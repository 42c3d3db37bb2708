package geo

import (
	"fmt"

	"github.com/oschwald/maxminddb-golang/v2"
)

// mmdb is a MaxMind DB (format version 2) in memory: its search tree and its records. It is immutable.
type mmdb struct {
	reader *maxminddb.Reader
	tree   tree
	name   string
}

// openMMDB keeps data, which must not be changed afterwards.
func openMMDB(data []byte) (mmdb, error) {
	reader, err := maxminddb.OpenBytes(data, maxminddb.DisableStringCache())
	if err != nil {
		return mmdb{}, fmt.Errorf("not a MaxMind DB: %w", err)
	}
	t, err := newTree(data, reader.Metadata)
	if err != nil {
		return mmdb{}, err
	}
	d := mmdb{reader: reader, tree: t, name: reader.Metadata.DatabaseType}
	if d.name == "" {
		d.name = "database"
	}
	return d, nil
}

// decode reads a record of the search tree, one that is no node, and says whether there is any.
func (d *mmdb) decode(at uint32, into any) (bool, error) {
	if at == d.tree.count {
		return false, nil
	}
	offset, err := d.tree.offset(at)
	if err != nil {
		return false, err
	}
	if err := d.reader.LookupOffset(offset).Decode(into); err != nil {
		return false, d.bad(at, err)
	}
	return true, nil
}

// bad is the error of a record.
func (d *mmdb) bad(at uint32, err error) error {
	return fmt.Errorf("record at %d of the data: %w", at-d.tree.count-separator, err)
}

// any says whether a record is of use, as said of each until the first that is.
func (d *mmdb) any(ofUse func(at uint32) (bool, error)) (bool, error) {
	for node := range d.tree.count {
		for _, at := range d.tree.halves(node) {
			if d.tree.isNode(at) {
				continue
			}
			if ok, err := ofUse(at); ok || err != nil {
				return ok, err
			}
		}
	}
	return false, nil
}
