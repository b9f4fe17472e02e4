package queue

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Options are the address and the credentials of a server.
type Options struct {
	// URL names one or several servers, separated by commas.
	URL string
	// Token is a secret that the server knows, "" for none; Credentials a file of NATS's
	// own kind.
	Token, Credentials string
	// Authority is a file with the certificate of the server's authority, "" for those of the
	// system.
	Authority string
	// Replicas is the number of servers of a cluster that keep a stream, 1 to 5.
	Replicas int
	// Hold is the time without a heartbeat after which a worker's point is delivered to another; 0
	// means 30 seconds.
	Hold time.Duration
	// Deaths is the number of workers that a point may take down; 0 means 3.
	Deaths int
	// Log, if not nil, is called with messages.
	Log func(format string, args ...any)
}

const (
	// patience is how long a first connection may take.
	patience = 2 * time.Second
	// defaultHold and defaultDeaths are those of Options.
	defaultHold   = 30 * time.Second
	defaultDeaths = 3
)

// Client is a connection to a server. It reconnects when the server comes back.
type Client struct {
	options Options
	nats    *nats.Conn
	js      jetstream.JetStream
	points  jetstream.Stream
	results jetstream.Stream
	files   jetstream.ObjectStore
	// closed is closed with the connection; failure then says why.
	closed  chan struct{}
	failure error
}

// Connect connects to the server and creates missing streams and object stores.
func Connect(ctx context.Context, o Options) (*Client, error) {
	if o.Hold == 0 {
		o.Hold = defaultHold
	}
	if o.Deaths == 0 {
		o.Deaths = defaultDeaths
	}
	if o.Log == nil {
		o.Log = func(string, ...any) {}
	}
	c := &Client{options: o, closed: make(chan struct{})}
	settings, err := c.settings()
	if err != nil {
		return nil, err
	}
	if c.nats, err = nats.Connect(o.URL, settings...); err != nil {
		return nil, explain(o.URL, err)
	}
	if c.js, err = jetstream.New(c.nats); err != nil {
		c.Close()
		return nil, explain(o.URL, err)
	}
	if err := c.open(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// URL is the server's address, without secrets.
func (c *Client) URL() string { return c.nats.ConnectedUrlRedacted() }

// Close ends the connection.
func (c *Client) Close() { c.nats.Close() }

func (c *Client) settings() ([]nats.Option, error) {
	out := []nats.Option{
		nats.Name("adder"), nats.Timeout(patience), nats.MaxReconnects(-1),
		nats.ReconnectWait(time.Second / 2),
		nats.RetryOnFailedConnect(false),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				c.options.Log("the server is gone: %v", err)
			}
		}),
		nats.ReconnectHandler(func(n *nats.Conn) {
			c.options.Log("connected to %s again", n.ConnectedUrlRedacted())
		}),
		nats.ClosedHandler(func(n *nats.Conn) {
			c.failure = n.LastError()
			close(c.closed)
		}),
	}
	if c.options.Token != "" {
		out = append(out, nats.Token(c.options.Token))
	}
	if c.options.Credentials != "" {
		if _, err := os.Stat(c.options.Credentials); err != nil {
			return nil, fmt.Errorf("credentials: %w", err)
		}
		out = append(out, nats.UserCredentials(c.options.Credentials))
	}
	if c.options.Authority != "" {
		pool, err := authority(c.options.Authority)
		if err != nil {
			return nil, err
		}
		out = append(out, nats.Secure(&tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}))
	}
	return out, nil
}

func authority(path string) (*x509.CertPool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("certificate %s: no certificate in PEM form is in it", path)
	}
	return pool, nil
}

// explain says what an error of a connection means and what to do.
func explain(url string, err error) error {
	url = redact(url)
	var unknown x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var network *net.OpError
	switch {
	case errors.Is(err, nats.ErrAuthorization), strings.Contains(strings.ToLower(err.Error()),
		"authorization"):
		return fmt.Errorf("NATS server %s: the token is not the server's: %w", url, err)
	case errors.As(err, &unknown), errors.As(err, &host), errors.As(err, &invalid):
		return fmt.Errorf("NATS server %s: its certificate is not trusted: %w: name who signed "+
			"it with --nats-ca", url, err)
	case errors.Is(err, nats.ErrSecureConnRequired), errors.Is(err, nats.ErrSecureConnWanted):
		return fmt.Errorf("NATS server %s: %w: give --nats-ca and a tls:// address if the server "+
			"has a certificate, neither if not", url, err)
	case errors.Is(err, nats.ErrNoServers), errors.As(err, &network):
		return fmt.Errorf("NATS server %s: nobody answers: %w: `adder-hub` starts a server", url,
			err)
	case errors.Is(err, jetstream.ErrJetStreamNotEnabled),
		errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount):
		return fmt.Errorf("NATS server %s: it keeps no streams: start it with JetStream "+
			"(nats-server -js): %w", url, err)
	}
	return fmt.Errorf("NATS server %s: %w", url, err)
}

// redact returns an address without the part before its host, which may be a secret.
func redact(url string) string {
	list := strings.Split(url, ",")
	for i, one := range list {
		scheme, rest, ok := strings.Cut(one, "://")
		if at := strings.LastIndex(rest, "@"); ok && at >= 0 {
			list[i] = scheme + "://" + rest[at+1:]
		}
	}
	return strings.Join(list, ",")
}

// pause is how long a request that failed waits before it is made again.
const pause = 300 * time.Millisecond

// persist makes a request until it is answered: servers come and go. It ends with ctx, with
// the connection, and where the answer is an error that another try does not mend.
func persist[T any](ctx context.Context, c *Client,
	request func(context.Context) (T, error)) (T, error) {
	for {
		limited, cancel := context.WithTimeout(ctx, 5*time.Second)
		out, err := request(limited)
		cancel()
		if err == nil || final(err) {
			return out, err
		}
		select {
		case <-ctx.Done():
			return out, ctx.Err()
		case <-c.closed:
			return out, explain(c.options.URL, errors.Join(nats.ErrConnectionClosed, c.failure))
		case <-time.After(pause):
		}
	}
}

// final says that a server has answered, and that it would answer the same again.
func final(err error) bool {
	var api *jetstream.APIError
	if taken(err) {
		return true
	}
	if errors.As(err, &api) {
		// 503 is a cluster without a leader for the moment.
		return api.Code != 503 && api.Code != 408 && api.Code != 500
	}
	return errors.Is(err, jetstream.ErrMsgNotFound) ||
		errors.Is(err, jetstream.ErrObjectNotFound) || errors.Is(err, nats.ErrMaxPayload)
}
