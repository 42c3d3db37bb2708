// Package timeline puts what happened in a run into steps, and many runs into figures. It is pure.
package timeline
