package queue

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"adder/sweep"
)

// TestQueue: workers and the server are killed and stopped in the middle, and the table is
// that of a run without any of it.
func TestQueue(t *testing.T) {
	if testing.Short() {
		t.Skip("some seconds")
	}
	points := 300
	want := alone(t, points)
	server := serve(t)
	url := server.hub.URL()
	first, second := worker(t, url), worker(t, url)
	s := newSweep(t, points)
	var once [4]sync.Once
	var restarts sync.WaitGroup
	summary, err := run(t, url, s, func(done, total int) {
		switch {
		case done > 4*total/5:
			once[3].Do(func() { _ = second.Process.Signal(syscall.SIGCONT) })
		case done > 3*total/5:
			once[2].Do(func() {
				_ = second.Process.Signal(syscall.SIGSTOP) // past its acknowledgement
				worker(t, url)
			})
		case done > 2*total/5:
			once[1].Do(func() {
				restarts.Go(func() {
					_ = server.hub.Close()
					server.start(t)
				})
			})
		case done > total/5:
			once[0].Do(func() {
				_ = first.Process.Signal(syscall.SIGKILL)
				worker(t, url)
			})
		}
	})
	restarts.Wait()
	require.NoError(t, err)
	require.Equal(t, points, summary.Ran)
	require.Equal(t, want, table(t, s))
}

// TestDeadlyPoint: a point that takes its workers down is a row that says so.
func TestDeadlyPoint(t *testing.T) {
	if testing.Short() {
		t.Skip("some seconds")
	}
	server := serve(t)
	url := server.hub.URL()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() { // who starts a worker again when it has died, as clusters do
		for ctx.Err() == nil {
			self, _ := os.Executable()
			cmd := exec.CommandContext(ctx, self)
			cmd.Env = append(os.Environ(), asWorker+"="+url,
				workerCache+"="+filepath.Join(server.options.Folder, "cache"))
			_ = cmd.Run()
		}
	}()
	// Two deadly points side by side, which take innocent ones with them.
	s := newSweep(t, 5, -1, -2)
	summary, err := run(t, url, s, nil)
	require.NoError(t, err)
	require.Equal(t, 2, summary.ByStatus[sweep.Failed], "%s", table(t, s))
	require.Equal(t, 5, summary.ByStatus[sweep.Done])
	require.Contains(t, table(t, s), "2 workers took the point")
}

// TestTriedAgain: a point whose failure is taken out of the folder is run again, though the
// server still has the failure.
func TestTriedAgain(t *testing.T) {
	server := serve(t)
	url := server.hub.URL()
	var calls atomic.Int64
	inProcess(t, url, func(ctx context.Context, j sweep.Job) (*sweep.Record, error) {
		if calls.Add(1) == 1 {
			return &sweep.Record{Status: sweep.Failed, Error: "no memory"}, nil
		}
		return square(ctx, j)
	})
	s := newSweep(t, 1)
	summary, err := run(t, url, s, nil)
	require.NoError(t, err)
	require.Equal(t, 1, summary.ByStatus[sweep.Failed])

	require.NoError(t, os.RemoveAll(filepath.Join(s.Folder(), "results")))
	summary, err = run(t, url, s, nil)
	require.NoError(t, err)
	require.Equal(t, 1, summary.ByStatus[sweep.Done])
}

// inProcess runs points in this process until the test ends.
func inProcess(t *testing.T, url string, runner sweep.Runner) {
	t.Helper()
	c, err := Connect(t.Context(), testOptions(url))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- c.Work(ctx, Worker{Program: program, Runner: runner, Cache: t.TempDir(), Side: 2})
	}()
	t.Cleanup(func() {
		cancel()
		<-done
		c.Close()
	})
}

// TestUnequal: two results of one point that differ are an error to the sweep.
func TestUnequal(t *testing.T) {
	server := serve(t)
	url := server.hub.URL()
	s := newSweep(t, 1)
	points, err := s.Points(program)
	require.NoError(t, err)
	c, err := Connect(t.Context(), testOptions(url))
	require.NoError(t, err)
	defer c.Close()
	d, err := c.Dispatch(t.Context(), program)
	require.NoError(t, err)
	defer d.Close()
	one := &sweep.Record{Hash: points[0].Hash, Status: sweep.Done, Result: json.RawMessage(`1`)}
	require.NoError(t, c.publish(t.Context(), program, one))
	require.NoError(t, c.publish(t.Context(), program, one))
	other := &sweep.Record{Hash: points[0].Hash, Status: sweep.Done, Result: json.RawMessage(`2`)}
	require.ErrorIs(t, c.publish(t.Context(), program, other), sweep.ErrUnequal)
	select {
	case err := <-d.alarm:
		require.ErrorIs(t, err, sweep.ErrUnequal)
	case <-time.After(5 * time.Second):
		t.Fatal("no alarm")
	}
}

// TestLostFile: what the store has lost is put there again.
func TestLostFile(t *testing.T) {
	server := serve(t)
	url := server.hub.URL()
	s := newSweep(t, 3)
	c, err := Connect(t.Context(), testOptions(url))
	require.NoError(t, err)
	defer c.Close()
	model, err := sweep.FileHash(filepath.Join(s.Folder(), "m.onnx"))
	require.NoError(t, err)
	_, err = c.files.PutString(t.Context(), model, "another model")
	require.NoError(t, err)
	inProcess(t, url, square)
	summary, err := run(t, url, s, nil)
	require.NoError(t, err)
	require.Equal(t, 3, summary.ByStatus[sweep.Done])
	require.Equal(t, alone(t, 3), table(t, s))
}

// TestDamagedResult: a result that cannot be read is run again.
func TestDamagedResult(t *testing.T) {
	server := serve(t)
	url := server.hub.URL()
	s := newSweep(t, 2)
	points, err := s.Points(program)
	require.NoError(t, err)
	c, err := Connect(t.Context(), testOptions(url))
	require.NoError(t, err)
	defer c.Close()
	_, err = c.js.Publish(t.Context(), resultOf(program, points[1].Hash), []byte("noise"))
	require.NoError(t, err)
	var ran atomic.Int32
	inProcess(t, url, func(ctx context.Context, j sweep.Job) (*sweep.Record, error) {
		ran.Add(1)
		return square(ctx, j)
	})
	_, err = run(t, url, s, nil)
	require.NoError(t, err)
	require.EqualValues(t, 2, ran.Load())
	require.Equal(t, alone(t, 2), table(t, s))
}

// TestOneOfAPoint: a point that is put in often is run once.
func TestOneOfAPoint(t *testing.T) {
	server := serve(t)
	url := server.hub.URL()
	var ran atomic.Int32
	specs := []*sweep.Spec{newSweep(t, 20), newSweep(t, 20), newSweep(t, 20)}
	var wait sync.WaitGroup
	for _, s := range specs {
		wait.Go(func() {
			if _, err := run(t, url, s, nil); err != nil {
				t.Error(err)
			}
		})
	}
	inProcess(t, url, func(ctx context.Context, j sweep.Job) (*sweep.Record, error) {
		ran.Add(1)
		return square(ctx, j)
	})
	wait.Wait()
	require.EqualValues(t, 20, ran.Load())
	for _, s := range specs {
		require.Equal(t, alone(t, 20), table(t, s))
	}
}

// TestPointWithResult: a point that is put in when its result is there is not run again.
func TestPointWithResult(t *testing.T) {
	url := serve(t).hub.URL()
	s := newSweep(t, 1)
	var ran atomic.Int32
	inProcess(t, url, func(ctx context.Context, j sweep.Job) (*sweep.Record, error) {
		ran.Add(1)
		return square(ctx, j)
	})
	_, err := run(t, url, s, nil)
	require.NoError(t, err)
	points, err := s.Points(program)
	require.NoError(t, err)
	c, err := Connect(t.Context(), testOptions(url))
	require.NoError(t, err)
	defer c.Close()
	data, err := (&message{Job: sweep.Job{Hash: points[0].Hash}}).pack()
	require.NoError(t, err)
	require.Eventually(t, func() bool { // once the first is taken off
		_, err := c.js.Publish(t.Context(), pointOf(program, points[0].Hash), data)
		return err == nil
	}, 10*time.Second, 10*time.Millisecond)
	require.Eventually(t, func() bool {
		about, err := c.points.Info(t.Context())
		return err == nil && about.State.Msgs == 0
	}, 10*time.Second, 10*time.Millisecond)
	require.EqualValues(t, 1, ran.Load())
}

// TestRefusedAtTheDoor: a wrong token, a missing server and one without streams are named
// soon.
// TestWeightsBeside: what lies beside a file and is read with it travels, too.
func TestWeightsBeside(t *testing.T) {
	url := serve(t).hub.URL()
	s := newSweep(t, 2)
	weights := filepath.Join(s.Folder(), "w", "w.bin")
	require.NoError(t, os.Mkdir(filepath.Dir(weights), 0o777))
	require.NoError(t, os.WriteFile(weights, []byte("weights"), 0o666))
	s.Beside = func(path string) ([]string, error) {
		if filepath.Ext(path) != ".onnx" {
			return nil, nil
		}
		return []string{weights}, nil
	}
	inProcess(t, url, func(_ context.Context, j sweep.Job) (*sweep.Record, error) {
		text, err := os.ReadFile(j.Files[0].At(filepath.Join("w", "w.bin")))
		if err != nil || j.Files[0].Path == filepath.Join(s.Folder(), "m.onnx") {
			return nil, fmt.Errorf("%s: %w", j.Files[0].Path, err)
		}
		return &sweep.Record{Status: sweep.Done,
			Result: json.RawMessage(fmt.Sprintf("%q", text))}, nil
	})
	summary, err := run(t, url, s, nil)
	require.NoError(t, err)
	require.Equal(t, 2, summary.ByStatus[sweep.Done])
}
