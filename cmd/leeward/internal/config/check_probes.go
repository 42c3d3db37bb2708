package config

import "leeward/steering"

// probes checks the check. What belongs to other types than its own is refused where given, and left empty where not.
//
//	type   port  may have
//	tcp    443
//	http   80    path, host, status, verify
//	https  443   path, host, status, verify
//	dns    53    name (which it needs), qtype
func (k checker) probes() {
	check := &k.c.Check
	if !k.clean("check.type") {
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
	if !k.given("check.port") {
		check.Port = port
	}
	if !isHTTP {
		check.Path, check.Host, check.Status, check.Verify = "", "", nil, false
		k.onlyFor("http and https", "path", "host", "status", "verify")
	}
	if !isDNS {
		check.Name, check.Qtype = "", ""
		k.onlyFor("dns", "name", "qtype")
	}
	if isHTTP && len(check.Status) == 0 && k.clean("check.status") {
		k.badKey("check.status", "at least one status is needed")
	}
	if isDNS && check.Name == "" && k.clean("check.name") {
		k.badKey("check", "name is missing: a check of type dns asks for it")
	}
	k.probeTimes()
}

// onlyFor refuses options that only checks of other types have.
func (k checker) onlyFor(types string, options ...string) {
	for _, name := range options {
		if path := "check." + name; k.given(path) {
			k.badKey(path, "only a check of type %s has it, this one is %s", types, k.c.Check.Type)
		}
	}
}

// probeTimes refuses a timeout that would leave more than ten probes of one target on their way, and a bound of slowness
// that no answer could exceed.
func (k checker) probeTimes() {
	check := k.c.Check
	if k.clean("check.timeout", "check.interval") && check.Timeout > 10*check.Interval {
		k.badKey("check.timeout", "%s is more than ten times check.interval (%s)", check.Timeout, check.Interval)
	}
	if k.clean("check.timeout", "check.slow") && check.Slow >= check.Timeout {
		k.badKey("check.slow", "%s is no less than check.timeout (%s): such an answer is never waited for", check.Slow, check.Timeout)
	}
}
