package rtl

import (
	"fmt"
	"io"
	"strings"

	"adder/router"
)

// coreFile is the name of a memory of a core, in order of the image.
func coreFile(i int, what string) string { return fmt.Sprintf("core%d_%s.hex", i, what) }

// routerFile is the name of a router's table.
func routerFile(r *routerDesign) string { return fmt.Sprintf("router_%d_%d.hex", r.at.X, r.at.Y) }

// writeChip writes the module chip: its cores, the routers in use with the wires
// between them, and the barrier.
func (d *Design) writeChip(to io.Writer) error {
	v := &verilog{d: d}
	v.line("// %s on chip %s: %d cores, %d routers, %d sources of packets.", d.img.Model,
		d.img.Chip.Name, len(d.cores), len(d.mesh.routers), len(d.keys.sources))
	v.head()
	for i := range d.mesh.routers {
		v.router(&d.mesh.routers[i])
	}
	for i := range d.cores {
		v.core(i)
	}
	v.tail()
	_, err := io.WriteString(to, v.text.String())
	return err
}

// verilog is text of the chip.
type verilog struct {
	d    *Design
	text strings.Builder
}

func (v *verilog) line(format string, args ...any) { fmt.Fprintf(&v.text, format+"\n", args...) }

// at names what belongs to a tile.
func at(c router.Coord) string { return fmt.Sprintf("%d_%d", c.X, c.Y) }

func (v *verilog) head() {
	c, key := len(v.d.cores), v.d.keys.bits()
	v.line("// What is written and what arrives is for whoever watches.")
	v.line("module chip (")
	v.line("    input clk,\n    input clear,\n    output go,\n    input host_valid,\n    input "+
		"[%d:0] host_key,\n    output host_take,", key-1)
	v.line("    output [%d:0] arrived,\n    output [%d:0] arrived_key,", c-1, c*key-1)
	v.line("    output [%d:0] written,\n    output [%d:0] written_at,\n    output [%d:0] "+
		"written_v,\n    output [%d:0] written_fires\n);", c-1, c*16-1, c*32-1, c-1)
	v.line("  wire [%d:0] done;\n  wire [%d:0] in_flight;\n  wire [%d:0] out_valid;", c-1, c-1, c-1)
	n := max(len(v.d.mesh.routers), 1)
	v.line("  wire [%d:0] busy;", n-1)
	if len(v.d.mesh.routers) == 0 {
		v.line("  assign busy = 1'b0;\n  assign host_take = 1'b0;")
	}
	v.line("")
	for i := range v.d.mesh.routers {
		name := at(v.d.mesh.routers[i].at)
		v.line("  wire [3:0] valid_%s, host_%s, give_%s;\n  wire [%d:0] key_%s;", name, name, name,
			4*key-1, name)
		v.line("  wire core_valid_%s, fifo_take_%s, host_take_%s;\n  wire [%d:0] core_key_%s;",
			name, name, name, key-1, name)
	}
	for i := range v.d.cores {
		v.line("  wire [%d:0] out_key_%d;", key-1, i)
	}
}

// link is the neighbour's side of a wire into a router, or zeros.
func (v *verilog) link(r *routerDesign, what string, dir router.Direction, bits int) string {
	end, ok := v.d.chip.Topology().End(router.Link{From: r.at, Dir: dir})
	if _, used := v.d.mesh.at[end]; !ok || !used {
		return fmt.Sprintf("%d'd0", bits)
	}
	other := int(dir ^ 1)
	if bits == 1 {
		return fmt.Sprintf("%s_%s[%d]", what, at(end), other)
	}
	return fmt.Sprintf("%s_%s[%d:%d]", what, at(end), (other+1)*bits-1, other*bits)
}

// links are those of all directions, as Verilog concatenates them.
func (v *verilog) links(r *routerDesign, what string, bits int) string {
	var parts []string
	for dir := 3; dir >= 0; dir-- {
		parts = append(parts, v.link(r, what, router.Direction(dir), bits))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// coreAt is the place of the core at a tile, -1 for none.
func (v *verilog) coreAt(c router.Coord) int {
	for i := range v.d.cores {
		if v.d.chip.Topology().At(v.d.cores[i].tile) == c {
			return i
		}
	}
	return -1
}

func (v *verilog) router(r *routerDesign) {
	key, name, place := v.d.keys.bits(), at(r.at), v.d.mesh.at[r.at]
	wires, leave := new(word), new(word)
	for i := range ports {
		wires.put(int64(r.wires[i]), 8)
		leave.put(int64(r.leave[i]), ports)
	}
	t := &v.d.timing.Router
	v.line("\n  router #(")
	v.line("      .KEY(%d), .KEYS(%d), .PIPELINE(%d), .BUFFER(%d), .WIRES(40'h%x),", key,
		len(r.table), t.Pipeline, t.InputBuffer, &wires.value)
	v.line("      .INPUTS(5'd%d), .OUTPUTS(5'd%d), .FIXED(5'd%d), .PORTS(25'h%x), .FILE(\"%s\")",
		r.in, r.out, r.fixed, &leave.value, routerFile(r))
	v.line("  ) router_%s (\n      .clk(clk), .clear(clear),", name)
	v.line("      .in_valid(%s),\n      .in_host(%s),", v.links(r, "valid", 1),
		v.links(r, "host", 1))
	v.line("      .in_key(%s),\n      .in_give(give_%s),", v.links(r, "key", key), name)
	v.line("      .out_valid(valid_%s), .out_host(host_%s), .out_key(key_%s),", name, name, name)
	v.line("      .out_give(%s),", v.links(r, "give", 1))
	if i := v.coreAt(r.at); i >= 0 {
		v.line("      .fifo_valid(out_valid[%d]), .fifo_key(out_key_%d), .fifo_take(fifo_take_%s),",
			i, i, name)
	} else {
		v.line("      .fifo_valid(1'b0), .fifo_key(%d'd0), .fifo_take(fifo_take_%s),", key, name)
	}
	if r.at == v.d.mesh.port {
		v.line("      .host_valid(host_valid), .host_key(host_key), .host_take(host_take_%s),",
			name)
	} else {
		v.line("      .host_valid(1'b0), .host_key(%d'd0), .host_take(host_take_%s),", key, name)
	}
	v.line("      .core_valid(core_valid_%s), .core_key(core_key_%s), .busy(busy[%d])\n  );", name,
		name, place)
	if r.at == v.d.mesh.port {
		v.line("  assign host_take = host_take_%s;", name)
	}
}

func (v *verilog) core(i int) {
	c, key := &v.d.cores[i], v.d.keys.bits()
	where := v.d.chip.Topology().At(c.tile)
	index := v.d.lanesLog() + c.bank
	v.line("\n  wire [%d:0] written_at_%d;\n  wire signed [%d:0] written_v_%d;", index-1, i,
		c.neurons.potential-1, i)
	v.line("  core #(\n%s\n  ) core_%d (", strings.Join(v.parameters(i), ",\n"), i)
	v.line("      .clk(clk), .clear(clear), .go(go), .done(done[%d]),", i)
	if _, used := v.d.mesh.at[where]; used {
		name := at(where)
		v.line("      .in_valid(core_valid_%s), .in_key(core_key_%s), .out_take(fifo_take_%s),",
			name, name, name)
	} else {
		v.line("      .in_valid(1'b0), .in_key(%d'd0), .out_take(1'b0),", key)
	}
	v.line("      .in_flight(in_flight[%d]), .out_valid(out_valid[%d]), .out_key(out_key_%d),",
		i, i, i)
	v.line("      .arrived(arrived[%d]), .arrived_key(arrived_key[%d:%d]),", i, (i+1)*key-1, i*key)
	v.line("      .written(written[%d]), .written_at(written_at_%d), .written_v(written_v_%d), "+
		".written_fires(written_fires[%d])\n  );", i, i, i, i)
	v.line("  assign written_at[%d:%d] = {%d'd0, written_at_%d};", i*16+15, i*16, 16-index, i)
	v.line("  assign written_v[%d:%d] = %s;", i*32+31, i*32,
		extended(fmt.Sprintf("written_v_%d", i), c.neurons.potential, 32))
}

// extended is a signed value at a width.
func extended(name string, from, to int) string {
	if from == to {
		return name
	}
	return fmt.Sprintf("{{%d{%s[%d]}}, %s}", to-from, name, from-1, name)
}

func (v *verilog) tail() {
	v.line("\n  barrier #(\n      .CYCLES(%d)\n  ) ticks (", v.d.barrier)
	v.line("      .clk(clk), .clear(clear), .quiet(&done && !(|busy) && !(|in_flight) && " +
		"!(|out_valid) && !host_valid), .go(go)\n  );")
	if unused := v.unused(); len(unused) > 0 {
		v.line("  wire unused = &{1'b0, %s};", strings.Join(unused, ", "))
	}
	v.line("endmodule")
}

// unused are the unconnected wires.
func (v *verilog) unused() []string {
	var out []string
	for i := range v.d.mesh.routers {
		r := &v.d.mesh.routers[i]
		name := at(r.at)
		out = append(out, "valid_"+name, "host_"+name, "give_"+name, "key_"+name, "host_take_"+name,
			"fifo_take_"+name, "core_valid_"+name, "core_key_"+name)
	}
	for i := range v.d.cores {
		out = append(out, fmt.Sprintf("out_key_%d", i))
	}
	return out
}
