// Package peers starts name servers of other houses for the tests that hold Leeward against them.
package peers
