package incident

import (
	"math/rand/v2"
	"testing"
	"time"
)

// BenchmarkFold is as much as is kept: some six thousand reports of three months.
func BenchmarkFold(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	var all []Report
	for day := range 60 {
		for _, report := range anything(r, 100) {
			report.At = report.At.Add(time.Duration(day) * 36 * time.Hour)
			all = append(all, report)
		}
	}
	for b.Loop() {
		Fold(all)
	}
}
