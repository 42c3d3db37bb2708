package gdnsd

import (
	"slices"
	"strconv"

	"leeward/cmd/leeward/internal/migrate"
	"leeward/steering"
)

// value is a value of vscf: a hash, an array or a string.
type value struct {
	at    migrate.Place
	text  string   // of a string
	items []*value // of an array
	pairs []pair   // of a hash, in order
	index map[string]*value
	kind  kind
}

type kind uint8

const (
	isString kind = iota
	isArray
	isHash
)

// pair is a key of a hash with its value.
type pair struct {
	key string
	at  migrate.Place
	*value
}

// get is the value of a key, nil if there is none.
func (v *value) get(key string) *value {
	if v == nil {
		return nil
	}
	return v.index[key]
}

// keys are the keys of a hash.
func (v *value) keys() (all []string) {
	if v != nil {
		for _, p := range v.pairs {
			all = append(all, p.key)
		}
	}
	return all
}

// list is a value as an array: anywhere a single value may stand for an array of one.
func (v *value) list() []*value {
	switch {
	case v == nil:
		return nil
	case v.kind == isArray:
		return v.items
	}
	return []*value{v}
}

// hash wants a hash.
func (v *value) hash(what string) error {
	if v == nil || v.kind == isHash {
		return nil
	}
	return v.at.Errorf("%s: a hash { ... } is wanted", what)
}

// only refuses keys that are not known.
func (v *value) only(what string, known ...string) error {
	if err := v.hash(what); err != nil {
		return err
	}
	for _, p := range v.pairs {
		if !slices.Contains(known, p.key) {
			return p.at.Errorf("%s: no key %q: is %s meant?", what, p.key, steering.NearestName(p.key, known))
		}
	}
	return nil
}

// add adds a pair. A key stands once.
func (v *value) add(p pair) error {
	if before := v.get(p.key); before != nil {
		return p.at.Errorf("key %q stands there twice: before in %s", p.key, before.at)
	}
	if v.index == nil {
		v.index = map[string]*value{}
	}
	v.index[p.key], v.pairs = p.value, append(v.pairs, p)
	return nil
}

// textOf is a string in a hash, "" if there is none.
func (v *value) textOf(key string) string {
	if item := v.get(key); item != nil {
		return item.text
	}
	return ""
}

// number reads a whole number.
func number(v *value, least, most int) (int, error) {
	n, err := strconv.Atoi(v.text)
	if err != nil || v.kind != isString || n < least || n > most {
		return 0, v.at.Errorf("%q is no number from %d to %d", v.text, least, most)
	}
	return n, nil
}
