package config

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"leeward/steering"
)

func (k checker) zones() {
	z := k.c.Zones
	if z.Directory == "" && len(z.Files) == 0 && len(z.Secondary) == 0 && len(z.Follow) == 0 && k.clean("zones") {
		k.badAt(k.placeOf("zones"), "zones", "zones.directory or zones.files is needed, to say where the zones are, "+
			"or zones.secondary or zones.follow, to get them from elsewhere")
	}
	k.zoneFiles()
	k.secondaries()
	k.follow()
	k.secrets()
	k.keyNames()
	if len(z.Verify.Command) > 0 && z.Verify.Command[0] == "" {
		k.badKey("zones.verify.command", "must begin with a program")
	}
}

func (k checker) zoneFiles() {
	if !k.clean("zones.files") {
		return
	}
	first := map[string]int{}
	for i, f := range k.c.Zones.Files {
		path := item("zones.files", i)
		if f.File == "" {
			k.badKey(path+".file", "must not be empty")
		}
		if j, ok := first[f.Origin]; ok {
			k.badKey(path+".origin", "%s is listed already, as %s", f.Origin, item("zones.files", j))
			continue
		}
		first[f.Origin] = i
	}
}

func (k checker) secondaries() {
	if !k.clean("zones.secondary", "zones.files", "zones.notify") {
		return
	}
	z := k.c.Zones
	for i, s := range z.Secondary {
		path := item("zones.secondary", i)
		if len(s.Primaries) == 0 {
			k.badKey(path+".primaries", "at least one address is needed")
		}
		if j := slices.IndexFunc(z.Secondary[:i], func(t Secondary) bool { return t.Origin == s.Origin }); j >= 0 {
			k.badKey(path+".origin", "%s is listed already, as %s", s.Origin, item("zones.secondary", j))
		}
		if j := slices.IndexFunc(z.Files, func(f ZoneFile) bool { return f.Origin == s.Origin }); j >= 0 {
			k.badKey(path+".origin", "%s has a file, as %s: it is the one or the other", s.Origin, item("zones.files", j))
		}
	}
	for i, n := range z.Notify {
		if len(n.Addresses) == 0 {
			k.badKey(item("zones.notify", i)+".addresses", "at least one address is needed")
		}
	}
}

func (k checker) follow() {
	z := k.c.Zones
	if len(z.Follow) == 0 || !k.clean("zones.follow", "cluster") {
		return
	}
	if k.c.Cluster == nil {
		k.badKey("zones.follow", "nodes are found by gossip, and there is no cluster")
	}
	for i, name := range z.Follow {
		switch {
		case name == k.c.Node.Name:
			k.badKey(item("zones.follow", i), "%q is this node itself", name)
		case slices.Contains(z.Follow[:i], name):
			k.badKey(item("zones.follow", i), "%q is listed twice", name)
		}
	}
}

// secrets reads the secrets of TSIG keys that stand in files.
//
//	secret    secret_file    result
//	given     absent         as given
//	absent    given          what is in the file
//	both, or neither         error
func (k checker) secrets() {
	if !k.clean("zones.keys") {
		return
	}
	for i := range k.c.Zones.Keys {
		key, path := &k.c.Zones.Keys[i], item("zones.keys", i)
		if key.Algorithm == "" {
			key.Algorithm = "hmac-sha256"
		}
		if j := slices.IndexFunc(k.c.Zones.Keys[:i], func(t TSIGKey) bool { return t.Name == key.Name }); j >= 0 {
			k.badKey(path+".name", "%s is listed already, as %s", key.Name, item("zones.keys", j))
		}
		if (key.Secret == nil) == (key.SecretFile == "") {
			k.badKey(path, "secret or secret_file is needed, and not both")
			continue
		}
		if key.SecretFile == "" {
			continue
		}
		secret, open, err := readSecret(key.SecretFile)
		if err != nil {
			k.badKey(path+".secret_file", "%s: %s", key.SecretFile, cause(err))
			continue
		}
		if key.Secret = secret; open != 0 {
			k.warnKey(path+".secret_file", "%s is open to all users (mode %04o): chmod o= %s", key.SecretFile, open, key.SecretFile)
		}
	}
}

func readSecret(file string) (secret Secret, open os.FileMode, err error) {
	text, open, err := readPrivate(file)
	if err != nil {
		return nil, 0, err
	}
	secret, err = parseSecret(strings.TrimSpace(string(text)))
	return secret, open, err
}

// keyNames checks that keys that are named are there.
func (k checker) keyNames() {
	if !k.clean("zones.keys", "zones.secondary", "zones.transfer", "zones.update", "zones.notify") {
		return
	}
	z := k.c.Zones
	var names []string
	for _, key := range z.Keys {
		names = append(names, key.Name)
	}
	check := func(list string, i int, name string) {
		path := item(list, i) + ".key"
		switch {
		case name == "" || slices.Contains(names, name):
		case len(names) == 0:
			k.badKey(path, "there is no key %q: zones.keys is empty", name)
		default:
			k.badKey(path, "there is no key %q in zones.keys: did you mean %s?", name, steering.NearestName(name, names))
		}
	}
	for i, s := range z.Secondary {
		check("zones.secondary", i, s.Key)
	}
	for i, t := range z.Transfer {
		check("zones.transfer", i, t.Key)
		if t.Key == "" && len(t.Prefixes) == 0 {
			k.badAt(k.placeOf(item("zones.transfer", i)), item("zones.transfer", i), fmt.Sprintf(
				"%s: anybody could transfer: give prefixes or a key (0.0.0.0/0 and ::/0 if that is meant)", item("zones.transfer", i)))
		}
	}
	for i, u := range z.Update {
		check("zones.update", i, u.Key)
	}
	for i, n := range z.Notify {
		check("zones.notify", i, n.Key)
	}
}
