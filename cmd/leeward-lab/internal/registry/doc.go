// Package registry holds the test with the tools that registries use before they delegate: an Internet of a root, a
// registry and two name servers, all of them Leeward, in a network namespace.
package registry
