package config

import (
	"encoding/hex"
	"fmt"
	"io/fs"
	"strconv"
)

// fileMode is who may read and write a file, in octal: text, since 0660 without quotes is one number in YAML and another in
// TOML, and none in JSON.
func fileMode() kind {
	return textual("file mode", anyText, func(text string) (fs.FileMode, error) {
		mode, err := strconv.ParseUint(text, 8, 32)
		if err != nil || mode&^0o666 != 0 || mode&0o600 != 0o600 {
			return 0, fmt.Errorf("%q is no mode of a socket, such as 0600 or 0660", text)
		}
		return fs.FileMode(mode), nil
	})
}

// sum256 is a SHA-256 in hex. Errors do not repeat it: it may be the token that stands there by mistake.
func sum256() kind {
	return textual("hex", "a SHA-256 in hex", func(text string) (sum [32]byte, err error) {
		octets, err := hex.DecodeString(text)
		if err != nil || len(octets) != len(sum) {
			return sum, fmt.Errorf("no SHA-256 in hex, 64 digits (leeward tokens new prints it)")
		}
		return [32]byte(octets), nil
	})
}
