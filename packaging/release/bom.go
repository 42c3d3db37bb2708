package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// bomTool makes bills of materials (SBOM) in the CycloneDX format. It is pinned here, and no part of the module: it brings a
// classifier of licences along, which the program has no use for.
const bomTool = "github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0"

// writeBOM writes what a program is made of: the modules that are in it, as the compiler has noted, with versions, checksums
// and licences. It has no serial number and no time, so that it is the same for the same program.
func (s *source) writeBOM(path, program string) error {
	cmd := exec.Command("go", "run", bomTool, "bin", "-json", "-output-version", "1.6", "-noserial", "-notimestamp", "-std",
		"-licenses", "-assert-licenses", "-version", s.version, program)
	cmd.Dir = s.dir // outside of the module, whose versions are not the tool's
	cmd.Env = append(os.Environ(), "GOFLAGS=", "CGO_ENABLED=0")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("bill of materials: %w\n%s", err, stderr.String())
	}
	bom, err := withoutTool(out)
	if err != nil {
		return fmt.Errorf("bill of materials: %w", err)
	}
	return os.WriteFile(path, bom, 0o644)
}

// withoutTool is a bill without the checksums of the program that wrote it: it was compiled for whatever machine this is.
func withoutTool(text []byte) ([]byte, error) {
	var bom map[string]any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&bom); err != nil {
		return nil, err
	}
	metadata, _ := bom["metadata"].(map[string]any)
	tools, _ := metadata["tools"].([]any)
	if len(tools) != 1 {
		return nil, fmt.Errorf("it names %d tools, want the one that wrote it", len(tools))
	}
	tool, ok := tools[0].(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the tool that wrote it is %v", tools[0])
	}
	delete(tool, "hashes")
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(bom)
	return out.Bytes(), err
}
