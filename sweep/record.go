package sweep

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Status is how a point ended.
type Status string

// The ways a point ends. A command that was killed has no record.
const (
	// Done has a result.
	Done Status = "done"
	// Limited exceeded a limit: it does not fit, or the chip lost spikes. It may have a result.
	Limited Status = "limit"
	// Refused has invalid arguments or files.
	Refused Status = "refused"
	// Failed took its worker down more often than is allowed.
	Failed Status = "failed"
)

// Record is the result of a point. It holds no paths and no times.
type Record struct {
	Hash   string `json:"hash"`
	Status Status `json:"status"`
	// Error says why there is no result, or which limit was exceeded.
	Error string `json:"error,omitempty"`
	// Result is the JSON of the command without fields that depend on time and machine.
	Result json.RawMessage `json:"result,omitempty"`
}

// sealed is a record on the disk: with a sum of what it holds, by which damage is seen.
type sealed struct {
	Schema int             `json:"schema"`
	Sum    string          `json:"sha256"`
	Record json.RawMessage `json:"record"`
}

// Text is the contents of the record's file.
func (r *Record) Text() ([]byte, error) {
	inner, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("sweep: result of %s: %w", r.Hash, err)
	}
	sum := sha256.Sum256(inner)
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	err = enc.Encode(sealed{Schema, hex.EncodeToString(sum[:]), inner})
	return out.Bytes(), err
}

// ParseRecord reads the file of a point's result.
func ParseRecord(text []byte, hash string) (*Record, error) {
	var s sealed
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("sweep: result of %s: %w", hash, err)
	}
	sum := sha256.Sum256(s.Record)
	if s.Schema != Schema || s.Sum != hex.EncodeToString(sum[:]) {
		return nil, fmt.Errorf("sweep: result of %s is damaged", hash)
	}
	var r Record
	if err := json.Unmarshal(s.Record, &r); err != nil {
		return nil, fmt.Errorf("sweep: result of %s: %w", hash, err)
	}
	if r.Hash != hash {
		return nil, fmt.Errorf("sweep: result of %s is that of %s", hash, r.Hash)
	}
	return &r, nil
}
