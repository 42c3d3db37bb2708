// Package delegation judges whether a zone can be delegated to its name servers: what a registry tests before it
// publishes them. Facts go in, findings come out. It says what is to be asked, and asks nobody.
package delegation
