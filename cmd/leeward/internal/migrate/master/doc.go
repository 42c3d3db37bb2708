// Package master reads zone text (RFC 1035 section 5) that holds records which no parser of the field knows: those that peers
// answer by a policy. It gives entries as words, with their places and comments, and leaves to the caller what they mean.
package master
