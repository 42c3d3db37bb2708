package zones

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// generator makes the records of a $GENERATE, one at a time. It does the work in place of the parser's own, which
// forgets $TTL.
type generator struct {
	template        string
	next, end, step int64
}

// maxGenerated bounds the records of one $GENERATE.
const maxGenerated = 1 << 16

// newGenerator reads `$GENERATE START-END[/STEP] OWNER [TTL] [CLASS] TYPE RDATA`.
func newGenerator(entry []byte) (*generator, error) {
	entry = bytes.TrimRight(entry, "\r\n")
	if bytes.ContainsAny(entry, "\r\n") {
		return nil, fmt.Errorf("it must stand on one line")
	}
	fields := strings.Fields(string(entry))
	if len(fields) < 4 {
		return nil, fmt.Errorf("want $GENERATE START-END[/STEP] OWNER TYPE RDATA")
	}
	bad := fmt.Errorf("%q is no range START-END[/STEP] of at most %d steps", fields[1], maxGenerated)
	between, stepText, stepped := strings.Cut(fields[1], "/")
	from, to, ok := strings.Cut(between, "-")
	g := &generator{step: 1}
	numbers := []struct {
		into *int64
		text string
	}{{&g.next, from}, {&g.end, to}, {&g.step, stepText}}
	if !stepped {
		numbers = numbers[:2]
	}
	for _, n := range numbers {
		value, err := strconv.ParseUint(n.text, 10, 31)
		if err != nil || !ok {
			return nil, bad
		}
		*n.into = int64(value)
	}
	if g.step == 0 || g.end < g.next || (g.end-g.next)/g.step >= maxGenerated {
		return nil, bad
	}
	_, rest, _ := strings.Cut(string(entry), fields[1])
	g.template = strings.TrimLeft(rest, " \t")
	return g, nil
}

// line is the next record. It is nil after the last one.
func (g *generator) line() ([]byte, error) {
	if g.next > g.end {
		return nil, nil
	}
	var line []byte
	for rest := g.template; rest != ""; {
		switch {
		case strings.HasPrefix(rest, `\$`), strings.HasPrefix(rest, "$$"):
			line, rest = append(line, '$'), rest[2:]
		case rest[0] == '\\' && len(rest) > 1:
			line, rest = append(line, rest[:2]...), rest[2:]
		case rest[0] == '$':
			value, size, err := g.value(rest)
			if err != nil {
				return nil, err
			}
			line, rest = append(line, value...), rest[size:]
		default:
			line, rest = append(line, rest[0]), rest[1:]
		}
	}
	if line[0] == '$' {
		return nil, fmt.Errorf("it cannot make directives")
	}
	g.next += g.step
	return append(line, '\n'), nil
}

// value is what $ or ${OFFSET[,WIDTH[,BASE]]} at the start of the text stands for, and the size of that text.
func (g *generator) value(text string) (string, int, error) {
	if !strings.HasPrefix(text, "${") {
		return strconv.FormatInt(g.next, 10), 1, nil
	}
	end := strings.IndexByte(text, '}')
	if end < 0 {
		return "", 0, fmt.Errorf("%q: a ${ without its }", text)
	}
	modifier := text[:end+1]
	bad := fmt.Errorf("%q is no ${OFFSET,WIDTH,BASE} with BASE d, o, x or X", modifier)
	parts := strings.Split(text[2:end], ",")
	offset, err := strconv.ParseInt(parts[0], 10, 32)
	if err != nil || len(parts) > 3 || g.next+offset < 0 {
		return "", 0, bad
	}
	width, base := uint64(0), "d"
	if len(parts) > 1 {
		if width, err = strconv.ParseUint(parts[1], 10, 8); err != nil {
			return "", 0, bad
		}
	}
	if len(parts) > 2 {
		base = parts[2]
	}
	if len(base) != 1 || !strings.Contains("doxX", base) {
		return "", 0, bad
	}
	return fmt.Sprintf("%0*"+base, int(width), g.next+offset), len(modifier), nil
}
