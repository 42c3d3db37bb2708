// Package zones turns zone text into immutable trees and answers from them: what RFC 1034 section 4.3.2 and RFC 4592
// say about a name and a type, without a lock and without an allocation. Its store keeps a directory of zone files
// loaded and follows their edits.
//
// It encodes no message and knows no client: a steered RRset only carries where its addresses lie. It writes no file.
package zones
