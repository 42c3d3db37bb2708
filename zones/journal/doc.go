// Package journal keeps zones on disk, each with what changed of late, so that a restart serves what was served before
// and knows it for those who ask for differences.
//
// Each zone has one file: the changes that led to a version (the history), that version, and the changes since, which are
// put to its end one by one. What is written is checksummed, and holds the digest of the content that it leads to. An end
// that was cut off is left away; a file without a whole version in it counts as nothing.
//
// It owns a directory, and knows nothing of zone files or of primaries.
package journal
