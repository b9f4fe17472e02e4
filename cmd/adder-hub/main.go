// Command adder-hub is a NATS server for sweeps on many machines. Any other NATS server, single or
// clustered, can be used instead.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"adder/sweep/hub"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := newCommand(os.Stderr).ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "adder-hub:", err)
		os.Exit(2)
	}
}

func newCommand(out io.Writer) *cobra.Command {
	var o hub.Options
	var tokenFile string
	cmd := &cobra.Command{
		Use:   "adder-hub --dir DIR",
		Short: "Serve sweeps: a NATS server with JetStream in one binary",
		Long: `Serve the sweeps of ` + "`adder sweep --nats`" +
			` and its workers. Points, results and files are
kept in --dir, and are on its disk before the server says that it has them. Without a
token and TLS the server listens on this machine alone.`,
		Example: `  adder-hub --dir hub
  adder-hub --dir hub --listen 0.0.0.0:4222 --token-file token --tls-cert cert.pem --tls-key key.pem
  adder-hub --dir a --name a --listen 127.0.0.1:4222 --cluster lab --cluster-listen 127.0.0.1:6222`,
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if tokenFile != "" {
				text, err := os.ReadFile(tokenFile)
				if err != nil {
					return err
				}
				o.Token = strings.TrimSpace(string(text))
				if o.Token == "" {
					return fmt.Errorf("--token-file %s: it is empty", tokenFile)
				}
			}
			return serve(cmd.Context(), o, out)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.Folder, "dir", "", "the folder that keeps points, results and files")
	flags.StringVar(&o.Listen, "listen", "127.0.0.1:4222",
		"where clients find the server, `HOST:PORT`")
	flags.StringVar(&tokenFile, "token-file", "", "a file with the secret that clients must know")
	flags.StringVar(&o.Certificate, "tls-cert", "", "the server's certificate, a PEM file")
	flags.StringVar(&o.Key, "tls-key", "", "the key of the certificate, a PEM file")
	flags.StringVar(&o.ClusterName, "cluster", "",
		"the name of a cluster to be part of, on this machine")
	flags.StringVar(&o.Cluster, "cluster-listen", "", "where other servers of the cluster find "+
		"this one, `HOST:PORT`")
	flags.StringSliceVar(&o.Routes, "route", nil, "where other servers of the cluster listen for "+
		"servers, `HOST:PORT`")
	flags.StringVar(&o.Name, "name", "", "the server's name in its cluster")
	flags.StringVar(&o.Log, "log", "", "a file for the server's messages")
	return cmd
}

func serve(ctx context.Context, o hub.Options, out io.Writer) error {
	h, err := hub.Start(o)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "adder-hub: %s serves what is in %s\n", h.URL(), o.Folder)
	<-ctx.Done()
	return h.Close()
}
