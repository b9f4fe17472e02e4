// A memory that is loaded once, from a file of hexadecimal words, and read as a ram
// is.
module rom #(
    parameter WIDTH = 8,
    parameter DEPTH = 16,
    parameter ADDR = 4,
    parameter FILE = "rom.hex"
) (
    input clk,
    input re,
    input [ADDR-1:0] raddr,
    output reg [WIDTH-1:0] rdata
);
  reg [WIDTH-1:0] mem[0:DEPTH-1];

  initial $readmemh(FILE, mem);

  localparam BITS = DEPTH > 1 ? $clog2(DEPTH) : 1;
  always @(posedge clk) if (re) rdata <= mem[raddr[BITS-1:0]];
  wire unused = &{1'b0, raddr};
endmodule
