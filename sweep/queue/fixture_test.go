package queue

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"adder/sweep"
	"adder/sweep/hub"
)

const program = "0123456789abcdef0123456789abcdef"

// asWorker in the environment has the test binary be a worker of the server it names;
// workerCache is where it keeps files.
const asWorker, workerCache = "ADDER_TEST_AS_WORKER", "ADDER_TEST_CACHE"

func TestMain(m *testing.M) {
	if os.Getenv(asServer) != "" {
		beServer()
	}
	url := os.Getenv(asWorker)
	if url == "" {
		os.Exit(m.Run())
	}
	c, err := Connect(context.Background(), testOptions(url))
	if err == nil {
		err = c.Work(context.Background(), Worker{Program: program, Runner: square,
			Cache: os.Getenv(workerCache), Side: 2})
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func testOptions(url string) Options {
	return Options{URL: url, Hold: time.Second, Deaths: 2, Replicas: 1 + strings.Count(url, ",")}
}

// square is the runner of the tests: its result follows from the words and the model. A
// negative number takes its process down.
func square(_ context.Context, j sweep.Job) (*sweep.Record, error) {
	text, err := os.ReadFile(j.Words[1])
	if err != nil {
		return nil, err
	}
	for _, w := range j.Words {
		if value, ok := strings.CutPrefix(w, "--seed="); ok {
			x, err := strconv.Atoi(value)
			if err != nil {
				return nil, err
			}
			if x < 0 {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			}
			time.Sleep(2 * time.Millisecond)
			return &sweep.Record{Status: sweep.Done, Result: json.RawMessage(fmt.Sprintf(
				`{"snn":{"accuracy":%d},"energy":[{"table":"45nm","snn_pj":%d}]}`, x*x+len(text),
				x))}, nil
		}
	}
	return nil, errors.New("no seed")
}

// newSweep has so many points, and some that take a worker down.
func newSweep(t *testing.T, points int, deadly ...int) *sweep.Spec {
	t.Helper()
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "m.onnx"), []byte("a model"), 0o666))
	require.NoError(t, os.Mkdir(filepath.Join(folder, "set"), 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "set", "x.npy"), []byte("data"), 0o666))
	var seeds []string
	for i := range points {
		seeds = append(seeds, strconv.Itoa(i))
	}
	for _, d := range deadly {
		seeds = append(seeds, strconv.Itoa(d))
	}
	path := filepath.Join(folder, "sweep.yaml")
	text := "model: m.onnx\ndata: set\ngrid: {seed: [" + strings.Join(seeds, ", ") + "]}\n"
	require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
	s, err := sweep.Open(path)
	require.NoError(t, err)
	return s
}

// alone is the table of a sweep that was run without a queue.
func alone(t *testing.T, points int) string {
	t.Helper()
	s := newSweep(t, points)
	_, err := s.Run(t.Context(), sweep.Options{Program: program, Workers: 8, Runner: square})
	require.NoError(t, err)
	return table(t, s)
}

func table(t *testing.T, s *sweep.Spec) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.Folder(), "table.csv"))
	require.NoError(t, err)
	return string(text)
}

// serve starts a server on a port that stays the same when it is started again.
type served struct {
	options hub.Options
	hub     *hub.Hub
}

func serve(t *testing.T) *served {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := l.Addr().String()
	require.NoError(t, l.Close())
	s := &served{options: hub.Options{Folder: t.TempDir(), Listen: address}}
	s.start(t)
	t.Cleanup(func() { _ = s.hub.Close() })
	return s
}

func (s *served) start(t *testing.T) {
	t.Helper()
	var err error
	s.hub, err = hub.Start(s.options)
	require.NoError(t, err)
}

// worker starts a process that takes points.
func worker(t *testing.T, url string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), asWorker+"="+url, workerCache+"="+t.TempDir())
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGKILL)
		_ = cmd.Wait()
	})
	return cmd
}

// run runs a sweep through a server.
func run(t *testing.T, url string, s *sweep.Spec,
	progress func(done, total int)) (*sweep.Summary, error) {
	t.Helper()
	c, err := Connect(t.Context(), testOptions(url))
	require.NoError(t, err)
	defer c.Close()
	d, err := c.Dispatch(t.Context(), program)
	require.NoError(t, err)
	defer d.Close()
	return s.Run(t.Context(), sweep.Options{Program: program, Workers: 1000, Runner: d.Run,
		Progress: func(done, total int, _ *sweep.Point, _ *sweep.Record) {
			if progress != nil {
				progress(done, total)
			}
		}})
}
