package queue

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"adder/sweep"
	"adder/sweep/hub"
)

// asServer in the environment has the test binary be a server of a cluster: its number, the
// ports of all for clients, those for one another, and the folder, separated by spaces.
const asServer = "ADDER_TEST_AS_SERVER"

// beServer serves until it is killed.
func beServer() {
	words := strings.Fields(os.Getenv(asServer))
	i, _ := strconv.Atoi(words[0])
	clients, routes := strings.Split(words[1], ","), strings.Split(words[2], ",")
	_, err := hub.Start(hub.Options{Folder: filepath.Join(words[3], words[0]),
		Listen: clients[i], ClusterName: "test", Cluster: routes[i], Routes: routes,
		Name: "server" + words[0]})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	<-context.Background().Done()
}

// addresses are free ones of this machine.
func addresses(t *testing.T, n int) string {
	t.Helper()
	var all []string
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer l.Close()
		all = append(all, l.Addr().String())
	}
	return strings.Join(all, ",")
}

// TestCluster: of three servers one is killed, of two workers one, and the other is stopped
// for longer than its points wait for it; nothing is lost, and the table is that of a run
// without any of it.
func TestCluster(t *testing.T) {
	if os.Getenv("ADDER_QUEUE") != "full" {
		t.Skip("set ADDER_QUEUE=full: a minute of three servers and two workers")
	}
	points := 1000
	want := alone(t, points)
	clients, routes, folder := addresses(t, 3), addresses(t, 3), t.TempDir()
	self, err := os.Executable()
	require.NoError(t, err)
	var servers []*exec.Cmd
	for i := range 3 {
		cmd := exec.Command(self)
		cmd.Env = append(os.Environ(),
			fmt.Sprintf("%s=%d %s %s %s", asServer, i, clients, routes, folder))
		cmd.Stderr = os.Stderr
		require.NoError(t, cmd.Start())
		t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
		servers = append(servers, cmd)
	}
	url := "nats://" + strings.ReplaceAll(clients, ",", ",nats://")
	require.Eventually(t, func() bool {
		c, err := Connect(t.Context(), testOptions(url))
		if err == nil {
			c.Close()
		}
		return err == nil
	}, time.Minute, 500*time.Millisecond)

	first, second := worker(t, url), worker(t, url)
	s := newSweep(t, points)
	var at [4]sync.Once
	summary, err := run(t, url, s, func(done, total int) {
		switch {
		case done > 4*total/5:
			at[3].Do(func() { _ = second.Process.Signal(syscall.SIGCONT) })
		case done > 3*total/5:
			at[2].Do(func() { _ = second.Process.Signal(syscall.SIGSTOP) })
		case done > 2*total/5:
			at[1].Do(func() {
				_ = first.Process.Signal(syscall.SIGKILL)
				worker(t, url)
			})
		case done > total/5:
			at[0].Do(func() { _ = servers[1].Process.Signal(syscall.SIGKILL) })
		}
	})
	require.NoError(t, err)
	require.Equal(t, points, summary.Ran)
	require.Equal(t, points, summary.ByStatus[sweep.Done])
	require.Equal(t, want, table(t, s))
}
