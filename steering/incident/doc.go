// Package incident makes incidents of what the nodes report: who went down and came back, what operators drained, which
// zones are not served as they should be. It owns which events belong together, what the cause is, and the words for it;
// it asks nobody, and has no clock.
//
// A node reports only what it concluded itself. All else follows from the set of reports, in whatever order they came, so
// that all nodes with the same reports tell the same incidents.
package incident
