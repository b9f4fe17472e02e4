package serve_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"adder/serve"
)

// TestConversation opens an image, runs it, steps it, saves and restores it.
func TestConversation(t *testing.T) {
	c := connect(t, &serve.Server{Program: "test"})
	hello := c.must(serve.OpHello, nil)
	require.EqualValues(t, serve.Version, hello.header["protocol"])
	data, img := image(t)
	opened := c.must(serve.OpOpen, nil, file("image", data))
	handle := opened.header["image"]
	size := int(img.Input.Shape[0])
	require.Equal(t, img.Model, opened.header["model"])
	layer := img.Populations[0].Name

	const ticks = 6
	spikes := bytes.Repeat([]byte{1, 0}, size*ticks)[:size*ticks]
	whole := c.must(serve.OpRun, map[string]any{"image": handle, "spikes": []string{layer},
		"potentials": []string{layer}},
		array{"spikes", "u1", []int{1, ticks, size}, spikes})
	require.Len(t, whole.arrays["spikes."+layer],
		ticks*int(opened.header["layers"].([]any)[0].(map[string]any)["size"].(float64)))

	session := c.must(serve.OpStart, map[string]any{"image": handle}).header["session"]
	var state []byte
	step := func(tick int) answer {
		var inputs []int32
		for i := range size {
			if spikes[tick*size+i] == 1 {
				inputs = append(inputs, int32(i))
			}
		}
		return c.must(serve.OpStep, map[string]any{"session": session, "spikes": []string{layer},
			"potentials": []string{layer}, "output": true, "counts": true},
			array{"inputs", "i4", []int{len(inputs)}, int32s(inputs...)})
	}
	var last answer
	for tick := range ticks {
		if tick == 3 {
			state = c.must(serve.OpSave, map[string]any{"session": session}).arrays["state"]
		}
		last = step(tick)
		n := len(whole.arrays["potentials."+layer]) / ticks
		require.Equal(t, whole.arrays["potentials."+layer][tick*n:][:n],
			last.arrays["potentials."+layer], "tick %d", tick)
	}
	finished := c.must(serve.OpFinish, map[string]any{"session": session})
	require.Equal(t, whole.arrays["classes"], finished.arrays["classes"])
	require.Equal(t, whole.arrays["output"], finished.arrays["output"])

	c.must(serve.OpStart, map[string]any{"session": session})
	require.EqualValues(t, 3, c.must(serve.OpRestore, map[string]any{"session": session},
		file("state", state)).header["tick"])
	for tick := 3; tick < ticks; tick++ {
		step(tick)
	}
	again := c.must(serve.OpFinish, map[string]any{"session": session})
	require.Equal(t, finished.arrays, again.arrays)
	require.Equal(t, finished.header["counts"], again.header["counts"])

	c.must(serve.OpClose, map[string]any{"session": session})
	require.Contains(t, c.ask(serve.OpStep, map[string]any{"session": session}).header["error"],
		"is not open")
	c.end()
}

// TestRefusals lists requests that are wrong; each is an error and the connection goes on.
func TestRefusals(t *testing.T) {
	c := connect(t, &serve.Server{})
	data, _ := image(t)
	handle := c.must(serve.OpOpen, nil, file("image", data)).header["image"]
	for _, refused := range []struct {
		op     serve.Op
		header map[string]any
		arrays []array
		want   string
	}{
		{0, nil, nil, "operation 0 is not known"},
		{serve.OpOpen, nil, nil, "array image"},
		{serve.OpOpen, nil, []array{file("image", []byte("no image"))}, "image"},
		{serve.OpRun, map[string]any{"image": 99}, nil, "image 99 is not open"},
		{serve.OpRun, map[string]any{"image": handle}, nil, "array x or in the array spikes"},
		{serve.OpRun, map[string]any{"image": handle, "ticks": 1 << 40}, nil, "the most are"},
		{serve.OpRun, map[string]any{"image": "one"}, nil, "what the operation needs"},
		{serve.OpRun, map[string]any{"image": handle},
			[]array{{"spikes", "u1", []int{1 << 20, 0, 1 << 20}, nil}}, "samples with 0"},
		{serve.OpRun, map[string]any{"image": handle},
			[]array{{"x", "f8", []int{1, 1}, make([]byte, 8)}}, "use u1 or f4"},
		{serve.OpRun, map[string]any{"image": handle},
			[]array{{"x", "q7", []int{1, 1}, make([]byte, 8)}}, "the types are"},
		{serve.OpStep, map[string]any{"session": handle}, nil, "is not open"},
		{serve.OpCommand, map[string]any{"args": []string{"compile"}}, nil, "runs no commands"},
	} {
		a := c.ask(refused.op, refused.header, refused.arrays...)
		require.Equal(t, serve.OpError, a.op)
		require.Contains(t, a.header["error"], refused.want)
	}
	c.end()
}

// TestCommand runs a command on arrays in files of its own.
func TestCommand(t *testing.T) {
	var ran []string
	s := &serve.Server{Command: func(_ context.Context, args []string, out, errOut io.Writer) int {
		ran = args
		fmt.Fprint(out, "found")
		fmt.Fprint(errOut, "read "+args[1])
		return 1
	}}
	c := connect(t, s)
	a := c.must(serve.OpCommand,
		map[string]any{"args": []string{"compile", "{m.onnx}", "--calibrate", "{c.npz}"},
			"returns": []string{"m.onnx", "none"}},
		file("m.onnx", []byte("model")), array{"c.npz:x", "u1", []int{1, 2}, []byte{1, 2}})
	require.True(t, strings.HasSuffix(ran[1], "m.onnx") && strings.HasSuffix(ran[3], "c.npz"),
		"%v", ran)
	require.Equal(t, "found", string(a.arrays["out"]))
	require.Equal(t, "model", string(a.arrays["m.onnx"]))
	require.Equal(t, "read m.onnx", a.header["messages"])
	require.EqualValues(t, 1, a.header["exit"])
	for _, wrong := range []string{"{../m}", "{a/b}", "{.x}", "{}"} {
		require.Contains(t,
			c.ask(serve.OpCommand,
				map[string]any{"args": []string{"compile", wrong}}).header["error"], "a name has",
			wrong)
	}
	require.Contains(t,
		c.ask(serve.OpCommand, map[string]any{"args": []string{"serve"}}).header["error"],
		"the commands are")
	c.end()
}

// TestCancel ends a command that runs and one that waits, and the connection goes on.
func TestCancel(t *testing.T) {
	started := make(chan bool, 1)
	c := connect(t,
		&serve.Server{Command: func(ctx context.Context, _ []string, _, _ io.Writer) int {
			started <- true
			<-ctx.Done()
			return 1
		}})
	send := func(b []byte) { _, err := c.in.Write(b); require.NoError(t, err) }
	send(frame(serve.OpCommand, 1, map[string]any{"args": []string{"compile"}}))
	<-started
	send(frame(serve.OpCommand, 2, map[string]any{"args": []string{"compile"}}))
	send(frame(serve.OpCommand, 2, nil))
	require.Contains(t, next(t, c.out).header["error"], "is not answered yet")
	send(frame(serve.OpCancel, 3, map[string]any{"of": 2}))
	require.Equal(t, true, next(t, c.out).header["cancelled"])
	send(frame(serve.OpCancel, 4, map[string]any{"of": 1}))
	for range 3 {
		switch a := next(t, c.out); a.id {
		case 4:
			require.Equal(t, true, a.header["cancelled"])
		default:
			require.Equal(t, "cancelled", a.header["kind"])
		}
	}
	send(frame(serve.OpHello, 5, nil))
	require.EqualValues(t, 5, next(t, c.out).id)
	send(frame(serve.OpCommand, 6, map[string]any{"args": []string{"compile"}}))
	<-started
	c.end() // while a command runs
}

// mutants are frames that are changed, cut, lengthened or mixed.
func mutants(t testing.TB) func(r *rand.Rand) []byte {
	data, img := image(t)
	size := int(img.Input.Shape[0])
	seeds := [][]byte{
		frame(serve.OpHello, 1, nil),
		frame(serve.OpOpen, 2, nil, file("image", data)),
		frame(serve.OpRun, 3,
			map[string]any{"image": 1, "spikes": []string{img.Populations[0].Name}},
			array{"spikes", "u1", []int{1, 2, size}, make([]byte, 2*size)}),
		frame(serve.OpRun, 3, map[string]any{"image": 1, "encoder": "rate", "ticks": 4},
			array{"x", "f4", []int{1, size}, make([]byte, 4*size)}),
		frame(serve.OpStart, 4, map[string]any{"image": 1}),
		frame(serve.OpStep, 5, map[string]any{"session": 2},
			array{"inputs", "i4", []int{1}, make([]byte, 4)}),
		frame(serve.OpFinish, 6, map[string]any{"session": 2}),
		frame(serve.OpCancel, 7, map[string]any{"of": 5}),
	}
	return func(r *rand.Rand) []byte {
		f := append([]byte(nil), seeds[r.IntN(len(seeds))]...)
		for range 1 + r.IntN(4) {
			at := r.IntN(len(f))
			switch r.IntN(4) {
			case 0:
				f[at] = byte(r.Uint32())
			case 1:
				f[at] ^= 1 << r.IntN(8)
			case 2:
				f = append(f[:at], f[min(len(f), at+1+r.IntN(8)):]...)
			default:
				f = append(f, f[at:]...)
			}
			if len(f) == 0 {
				f = []byte{0}
			}
		}
		return f
	}
}

// TestMutatedFrames sends 10,000 frames that are not as they should be: each has an answer,
// nearly all of them an error, nothing panics, and the memory stays.
func TestMutatedFrames(t *testing.T) {
	mutant, r := mutants(t), rand.New(rand.NewPCG(1, 2))
	c := connect(t, &serve.Server{MaxFrame: 1 << 22})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	frames, faults := 10_000, 0
	if testing.Short() {
		frames = 1000
	}
	for range frames {
		f := mutant(r)
		f = append(f, make([]byte, max(16-len(f), 0))...)
		binary.LittleEndian.PutUint32(f, uint32(len(f)-4))
		_, err := c.in.Write(f)
		require.NoError(t, err)
		if a := next(t, c.out); a.op == serve.OpError {
			require.NotEmpty(t, a.header["error"])
			faults++
		}
	}
	require.Greater(t, faults, frames*3/4)
	runtime.GC()
	runtime.ReadMemStats(&after)
	require.Less(t, int64(after.HeapAlloc)-int64(before.HeapAlloc), int64(64<<20))
	c.must(serve.OpHello, nil)
	c.end()
}

// TestMutatedStreams has lengths change, too, so that what follows is read anyhow: the
// server ends with its input.
func TestMutatedStreams(t *testing.T) {
	mutant, r := mutants(t), rand.New(rand.NewPCG(3, 4))
	for range 50 {
		var in, out bytes.Buffer
		for range 20 {
			in.Write(mutant(r))
		}
		require.NoError(t, (&serve.Server{MaxFrame: 1 << 22}).Serve(t.Context(), &in, &out))
	}
}

// TestLongFramesTakeNoMemory: a length that lies is refused before anything is taken.
func TestLongFramesTakeNoMemory(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 200 {
		in := binary.LittleEndian.AppendUint32(nil, serve.MaxFrame)
		require.NoError(t,
			(&serve.Server{}).Serve(t.Context(), bytes.NewReader(append(in, 1, 2, 3)), io.Discard))
	}
	runtime.ReadMemStats(&after)
	require.Less(t, int64(after.TotalAlloc)-int64(before.TotalAlloc), int64(256<<20),
		"200 frames of 1 GB")
}

// FuzzServe feeds a server a frame of anything.
func FuzzServe(f *testing.F) {
	mutant, r := mutants(f), rand.New(rand.NewPCG(5, 6))
	data, _ := image(f)
	for range 20 {
		f.Add(mutant(r)[4:])
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		c := connect(t, &serve.Server{MaxFrame: 1 << 20})
		c.must(serve.OpOpen, nil, file("image", data))
		c.must(serve.OpStart, map[string]any{"image": 1})
		in := append(binary.LittleEndian.AppendUint32(nil, uint32(len(body))), body...)
		_, err := c.in.Write(in)
		require.NoError(t, err)
		next(t, c.out)
		c.must(serve.OpHello, nil)
		c.end()
	})
}
