package energy

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// maxPJ is one joule: more than any event costs.
const maxPJ = 1e12

// parsePrice reads "0.1 pJ".
func parsePrice(text string) (float64, error) {
	number, unit, _ := strings.Cut(strings.TrimSpace(text), " ")
	factor := 1.0
	switch strings.TrimSpace(unit) {
	case "pJ":
	case "fJ":
		factor = 1e-3
	case "nJ":
		factor = 1e3
	default:
		return 0, fmt.Errorf("price %q: write a number and fJ, pJ or nJ, e.g. 0.1 pJ", text)
	}
	if number == "" || len(number) > 32 || strings.Trim(number, "0123456789.") != "" {
		return 0, fmt.Errorf("price %q: write plain digits with at most one point, e.g. 0.1 pJ",
			text)
	}
	value, err := strconv.ParseFloat(number, 64)
	if value *= factor; err != nil || math.IsInf(value, 0) || value > maxPJ {
		return 0, fmt.Errorf("price %q: write a number up to 1e12 pJ", text)
	}
	return value, nil
}

// parsePower reads "2.5 mW" as microwatts.
func parsePower(text string) (float64, error) {
	factors := map[string]float64{"nW": 1e-3, "uW": 1, "mW": 1e3, "W": 1e6}
	number, unit, _ := strings.Cut(strings.TrimSpace(text), " ")
	factor, ok := factors[unit]
	value, err := strconv.ParseFloat(number, 64)
	if err != nil || !ok || !(value > 0 && value <= 1e6) {
		return 0, fmt.Errorf("power %q: write a number and nW, uW, mW or W, e.g. 2.5 mW", text)
	}
	return value * factor, nil
}

// parseArea reads "7.2 mm2".
func parseArea(text string) (float64, error) {
	number, unit, _ := strings.Cut(strings.TrimSpace(text), " ")
	value, err := strconv.ParseFloat(number, 64)
	if err != nil || unit != "mm2" || !(value > 0 && value <= 1e6) {
		return 0, fmt.Errorf("area %q: write a number of mm2, e.g. 7.2 mm2", text)
	}
	return value, nil
}

// parseBits reads "16 bits".
func parseBits(text string) (int, error) {
	number, unit, _ := strings.Cut(strings.TrimSpace(text), " ")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > 1<<16 || (unit != "bits" && unit != "bit") {
		return 0, fmt.Errorf("%q: write a number of bits, e.g. 16 bits", text)
	}
	return n, nil
}

// parseSize reads "8 KiB".
func parseSize(text string) (int64, error) {
	number, unit, _ := strings.Cut(strings.TrimSpace(text), " ")
	shift := map[string]int{"B": 0, "KiB": 10, "MiB": 20, "GiB": 30}
	s, ok := shift[unit]
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || !ok || n < 1 || n > 1<<20 {
		return 0, fmt.Errorf("size %q: write 1 to 1048576 B, KiB, MiB or GiB, e.g. 8 KiB", text)
	}
	return n << s, nil
}
