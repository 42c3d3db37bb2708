package admin

import (
	"encoding"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// object is an object of the document.
type object = map[string]any

// schemas makes the schemas of Go types, with what the source says of them as descriptions.
type schemas struct {
	t        *testing.T
	made     object // by name
	named    map[reflect.Type]string
	comments map[string]object // by package: type or type.field -> description
}

func newSchemas(t *testing.T) *schemas {
	return &schemas{t: t, made: object{}, named: map[reflect.Type]string{}, comments: map[string]object{}}
}

var (
	texts  = reflect.TypeFor[encoding.TextMarshaler]()
	jsons  = reflect.TypeFor[json.Marshaler]()
	anyOne = reflect.TypeFor[json.RawMessage]()
	times  = reflect.TypeFor[time.Time]()
)

// of is the schema of a type. What is a body has nothing that is required, and nothing beyond what is known.
func (s *schemas) of(typ reflect.Type, body bool) object {
	switch {
	case typ == times:
		return object{"type": "string", "format": "date-time"}
	case typ == anyOne, typ.Kind() == reflect.Interface:
		return object{}
	case typ.Kind() == reflect.Pointer:
		return object{"anyOf": []any{s.of(typ.Elem(), body), object{"type": "null"}}}
	case typ.Implements(texts), typ.Implements(jsons), reflect.PointerTo(typ).Implements(texts):
		return object{"type": "string"}
	}
	switch typ.Kind() {
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.String:
		return object{"type": "string"}
	case reflect.Float32, reflect.Float64:
		return object{"type": "number"}
	case reflect.Slice, reflect.Array:
		return object{"type": "array", "items": s.of(typ.Elem(), body)}
	case reflect.Map:
		return object{"type": "object", "additionalProperties": s.of(typ.Elem(), body)}
	case reflect.Struct:
		if typ.Name() == "" {
			return s.structure(typ, body)
		}
		return object{"$ref": "#/components/schemas/" + s.name(typ, body)}
	}
	return object{"type": "integer"}
}

// name puts the schema of a struct beside the others.
func (s *schemas) name(typ reflect.Type, body bool) string {
	if name, ok := s.named[typ]; ok {
		return name
	}
	name := typ.Name()
	for n := range s.made { // of another package
		if n == name {
			pkg := filepath.Base(typ.PkgPath())
			name = strings.ToUpper(pkg[:1]) + pkg[1:] + name
		}
	}
	s.named[typ] = name
	s.made[name] = object{} // it may contain itself
	schema := s.structure(typ, body)
	describe(schema, s.comment(typ, ""))
	s.made[name] = schema
	return name
}

func (s *schemas) structure(typ reflect.Type, body bool) object {
	properties, required := object{}, []string{}
	s.fields(typ, body, properties, &required)
	schema := object{"type": "object"}
	if len(properties) > 0 {
		schema["properties"] = properties
	}
	if body {
		schema["additionalProperties"] = false
	} else if len(required) > 0 {
		schema["required"] = required
	}
	return schema
}

func (s *schemas) fields(typ reflect.Type, body bool, properties object, required *[]string) {
	for i := range typ.NumField() {
		field := typ.Field(i)
		tag := field.Tag.Get("json")
		name, rest, _ := strings.Cut(tag, ",")
		switch {
		case field.Anonymous && name == "":
			s.fields(field.Type, body, properties, required)
			continue
		case !field.IsExported(), tag == "-":
			continue
		case name == "":
			s.t.Errorf("%s.%s has no name in JSON", typ, field.Name)
			continue
		}
		schema := s.of(field.Type, body)
		describe(schema, s.comment(typ, field.Name))
		properties[name] = schema
		if !strings.Contains(rest, "omit") {
			*required = append(*required, name)
		}
	}
}

func describe(schema object, words string) {
	if words != "" {
		schema["description"] = words
	}
}

// comment is what the source says of a type, or of a field of it.
func (s *schemas) comment(typ reflect.Type, field string) string {
	pkg := typ.PkgPath()
	if !strings.HasPrefix(pkg, "leeward/") {
		return ""
	}
	if s.comments[pkg] == nil {
		s.comments[pkg] = s.read(filepath.Join("../../../..", strings.TrimPrefix(pkg, "leeward/")))
	}
	words, _ := s.comments[pkg][strings.TrimSuffix(typ.Name()+"."+field, ".")].(string)
	return words
}

func (s *schemas) read(dir string) object {
	found := object{}
	files, err := os.ReadDir(dir)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, f.Name()), nil, parser.ParseComments)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, decl := range parsed.Decls {
			of, ok := decl.(*ast.GenDecl)
			if !ok || of.Tok != token.TYPE {
				continue
			}
			for _, spec := range of.Specs {
				note(found, spec.(*ast.TypeSpec), of.Doc)
			}
		}
	}
	return found
}

func note(found object, spec *ast.TypeSpec, doc *ast.CommentGroup) {
	if spec.Doc != nil {
		doc = spec.Doc
	}
	found[spec.Name.Name] = oneLine(doc)
	of, ok := spec.Type.(*ast.StructType)
	if !ok {
		return
	}
	for _, f := range of.Fields.List {
		words := oneLine(f.Comment)
		if words == "" {
			words = oneLine(f.Doc)
		}
		for _, n := range f.Names {
			found[spec.Name.Name+"."+n.Name] = words
		}
	}
}

func oneLine(c *ast.CommentGroup) string { return strings.Join(strings.Fields(c.Text()), " ") }
