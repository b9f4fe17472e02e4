package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestVetTool builds the command and runs it as `go vet -vettool` over a module
// with this project's name, one case after the other in its package core.
func TestVetTool(t *testing.T) {
	if testing.Short() {
		t.Skip("reads the standard library")
	}
	if testing.Short() {
		t.Skip("builds the command and runs go vet; left out with -short")
	}
	tool := filepath.Join(t.TempDir(), "nomul")
	run(t, ".", "build", "-buildvcs=false", "-o", tool, ".")

	const sum = "package core\n\n// Sum adds.\nfunc Sum(a, b int) int { return a + b }\n"
	const scale = "package core\n\nfunc scale(a, b int) int { return a * b }\n"
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string // part of the message; empty if the package is accepted
	}{
		{name: "adders alone", files: map[string]string{}},
		{name: "a test multiplies", files: map[string]string{"core/scale_test.go": scale}},
		{name: "an unguarded package multiplies",
			files: map[string]string{
				"bench/scale.go": "package bench\n\nvar a = 2.5\nvar b = a * a\n"}},
		{name: "a generator beside the package", files: map[string]string{
			"core/gen.go": "//go:build ignore\n\npackage main\n\nfunc main() { " +
				"println(len(\"a\") * 2.0) }\n"}},
		{name: "a product", files: map[string]string{"core/scale.go": scale},
			want: "core/scale.go:3:37: multiplication (*) in the integer datapath"},
		{name: "a package below",
			files: map[string]string{"core/rules/half.go": "package rules\n\nfunc half(a int) " +
				"int { return a / 2 }\n"},
			want: "core/rules/half.go:3:33: division (/) in the integer datapath"},
		{name: "a helper of another package", files: map[string]string{
			"mathx/mul.go":  "package mathx\n\nfunc Mul[T ~int](a, b T) T { return a * b }\n",
			"core/scale.go": "package core\n\nimport \"adder/mathx\"\n\nvar area = mathx.Mul(2, 3)\n"},
			want: `core/scale.go:3:8: import of "adder/mathx", outside the datapath's allow-list`},
		{name: "a product for another machine",
			files: map[string]string{"core/scale.go": "//go:build never\n\n" + scale},
			want:  "core/scale.go:5:37: multiplication (*) in the integer datapath"},
		{name: "a multiplier for another machine", files: map[string]string{
			"core/wide.go": "//go:build never\n\npackage core\n\nimport wide " +
				"\"math/bits\"\n\nconst two = 2 * 1\n\nvar mul = wide.Mul64\n"},
			want: "core/wide.go:9:16: wide.Mul64 multiplies or divides"},
		{name: "a float for another machine", files: map[string]string{
			"core/gain.go": "//go:build never\n\npackage core\n\nvar gain float32\n"},
			want: "core/gain.go:5:10: floating point or complex value"},
		{name: "an import for another machine", files: map[string]string{
			"core/gain.go": "//go:build never\n\npackage core\n\nimport _ \"math/big\"\n"},
			want: `core/gain.go:5:8: import of "math/big"`},
		{name: "a limit for another machine", files: map[string]string{
			"core/limit.go": "//go:build never\n\npackage core\n\nimport \"math\"\n\nconst limit " +
				"= math.MaxInt32\n"},
			want: `core/limit.go:5:8: import of "math"`},
		{name: "a root for another machine", files: map[string]string{
			"core/root.go": "//go:build never\n\npackage core\n\nimport \"math\"\n\nvar root = " +
				"int(math.Sqrt(4))\n"},
			want: "core/root.go:5:8: import of \"math\", outside the datapath's allow-list"},
		{name: "assembly for another machine", files: map[string]string{
			"core/gain_plan9.s": "// nothing\n"},
			want: "gain_plan9.s hides its operations"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "go.mod", "module adder\n\ngo 1.26\n")
			write(t, dir, "core/sum.go", sum)
			for name, text := range c.files {
				write(t, dir, name, text)
			}
			cmd := goCommand(dir, "vet", "-vettool="+tool, "./...")
			output, err := cmd.CombinedOutput()
			if c.want == "" {
				require.NoError(t, err, string(output))
				return
			}
			require.Error(t, err, "go vet must fail")
			require.Contains(t, string(output), c.want)
		})
	}
}

// goCommand is the go command in a folder, with the network shut.
func goCommand(dir string, args ...string) *exec.Cmd {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOPROXY=off", "GOWORK=off", "GOTOOLCHAIN=local")
	return cmd
}

func run(t *testing.T, dir string, args ...string) {
	t.Helper()
	output, err := goCommand(dir, args...).CombinedOutput()
	require.NoError(t, err, string(output))
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, filepath.FromSlash(name))
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
}
