// Package lint looks for what is wrong with a zone that can yet be served: what named-checkzone and kzonecheck refuse, and
// what an operator would regret. It reads one zone, asks nobody else, and changes nothing.
package lint
