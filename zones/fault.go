package zones

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// place is where in the text something stands. The zero place is that of records that come from no text.
type place struct {
	file string
	line int // from 1; 0 is the file as a whole
}

func (p place) String() string {
	if p.line == 0 {
		return p.file
	}
	return fmt.Sprintf("%s:%d", p.file, p.line)
}

// fault is why a text is no zone.
type fault struct {
	place
	token  string // what is wrong, as the file has it; "" is nothing in particular
	reason string
}

func (f *fault) Error() string {
	text := f.reason
	if f.token != "" {
		text = fmt.Sprintf("%q: %s", f.token, text)
	}
	if f.file != "" {
		text = f.place.String() + ": " + text
	}
	return text
}

// takeApart takes an error of the parser apart, whose fields are private: `dns: REASON: "TOKEN" at line: LINE:COLUMN`.
// Its line is that of the stream which the parser reads, and so of no use.
func takeApart(at place, err error) *fault {
	text := strings.TrimPrefix(err.Error(), "dns: ")
	if i := strings.LastIndex(text, " at line: "); i >= 0 {
		text = text[:i]
	}
	for i := range text {
		if !strings.HasPrefix(text[i:], `: "`) {
			continue
		}
		if token, err := strconv.Unquote(text[i+2:]); err == nil {
			return &fault{at, strings.TrimSuffix(token, "\n"), plainly(text[:i])}
		}
	}
	return &fault{place: at, reason: text}
}

// plainly puts what the parser says of addresses into words.
func plainly(reason string) string {
	switch reason {
	case "":
		return "cannot be read"
	case "bad A A":
		return "not an IPv4 address"
	case "bad AAAA AAAA":
		return "not an IPv6 address"
	}
	return reason
}

// bare is a file error without its path, which is said elsewhere.
func bare(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}

// cause is the bare reason of a file error.
func cause(err error) string { return bare(err).Error() }
