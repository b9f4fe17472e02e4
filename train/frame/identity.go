package frame

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"

	"adder/internal/dataset"
)

// Fingerprint is a checksum of images and labels.
func Fingerprint(set *dataset.Set) uint32 {
	labels := make([]uint8, set.Len())
	for i, label := range set.Labels {
		labels[i] = uint8(label)
	}
	return crc32.Update(Checksum(set.Bytes), castagnoli(), labels)
}

// SameTraining refuses the checkpoint of another training or of other images.
func SameTraining(have, want json.RawMessage, images uint32, set *dataset.Set) error {
	if string(want) != string(have) {
		return fmt.Errorf("it belongs to another training: it was made with %s, this is %s; "+
			"remove it or ask for the same", have, want)
	}
	if images != Fingerprint(set) {
		return errors.New("it belongs to a training on other images; remove it or give the same " +
			"data and limit")
	}
	return nil
}
