package zones

import (
	"fmt"
	"slices"
	"strings"
)

// Name is a domain name in uncompressed wire form (RFC 1035 section 3.1), with the octet of the root at its end: 1 to
// 255 octets. A Name that is a key is in lower case.
type Name string

// Root is the name of the root, ".".
const Root = Name("\x00")

const (
	maxName  = 255 // octets of a name, RFC 1035 section 2.3.4
	maxLabel = 63
)

// String is the presentation form with escapes (RFC 1035 section 5.1), with the dot of the root: "example.com.".
func (n Name) String() string {
	if n == Root {
		return "."
	}
	var b strings.Builder
	for rest := string(n); len(rest) > 0 && rest[0] != 0 && int(rest[0]) < len(rest); rest = rest[1+int(rest[0]):] {
		for _, c := range []byte(rest[1 : 1+int(rest[0])]) {
			switch {
			case strings.IndexByte(`."\();@$`, c) >= 0:
				b.WriteByte('\\')
				b.WriteByte(c)
			case c <= ' ' || c >= 0x7f:
				fmt.Fprintf(&b, `\%03d`, c)
			default:
				b.WriteByte(c)
			}
		}
		b.WriteByte('.')
	}
	return b.String()
}

// Lower is the name with A to Z in lower case, as DNS compares names (RFC 4343).
func (n Name) Lower() Name {
	for i := range len(n) {
		if isUpper(n[i]) {
			b := []byte(n)
			for ; i < len(b); i++ {
				if isUpper(b[i]) {
					b[i] += 'a' - 'A'
				}
			}
			return Name(b)
		}
	}
	return n
}

// appendLower appends a name in lower case.
func appendLower[T Name | []byte](to []byte, name T) []byte {
	at := len(to)
	to = append(to, name...)
	for i, c := range to[at:] {
		if isUpper(c) {
			to[at+i] = c + 'a' - 'A'
		}
	}
	return to
}

// lowered is a name in lower case: itself if it is.
func lowered(name []byte) []byte {
	if slices.ContainsFunc(name, isUpper) {
		return appendLower(nil, name)
	}
	return name
}

// isUpper also holds for no octet of length, because a label has at most 63 octets.
func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }

// ParseName reads the presentation form of a name and keeps its case. The dot at the end may be left out: every name
// is absolute.
func ParseName(s string) (Name, error) {
	if s == "" {
		return "", fmt.Errorf("an empty text is no domain name")
	}
	if s == "." {
		return Root, nil
	}
	wire := make([]byte, 1, len(s)+2)
	label := 0 // where the octet of length of the present label is
	for i := 0; i < len(s); {
		if s[i] == '.' {
			if err := closeLabel(wire, label); err != nil {
				return "", fmt.Errorf("%q: %w", s, err)
			}
			label = len(wire)
			wire = append(wire, 0)
			i++
			continue
		}
		c, size, err := unescape(s[i:])
		if err != nil {
			return "", fmt.Errorf("%q: %w", s, err)
		}
		wire = append(wire, c)
		i += size
	}
	if label != len(wire)-1 { // no dot at the end
		if err := closeLabel(wire, label); err != nil {
			return "", fmt.Errorf("%q: %w", s, err)
		}
		wire = append(wire, 0)
	}
	if len(wire) > maxName {
		return "", fmt.Errorf("%q: a name of %d octets, more than %d", s, len(wire), maxName)
	}
	return Name(wire), nil
}

// closeLabel writes the length of the label that began at the given place.
func closeLabel(wire []byte, at int) error {
	switch n := len(wire) - at - 1; {
	case n == 0:
		return fmt.Errorf("an empty label")
	case n > maxLabel:
		return fmt.Errorf("a label of %d octets, more than %d", n, maxLabel)
	default:
		wire[at] = byte(n)
		return nil
	}
}

// unescape reads one octet of a label: itself, \X or \DDD (RFC 1035 section 5.1).
func unescape(s string) (c byte, size int, err error) {
	if s[0] != '\\' {
		return s[0], 1, nil
	}
	if len(s) == 1 {
		return 0, 0, fmt.Errorf(`a \ at the end`)
	}
	if s[1] < '0' || s[1] > '9' {
		return s[1], 2, nil
	}
	value := 0
	for _, d := range []byte(s[1:min(4, len(s))]) {
		if d < '0' || d > '9' {
			return 0, 0, fmt.Errorf(`a \ with a digit wants three of them`)
		}
		value = value*10 + int(d-'0')
	}
	if len(s) < 4 || value > 255 {
		return 0, 0, fmt.Errorf(`a \ with a digit wants three of them, up to 255`)
	}
	return byte(value), 4, nil
}

// parent is the name without its first label. The root is its own parent.
func (n Name) parent() Name {
	if len(n) < 2 || int(n[0])+1 >= len(n) {
		return Root
	}
	return n[1+int(n[0]):]
}

// within says whether a lower-case name is at or below a lower-case ancestor. What is no name is nowhere.
func (n Name) within(ancestor Name) bool { return within([]byte(n), ancestor) }

func within(name []byte, ancestor Name) bool {
	for len(name) > len(ancestor) {
		rest := skipLabels(name, 1)
		if len(rest) == len(name) {
			return false
		}
		name = rest
	}
	return string(name) == string(ancestor)
}

// Labels counts the labels, the root not included.
func (n Name) Labels() int { return countLabels([]byte(n)) }

// relative is the presentation form as a zone file would write it below the origin: "www", "@", or the absolute name
// when it lies elsewhere.
func (n Name) relative(origin Name) string {
	lower := n.Lower()
	switch {
	case lower == origin:
		return "@"
	case origin == Root || !lower.within(origin):
		return n.String()
	default:
		return strings.TrimSuffix(Name(string(n[:len(n)-len(origin)])+"\x00").String(), ".")
	}
}

// Bare is the presentation form without the last dot, as people and file names have it.
func (n Name) Bare() string {
	if n == Root {
		return "."
	}
	s := n.String()
	return s[:max(len(s)-1, 0)]
}

// countLabels counts the labels of a name in wire form, the root not included.
func countLabels(name []byte) int {
	count := 0
	for len(name) > 0 && name[0] != 0 && int(name[0]) < len(name) {
		name = name[1+int(name[0]):]
		count++
	}
	return count
}

// skipLabels is the name without its first labels.
func skipLabels(name []byte, count int) []byte {
	for ; count > 0 && len(name) > 1 && int(name[0])+1 < len(name); count-- {
		name = name[1+int(name[0]):]
	}
	return name
}
