package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"leeward/cluster"
	"leeward/cmd/leeward/internal/admin"
	"leeward/cmd/leeward/internal/config"
)

// rotation is one step of the way from one gossip key to the next.
type rotation struct {
	at            server
	finish, abort bool
	force         bool
}

func rotateCommand() *cobra.Command {
	r := rotation{}
	cmd := &cobra.Command{
		Use:   "rotate [FILE]",
		Short: "Change the gossip key of all nodes, without a gap",
		Long: `Change the gossip key of all nodes, without a gap.

With FILE, the key in it becomes this node's key to come: it is put beside cluster.key_file, with .next at the end of its
name, and the running node reads with it from then on. Do this on every node. When all that live have it, they send with
it, by themselves. Without FILE it says how far that is. With --finish, the key to come takes the place of the old one,
which is forgotten: do this on every node as well.

The key never travels by gossip: bring FILE to each node as you brought the first one.`,
		Example: `  (umask 077; leeward keys new > new.key)       once; then bring it to all nodes
  leeward keys rotate new.key                   on every node
  leeward keys rotate                           on any: how far is it?
  leeward keys rotate --finish                  on every node
  leeward keys rotate --abort                   on every node: stay with the old one`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError{fmt.Errorf("one FILE is wanted, got %d", len(args))}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return r.run(cmd, args) },
	}
	r.at.flags(cmd)
	cmd.Flags().BoolVar(&r.finish, "finish", false, "put the key to come in the place of the old one, and forget that")
	cmd.Flags().BoolVar(&r.abort, "abort", false, "take the key to come back")
	cmd.Flags().BoolVar(&r.force, "force", false, "with --finish or --abort: even if nodes are then not heard any more")
	return cmd
}

// run does the step that is asked for.
//
//	FILE  --finish  --abort   step
//	yes   no        no        the key in it is to come
//	no    yes       no        the key to come takes the other's place
//	no    no        yes       it is taken back
//	no    no        no        how far it is
//	any other                 refused
func (r *rotation) run(cmd *cobra.Command, args []string) error {
	if len(args) > 0 && (r.finish || r.abort) || r.finish && r.abort {
		return usageError{errors.New("FILE, --finish and --abort are steps of their own: give one of them")}
	}
	client, err := r.at.find(cmd)
	if err != nil {
		return err
	}
	var keys admin.Keys
	switch {
	case len(args) > 0:
		keys, err = r.install(client, args[0])
	case r.finish:
		keys, err = r.replace(client)
	case r.abort:
		keys, err = r.takeBack(client)
	default:
		keys, err = client.Keys()
	}
	if err != nil {
		return err
	}
	if r.at.json {
		return printJSON(cmd.OutOrStdout(), keys)
	}
	printKeys(cmd.OutOrStdout(), keys)
	return nil
}

// keyFile is cluster.key_file of the configuration.
func (r *rotation) keyFile() (string, error) {
	file := r.at.config
	if file == "" {
		file = defaultConfig
	}
	cfg, err := loadConfig(file, nil)
	if err != nil {
		return "", usageError{err}
	}
	if cfg.Cluster == nil || cfg.Cluster.KeyFile == "" {
		return "", usageError{fmt.Errorf("%s: cluster.key_file is not set: there is no key that another could take the place of", file)}
	}
	return cfg.Cluster.KeyFile, nil
}

func (r *rotation) install(client *admin.Client, from string) (admin.Keys, error) {
	file, err := r.keyFile()
	if err != nil {
		return admin.Keys{}, err
	}
	text, err := os.ReadFile(from)
	if err != nil {
		return admin.Keys{}, usageError{err}
	}
	key, err := cluster.ParseKey(string(text))
	if err != nil {
		return admin.Keys{}, usageError{fmt.Errorf("%s: %w", from, err)}
	}
	if old, err := readKey(file); err == nil && string(old) == string(key) {
		return admin.Keys{}, &admin.Refusal{Reason: fmt.Sprintf("the key in %s is the one in %s already", from, file)}
	}
	next := config.NextKeyFile(file)
	if other, err := readKey(next); err == nil && string(other) != string(key) {
		return admin.Keys{}, &admin.Refusal{Reason: fmt.Sprintf("%s holds another key to come: finish with it, or take it back with --abort", next)}
	}
	if err := writeLike(file, next, string(text)); err != nil {
		return admin.Keys{}, err
	}
	keys, err := client.ReloadKeys()
	if _, silent := errors.AsType[*admin.NoServer](err); silent {
		err = fmt.Errorf("%s is in its place, and is taken up at the next start: %w", next, err)
	}
	return keys, err
}

func (r *rotation) replace(client *admin.Client) (admin.Keys, error) {
	file, err := r.keyFile()
	if err != nil {
		return admin.Keys{}, err
	}
	next := config.NextKeyFile(file)
	if _, err := readKey(next); err != nil {
		return admin.Keys{}, &admin.Refusal{Reason: fmt.Sprintf("no key is to come: %v", err)}
	}
	keys, err := client.Keys()
	switch {
	case r.force:
	case err != nil:
		return admin.Keys{}, err
	case !keys.Switched():
		return admin.Keys{}, &admin.Refusal{Reason: stillOld(keys)}
	}
	if err := os.Rename(next, file); err != nil {
		return admin.Keys{}, err
	}
	return client.ReloadKeys()
}

func (r *rotation) takeBack(client *admin.Client) (admin.Keys, error) {
	file, err := r.keyFile()
	if err != nil {
		return admin.Keys{}, err
	}
	keys, err := client.Keys()
	switch {
	case r.force:
	case err != nil:
		return admin.Keys{}, err
	case keys.Next != "" && keys.InUse == keys.Next:
		return admin.Keys{}, &admin.Refusal{Reason: "this node sends with the key to come already, as others will: go on with --finish, and rotate anew"}
	case len(keys.Turned) > 0:
		return admin.Keys{}, &admin.Refusal{Reason: fmt.Sprintf("%s would not be heard any more: sending with the key to come already; go on, and rotate anew (or use --force)",
			strings.Join(keys.Turned, ", "))}
	}
	if err := os.Remove(config.NextKeyFile(file)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return admin.Keys{}, err
	}
	return client.ReloadKeys()
}

func readKey(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return cluster.ParseKey(string(text))
}

// stillOld says who keeps a rotation from its end.
func stillOld(k admin.Keys) string {
	switch {
	case k.Next == "":
		return "the running node has no key to come: start with leeward keys rotate FILE"
	case len(k.Lacking) > 0:
		return fmt.Sprintf("%s would not be heard any more: the key to come is missing there (or use --force)", strings.Join(k.Lacking, ", "))
	}
	return fmt.Sprintf("%s would not be heard any more: still sending with the old key, try again in a moment (or use --force)",
		strings.Join(append([]string{"this node"}, k.Behind...), ", "))
}

// printKeys says how far a rotation is, and what comes next.
//
//	a key to come   members lack it   all send with it   what is left to do
//	no              -                 -                  nothing
//	yes             some              -                  install it there
//	yes             none              no                 wait a moment
//	yes             none              yes                finish
func printKeys(out io.Writer, k admin.Keys) {
	fmt.Fprintf(out, "in use: %s\n", k.InUse)
	switch {
	case k.Next == "":
		fmt.Fprintln(out, "to come: none")
		return
	case k.InUse != k.Next:
		fmt.Fprintf(out, "to come: %s\n", k.Next)
	}
	switch {
	case len(k.Lacking) > 0:
		fmt.Fprintf(out, "missing on %s: run leeward keys rotate FILE there\n", strings.Join(k.Lacking, ", "))
	case k.Switched():
		fmt.Fprintln(out, "all members send with the new key: run leeward keys rotate --finish on every node")
	default:
		fmt.Fprintln(out, "all members have it, and are about to send with it")
	}
}
