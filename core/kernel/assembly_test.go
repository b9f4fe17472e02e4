package kernel

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// TestStepLayout: the fields stand where the assembly takes them to be, in its order.
func TestStepLayout(t *testing.T) {
	var s step
	for i, at := range []uintptr{
		unsafe.Offsetof(s.potential), unsafe.Offsetof(s.accumulator), unsafe.Offsetof(s.drive),
		unsafe.Offsetof(s.level),
		unsafe.Offsetof(s.reset), unsafe.Offsetof(s.refractory), unsafe.Offsetof(s.fired),
		unsafe.Offsetof(s.start),
		unsafe.Offsetof(s.neurons), unsafe.Offsetof(s.right), unsafe.Offsetof(s.left),
		unsafe.Offsetof(s.bound),
		unsafe.Offsetof(s.lowest), unsafe.Offsetof(s.highest), unsafe.Offsetof(s.floor),
		unsafe.Offsetof(s.shift),
		unsafe.Offsetof(s.digits), unsafe.Offsetof(s.subtract), unsafe.Offsetof(s.done) +
			unsafe.Offsetof(s.done.Active),
		unsafe.Offsetof(s.done) + unsafe.Offsetof(s.done.Saturated), unsafe.Offsetof(s.done) +
			unsafe.Offsetof(s.done.Spikes),
		unsafe.Offsetof(s.done) + unsafe.Offsetof(s.done.Resting), unsafe.Offsetof(s.done) +
			unsafe.Offsetof(s.done.Discarded),
		unsafe.Offsetof(s.done) + unsafe.Offsetof(s.done.Biased), unsafe.Offsetof(s.ticks),
		unsafe.Offsetof(s.stride), unsafe.Offsetof(s.rowBytes), unsafe.Offsetof(s.changed),
		unsafe.Offsetof(s.rare), unsafe.Offsetof(s.period),
		unsafe.Offsetof(s.other),
		unsafe.Offsetof(s.table),
	} {
		require.EqualValues(t, 8*i, at, "field %d", i)
	}
	require.EqualValues(t, 32, unsafe.Sizeof(digit{}))
	require.EqualValues(t, 16, unsafe.Offsetof(digit{}.sign))
	require.EqualValues(t, 32, unsafe.Sizeof(rare{}))
	require.EqualValues(t, 24, unsafe.Offsetof(rare{}.biased))
}

// admitted are the instructions that assembly of the datapath may use, by the beginnings
// of their names: they move, add, subtract, compare, shift, choose, count and jump.
var admitted = regexp.MustCompile(
	`^(V?(P?MOV|PADD|PSUB|PABS|PCMP|PMAX|PMIN|PSLL|PSRL|PSRA|PROL|POR|PXOR|PAND|PTEST|PTERNLOG|POPCNT|` +
		`PERM[IT]2[BW]|PUNPCK|PGATHERDD|PSCATTERDD|SHUFI32X4|PACKUSDW|PBROADCAST|PBLENDVB|PCOMPRESS[BDW]|` +
		`EXTRACTI|ZEROUPPER)|K(MOV|OR|ANDN|SHIFTR)|PREFETCHT0$|` +
		`ADD|SUB|NEG|DEC|INC|CMP|CMOV|LEA|SHL|SHR|XOR|OR|AND|TEST|POPCNT|J[A-Z]+$|RET$)`)

// TestInstructions: no file of assembly holds an instruction that is not admitted, and
// so none that multiplies.
func TestInstructions(t *testing.T) {
	files, err := filepath.Glob("*.s")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	line := regexp.MustCompile(`^\t([A-Z][A-Z0-9]*)(\.Z)?\b`)
	for _, name := range files {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		seen := 0
		for n, l := range strings.Split(string(text), "\n") {
			if m := line.FindStringSubmatch(l); m != nil {
				seen++
				require.Regexp(t, admitted, m[1], "%s:%d", name, n+1)
			} else {
				require.NotRegexp(t, `^\s*(BYTE|WORD|LONG|QUAD)\b`, l,
					"%s:%d: bytes are no instructions", name, n+1)
			}
		}
		require.Greater(t, seen, 100, name)
	}
	for _, bad := range []string{"IMULQ", "MULXQ", "VPMADDWD", "VPMULLD", "VPDPBUSD", "VFMADD231PS",
		"DIVQ", "VMULPS", "VPSADBW"} {
		require.NotRegexp(t, admitted, bad)
	}
}

// TestDisassembly: what was assembled of it does not multiply either, as binutils read a
// program that holds it.
func TestDisassembly(t *testing.T) {
	objdump, err := exec.LookPath("objdump")
	if err != nil || len(Sets()) == 1 || testing.Short() || os.Getenv("ADDER_TESTDATA") == "" {
		t.Skip("takes seconds: runs in full tests with ADDER_TESTDATA set, where binutils' " +
			"objdump is")
	}
	program := filepath.Join(t.TempDir(), "program")
	built, err := exec.Command("go", "test", "-c", "-o", program, ".").CombinedOutput()
	require.NoError(t, err, "%s", built)
	out, err := exec.Command(objdump, "-d", "--no-show-raw-insn", program).Output()
	require.NoError(t, err)
	function := regexp.MustCompile(
		`(?m)^[0-9a-f]+ <(adder/core/kernel\.\w+AVX\w*)(?:\.abi0)?>:\n((?: .*\n)+)`)
	multiplies := regexp.MustCompile(
		`\s(v?p?i?mul\w*|v?p?i?div\w*|v?p?madd\w*|v?fn?m\w+|v?pdp\w+|\(bad\))`)
	found := function.FindAllStringSubmatch(string(out), -1)
	require.Greater(t, len(found), 5)
	for _, f := range found {
		require.NotRegexp(t, multiplies, f[2], f[1])
	}
}

// TestGenerated: the assembly is what its generator writes. The generator is a module of
// its own, whose dependencies may be out of reach.
func TestGenerated(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the generator")
	}
	folder := t.TempDir()
	files := []string{"kernel_amd64.s", "kernel_amd64.go"}
	args := []string{"run", ".", "-out", filepath.Join(folder, files[0]), "-stubs",
		filepath.Join(folder, files[1]), "-pkg", "kernel"}
	cmd := exec.Command("go", args...)
	cmd.Dir = "asm"
	if out, err := cmd.CombinedOutput(); err != nil {
		if regexp.MustCompile(
			`dial tcp|no such host|module lookup disabled|connection refused|missing go.sum`).Match(
			out) {
			t.Skip("the generator's modules are out of reach")
		}
		t.Fatalf("%v: %s", err, out)
	}
	for _, name := range files {
		want, err := os.ReadFile(filepath.Join(folder, name))
		require.NoError(t, err)
		got, err := os.ReadFile(name)
		require.NoError(t, err)
		require.Equal(t, withoutHead(want), withoutHead(got), "%s: run make generate", name)
	}
}

// withoutHead drops the line that quotes the command.
func withoutHead(text []byte) string {
	lines := strings.Split(string(text), "\n")
	return strings.Join(slices.Delete(lines, 0, 1), "\n")
}
