// A memory with a port to write and a port to read. What is read stands at the
// output from the next cycle on, until something else is read. A word that is
// written and read in one cycle is read as it was.
module ram #(
    parameter WIDTH = 8,
    parameter ADDR = 4
) (
    input clk,
    input we,
    input [ADDR-1:0] waddr,
    input [WIDTH-1:0] wdata,
    input re,
    input [ADDR-1:0] raddr,
    output reg [WIDTH-1:0] rdata
);
  reg [WIDTH-1:0] mem[0:(1<<ADDR)-1];

  always @(posedge clk) begin
    if (we) mem[waddr] <= wdata;
    if (re) rdata <= mem[raddr];
  end
endmodule
