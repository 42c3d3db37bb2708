// Package admin is the door for operators: the HTTP API of a running node, on a Unix socket and on an address, and the client
// that the commands use.
//
// It owns the paths, the JSON and the rule who may do what. What they mean is the business of the Node behind it.
package admin
