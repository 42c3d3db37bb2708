package figure

import (
	"math/bits"
	"time"
)

// fine is the number of bits in which a latency is kept: buckets are at most 1/64 of their value wide.
const fine = 6

// Latencies is a histogram of latencies. The zero value is empty. Adding does not allocate.
type Latencies struct {
	buckets [(64 - fine + 1) << fine]uint32
	count   uint64
	max     time.Duration
}

// Add counts one latency.
func (l *Latencies) Add(d time.Duration) {
	l.buckets[bucket(uint64(max(d, 0)))]++
	l.count++
	l.max = max(l.max, d)
}

// Count is the number of latencies.
func (l *Latencies) Count() uint64 { return l.count }

// Max is the longest latency.
func (l *Latencies) Max() time.Duration { return l.max }

// At is the latency that a share of all do not exceed, 0.99 for the 99th percentile: the upper end of its bucket, but at
// most the longest. Without latencies it is 0.
func (l *Latencies) At(share float64) time.Duration {
	left := uint64(share * float64(l.count))
	for i, n := range l.buckets {
		if n > 0 && uint64(n) >= left {
			return min(time.Duration(upper(i)), l.max)
		}
		left -= min(left, uint64(n))
	}
	return l.max
}

// bucket is the index of a value's bucket: values below 2^fine have one each, all others share theirs with those that
// have the same highest bits.
func bucket(v uint64) int {
	shift := max(bits.Len64(v)-fine-1, 0)
	return shift<<fine + int(v>>shift)
}

// upper is the largest value of a bucket.
func upper(i int) uint64 {
	if i < 2<<fine {
		return uint64(i)
	}
	shift := i>>fine - 1
	return uint64(i-shift<<fine+1)<<shift - 1
}
