package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"leeward/cmd/leeward/internal/admin"
	"leeward/cmd/leeward/internal/config"
	"leeward/cmd/leeward/internal/handover"
	"leeward/cmd/leeward/internal/service"
	"leeward/cmd/leeward/internal/systemd"
)

const defaultConfig = "/etc/leeward/leeward.yaml"

func serveCommand() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Answer queries until told to stop",
		Long: `Answer queries until told to stop.

SIGHUP reloads zones and configuration. SIGTERM stops gracefully: health, hooks and the other nodes hear of it first, and
queries are answered for process.grace; SIGINT, or a second signal, stops at once. Edits of zone files are taken up by
themselves. A zone file with an error changes nothing: the version in service stays.`,
		Example: `  leeward serve --config /etc/leeward/leeward.yaml
  leeward serve --config leeward.yaml --node-name ns1-ams --node-colo ams
  LEEWARD_NODE_NAME=ns1-ams leeward serve`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return serve(cmd.Context(), file, cmd.Flags(), cmd.ErrOrStderr())
		},
	}
	configFlag(cmd, &file)
	cmd.Flags().String("node-name", "", "name of this node, unique in the cluster (node.name)")
	cmd.Flags().String("node-colo", "", "colo this node stands in (node.colo)")
	return cmd
}

func configFlag(cmd *cobra.Command, file *string) {
	cmd.Flags().StringVar(file, "config", defaultConfig, "configuration, in YAML, TOML or JSON by its suffix")
}

// loadConfig reads the configuration. Its errors are usage errors.
func loadConfig(file string, flags *pflag.FlagSet) (*config.Config, error) {
	host, err := os.Hostname()
	if err != nil {
		host = ""
	}
	cfg, err := config.Load(config.Options{File: file, Flags: flags, Environ: os.Environ(), Ignore: append(service.ProgramVariables(), tokenVariable), HostName: host, Version: version})
	if err != nil {
		return nil, usageError{err}
	}
	return cfg, nil
}

// newLogger makes the logger that a configuration asks for.
func newLogger(cfg *config.Config, out io.Writer) (*slog.Logger, *slog.LevelVar) {
	level := new(slog.LevelVar)
	level.Set(cfg.Log.Level)
	options := &slog.HandlerOptions{Level: level}
	if cfg.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(out, options)), level
	}
	return slog.New(slog.NewTextHandler(out, options)), level
}

func serve(ctx context.Context, file string, flags *pflag.FlagSet, stderr io.Writer) error {
	if whole, err := filepath.Abs(file); err == nil {
		file = whole // what it tells later is read elsewhere
	}
	former, err := greet()
	if err != nil {
		return err
	}
	cfg, err := loadConfig(file, flags)
	if err != nil {
		return excuse(former, err)
	}
	collectSoon()
	log, level := newLogger(cfg, stderr)
	if err := giveUpRights(cfg, former != nil, log); err != nil {
		return excuse(former, usageError{err})
	}
	for _, warning := range cfg.Warnings {
		log.Warn(warning)
	}
	warnOfFiles(cfg, log)
	manager, err := systemd.Manager()
	if err != nil {
		log.Warn("the service manager is not told how this service is", "error", err)
	}
	given, err := systemd.Sockets()
	if err != nil {
		return usageError{err}
	}
	s := service.New(service.Options{Manager: manager, Sockets: given, Predecessor: former, Successor: successor(manager),
		Config: cfg, Version: version, Serving: spareThreads, Logger: log, Level: level,
		Reconfigure: func() (*config.Config, error) { return loadConfig(file, flags) }})
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ends, hangups := make(chan os.Signal, 2), make(chan os.Signal, 1)
	signal.Notify(ends, syscall.SIGTERM, syscall.SIGINT)
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(ends)
	defer signal.Stop(hangups)
	go end(ctx, stop, ends, s, log)
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case <-hangups:
				reloadOnSignal(s, log)
			}
		}
	}()
	if err := s.Run(ctx); err != nil {
		return excuse(former, err)
	}
	if pid := s.Replaced(); pid != 0 {
		log.Info("replaced", "node", cfg.Node.Name, "process", pid)
		return nil
	}
	log.Info("stopped", "node", cfg.Node.Name)
	return nil
}

// greet tells the process whose place this one takes, if there is one, who this is.
func greet() (*handover.Line, error) {
	former, err := handover.Predecessor()
	if former == nil {
		if err != nil {
			err = usageError{err}
		}
		return nil, err
	}
	if err := former.Send(handover.Message{Kind: handover.Hello, Format: handover.Format, Version: version}, nil); err != nil {
		return nil, fmt.Errorf("the process whose place this one is to take: %w", err)
	}
	return former, nil
}

// excuse tells the process whose place this one was to take, if there is one, why nothing comes of it.
func excuse(former *handover.Line, err error) error {
	if former != nil {
		_ = former.Send(handover.Message{Kind: handover.Failed, Version: version, Words: err.Error()}, nil) // it may be gone
	}
	return err
}

// successor starts a process as this one was started.
func successor(manager *systemd.Notifier) func(program string) (*handover.Successor, error) {
	environment := manager.Environment()
	return func(program string) (*handover.Successor, error) {
		return handover.Start(program, os.Args[1:], environment)
	}
}

// end ends a service as signals say.
//
//	signal     told to stop already    then
//	SIGTERM    no                      it leaves, and stops after the grace
//	SIGTERM    yes                     it stops
//	SIGINT     any                     it stops
func end(ctx context.Context, stop func(), signals <-chan os.Signal, s *service.Service, log *slog.Logger) {
	var over <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-over:
			stop()
		case sig := <-signals:
			s.Leave()
			grace := s.Grace()
			if sig != syscall.SIGTERM || over != nil || grace == 0 {
				stop()
				continue
			}
			log.Info("leaving: queries are answered for a while", "grace", grace.String())
			over = time.After(grace)
		}
	}
}

// reloadOnSignal reloads, and tells the log what an operator who sends a signal cannot be told otherwise.
func reloadOnSignal(s *service.Service, log *slog.Logger) {
	result, err := s.Reload(admin.ReloadRequest{ConfigToo: true})
	switch {
	case err != nil:
		log.Error("reload on SIGHUP", "error", err)
	case !result.OK(): // the service has told of the configuration, the store of the zones
		log.Warn("reloaded on SIGHUP, but for the errors above: what they are about stays as it was")
		err = errors.New("not all is in use as it stands in the files: the log says what")
	default:
		log.Info("reloaded on SIGHUP")
	}
	s.Signalled("SIGHUP", err)
}
