package pdns

import "testing"

// FuzzParse reads scripts.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"", "'a'", "all({'a', \"b\"})", ";if(country('US')) then return 'a' elseif asnum({1}) then return b else return {c=1, ['d']=2} end",
		";return 1 -- end", "f{g'h'}", "{{{{"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, code string) {
		s, err := parse(code)
		if err == nil && len(s) == 0 {
			t.Error("neither a script nor an error")
		}
	})
}
