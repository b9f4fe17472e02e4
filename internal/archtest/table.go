package archtest

// Table is the import table. Every package of the module has one row, and so has what will come
// (Room). Rows are in the order of the data flow, and a package imports only from rows above its
// own.
func Table() []Row {
	return []Row{
		// File formats that are not ours, and the tools.
		{Package: "internal/archtest"},
		{Package: "internal/shipped"},
		{Package: "internal/yamlguard"},
		{Package: "internal/wholefile"},
		{Package: "internal/outside"},
		{Package: "internal/draws", Imports: []string{"internal/outside"}},
		{Package: "internal/golden"},
		{Package: "internal/checkpoint", Imports: []string{"internal/wholefile"}},
		{Package: "internal/parallel"},
		{Package: "internal/csr"},
		{Package: "internal/texttable"},
		{Package: "internal/hdf5"},
		{Package: "internal/npz", Imports: []string{"internal/wholefile"}},
		{Package: "internal/dataset", Imports: []string{"internal/npz", "internal/wholefile"}},
		{Package: "tools/nomul"},
		{Package: "tools/nomul/cmd/nomul", Imports: []string{"tools/nomul"}},
		{Package: "tools/release"},

		// The hardware, from the adder up.
		{Package: "fixedpoint"},
		{Package: "router"},
		{Package: "core/kernel", Imports: []string{"fixedpoint"}},
		{Package: "core", Imports: []string{"core/kernel", "fixedpoint"}},

		// Spikes, and the network as trained.
		{Package: "spike"},
		{Package: "spike/encode", Imports: []string{"core/kernel", "fixedpoint", "spike"}},
		{Package: "spike/event", Imports: []string{"internal/hdf5", "internal/npz"}},
		{Package: "quantised", Imports: []string{"internal/csr", "spike/encode"}},
		{Package: "snn"},
		{Package: "snn/stdp", Imports: []string{"fixedpoint", "spike"}},

		// What a chip is loaded with, and the chip.
		{Package: "layout", Imports: []string{"core", "internal/wholefile", "router"}},
		{Package: "chip/profile", Imports: []string{"core", "internal/shipped",
			"internal/yamlguard", "router"}},
		{Package: "fault", Imports: []string{"chip/profile", "core", "fixedpoint",
			"internal/yamlguard", "layout", "router"}},
		{Package: "chip", Imports: []string{"chip/profile", "core", "fault", "fixedpoint", "layout",
			"router", "spike"}},
		{Package: "chip/trace", Imports: []string{"chip", "core", "internal/wholefile", "router"}},
		{Package: "rtl/toggle"},
		{Package: "rtl", Imports: []string{"chip", "chip/profile", "core", "fixedpoint",
			"internal/wholefile", "layout", "router", "rtl/toggle", "spike"}},
		{Package: "sample", Imports: []string{"chip", "internal/dataset", "layout", "snn", "spike",
			"spike/encode"}},
		{Package: "sample/recorded", Imports: []string{"chip", "internal/npz", "sample", "spike",
			"spike/encode", "spike/event"}},

		// The forms of a network on its way to an image, and its front ends.
		{Package: "compiler/flat", Imports: []string{"internal/csr", "snn"}},
		{Package: "compiler/ir", Imports: []string{"core", "internal/csr", "spike"}},
		{Package: "compiler/ir/irtest", Imports: []string{"chip/profile", "compiler/ir", "core",
			"fault", "spike"}},
		{Package: "compiler/fit", Imports: []string{"chip/profile", "compiler/ir", "core"}},
		{Package: "compiler/onnx", Imports: []string{"snn"}},
		{Package: "compiler/nir", Imports: []string{"internal/hdf5", "snn"}},
		{Package: "compiler/casefile", Imports: []string{"chip/profile", "compiler/ir", "core",
			"internal/npz", "internal/yamlguard"}},
		{Package: "compiler/winner", Imports: []string{"chip/profile", "compiler/fit",
			"compiler/ir", "core"}},

		// The passes, in the order in which they run, and what they share.
		{Package: "compiler/row", Imports: []string{"chip/profile", "core"}},
		{Package: "compiler/testnets", Imports: []string{"chip/profile", "compiler/fit",
			"compiler/ir", "core", "snn"}},
		{Package: "compiler/convert", Imports: []string{"snn"}},
		{Package: "compiler/rewrite", Imports: []string{"snn"}},
		{Package: "compiler/rates", Imports: []string{"compiler/convert", "compiler/ir", "snn"}},
		{Package: "compiler/lower", Imports: []string{"compiler/flat", "internal/parallel", "snn"}},
		{Package: "compiler/levels", Imports: []string{"compiler/convert", "compiler/flat",
			"compiler/lower", "quantised", "snn"}},
		{Package: "compiler/compartments", Imports: []string{"chip/profile", "compiler/ir", "core",
			"fixedpoint"}},
		{Package: "compiler/quantise", Imports: []string{
			"chip/profile", "compiler/compartments", "compiler/fit", "compiler/flat", "compiler/ir",
			"core", "fixedpoint", "internal/parallel", "snn"}},
		{Package: "compiler/split", Imports: []string{"chip/profile", "core", "quantised"}},
		{Package: "compiler/code", Imports: []string{
			"chip/profile", "compiler/fit", "compiler/ir", "core", "fixedpoint", "quantised",
			"spike/encode"}},
		{Package: "compiler/partition", Imports: []string{"chip/profile", "compiler/fit",
			"compiler/ir", "compiler/row", "core", "internal/parallel"}},
		{Package: "compiler/typed", Imports: []string{"chip/profile", "compiler/fit",
			"compiler/ir"}},
		{Package: "compiler/balance", Imports: []string{"chip/profile", "compiler/ir",
			"compiler/partition", "compiler/rates", "compiler/row", "router"}},
		{Package: "compiler/relay", Imports: []string{"chip/profile", "compiler/fit", "compiler/ir",
			"compiler/partition", "core"}},
		{Package: "compiler/place", Imports: []string{"chip/profile", "compiler/fit", "compiler/ir",
			"compiler/partition", "compiler/rates", "internal/yamlguard", "router"}},
		{Package: "compiler/route", Imports: []string{
			"chip/profile", "compiler/fit", "compiler/ir", "compiler/partition", "compiler/row",
			"core",
			"internal/parallel", "layout", "router"}},
		{Package: "compiler/verify", Imports: []string{"chip/profile", "compiler/fit",
			"compiler/ir", "core", "layout", "router"}},
		{Package: "compiler", Imports: []string{
			"chip/profile", "compiler/balance", "compiler/code", "compiler/compartments",
			"compiler/convert", "compiler/fit", "compiler/flat", "compiler/ir", "compiler/levels",
			"compiler/lower", "compiler/partition", "compiler/place", "compiler/quantise",
			"compiler/rates", "compiler/relay", "compiler/rewrite",
			"compiler/route", "compiler/split", "compiler/typed", "compiler/verify", "core",
			"layout", "quantised", "router", "snn", "spike/encode"}},

		// What uses all of it.
		{Package: "train/random"},
		{Package: "train/traintest", Imports: []string{"internal/dataset"}},
		{Package: "train/ann", Imports: []string{"internal/wholefile", "sample", "train/random"}},
		{Package: "train/frame", Imports: []string{"internal/dataset", "internal/wholefile"}},
		{Package: "train/layer"},
		{Package: "train/descent", Imports: []string{"internal/dataset", "sample", "train/frame",
			"train/layer", "train/random"}},
		{Package: "train/bptt", Imports: []string{
			"internal/hdf5", "internal/wholefile", "spike", "spike/encode", "train/descent",
			"train/layer", "train/random"}},
		{Package: "train/onnxfile"},
		{Package: "train/qat", Imports: []string{
			"internal/wholefile", "sample", "snn", "train/descent", "train/layer", "train/onnxfile",
			"train/random"}},
		{Package: "train/setting", Imports: []string{"chip/profile", "compiler/quantise", "core",
			"snn/stdp", "spike/encode"}},
		{Package: "train/learned", Imports: []string{
			"chip", "chip/profile", "compiler", "compiler/ir", "compiler/place",
			"compiler/quantise", "compiler/winner", "core", "fixedpoint",
			"internal/dataset", "internal/npz", "internal/wholefile", "layout", "snn/stdp", "spike",
			"spike/encode", "train/frame",
			"train/setting"}},
		{Package: "train/lockstep", Imports: []string{"core", "fixedpoint", "snn/stdp", "spike",
			"train/learned", "train/setting"}},
		{Package: "train/lockstep/locksteptest", Imports: []string{
			"chip", "chip/profile", "internal/dataset", "spike", "spike/encode", "train/learned",
			"train/lockstep"}},
		{Package: "train/onchip", Imports: []string{
			"chip", "core", "fixedpoint", "internal/dataset", "layout", "spike", "spike/encode",
			"train/frame", "train/learned",
			"train/setting"}},
		{Package: "train/paper", Imports: []string{
			"chip", "chip/profile", "internal/dataset", "snn/stdp", "spike",
			"spike/encode", "train/frame",
			"train/learned", "train/lockstep", "train/random", "train/setting"}},
		{Package: "train/tuned", Imports: []string{
			"chip", "chip/profile", "core", "fixedpoint", "internal/dataset", "layout", "snn/stdp",
			"spike", "spike/encode",
			"train/learned", "train/onchip", "train/paper", "train/setting"}},
		{Package: "bench/proportion"},
		{Package: "bench/energy", Imports: []string{"internal/shipped", "internal/yamlguard",
			"router"}},
		{Package: "bench/energy/energytest", Imports: []string{"bench/energy"}},
		{Package: "bench/silicon", Imports: []string{"bench/energy"}},
		{Package: "bench", Imports: []string{
			"bench/energy", "bench/proportion", "chip", "compiler", "compiler/convert",
			"compiler/levels", "core",
			"fault", "internal/texttable", "internal/wholefile", "layout", "quantised", "router",
			"sample",
			"snn", "spike", "spike/encode"}},
		{Package: "bench/speed", Imports: []string{
			"chip", "chip/profile", "compiler", "compiler/place", "core", "core/kernel", "layout",
			"router", "snn", "spike"}},
		{Package: "diagnose", Imports: []string{
			"bench", "chip", "compiler", "compiler/ir", "internal/wholefile", "quantised", "sample",
			"snn", "spike", "spike/encode"}},
		{Package: "report/svg"},
		{Package: "report", Imports: []string{"bench", "bench/energy", "chip", "compiler", "core",
			"layout", "report/svg", "router", "spike"}},
		{Package: "survey", Imports: []string{"chip/profile", "compiler", "compiler/convert",
			"compiler/fit", "compiler/ir", "compiler/row", "core", "report/svg", "snn",
			"spike/encode", "train/learned"}},
		{Package: "sweep", Imports: []string{
			"bench/energy", "bench/proportion", "internal/wholefile", "internal/yamlguard"}},
		{Package: "sweep/hub"},
		{Package: "sweep/queue", Imports: []string{"internal/wholefile", "sweep"}},
		// What other programs import, and the interface for programs in other languages.
		{Package: ".", Imports: []string{
			"chip", "chip/profile", "compiler", "compiler/convert", "compiler/nir", "compiler/onnx",
			"internal/dataset", "layout", "sample", "snn",
			"spike", "spike/encode", "survey", "train/learned"}},
		{Package: "serve", Imports: []string{".", "internal/npz"}},
		{Package: "cmd/adder-hub", Imports: []string{"sweep/hub"}},
		{Package: "cmd/adder", Imports: []string{
			"bench", "bench/energy", "bench/silicon", "bench/speed", "chip", "chip/profile",
			"chip/trace", "compiler", "compiler/balance", "compiler/casefile", "compiler/convert",
			"compiler/fit", "compiler/levels", "compiler/nir", "compiler/onnx", "compiler/place",
			"compiler/quantise", "compiler/relay", "compiler/split", "diagnose", "fault",
			"internal/checkpoint",
			"internal/dataset",
			"internal/npz", "internal/texttable", "internal/wholefile", "layout", "quantised",
			"report", "router", "rtl", "sample", "sample/recorded", "serve", "snn", "snn/stdp",
			"spike",
			"spike/encode", "spike/event", "survey", "sweep", "sweep/queue", "train/ann",
			"train/bptt", "train/descent", "train/layer",
			"train/learned", "train/onchip", "train/paper", "train/qat", "train/setting",
			"train/tuned"}},
	}
}
