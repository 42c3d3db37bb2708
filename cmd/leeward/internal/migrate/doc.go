// Package migrate makes what Leeward serves from what another name server serves: zones with _steer records, a network, a
// check, and a list of what could not be carried over.
//
// A reader of each peer's configuration (packages gdnsd, geodns, pdns below this one) gives a Site: the zones, and for each
// name that the peer answers by a policy what the name wants. The Site knows no word of any peer. Make turns it into files,
// and puts no policy into a zone that Leeward would refuse: such are in the list, with what to do instead.
package migrate
