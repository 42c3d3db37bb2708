package zones

import (
	"context"
	"log/slog"
	"time"

	"leeward/steering"
)

// File names the file of a zone whose name is no file name.
type File struct {
	Origin Name
	File   string
}

// Config is what a Store follows.
type Config struct {
	Directory string // with files NAME.zone; "" is none
	Files     []File
	Serial    SerialPolicy
	Network   *steering.Network // nil: nothing is steered
	Log       *slog.Logger      // nil: silent
	Now       func() time.Time  // nil: time.Now
	Rescan    time.Duration     // between two looks at all files, for file systems without events; 0 is 30 s
}

// SerialPolicy says with which serial an edit is served that brings none of its own.
type SerialPolicy uint8

// The policies.
const (
	Keep      SerialPolicy = iota // the one in the file
	Increment                     // one more than before
	UnixTime                      // the seconds since 1970, or one more than before if that is not ahead
)

// Outcome is what a load did with one zone.
type Outcome struct {
	Origin   Name   // "" when it is about the directory
	File     string // the zone file, or the directory
	Action   Action
	Serial   uint32 // served, 0 when none is
	Records  int    // served
	Err      error  // why the file is not served as it stands
	Warnings []Warning
}

// Action is what happened to a zone.
type Action string

// The actions.
const (
	Loaded    Action = "loaded"    // served as in the file
	Unchanged Action = "unchanged" // served as in the file, which is the same as before
	Failed    Action = "failed"    // the file has an error: the version in service, if any, stays
	Kept      Action = "kept"      // the file is gone: the version in service stays
	Dropped   Action = "dropped"   // the file is gone and the zone no longer served
)

// Status is the state of one zone.
type Status struct {
	Origin     Name
	File       string
	Serial     uint32 // served
	FileSerial uint32 // in the file of the version served
	Records    int
	Steered    int       // RRsets
	Loaded     time.Time // of the version served; zero when none is
	Error      string    // of the last attempt, "" when good
	Warnings   []Warning
}

// Store keeps zone files loaded.
type Store struct{}

// NewStore opens nothing and starts nothing.
func NewStore(config Config) *Store { return &Store{} }

// Load reads all zones anew.
func (s *Store) Load(force bool) []Outcome { return nil }

// Run follows edits until the context ends.
func (s *Store) Run(ctx context.Context, changed func()) error { return nil }

// Set is the zones in service.
func (s *Store) Set() *Set { return NewSet() }

// Status is the state of each zone.
func (s *Store) Status() []Status { return nil }

// Resteer puts the zones on another network.
func (s *Store) Resteer(network *steering.Network) {}
