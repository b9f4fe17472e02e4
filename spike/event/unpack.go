package event

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// The compressions of AEDAT 4.0; the "high" ones differ in how they are written.
const (
	aedat4Plain int32 = iota
	aedat4LZ4
	aedat4LZ4High
	aedat4Zstd
	aedat4ZstdHigh
)

// unpacker undoes the compression of packets. Inside is a FlatBuffer with its size
// before it, so that memory is taken for what was announced and is no more than
// allowed, and grows with what arrives.
type unpacker struct {
	kind int32
	lz4  *lz4.Reader
	zstd *zstd.Decoder
}

// maxZstdWindow bounds what a stream may refer back to, which a decoder keeps.
const maxZstdWindow = 8 << 20

func (u *unpacker) check() error {
	if u.kind < aedat4Plain || u.kind > aedat4ZstdHigh {
		return fmt.Errorf("header: compression %d is not known: 0 to %d are", u.kind,
			aedat4ZstdHigh)
	}
	return nil
}

// unpack returns the FlatBuffer of a packet.
func (u *unpacker) unpack(packet []byte) ([]byte, error) {
	from, err := u.reader(packet)
	if err != nil {
		return nil, err
	}
	var prefix [4]byte
	if _, err := io.ReadFull(from, prefix[:]); err != nil {
		return nil, fmt.Errorf("compressed data: %w", noEOF(err))
	}
	size := int64(binary.LittleEndian.Uint32(prefix[:]))
	if size > maxAEDAT4Packet {
		return nil, fmt.Errorf("it announces %d bytes of events: at most %d are read", size,
			maxAEDAT4Packet)
	}
	return u.grow(from, size)
}

// grow reads size bytes into memory that grows with what arrives: a wrong size costs no more than
// twice what is there.
func (u *unpacker) grow(from io.Reader, size int64) ([]byte, error) {
	const first = 1 << 16
	out := make([]byte, 0, min(size, first))
	for int64(len(out)) < size {
		if len(out) == cap(out) {
			grown := make([]byte, len(out), min(size, 2*int64(cap(out))))
			copy(grown, out)
			out = grown
		}
		n, err := io.ReadFull(from, out[len(out):cap(out)])
		out = out[:len(out)+n]
		if err != nil {
			return nil, fmt.Errorf("compressed data: %w", noEOF(err))
		}
	}
	return out, nil
}

func (u *unpacker) reader(packet []byte) (io.Reader, error) {
	from := bytes.NewReader(packet)
	switch u.kind {
	case aedat4LZ4, aedat4LZ4High:
		if u.lz4 == nil {
			u.lz4 = lz4.NewReader(nil)
		}
		u.lz4.Reset(from)
		return u.lz4, nil
	case aedat4Zstd, aedat4ZstdHigh:
		if u.zstd != nil {
			return u.zstd, u.zstd.Reset(from)
		}
		var err error
		u.zstd, err = zstd.NewReader(from, zstd.WithDecoderConcurrency(1),
			zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(maxZstdWindow), zstd.WithDecoderMaxMemory(maxAEDAT4Packet+4))
		return u.zstd, err
	}
	return from, nil
}

// close gives back what a decoder holds.
func (u *unpacker) close() {
	if u.zstd != nil {
		u.zstd.Close()
		u.zstd = nil
	}
}
