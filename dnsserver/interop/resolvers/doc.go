// Package resolvers holds real resolvers, which tell Leeward their clients' subnets and cache its answers by scope, to the
// right answer for every client, before and after a colo fails.
package resolvers
