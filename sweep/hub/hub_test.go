package hub_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"adder/sweep/hub"
	"adder/sweep/queue"
)

func TestOneServerPerFolder(t *testing.T) {
	folder := t.TempDir()
	first, err := hub.Start(hub.Options{Folder: folder, Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	_, err = hub.Start(hub.Options{Folder: folder, Listen: "127.0.0.1:0"})
	require.ErrorContains(t, err, "another server uses "+folder)
	require.NoError(t, first.Close())
	second, err := hub.Start(hub.Options{Folder: folder, Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	require.NoError(t, second.Close())
}

func TestRefused(t *testing.T) {
	for want, o := range map[string]hub.Options{
		"name a folder":           {Listen: "127.0.0.1:0"},
		"write HOST:PORT":         {Folder: t.TempDir(), Listen: "here"},
		"is a number":             {Folder: t.TempDir(), Listen: "127.0.0.1:many"},
		"heard by other machines": {Folder: t.TempDir(), Listen: "0.0.0.0:0"},
		"give --token-file":       {Folder: t.TempDir(), Listen: ":0"},
		"a certificate needs its key": {Folder: t.TempDir(), Listen: "127.0.0.1:0",
			Certificate: "c.pem"},
		"a name of its own": {Folder: t.TempDir(), Listen: "127.0.0.1:0",
			ClusterName: "c", Cluster: "127.0.0.1:0"},
		"routes between servers": {Folder: t.TempDir(), Listen: "127.0.0.1:0",
			ClusterName: "c", Cluster: "0.0.0.0:0", Name: "a"},
	} {
		_, err := hub.Start(o)
		require.ErrorContains(t, err, want)
	}
}

// TestTLS: a certificate that nobody vouches for is named as such, and soon; the one who
// signed it opens the door.
func TestTLS(t *testing.T) {
	certificate, key := selfSigned(t)
	h, err := hub.Start(hub.Options{Folder: t.TempDir(), Listen: "127.0.0.1:0", Token: "secret",
		Certificate: certificate, Key: key})
	require.NoError(t, err)
	defer h.Close()
	url := strings.Replace(h.URL(), "nats://", "tls://", 1)
	since := time.Now()
	_, err = queue.Connect(context.Background(), queue.Options{URL: url, Token: "secret"})
	require.ErrorContains(t, err, "its certificate is not trusted")
	other, _ := selfSigned(t)
	_, err = queue.Connect(context.Background(),
		queue.Options{URL: url, Token: "secret", Authority: other})
	require.ErrorContains(t, err, "its certificate is not trusted")
	_, err = queue.Connect(context.Background(),
		queue.Options{URL: url, Token: "wrong", Authority: certificate})
	require.ErrorContains(t, err, "the token is not the server's")
	require.Less(t, time.Since(since), 20*time.Second)
	c, err := queue.Connect(context.Background(), queue.Options{URL: url, Token: "secret",
		Authority: certificate})
	require.NoError(t, err)
	c.Close()
}

// selfSigned makes a certificate for this machine and its key.
func selfSigned(t *testing.T) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	about := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour),
		NotAfter:    time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, about, about, private.Public(), private)
	require.NoError(t, err)
	keyDER, err := x509.MarshalECPrivateKey(private)
	require.NoError(t, err)
	folder := t.TempDir()
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(folder, name)
		require.NoError(t,
			os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
		return path
	}
	return write("cert.pem", "CERTIFICATE", der), write("key.pem", "EC PRIVATE KEY", keyDER)
}
