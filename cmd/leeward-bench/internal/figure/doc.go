// Package figure makes few numbers of many: medians with their spread, ratios of rounds, percentiles of latencies. It is
// pure: it measures nothing.
package figure
