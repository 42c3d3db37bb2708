// Package geodns reads zones of geodns: JSON files with labels, weights, targets and aliases, as its README has them.
package geodns
