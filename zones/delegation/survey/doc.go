// Package survey finds out the facts about a delegation: it asks the parent and every name server. It judges nothing.
package survey
