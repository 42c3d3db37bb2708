package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"leeward/cmd/leeward/internal/admin"
)

func tokensCommand() *cobra.Command {
	tokens := &cobra.Command{
		Use:     "tokens",
		Short:   "Make tokens for the admin API",
		Example: "  leeward tokens new --name alice --role drain",
		Args:    noArgs,
		RunE:    help,
	}
	tokens.AddCommand(newTokenCommand())
	return tokens
}

func newTokenCommand() *cobra.Command {
	var name, role string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "new",
		Short: "Print a fresh token, and the line of the configuration that lets it in",
		Long: `Print a fresh token on standard output, and on standard error the line for admin.tokens of the configuration. The line
has the token's hash: the token itself is shown here once, and is kept nowhere.

Roles: read looks, drain also sets and ends overrides, admin may do all.`,
		Example: `  leeward tokens new --name alice --role drain
  (umask 077; leeward tokens new --name prometheus --role read > prometheus.token)`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if name == "" || strings.ContainsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }) {
				return usageError{errors.New("a token wants a name, without spaces, for the audit log: --name alice")}
			}
			if _, err := admin.ParseRole(role); err != nil {
				return usageError{fmt.Errorf("--role: %w", err)}
			}
			token, sum := admin.NewToken()
			digest := hex.EncodeToString(sum[:])
			if asJSON {
				return printJSON(cmd.OutOrStdout(), map[string]string{"token": token, "name": name, "role": role, "sha256": digest})
			}
			fmt.Fprintln(cmd.OutOrStdout(), token)
			fmt.Fprintf(cmd.ErrOrStderr(), "for admin.tokens in the configuration of every node, then leeward reload --config-too:\n    - {name: %q, role: %s, sha256: %s}\n", name, role, digest)
			return nil
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "whose it is, such as alice or prometheus (required)")
	cmd.Flags().StringVar(&role, "role", "", "read, drain or admin (required)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
