package queue

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"adder/sweep/hub"
)

func TestRefusedAtTheDoor(t *testing.T) {
	locked, err := hub.Start(hub.Options{Folder: t.TempDir(), Listen: "127.0.0.1:0",
		Token: "right"})
	require.NoError(t, err)
	defer locked.Close()
	since := time.Now()
	for want, o := range map[string]Options{
		"the token is not the server's": {URL: locked.URL(), Token: "wrong"},
		"nobody answers":                {URL: "nats://127.0.0.1:1"},
		"certificate": {URL: locked.URL(),
			Authority: filepath.Join(t.TempDir(), "none.pem")},
	} {
		_, err := Connect(t.Context(), o)
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "wrong")
	}
	require.Less(t, time.Since(since), 20*time.Second, "it is told at once, not waited for")
	c, err := Connect(t.Context(), Options{URL: locked.URL(), Token: "right"})
	require.NoError(t, err)
	c.Close()
}

func TestRedact(t *testing.T) {
	require.Equal(t, "nats://a:1,tls://b:2", redact("nats://secret@a:1,tls://u:p@b:2"))
	require.Equal(t, "a:1", redact("a:1"))
}
