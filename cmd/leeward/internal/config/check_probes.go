package config

import "leeward/steering"

// probes checks the check of uplinks and the named ones.
func (k checker) probes() {
	k.probe(&k.c.Check, "check")
	first := map[string]int{}
	for i := range k.c.Checks {
		c, path := &k.c.Checks[i], item("checks", i)
		if !k.clean(path) {
			continue
		}
		if j, ok := first[c.Name]; ok {
			k.badKey(path+".check", "%s is the name of %s already", c.Name, item("checks", j))
		}
		first[c.Name] = i
		k.complete(&c.Check, path)
		k.probe(&c.Check, path)
	}
}

// complete gives a named check what it was not given: the times of the check of uplinks, and else the defaults.
func (k checker) complete(c *steering.Check, path string) {
	from := k.c.Check
	for _, d := range []struct {
		key string
		set func()
	}{
		{"type", func() { c.Type = steering.CheckTCP }},
		{"interval", func() { c.Interval = from.Interval }},
		{"timeout", func() { c.Timeout = from.Timeout }},
		{"fall", func() { c.Fall = from.Fall }},
		{"rise", func() { c.Rise = from.Rise }},
		{"slow", func() { c.Slow = from.Slow }},
		{"path", func() { c.Path = "/" }},
		{"status", func() { c.Status = []int{200} }},
		{"verify", func() { c.Verify = true }},
		{"qtype", func() { c.Qtype = "SOA" }},
	} {
		if !k.given(path + "." + d.key) {
			d.set()
		}
	}
}

// probe checks a check. What belongs to other types than its own is refused where given, and left empty where not.
//
//	type   port  may have
//	tcp    443
//	http   80    path, host, status, verify
//	https  443   path, host, status, verify
//	dns    53    name (which it needs), qtype
func (k checker) probe(check *steering.Check, path string) {
	if !k.clean(path + ".type") {
		return
	}
	port := uint16(443)
	isHTTP, isDNS := false, false
	switch check.Type {
	case steering.CheckHTTP:
		isHTTP, port = true, 80
	case steering.CheckHTTPS:
		isHTTP = true
	case steering.CheckDNS:
		isDNS, port = true, 53
	}
	if !k.given(path + ".port") {
		check.Port = port
	}
	if !isHTTP {
		check.Path, check.Host, check.Status, check.Verify = "", "", nil, false
		k.onlyFor("http and https", check.Type, path, "path", "host", "status", "verify")
	}
	if !isDNS {
		check.Name, check.Qtype = "", ""
		k.onlyFor("dns", check.Type, path, "name", "qtype")
	}
	if isHTTP && len(check.Status) == 0 && k.clean(path+".status") {
		k.badKey(path+".status", "at least one status is needed")
	}
	if isDNS && check.Name == "" && k.clean(path+".name") {
		k.badKey(path, "name is missing: a check of type dns asks for it")
	}
	k.probeTimes(check, path)
}

// onlyFor refuses options that only checks of other types have.
func (k checker) onlyFor(types string, is steering.CheckType, path string, options ...string) {
	for _, name := range options {
		if path := path + "." + name; k.given(path) {
			k.badKey(path, "only a check of type %s has it, this one is %s", types, is)
		}
	}
}

// probeTimes refuses a timeout that would leave more than ten probes of one target on their way, and a bound of slowness
// that no answer could exceed.
func (k checker) probeTimes(check *steering.Check, path string) {
	if k.clean(path+".timeout", path+".interval") && check.Timeout > 10*check.Interval {
		k.badKey(path+".timeout", "%s is more than ten times %s.interval (%s)", check.Timeout, path, check.Interval)
	}
	if k.clean(path+".timeout", path+".slow") && check.Slow >= check.Timeout {
		k.badKey(path+".slow", "%s is no less than %s.timeout (%s): such an answer is never waited for", check.Slow, path, check.Timeout)
	}
}

// named are the named checks by their names.
func (c *Config) named() map[string]steering.Check {
	checks := make(map[string]steering.Check, len(c.Checks))
	for _, n := range c.Checks {
		checks[n.Name] = n.Check
	}
	return checks
}
