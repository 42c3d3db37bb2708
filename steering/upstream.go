package steering

// UpstreamState is what a verdict says of an upstream.
type UpstreamState uint8

// The states of an upstream.
const (
	UpstreamUnknown UpstreamState = iota // none of its uplinks was ever measured
	UpstreamUp
	UpstreamFailing
	UpstreamDrained // by an override
)

func (s UpstreamState) String() string {
	return [...]string{"unknown", "up", "failing", "drained"}[s]
}

// MarshalText gives the verdict word.
func (s UpstreamState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
