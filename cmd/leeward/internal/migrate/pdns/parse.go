package pdns

import (
	"fmt"

	"leeward/cmd/leeward/internal/migrate"
)

// expr is an expression: a literal, a table, a call, or the name of a variable.
type expr struct {
	kind   tokenKind // text, number, name; sign: a table
	text   string
	call   bool
	args   []*expr // of a call
	fields []field // of a table
}

// field is a field of a table; the key of one without is "".
type field struct {
	key   string
	value *expr
}

// branch is a condition with what is returned if it holds; that of else has no condition.
type branch struct {
	cond  *expr
	value *expr
}

// script is a record's script: what it returns, by branches.
type script []branch

// parser reads tokens.
type parser struct {
	tokens []token
	depth  int
}

// parse reads the script of a LUA record: an expression, or behind a semicolon a statement.
//
//	script    = expr | ";" statement
//	statement = "return" expr | "if" cond "then" statement { "elseif" cond "then" statement } [ "else" statement ] "end"
//	cond      = expr | "(" cond ")"
//	expr      = literal | table | name [ "(" [ expr { "," expr } ] ")" | table | string ]
func parse(code string) (script, error) {
	tokens, err := lex(code)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens}
	var s script
	if p.take(sign, ";") {
		s, err = p.statement()
	} else {
		var e *expr
		e, err = p.expr()
		s = script{{value: e}}
	}
	if err != nil {
		return nil, err
	}
	for p.take(sign, ";") {
	}
	if t := p.peek(); t.kind != end {
		return nil, fmt.Errorf("%s is not understood where it stands", t)
	}
	return s, nil
}

func (p *parser) peek() token {
	if len(p.tokens) == 0 {
		return token{}
	}
	return p.tokens[0]
}

func (p *parser) next() token {
	t := p.peek()
	if t.kind != end {
		p.tokens = p.tokens[1:]
	}
	return t
}

func (p *parser) take(kind tokenKind, text string) bool {
	if p.peek() != (token{kind, text}) {
		return false
	}
	p.next()
	return true
}

func (p *parser) want(kind tokenKind, text string) error {
	if !p.take(kind, text) {
		return fmt.Errorf("%s where %q is wanted", p.peek(), text)
	}
	return nil
}

// statement reads return, or if whose branches return.
func (p *parser) statement() (script, error) {
	if p.take(name, "return") {
		e, err := p.expr()
		p.take(sign, ";")
		return script{{value: e}}, err
	}
	if err := p.want(name, "if"); err != nil {
		return nil, err
	}
	var all script
	for {
		cond, err := p.cond()
		if err == nil {
			err = p.want(name, "then")
		}
		if err != nil {
			return nil, err
		}
		value, err := p.returned()
		if err != nil {
			return nil, err
		}
		all = append(all, branch{cond, value})
		if !p.take(name, "elseif") {
			break
		}
	}
	if p.take(name, "else") {
		value, err := p.returned()
		if err != nil {
			return nil, err
		}
		all = append(all, branch{value: value})
	}
	if err := p.want(name, "end"); err != nil {
		return nil, err
	}
	if p.take(name, "return") { // what is returned if no branch is
		value, err := p.expr()
		if err != nil || all[len(all)-1].cond == nil {
			return nil, fmt.Errorf("a second return is not understood")
		}
		all = append(all, branch{value: value})
	}
	return all, nil
}

func (p *parser) returned() (*expr, error) {
	if err := p.want(name, "return"); err != nil {
		return nil, err
	}
	e, err := p.expr()
	p.take(sign, ";")
	return e, err
}

func (p *parser) cond() (*expr, error) {
	if err := p.deeper(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	if !p.take(sign, "(") {
		return p.expr()
	}
	e, err := p.cond()
	if err != nil {
		return nil, err
	}
	return e, p.want(sign, ")")
}

func (p *parser) deeper() error {
	if p.depth++; p.depth > migrate.MaxNested {
		return fmt.Errorf("it is more than %d deep", migrate.MaxNested)
	}
	return nil
}

// expr reads an expression.
func (p *parser) expr() (*expr, error) {
	if err := p.deeper(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	t := p.next()
	switch {
	case t.kind == text || t.kind == number:
		return &expr{kind: t.kind, text: t.text}, nil
	case t == token{sign, "{"}:
		return p.table()
	case t.kind == name:
		e := &expr{kind: name, text: t.text}
		if next := p.peek(); next == (token{sign, "{"}) || next.kind == text { // a call with this alone
			arg, err := p.expr()
			e.call, e.args = true, []*expr{arg}
			return e, err
		}
		if !p.take(sign, "(") {
			return e, nil
		}
		e.call = true
		return e, p.args(e)
	}
	return nil, fmt.Errorf("%s is not understood where it stands", t)
}

// args reads the arguments of a call up to its end.
func (p *parser) args(e *expr) error {
	for !p.take(sign, ")") {
		if len(e.args) > 0 {
			if err := p.want(sign, ","); err != nil {
				return err
			}
		}
		a, err := p.expr()
		if err != nil {
			return err
		}
		e.args = append(e.args, a)
	}
	return nil
}
