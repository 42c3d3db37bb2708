package dnstap

import (
	"net/netip"
	"time"

	dnstap "github.com/dnstap/golang-dnstap"
	"google.golang.org/protobuf/proto"

	"leeward/dnsserver"
)

// encoder makes the payload of a frame of one message after the other. It belongs to one goroutine.
type encoder struct {
	frame  dnstap.Dnstap
	out    []byte
	family [2]dnstap.SocketFamily
	proto  [2]dnstap.SocketProtocol
	kind   [4]dnstap.Message_Type

	clientPort, serverPort, querySub, responseSub uint32
	querySec, responseSec                         uint64
}

// Places in the encoder's kinds.
const (
	kindQuery = iota
	kindResponse
	kindUpdate // and its response behind it
)

func newEncoder(identity, version string) *encoder {
	e := &encoder{
		family: [2]dnstap.SocketFamily{dnstap.SocketFamily_INET, dnstap.SocketFamily_INET6},
		proto:  [2]dnstap.SocketProtocol{dnsserver.UDP: dnstap.SocketProtocol_UDP, dnsserver.TCP: dnstap.SocketProtocol_TCP},
		kind: [4]dnstap.Message_Type{dnstap.Message_AUTH_QUERY, dnstap.Message_AUTH_RESPONSE, dnstap.Message_UPDATE_QUERY,
			dnstap.Message_UPDATE_RESPONSE},
	}
	e.frame.Type = dnstap.Dnstap_MESSAGE.Enum()
	e.frame.Message = &dnstap.Message{}
	if identity != "" {
		e.frame.Identity = []byte(identity)
	}
	if version != "" {
		e.frame.Version = []byte(version)
	}
	return e
}

// about sets what the query and the response of an exchange have in common.
func (e *encoder) about(x *dnsserver.Exchange) {
	m := e.frame.Message
	m.SocketFamily = &e.family[0]
	if x.Client.Addr().Is6() {
		m.SocketFamily = &e.family[1]
	}
	m.SocketProtocol = &e.proto[x.Transport]
	m.QueryAddress, m.ResponseAddress = x.Client.Addr().AsSlice(), sameFamily(x.Server.Addr(), x.Client.Addr())
	m.QueryPort, m.ResponsePort = nil, &e.serverPort
	if e.clientPort, e.serverPort = uint32(x.Client.Port()), uint32(x.Server.Port()); e.clientPort != 0 {
		m.QueryPort = &e.clientPort
	}
	e.querySec, e.querySub = split(x.Taken)
	m.QueryTimeSec, m.QueryTimeNsec = &e.querySec, &e.querySub
	m.QueryZone = nil
	if asked, ok := x.Question(); ok {
		if zone := x.Zone(asked); zone != nil {
			m.QueryZone = []byte(zone.Origin())
		}
	}
}

// sameFamily is the server's address, if it is of the client's family: behind a proxy it need not be, and the format has
// room for one family.
func sameFamily(server, client netip.Addr) []byte {
	if server.Is4() != client.Is4() {
		return nil
	}
	return server.AsSlice()
}

// query is the payload for a query that about was told of. It is valid until the next call, as is response's.
func (e *encoder) query(x *dnsserver.Exchange) ([]byte, error) {
	m := e.frame.Message
	m.Type = &e.kind[kindQuery+kindOf(x)]
	m.QueryMessage, m.ResponseMessage, m.ResponseTimeSec, m.ResponseTimeNsec = x.Query, nil, nil, nil
	return e.marshal()
}

// response is the payload for a response.
func (e *encoder) response(x *dnsserver.Exchange) ([]byte, error) {
	m := e.frame.Message
	m.Type = &e.kind[kindResponse+kindOf(x)]
	e.responseSec, e.responseSub = split(x.Answered)
	m.QueryMessage, m.ResponseMessage, m.ResponseTimeSec, m.ResponseTimeNsec = nil, x.Response, &e.responseSec, &e.responseSub
	return e.marshal()
}

func (e *encoder) marshal() (payload []byte, err error) {
	e.out, err = proto.MarshalOptions{}.MarshalAppend(e.out[:0], &e.frame)
	return e.out, err
}

// kindOf is how far the kinds of an update lie behind those of any other message.
func kindOf(x *dnsserver.Exchange) int {
	const update = 5 // RFC 2136
	if x.Query[2]>>3&15 == update {
		return kindUpdate
	}
	return 0
}

func split(t time.Time) (sec uint64, nsec uint32) { return uint64(t.Unix()), uint32(t.Nanosecond()) }
