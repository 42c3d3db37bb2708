package main

import (
	"fmt"
	"os"
	"os/exec"
)

// bomTool makes bills of materials (SBOM) in the CycloneDX format. It is pinned here, and no part of the module: it brings a
// classifier of licences along, which the program has no use for.
const bomTool = "github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0"

// writeBOM writes what a program is made of: the modules that are in it, as the compiler has noted, with versions, checksums
// and licences. It has no serial number and no time, so that it is the same for the same program.
func (s *source) writeBOM(path, program string) error {
	cmd := exec.Command("go", "run", bomTool, "bin", "-json", "-output-version", "1.6", "-noserial", "-notimestamp", "-std",
		"-licenses", "-assert-licenses", "-version", s.version, "-output", path, program)
	cmd.Dir = s.dir // outside of the module, whose versions are not the tool's
	cmd.Env = append(os.Environ(), "GOFLAGS=", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("bill of materials: %w\n%s", err, out)
	}
	return nil
}
