// Package hub is an embedded NATS server with JetStream, for sweeps of those who have no server. It
// writes each message to disk before it acknowledges it, locks its folder, and accepts connections
// from other machines only with a token and TLS.
package hub

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/nats-io/nats-server/v2/server"
)

// Options are the options of a server.
type Options struct {
	// Folder is the folder of the server's state. One server uses it at a time.
	Folder string
	// Listen is HOST:PORT; port 0 takes a free one.
	Listen string
	// Token is the secret of clients, "" for none.
	Token string
	// Certificate and Key are files in PEM form, "" for no TLS.
	Certificate, Key string
	// Cluster is HOST:PORT for other servers of the cluster of this name, Routes where some
	// of them listen, and Name this server's own; all empty for a server alone.
	ClusterName, Cluster, Name string
	Routes                     []string
	// Log is a file for the server's messages, "" for none.
	Log string
}

// Hub is a running server.
type Hub struct {
	server *server.Server
	lock   *flock.Flock
}

// starting is how long a server may take until it answers.
const starting = 10 * time.Second

// maxPayload is the largest message, NATS's own advice for its upper end.
const maxPayload = 8 << 20

// Start starts a server.
func Start(o Options) (*Hub, error) {
	config, err := o.config()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.Folder, 0o700); err != nil {
		return nil, fmt.Errorf("hub: %w", err)
	}
	lock := flock.New(filepath.Join(o.Folder, "lock"))
	got, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("hub: %w", err)
	}
	if !got {
		return nil, fmt.Errorf("hub: another server uses %s: stop it, or give another folder",
			o.Folder)
	}
	s, err := server.NewServer(config)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("hub: %w", err), lock.Unlock())
	}
	if o.Log != "" {
		s.ConfigureLogger()
	}
	go s.Start()
	if !s.ReadyForConnections(starting) {
		s.Shutdown()
		return nil, errors.Join(fmt.Errorf("hub: %s is not to be had, or the server did not "+
			"start within %v", o.Listen, starting), lock.Unlock())
	}
	return &Hub{s, lock}, nil
}

// URL is the address for clients.
func (h *Hub) URL() string { return h.server.ClientURL() }

// Close stops the server and unlocks its folder.
func (h *Hub) Close() error {
	h.server.Shutdown()
	h.server.WaitForShutdown()
	return h.lock.Unlock()
}

func (o *Options) config() (*server.Options, error) {
	if o.Folder == "" {
		return nil, errors.New("hub: name a folder to keep points and results in (--dir)")
	}
	host, port, err := split(o.Listen)
	if err != nil {
		return nil, err
	}
	config := &server.Options{
		ServerName: o.Name, Host: host, Port: port, JetStream: true, StoreDir: o.Folder,
		SyncAlways:    true,
		Authorization: o.Token, MaxPayload: maxPayload, NoSigs: true, NoLog: o.Log == "",
		LogFile: o.Log, Logtime: true,
	}
	if port == 0 {
		config.Port = server.RANDOM_PORT
	}
	if err := o.secure(config, host); err != nil {
		return nil, err
	}
	return config, o.cluster(config)
}

// secure sets TLS, and refuses to listen to others without it.
func (o *Options) secure(config *server.Options, host string) error {
	if (o.Certificate == "") != (o.Key == "") {
		return errors.New("hub: a certificate needs its key: give --tls-cert and --tls-key")
	}
	if o.Certificate != "" {
		pair, err := tls.LoadX509KeyPair(o.Certificate, o.Key)
		if err != nil {
			return fmt.Errorf("hub: certificate: %w", err)
		}
		config.TLS = true
		config.TLSConfig = &tls.Config{Certificates: []tls.Certificate{pair},
			MinVersion: tls.VersionTLS12}
		config.TLSTimeout = 2
	}
	if !loopback(host) && (o.Token == "" || o.Certificate == "") {
		return fmt.Errorf("hub: %s is heard by other machines: give --token-file, --tls-cert and "+
			"--tls-key, or listen on 127.0.0.1", o.Listen)
	}
	return nil
}

// cluster joins other servers.
func (o *Options) cluster(config *server.Options) error {
	if o.ClusterName == "" {
		return nil
	}
	host, port, err := split(o.Cluster)
	if err != nil {
		return err
	}
	if !loopback(host) {
		return fmt.Errorf("hub: --cluster-listen %s: routes between servers have no TLS here: "+
			"for a cluster of several machines run nats-server with its own file", o.Cluster)
	}
	if o.Name == "" {
		return errors.New("hub: a server of a cluster needs a name of its own (--name)")
	}
	config.Cluster = server.ClusterOpts{Name: o.ClusterName, Host: host, Port: port}
	for _, r := range o.Routes {
		u, err := url.Parse("nats://" + strings.TrimPrefix(r, "nats://"))
		if err != nil {
			return fmt.Errorf("hub: --route %s: %w", r, err)
		}
		config.Routes = append(config.Routes, u)
	}
	return nil
}

func split(address string) (string, int, error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		return "", 0, fmt.Errorf("hub: address %q: write HOST:PORT, such as 127.0.0.1:4222",
			address)
	}
	port, err := strconv.Atoi(text)
	if err != nil || port < 0 || port > 65535 {
		return "", 0, fmt.Errorf("hub: address %q: the port is a number up to 65535", address)
	}
	return host, port, nil
}

// loopback reports whether an address is on this machine alone.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
