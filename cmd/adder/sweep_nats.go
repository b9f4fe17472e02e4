package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"adder/sweep"
	"adder/sweep/queue"
)

// natsFlags say where a NATS server is.
type natsFlags struct {
	url, tokenFile, credentials, authority string
	replicas                               int
}

func (f *natsFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.url, "nats", "",
		"a NATS server with JetStream, `URL`, or several with commas")
	flags.StringVar(&f.tokenFile, "nats-token-file", "", "a file with the server's token; or the "+
		"environment's ADDER_NATS_TOKEN")
	flags.StringVar(&f.credentials, "nats-creds", "", "a credentials file of NATS")
	flags.StringVar(&f.authority, "nats-ca", "", "the certificate of who signed the server's, a "+
		"PEM file")
	flags.IntVar(&f.replicas, "nats-replicas", 1, "servers of a cluster that keep each message, "+
		"where streams are made")
}

// connect finds the server.
func (a *app) connect(ctx context.Context, f *natsFlags) (*queue.Client, error) {
	token := os.Getenv("ADDER_NATS_TOKEN")
	if f.tokenFile != "" {
		text, err := os.ReadFile(f.tokenFile)
		if err != nil {
			return nil, fmt.Errorf("--nats-token-file: %w", err)
		}
		token = strings.TrimSpace(string(text))
	}
	if f.replicas < 1 || f.replicas > 5 {
		return nil, fmt.Errorf("--nats-replicas %d: 1 to 5", f.replicas)
	}
	return queue.Connect(ctx, queue.Options{
		URL: f.url, Token: token, Credentials: f.credentials, Authority: f.authority,
		Replicas: f.replicas,
		Log: func(format string, args ...any) {
			fmt.Fprintf(a.err, "adder: "+format+"\n", args...)
		},
	})
}

// workerFlags are the flags of `sweep worker`.
type workerFlags struct {
	nats    natsFlags
	workers int
	cache   string
	idle    time.Duration
}

func newSweepWorkerCommand(a *app) *cobra.Command {
	f := &workerFlags{}
	cmd := &cobra.Command{
		Use:   "worker --nats URL",
		Short: "Run points of sweeps that others have put into a queue",
		Long: `Take points of sweeps from a NATS server, run them, and give their results back, until
interrupted. The worker must be the same build as the sweep's: it takes no other points.
Models and data come through the server and are kept in --cache by their hashes.`,
		Example: `  adder sweep worker --nats nats://10.0.0.5:4222
  adder sweep worker --nats tls://hub:4222 --nats-ca ca.pem --nats-token-file token --workers 16
  adder sweep worker --nats nats://127.0.0.1:4222 --idle 10m`,
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.sweepWorker(cmd.Context(), f) },
	}
	f.nats.register(cmd)
	flags := cmd.Flags()
	flags.IntVar(&f.workers, "workers", runtime.GOMAXPROCS(0), "points run side by side")
	flags.StringVar(&f.cache, "cache", "", "a folder for models and data; default: adder in the "+
		"user's cache")
	flags.DurationVar(&f.idle, "idle", 0, "end when no point has come for so long; 0 for never")
	must(cmd.MarkFlagRequired("nats"))
	return cmd
}

// workerJSON is the JSON of `sweep worker`.
type workerJSON struct {
	Ran int `json:"ran"`
}

func (a *app) sweepWorker(ctx context.Context, f *workerFlags) error {
	if f.workers < 1 {
		return fmt.Errorf("--workers %d: give one at least", f.workers)
	}
	cache, err := cacheFolder(f.cache)
	if err != nil {
		return err
	}
	program, err := programHash()
	if err != nil {
		return err
	}
	client, err := a.connect(ctx, &f.nats)
	if err != nil {
		return err
	}
	defer client.Close()
	fmt.Fprintf(a.err, "adder: waiting for points at %s\n", client.URL())
	done := make(chan string)
	counted := make(chan int)
	go func() {
		n := 0
		for range done {
			n++
		}
		counted <- n
	}()
	err = client.Work(ctx, queue.Worker{
		Program: program, Runner: a.pointRunner(), Cache: cache, Side: f.workers, Idle: f.idle,
		Done: func(hash string, r *sweep.Record) {
			fmt.Fprintf(a.err, "adder: point %s: %s\n", hash, r.Status)
			done <- hash
		},
	})
	close(done)
	ran := <-counted
	if errors.Is(err, sweep.ErrUnequal) {
		return limitError{err}
	}
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(workerJSON{ran})
	}
	a.printf("%s run", count(ran, "point"))
	return nil
}

// cacheFolder is the folder of a worker's files.
func cacheFolder(given string) (string, error) {
	if given != "" {
		return given, nil
	}
	user, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("--cache: name a folder: %w", err)
	}
	return filepath.Join(user, "adder", "sweep"), nil
}
