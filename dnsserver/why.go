package dnsserver

import "leeward/steering"

// extendedError says in the OPT record of a response why it is as it is (RFC 8914). It is for people: clients do not act
// on it. Without text it is none.
type extendedError struct {
	code uint16
	text string
}

// The codes in use (RFC 8914 4). Stale Answer is none of them: it tells of data, and the data here is never stale.
const (
	extendedOther            = 0
	extendedNotReady         = 14
	extendedProhibited       = 18
	extendedNotAuthoritative = 20
	extendedNotSupported     = 21
	extendedInvalid          = 24
)

// why says why the response is as it is, where that helps a person.
//
//	response                              code
//	without OPT                           none
//	an error that was explained           as it was
//	SERVFAIL                              14 Not Ready: no view yet
//	REFUSED, any other of class IN        20 Not Authoritative
//	by row 3 or 4 of the choice           0 Other: failing open
//	by a policy in their place            0 Other: the fallback, or no address
//	by a verdict without fresh votes      0 Other: stale
//	any other                             none
func (a *answering) why(rcode int) extendedError {
	q := &a.query
	switch {
	case !q.edns.present:
		return extendedError{}
	case a.because.text != "" && rcode != rcodeNoError:
		return a.because
	case rcode == rcodeServFail:
		return extendedError{extendedNotReady, "the server is starting"}
	case rcode == rcodeRefused && q.qclass == classIN:
		return extendedError{extendedNotAuthoritative, "no zone served here has the name"}
	case rowReasons[a.row] != "":
		return extendedError{extendedOther, rowReasons[a.row]}
	case a.stale:
		return extendedError{extendedOther, "by the last known health: there are no fresh checks"}
	default:
		return extendedError{}
	}
}

// rowReasons are what is worth telling of a row of the choice.
var rowReasons = [1 + steering.Rows]string{
	steering.RowFailOpen: "failing open: no colo with this name is healthy",
	steering.RowNearest:  "failing open: no colo with this name is healthy",
	steering.RowFallback: "the fallback of its policy: no colo with this name is healthy",
	steering.RowClosed:   "no address by its policy: no colo with this name is healthy",
}

// note keeps what of a choice is worth telling.
func (a *answering) note(reach *steering.Reach, choice *steering.Choice) {
	a.row = max(a.row, choice.Row)
	if choice.Settled || a.stale {
		return
	}
	for _, run := range reach.Runs() {
		a.stale = a.stale || choice.Gives(&run, a.view.Verdicts) && a.view.Verdicts.Of(run).Stale
	}
}
