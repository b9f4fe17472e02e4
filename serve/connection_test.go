package serve_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"adder/chip/profile"
	"adder/compiler"
	"adder/compiler/testnets"
	"adder/layout"
	"adder/serve"
)

// array is an array of a test's frame.
type array struct {
	name, kind string
	shape      []int
	data       []byte
}

// frame writes a request.
func frame(op serve.Op, id uint32, header map[string]any, arrays ...array) []byte {
	list := []map[string]any{}
	var data []byte
	for _, a := range arrays {
		list = append(list, map[string]any{"name": a.name, "type": a.kind, "shape": a.shape})
		data = append(data, a.data...)
	}
	if header == nil {
		header = map[string]any{}
	}
	header["arrays"] = list
	text, err := json.Marshal(header)
	if err != nil {
		panic(err)
	}
	out := binary.LittleEndian.AppendUint32(nil, uint32(12+len(text)+len(data)))
	out = append(out, byte(op), 0, 0, 0)
	out = binary.LittleEndian.AppendUint32(out, id)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(text)))
	return append(append(out, text...), data...)
}

// answer is an answer as a test reads it.
type answer struct {
	op     serve.Op
	id     uint32
	header map[string]any
	arrays map[string][]byte
}

// next reads an answer.
func next(t testing.TB, r io.Reader) answer {
	t.Helper()
	var length uint32
	require.NoError(t, binary.Read(r, binary.LittleEndian, &length))
	body := make([]byte, length)
	_, err := io.ReadFull(r, body)
	require.NoError(t, err)
	n := binary.LittleEndian.Uint32(body[8:])
	a := answer{op: serve.Op(body[0]), id: binary.LittleEndian.Uint32(body[4:]),
		arrays: map[string][]byte{}}
	require.NoError(t, json.Unmarshal(body[12:12+n], &a.header))
	data := body[12+n:]
	arrays, _ := a.header["arrays"].([]any)
	for _, x := range arrays {
		h := x.(map[string]any)
		size := map[string]int{"u1": 1, "b": 1, "i4": 4, "f4": 4}[h["type"].(string)]
		for _, d := range h["shape"].([]any) {
			size *= int(d.(float64))
		}
		a.arrays[h["name"].(string)], data = data[:size], data[size:]
	}
	require.Empty(t, data)
	return a
}

// connection is a server that a test talks to.
type connection struct {
	t    testing.TB
	in   *io.PipeWriter
	out  *io.PipeReader
	done chan error
	id   uint32
}

func connect(t testing.TB, s *serve.Server) *connection {
	inR, inW := io.Pipe()
	outR, outW := io.Pipe()
	c := &connection{t: t, in: inW, out: outR, done: make(chan error, 1)}
	go func() {
		c.done <- s.Serve(context.Background(), inR, outW)
		outW.Close()
	}()
	return c
}

// ask sends a request and returns its answer.
func (c *connection) ask(op serve.Op, header map[string]any, arrays ...array) answer {
	c.t.Helper()
	c.id++
	_, err := c.in.Write(frame(op, c.id, header, arrays...))
	require.NoError(c.t, err)
	a := next(c.t, c.out)
	require.Equal(c.t, c.id, a.id)
	return a
}

// must is ask for an answer that is no error.
func (c *connection) must(op serve.Op, header map[string]any, arrays ...array) answer {
	c.t.Helper()
	a := c.ask(op, header, arrays...)
	require.Equal(c.t, serve.OpResult, a.op, "%v", a.header)
	return a
}

// end closes the input and waits for the server.
func (c *connection) end() {
	c.t.Helper()
	require.NoError(c.t, c.in.Close())
	select {
	case err := <-c.done:
		require.NoError(c.t, err)
	case <-time.After(10 * time.Second):
		c.t.Fatal("the server goes on behind the end of its input")
	}
}

// image is a small image that takes spikes.
func image(t testing.TB) (data []byte, img *layout.Image) {
	t.Helper()
	on, err := profile.Load("adder")
	require.NoError(t, err)
	r, err := compiler.CompileIR(t.Context(), testnets.Sparse(on, 2, 30, 6, 20), compiler.Options{
		Chip: on, Encoder: layout.Encoder{Kind: layout.EncoderSpikes, Ticks: 6},
	})
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, layout.Write(&b, r.Image))
	return b.Bytes(), r.Image
}

func file(name string, data []byte) array { return array{name, "b", []int{len(data)}, data} }

func int32s(x ...int32) []byte {
	var out []byte
	for _, v := range x {
		out = binary.LittleEndian.AppendUint32(out, uint32(v))
	}
	return out
}
