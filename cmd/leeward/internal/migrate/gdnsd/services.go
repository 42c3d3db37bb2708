package gdnsd

import (
	"fmt"
	"time"

	"leeward/cmd/leeward/internal/migrate"
	"leeward/steering"
)

// probed says how the addresses of a source are probed. Several service types all have to be up: the first is carried over.
func (c *config) probed(s source, w *migrate.Want) error {
	for _, v := range s.setting("service_types").list() {
		check, err := c.check(v)
		if err != nil {
			return err
		}
		switch {
		case check == nil:
		case w.Check == nil:
			w.Check = check
		case w.Check.Name != check.Name:
			c.site.Lose(v.at, s.name+": service_types: "+check.Name, "an address has to pass this check too",
				"Leeward's check is one: see that it covers both")
		}
	}
	return nil
}

// check is a service type as a check; nil if it does not probe.
//
//	plugin           check
//	tcp_connect      tcp
//	http_status      http
//	up               none
//	any other        none, with a note
func (c *config) check(ref *value) (*migrate.Check, error) {
	name := ref.text
	if check, done := c.checks[name]; done {
		return check, nil
	}
	v := c.services.get(name)
	if v == nil && (name == "up" || name == "down") {
		if name == "down" {
			c.site.Lose(ref.at, "service_types: down", "the addresses are taken for down", "drain the colo: leeward drain")
		}
		return nil, nil
	}
	if v == nil {
		return nil, ref.at.Errorf("no service type %q: is %s meant?", name, steering.NearestName(name, append(c.services.keys(), "up", "down")))
	}
	if err := v.hash("service type " + name); err != nil {
		return nil, err
	}
	check, err := c.service(name, v)
	c.checks[name] = check
	return check, err
}

func (c *config) service(name string, v *value) (*migrate.Check, error) {
	check := &migrate.Check{Name: name, At: v.at}
	plugin := v.get("plugin")
	if plugin == nil {
		return nil, v.at.Errorf("service type %s: no plugin", name)
	}
	known := []string{"plugin", "up_thresh", "ok_thresh", "down_thresh", "interval", "timeout"}
	switch plugin.text {
	case "tcp_connect":
		check.Type = steering.CheckTCP
		known = append(known, "port")
	case "http_status":
		check.Type, check.Port = steering.CheckHTTP, 80
		known = append(known, "port", "url_path", "vhost", "ok_codes")
		check.Path, check.Host = v.textOf("url_path"), v.textOf("vhost")
	default:
		c.site.Lose(v.at, "service type "+name+": plugin "+plugin.text, "it says which addresses are up",
			"its addresses are not probed: give Leeward a check of type tcp, http, https or dns, and their colos probe:")
		return nil, nil
	}
	if err := v.only("service type "+name, known...); err != nil {
		return nil, err
	}
	if plugin.text == "tcp_connect" && v.get("port") == nil {
		return nil, v.at.Errorf("service type %s: no port", name)
	}
	for _, code := range v.get("ok_codes").list() {
		n, err := number(code, 100, 599)
		if err != nil {
			return nil, err
		}
		check.Status = append(check.Status, n)
	}
	return check, c.timing(name, v, check)
}

// timing takes over what is said of times and counts; what is not said has Leeward's defaults.
func (c *config) timing(name string, v *value, check *migrate.Check) error {
	seconds := 0
	for _, item := range []struct {
		key        string
		least, top int
		set        func(int)
	}{
		{"port", 1, 65535, func(n int) { check.Port = uint16(n) }},
		{"interval", 1, 255, func(n int) { check.Interval = time.Duration(n) * time.Second }},
		{"timeout", 1, 255, func(n int) { seconds = n }},
		{"down_thresh", 1, 65535, func(n int) { check.Fall = min(n, 1000) }},
		{"up_thresh", 1, 65535, func(n int) { check.Rise = min(n, 1000) }},
	} {
		value := v.get(item.key)
		if value == nil {
			continue
		}
		n, err := number(value, item.least, item.top)
		if err != nil {
			return fmt.Errorf("%w (service type %s, %s)", err, name, item.key)
		}
		item.set(n)
	}
	const longest = 10
	if seconds > longest {
		c.site.Lose(v.get("timeout").at, fmt.Sprintf("service type %s: timeout = %d", name, seconds), "",
			"10s is the most in Leeward, and stands there")
	}
	check.Timeout = time.Duration(min(seconds, longest)) * time.Second
	if check.Timeout > 0 && check.Interval == 0 {
		check.Interval = 10 * time.Second // gdnsd's default, which Leeward's would not go with
	}
	if v.get("ok_thresh") != nil {
		c.site.Lose(v.get("ok_thresh").at, "service type "+name+": ok_thresh", "failures add up until so many successes in a row",
			"in Leeward failures in a row count (check.fall), and lost probes make an uplink lossy")
	}
	return nil
}
