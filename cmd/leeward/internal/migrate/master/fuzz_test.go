package master

import "testing"

// FuzzRead reads zone text.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{"", "@ 300/30 DYNA a!b ; c\n", "a IN TXT (\"b\" ; c\n d)\n\te A @Z\n", "$TTL 1h\n$ORIGIN b\nc A 1\n", "$INCLUDE x y\n", "$GENERATE 1-3 a$ A 10.0.0.$\n", "a \\\n", "\"\\\"\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		err := Read(text, "zone", Options{Origin: "example.com.", TTL: 60, Marks: true, Generate: true, Record: func(r Record) error {
			if r.At.Line < 1 || r.Owner == "" {
				t.Errorf("no place or owner: %+v", r)
			}
			if ttl, err := r.Seconds(); err == nil {
				_, _ = r.RR(ttl) // what is no record is an error
			}
			return nil
		}})
		if err != nil && err.Error() == "" {
			t.Error("an error without words")
		}
	})
}
