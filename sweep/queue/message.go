package queue

import (
	"encoding/json"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"adder/sweep"
)

// message is a point in the queue.
type message struct {
	Job sweep.Job
	// Files are the paths of the job's files, in the job's order.
	Files []stored
}

// maxMessage is the largest text that a message unfolds to.
const maxMessage = 256 << 20

// fold compresses a text: servers limit messages, to 1 MB by default. Equal texts give equal bytes
// in the same build.
func fold(text []byte) ([]byte, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	return enc.EncodeAll(text, nil), enc.Close()
}

func unfold(data []byte) ([]byte, error) {
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1),
		zstd.WithDecoderMaxMemory(maxMessage))
	if err != nil {
		return nil, err
	}
	defer dec.Close()
	text, err := dec.DecodeAll(data, nil)
	if err != nil {
		return nil, fmt.Errorf("message: %w", err)
	}
	return text, nil
}

func (m *message) pack() ([]byte, error) {
	text, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	return fold(text)
}

func unpack(data []byte) (*message, error) {
	text, err := unfold(data)
	if err != nil {
		return nil, err
	}
	m := &message{}
	if err := json.Unmarshal(text, m); err != nil {
		return nil, fmt.Errorf("message: %w", err)
	}
	if len(m.Files) != len(m.Job.Files) {
		return nil, fmt.Errorf("message: point %s does not say where its files are", m.Job.Hash)
	}
	return m, nil
}

func packRecord(r *sweep.Record) ([]byte, error) {
	text, err := r.Text()
	if err != nil {
		return nil, err
	}
	return fold(text)
}

func unpackRecord(data []byte, hash string) (*sweep.Record, error) {
	text, err := unfold(data)
	if err != nil {
		return nil, err
	}
	return sweep.ParseRecord(text, hash)
}
