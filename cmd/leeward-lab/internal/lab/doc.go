// Package lab builds a network of namespaces after a plan, runs Leeward's nodes, web servers and resolvers in it, breaks
// it, and writes down what everybody saw. It judges nothing: that is for scenarios. It is for Linux.
package lab
