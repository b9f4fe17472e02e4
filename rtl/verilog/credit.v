// Counts the free places of a buffer at the other end of a wire.
module credit #(
    parameter PLACES = 4
) (
    input clk,
    input clear,
    input take,
    input give,
    output some
);
  localparam BITS = $clog2(PLACES + 1);
  localparam [31:0] ALL = PLACES;
  reg [BITS-1:0] count;

  assign some = count != {BITS{1'b0}};
  always @(posedge clk)
    if (clear) count <= ALL[BITS-1:0];
    else if (take && !give) count <= count - 1'b1;
    else if (give && !take) count <= count + 1'b1;
endmodule
