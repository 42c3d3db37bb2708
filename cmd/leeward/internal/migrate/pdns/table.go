package pdns

import "fmt"

// table reads a table up to its end.
func (p *parser) table() (*expr, error) {
	e := &expr{kind: sign}
	for !p.take(sign, "}") {
		f, err := p.field()
		if err != nil {
			return nil, err
		}
		e.fields = append(e.fields, f)
		if !p.take(sign, ",") && !p.take(sign, ";") && p.peek() != (token{sign, "}"}) {
			return nil, fmt.Errorf("%s where , or } is wanted", p.peek())
		}
	}
	return e, nil
}

// field reads KEY = value, [KEY] = value, or a value.
func (p *parser) field() (f field, err error) {
	if p.take(sign, "[") {
		key, err := p.expr()
		if err == nil {
			err = p.want(sign, "]")
		}
		if err == nil {
			err = p.want(sign, "=")
		}
		if err != nil {
			return f, err
		}
		f.key = key.text
	} else if len(p.tokens) > 1 && p.tokens[0].kind == name && p.tokens[1] == (token{sign, "="}) {
		f.key = p.next().text
		p.next()
	}
	f.value, err = p.expr()
	return f, err
}
