// Package docs gives the program the pages that it shows itself.
package docs

import _ "embed"

//go:embed openapi.yaml
var openAPI []byte

// OpenAPI is the admin API in the form of OpenAPI, in YAML.
func OpenAPI() []byte { return openAPI }
