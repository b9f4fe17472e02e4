// A lane of an ANN accelerator: an 8-bit weight times an 8-bit activation is added into
// an accumulator of SUM bits.
module mac_lane #(
    parameter SUM = 27
) (
    input clk,
    input clear,
    input add,
    input signed [7:0] weight,
    input [7:0] activation,
    output reg signed [SUM-1:0] sum
);
  wire signed [16:0] product = weight * $signed({1'b0, activation});
  always @(posedge clk)
    if (clear) sum <= {SUM{1'b0}};
    else if (add) sum <= sum + {{(SUM - 17) {product[16]}}, product};
endmodule
