// Brings a sum to WIDTH bits: to the nearest of the symmetric bounds, or, where WRAP
// is 1, to what its lower bits say.
module limit #(
    parameter SUM = 32,
    parameter WIDTH = 24,
    parameter WRAP = 0
) (
    input signed [SUM-1:0] x,
    output signed [WIDTH-1:0] y
);
  generate
    if (WRAP != 0) begin : g_wrap
      assign y = x[WIDTH-1:0];
      wire unused = &{1'b0, x};
    end else begin : g_saturate
      localparam signed [SUM-1:0] TOP = {{(SUM - WIDTH + 1) {1'b0}}, {(WIDTH - 1) {1'b1}}};
      assign y = x > TOP ? TOP[WIDTH-1:0] : x < -TOP ? -TOP[WIDTH-1:0] : x[WIDTH-1:0];
    end
  endgenerate
endmodule
