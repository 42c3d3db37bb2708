// Package service is one running Leeward: it ties the zones, the cluster, the prober, the judge and the listeners
// together. One loop owns what changes; everything else reads the view it publishes.
package service
