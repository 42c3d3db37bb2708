package steering

import "time"

// TTL bounds the TTL of steered answers, in seconds.
type TTL struct{ Min, Max uint32 }

// Seconds rounds a duration down to a TTL.
func Seconds(d time.Duration) uint32 { return uint32(min(max(d, 0)/time.Second, 1<<31-1)) }

// Of is the TTL of a steered answer, from the record's.
//
//	settled                  the record's, at most Max
//	may be about to change   the record's, at most Min
func (t TTL) Of(record uint32, settled bool) uint32 {
	if settled {
		return min(record, t.Max)
	}
	return min(record, t.Min, t.Max)
}
