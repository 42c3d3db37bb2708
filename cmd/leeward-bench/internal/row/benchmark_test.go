package row

import "testing"

func TestParseBenchmarks(t *testing.T) {
	list, err := parseBenchmarks(`goos: linux
BenchmarkAnswer/static-2         	 5158334	       232.6 ns/op	       0 B/op	       0 allocs/op
BenchmarkAnswer/steered-2        	 1000000	       301 ns/op	  12.00 MiB-held	       8 B/op	       1 allocs/op
BenchmarkAnswer/static-2         	 5158334	       240 ns/op	       0 B/op	       0 allocs/op
BenchmarkServe 	 5	       1240 ns/op
PASS
`)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 3 || list[0].name != "Answer/static" || list[1].name != "Answer/steered" || list[2].name != "Serve" {
		t.Fatalf("%d benchmarks", len(list))
	}
	if s := list[0]; len(s.nanoseconds) != 2 || s.nanoseconds[0] != 232.6 || len(s.allocs) != 2 || list[1].allocs[0] != 1 || list[2].allocs != nil {
		t.Errorf("%+v, %+v", *s, *list[1])
	}
}
