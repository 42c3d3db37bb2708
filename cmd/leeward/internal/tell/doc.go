// Package tell tells others of incidents: webhooks, and a program. It owns what is told when, by which of the nodes, and how
// often it is tried again. What an incident is, and what the other nodes have told already, it is told itself.
//
// Nothing waits for it: it looks at the incidents there are whenever they have changed, and at what was told of them, so
// that there is no queue that could grow, and a restart forgets nothing.
package tell
