// Package frame owns the file format of trainings: a JSON header and arrays of numbers, with a
// checksum; and the check that a checkpoint belongs to a training.
package frame

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"

	"adder/internal/wholefile"
)

// A file is a frame around a JSON header and arrays of numbers:
//
//	8      magic 89, three letters, 0d 0a 1a 0a
//	4      version, 1
//	4, n   length of the header, and the header
//	4, n   length of each array in numbers, and its numbers of 2 or 4 bytes
//	4      CRC-32C of all before
//
// All numbers are little-endian. The letters are SNN for a network, SCP for a checkpoint
// of preset tuned, PCP for one of preset paper and GCP for one of a gradient descent.
const (
	frameVersion = 1
	// maxFrame bounds the size of a file.
	maxFrame = 1 << 30
)

// Frame is the content of a file: a header, as JSON, and arrays in a fixed order.
type Frame struct {
	// Magic begins the file, What says in messages which kind it is: "a network".
	Magic, What string
	// Header is a pointer to what becomes JSON.
	Header any
	// Short and Long are pointers to the arrays, all short ones first.
	Short []*[]uint16
	Long  []*[]int32
}

// Encode returns the file.
func (f *Frame) Encode() ([]byte, error) {
	header, err := json.Marshal(f.Header)
	if err != nil {
		return nil, err
	}
	out := []byte(f.Magic)
	out = binary.LittleEndian.AppendUint32(out, frameVersion)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(header)))
	out = append(out, header...)
	for _, array := range f.Short {
		out = binary.LittleEndian.AppendUint32(out, uint32(len(*array)))
		for _, x := range *array {
			out = binary.LittleEndian.AppendUint16(out, x)
		}
	}
	for _, array := range f.Long {
		out = binary.LittleEndian.AppendUint32(out, uint32(len(*array)))
		for _, x := range *array {
			out = binary.LittleEndian.AppendUint32(out, uint32(x))
		}
	}
	return binary.LittleEndian.AppendUint32(out, Checksum(out)), nil
}

// Checksum is the CRC-32C that files carry.
func Checksum(data []byte) uint32 { return crc32.Checksum(data, castagnoli()) }

func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }

// Decode reads a file into the header and the arrays.
func (f *Frame) Decode(data []byte) error {
	if len(data) < len(f.Magic)+12 || string(data[:len(f.Magic)]) != f.Magic {
		return fmt.Errorf("this is not %s that adder train wrote, or it is cut off at its start",
			f.What)
	}
	body, sum := data[:len(data)-4], binary.LittleEndian.Uint32(data[len(data)-4:])
	if version := binary.LittleEndian.Uint32(data[8:]); version != frameVersion {
		return fmt.Errorf("version %d of the format: this program reads version %d", version,
			frameVersion)
	}
	if Checksum(body) != sum {
		return errors.New("the checksum does not match: the file is cut off or damaged; copy or " +
			"make it again")
	}
	rest := body[12:]
	header, rest, err := takeNumbers(rest, 1)
	if err != nil {
		return fmt.Errorf("header: %w: a file of another version of adder must be trained again",
			err)
	}
	decoder := json.NewDecoder(bytes.NewReader(header))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(f.Header); err != nil {
		return fmt.Errorf("header: %w: a file of another version of adder must be trained again",
			err)
	}
	for i, array := range f.Short {
		if *array, rest, err = takeArray(rest, 2, binary.LittleEndian.Uint16); err != nil {
			return fmt.Errorf("array %d: %w", i, err)
		}
	}
	for i, array := range f.Long {
		if *array, rest, err = takeArray(rest, 4, int32At); err != nil {
			return fmt.Errorf("array %d: %w", len(f.Short)+i, err)
		}
	}
	if len(rest) != 0 {
		return fmt.Errorf("%d bytes follow the last array", len(rest))
	}
	return nil
}

func int32At(raw []byte) int32 { return int32(binary.LittleEndian.Uint32(raw)) }

// takeArray takes an array of numbers of so many bytes, nil for an empty one.
func takeArray[T any](data []byte, size int,
	at func([]byte) T) (array []T, rest []byte, err error) {
	raw, rest, err := takeNumbers(data, size)
	for ; len(raw) > 0; raw = raw[size:] {
		array = append(array, at(raw))
	}
	return array, rest, err
}

// takeNumbers takes a length and that many numbers of so many bytes.
func takeNumbers(data []byte, size int) (raw, rest []byte, err error) {
	if len(data) < 4 {
		return nil, nil, errors.New("its length is missing")
	}
	n := uint64(binary.LittleEndian.Uint32(data)) * uint64(size)
	data = data[4:]
	if n > uint64(len(data)) {
		return nil, nil, fmt.Errorf("%d bytes are due and %d are left", n, len(data))
	}
	return data[:n], data[n:], nil
}

// Save writes the file under a temporary name and renames it.
func (f *Frame) Save(path string) error {
	data, err := f.Encode()
	if err != nil {
		return err
	}
	return wholefile.Write(path, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// Load reads a file.
func (f *Frame) Load(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Mode()&os.ModeDevice != 0 {
		return fmt.Errorf("%s is a device: give a file", path)
	}
	if info.Size() > maxFrame {
		return fmt.Errorf("%s: %d bytes: such a file has at most %d", path, info.Size(), maxFrame)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := f.Decode(data); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
