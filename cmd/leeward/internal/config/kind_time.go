package config

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// forever is the bound of durations that need none.
const forever = time.Duration(math.MaxInt64)

// duration is a duration of at least low and at most high: a time.Duration.
func duration(low, high time.Duration) kind {
	const like = "write it like 500ms, 30s or 1h30m"
	k := textual("duration", "a duration such as 500ms", func(text string) (time.Duration, error) {
		d, err := time.ParseDuration(text)
		switch {
		case err != nil:
			return 0, fmt.Errorf("%q is no duration: %s", text, like)
		case d < low:
			return 0, fmt.Errorf("%s is too short (at least %s)", text, low)
		case d > high:
			return 0, fmt.Errorf("%s is too long (at most %s)", text, high)
		}
		return d, nil
	})
	return kind{
		noun:  k.noun,
		bound: between(low, high),
		parse: func(value any) (any, error) {
			switch value.(type) {
			case int64, float64:
				return nil, fmt.Errorf("%v has no unit: %s", value, like)
			}
			return k.parse(value)
		},
		read: k.read,
	}
}

// between says from where to where a duration goes.
func between(low, high time.Duration) string {
	switch {
	case low > 0 && high < forever:
		return short(low) + " to " + short(high)
	case low > 0:
		return "at least " + short(low)
	case high < forever:
		return "at most " + short(high)
	default:
		return ""
	}
}

// short is a duration as a person writes it: 1h, not 1h0m0s.
func short(d time.Duration) string {
	text := d.String()
	for _, none := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, none) {
			text = text[:len(text)-2]
		}
	}
	return text
}

// wholeSeconds is a TTL, written as a duration: an int64 of seconds, from 1 to 2^31-1 (RFC 2181 section 8).
func wholeSeconds() kind {
	k := duration(time.Second, math.MaxInt32*time.Second)
	return kind{
		noun: "seconds",
		parse: func(value any) (any, error) {
			d, err := k.parse(value)
			if err != nil {
				return nil, err
			}
			seconds := d.(time.Duration)
			if seconds%time.Second != 0 {
				return nil, fmt.Errorf("%s is no whole number of seconds, as a TTL must be", seconds)
			}
			return int64(seconds / time.Second), nil
		},
		read: k.read,
	}
}
