// Package tsig signs messages with a shared secret and verifies such signatures (RFC 8945): a server's side, which opens
// queries and signs its responses, and a client's, which signs queries and verifies the responses, of one message or of
// many.
//
// A message goes in and out as it stands on the wire. Who may do what with a key is decided elsewhere.
package tsig
