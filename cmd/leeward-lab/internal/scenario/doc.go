// Package scenario is what can be done to a laboratory, and what must come of it. It is for Linux.
package scenario
