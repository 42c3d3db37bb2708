package gdnsd

import "testing"

// FuzzParse reads vscf. What it reads has a place wherever it is.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", "a => b", "a = [b c, d], e={f=>g};#x\n", `"\"q" => \065\\`, "[a, {b=>[]}]", "$include{a}", "a => $include{ \"b\" }", "a => {"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := parse(text, "config", nil)
		if err == nil {
			placed(t, v)
		}
	})
}

func placed(t *testing.T, v *value) {
	if v.at.Line < 1 {
		t.Errorf("no line: %+v", v)
	}
	for _, item := range v.items {
		placed(t, item)
	}
	for _, p := range v.pairs {
		if placed(t, p.value); v.get(p.key) != p.value {
			t.Errorf("%q is not found", p.key)
		}
	}
}
