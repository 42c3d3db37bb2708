package main

import (
	"fmt"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"

	"leeward/cmd/leeward/internal/config"
	"leeward/cmd/leeward/internal/rights"
)

// giveUpRights leaves the server with no more rights than it needs. Where root becomes another user the program starts anew, and
// this does not return.
//
//	started by     process.user       takes another's place    then
//	root           ""                 any                      it stays root
//	root           is default, none   any                      it stays root, and says so
//	root           another            yes                      it stays root, and says so: the former process is root too
//	root           another            no                       it becomes that user
//	another user   named, not this    any                      error: only root can become another
//	another user   any other          any                      it stays who it is
func giveUpRights(cfg *config.Config, succeeds bool, log *slog.Logger) error {
	rights.Shut()
	p := cfg.Process
	if os.Geteuid() != 0 {
		if self, err := user.LookupId(strconv.Itoa(os.Geteuid())); p.Named && p.User != "" && (err != nil || self.Username != p.User) {
			return fmt.Errorf("process.user: only root can become %s; start the server as root, or as %[1]s", p.User)
		}
		return nil
	}
	if p.User == "" {
		return nil
	}
	become, err := rights.Find(p.User, p.Named)
	switch {
	case err != nil:
		return err
	case become == nil:
		log.Warn("this server runs as root, and there is no user leeward whom it could become (process.user)")
		return nil
	case become.Root():
		return nil
	case succeeds:
		log.Warn("process.user: taken up by a restart alone: this server runs as root still")
		return nil
	}
	for _, d := range []struct {
		path string
		mode os.FileMode
	}{{cfg.State.Directory, 0o750}, {socketDirectory(cfg), 0o755}} {
		if err := become.Own(d.path, d.mode); err != nil {
			return fmt.Errorf("process.user: a directory for %s: %w", p.User, err)
		}
	}
	return become.Become()
}

// socketDirectory is where the admin socket lies; "": there is none.
func socketDirectory(cfg *config.Config) string {
	if cfg.Admin.Socket == "" {
		return ""
	}
	return filepath.Dir(cfg.Admin.Socket)
}

// besides is how many files a server has open beside connections and sockets for queries: gossip and its streams, the admin
// API's connections, probes, zone files.
const besides = 1024

// warnOfFiles tells when the system lets this process open fewer files than the configuration may need.
func warnOfFiles(cfg *config.Config, log *slog.Logger) {
	each := cfg.DNS.UDP.Sockets
	if each == 0 {
		each = runtime.GOMAXPROCS(0)
	}
	need := uint64(cfg.DNS.TCP.Connections + len(cfg.DNS.Listen)*(each+1) + besides)
	if most := rights.Files(); most != 0 && most < need {
		log.Warn("this process may open fewer files than it may need: connections will be refused (LimitNOFILE in the unit, ulimit -n, or a lower dns.tcp.connections)",
			"most", most, "need", need)
	}
}
