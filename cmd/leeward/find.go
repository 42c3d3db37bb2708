package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"leeward/cmd/leeward/internal/admin"
	"leeward/cmd/leeward/internal/config"
)

// defaultSocket is where a server listens that is not told otherwise.
const defaultSocket = "/run/leeward/leeward.sock"

// server says how a command finds the server, and how it prints.
type server struct {
	socket, url, config string
	tokenFile           string
	reach               admin.Reach
	json                bool
}

// tokenVariable holds a token: on a command line every user of the host could read it.
const tokenVariable = "LEEWARD_TOKEN"

func (f *server) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.url, "admin", "", "admin address of the server, such as http://127.0.0.1:9353 (without a token it may only look)")
	cmd.Flags().StringVar(&f.tokenFile, "token-file", "", "with --admin: file of the token to show (or the variable "+tokenVariable+")")
	cmd.Flags().StringVar(&f.reach.Authority, "ca", "", "with --admin: file of the authorities of the server's certificate (default: the system's)")
	cmd.Flags().StringVar(&f.reach.Cert, "cert", "", "with --admin: file of the certificate to show")
	cmd.Flags().StringVar(&f.reach.Key, "key", "", "with --admin: file of its key")
	f.socketFlags(cmd)
}

// socketFlags are the flags of a command whose order is taken on the socket alone.
func (f *server) socketFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.socket, "socket", "", "admin socket of the server (default "+defaultSocket+")")
	cmd.Flags().StringVar(&f.config, "config", "", "configuration of the server, which names its socket")
	cmd.Flags().BoolVar(&f.json, "json", false, "print JSON")
}

// find is a client of the server.
//
//	two of these     refused
//	--admin          the address
//	--socket         the socket
//	--config         the socket that the configuration names, else its address; if there are errors in it, the socket
//	                 all the same, with a warning: the server runs on what it read before
//	none             as --config with the default configuration, if it exists, else the default socket
func (f *server) find(cmd *cobra.Command) (*admin.Client, error) {
	switch {
	case f.url != "" && f.socket != "", f.url != "" && f.config != "", f.socket != "" && f.config != "":
		return nil, usageError{errors.New("--socket, --admin and --config each name a server: give one of them")}
	case f.url != "":
		return f.byAddress(f.url)
	case f.tokenFile != "", f.reach != admin.Reach{}:
		return nil, usageError{errors.New("--token-file, --ca, --cert and --key are for --admin: the socket goes by the mode of its file")}
	case f.socket != "":
		return admin.AtSocket(f.socket), nil
	}
	file := f.config
	if file == "" {
		if _, err := os.Stat(defaultConfig); err != nil {
			return admin.AtSocket(defaultSocket), nil
		}
		file = defaultConfig
	}
	cfg, err := loadConfig(file, nil)
	switch {
	case err != nil:
		socket, ok := config.Socket(file)
		if !ok {
			return nil, usageError{fmt.Errorf("%w\n(to find the server without its configuration: --socket PATH)", err)}
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "warning: the configuration has errors, and a restart would fail (leeward check tells them); asking the server on %s\n", socket)
		return admin.AtSocket(socket), nil
	case cfg.Admin.Socket != "":
		return admin.AtSocket(cfg.Admin.Socket), nil
	case cfg.Admin.Listen.IsValid() && cfg.Admin.TLS == nil:
		return f.byAddress(cfg.Admin.Listen.String())
	case cfg.Admin.Listen.IsValid():
		return nil, usageError{fmt.Errorf("%s: the server has no admin.socket: name it as its certificate does, --admin https://NAME:%d", file, cfg.Admin.Listen.Port())}
	}
	return nil, usageError{fmt.Errorf("%s: the server has neither admin.socket nor admin.listen", file)}
}

// byAddress is a client of the server at an address, with what there is to show.
func (f *server) byAddress(at string) (*admin.Client, error) {
	f.reach.URL, f.reach.Token = at, os.Getenv(tokenVariable)
	if f.tokenFile != "" {
		text, err := os.ReadFile(f.tokenFile)
		if err != nil {
			return nil, usageError{fmt.Errorf("--token-file: %w", err)}
		}
		f.reach.Token = string(text)
	}
	f.reach.Token = strings.TrimSpace(f.reach.Token)
	if strings.ContainsFunc(f.reach.Token, func(r rune) bool { return r <= ' ' || r > '~' }) || f.tokenFile != "" && f.reach.Token == "" {
		return nil, usageError{errors.New("the file of the token has something else in it: leeward tokens new makes one")}
	}
	client, err := admin.At(f.reach)
	if err != nil {
		return nil, usageError{err}
	}
	return client, nil
}
