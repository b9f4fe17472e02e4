package energy

// SRAM is the price of memory in one process: of an access by the size of the memory, and
// of keeping it powered.
type SRAM struct {
	// Process names it, such as "hp"; it may be empty where a table has one.
	Process string
	// AccessBits is the number of bits that an access of Points moves; whole lines are used.
	AccessBits int
	Points     []SRAMPoint
	// BasePJ and PerBitPJ, where there are no points, price a datum of any width: a base
	// and so much per bit of the memory.
	BasePJ, PerBitPJ float64
	// LeakageMicrowatts is the power of one KiB, 0 where it is not known.
	LeakageMicrowatts float64
	// Factor names the factor that access prices move with, or is empty.
	Factor   string
	Grade    Grade
	Evidence Evidence
	Source   string
}

// SRAMPoint is a memory of a known price per access.
type SRAMPoint struct {
	Bytes int64
	PJ    float64
}

// Accesses reports whether accesses have a price: a process may be known by its leakage
// alone.
func (s *SRAM) Accesses() bool { return len(s.Points) > 0 || s.BasePJ > 0 }

// Datum is the price in picojoules of reading or writing a datum of so many bits in a
// memory of so many bytes.
func (s *SRAM) Datum(bits, bytes float64) float64 {
	if len(s.Points) > 0 {
		return bits * s.PerBit(bytes)
	}
	if bits == 0 {
		return 0
	}
	return s.BasePJ + float64(s.PerBitPJ*8*bytes)
}

// PerBit is the price in picojoules of one bit of a memory of so many
// bytes: linear between the points and from nothing at size 0, constant above
// the last point, since a larger memory is made of such banks.
func (s *SRAM) PerBit(bytes float64) float64 {
	low := SRAMPoint{}
	for _, high := range s.Points {
		if bytes < float64(high.Bytes) {
			part := (bytes - float64(low.Bytes)) / float64(high.Bytes-low.Bytes)
			return (low.PJ + float64(part*(high.PJ-low.PJ))) / float64(s.AccessBits)
		}
		low = high
	}
	return low.PJ / float64(s.AccessBits)
}
