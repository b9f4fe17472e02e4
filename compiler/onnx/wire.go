package onnx

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
)

// message is an encoded protobuf message and where in the file it starts.
// Its data aliases the file.
type message struct {
	data []byte
	at   int
}

// field is one field of a message: its bytes where it is length-delimited,
// else its bits.
type field struct {
	number  protowire.Number
	wire    protowire.Type
	at      int
	bytes   []byte
	bits    uint64
	payload []byte // the value as encoded, without tag
}

// each calls visit for every field in the order of the file. Groups, which
// ONNX does not use, are skipped.
func (m message) each(visit func(field) error) error {
	rest := m.data
	for len(rest) > 0 {
		at := m.at + len(m.data) - len(rest)
		number, wire, n := protowire.ConsumeTag(rest)
		if n < 0 {
			return damaged(at, protowire.ParseError(n))
		}
		rest = rest[n:]
		f := field{number: number, wire: wire, at: at + n}
		size, err := f.consume(rest)
		if err != nil {
			return err
		}
		rest = rest[size:]
		if wire == protowire.StartGroupType {
			continue
		}
		if err := visit(f); err != nil {
			return err
		}
	}
	return nil
}

// consume reads the value at the start of rest and returns its length.
func (f *field) consume(rest []byte) (int, error) {
	var n int
	switch f.wire {
	case protowire.VarintType:
		f.bits, n = protowire.ConsumeVarint(rest)
	case protowire.Fixed32Type:
		var v uint32
		v, n = protowire.ConsumeFixed32(rest)
		f.bits = uint64(v)
	case protowire.Fixed64Type:
		f.bits, n = protowire.ConsumeFixed64(rest)
	case protowire.BytesType:
		f.bytes, n = protowire.ConsumeBytes(rest)
		f.at += n - len(f.bytes)
	default:
		n = protowire.ConsumeFieldValue(f.number, f.wire, rest)
	}
	if n < 0 {
		return 0, damaged(f.at, protowire.ParseError(n))
	}
	f.payload = rest[:n]
	return n, nil
}

func damaged(at int, cause error) error {
	return fmt.Errorf("not a valid ONNX file at byte %d (%w): it is damaged or cut short; export "+
		"or copy it again", at, cause)
}

func (f field) want(wire protowire.Type) error {
	if f.wire != wire {
		return damaged(f.at, fmt.Errorf("field %d has wire type %d, not %d", f.number, f.wire,
			wire))
	}
	return nil
}

// message gives a length-delimited field as a message.
func (f field) message() (message, error) {
	return message{data: f.bytes, at: f.at}, f.want(protowire.BytesType)
}

// text gives a string field; a name longer than maxName is refused.
func (f field) text() (string, error) {
	if err := f.want(protowire.BytesType); err != nil {
		return "", err
	}
	if len(f.bytes) > maxName {
		return "", damaged(f.at, fmt.Errorf("a name of %d bytes, more than %d", len(f.bytes),
			maxName))
	}
	return string(f.bytes), nil
}

// integer gives a varint field; negative numbers take ten bytes.
func (f field) integer() (int64, error) {
	return int64(f.bits), f.want(protowire.VarintType)
}

// float32bits gives a fixed32 field.
func (f field) float32bits() (uint32, error) {
	return uint32(f.bits), f.want(protowire.Fixed32Type)
}

// elements appends the encoded elements of a repeated scalar to dst: the
// contents of a packed field, or one element. The first packed field is
// not copied.
func (f field) elements(dst []byte, element protowire.Type) ([]byte, error) {
	part := f.payload
	if f.wire == protowire.BytesType {
		part = f.bytes
	} else if err := f.want(element); err != nil {
		return nil, err
	}
	if len(dst) == 0 {
		return part[:len(part):len(part)], nil
	}
	return append(dst, part...), nil
}

// integers decodes the elements of a repeated varint field.
func integers(encoded []byte) ([]int64, error) {
	var out []int64
	for len(encoded) > 0 {
		v, n := protowire.ConsumeVarint(encoded)
		if n < 0 {
			return nil, protowire.ParseError(n)
		}
		out = append(out, int64(v))
		encoded = encoded[n:]
	}
	return out, nil
}
