// Package netns makes network namespaces, does things inside them and takes them away again. It is for Linux.
package netns
