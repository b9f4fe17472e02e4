// Keeps F / 4096 of x, toward zero: sign(x) * ((|x| * F) >> 12), with F the sum of
// the powers of two in PLUS less those in MINUS. Shifted copies of |x| are added and
// taken off; nothing is multiplied.
module decay #(
    parameter WIDTH = 24,
    parameter [12:0] PLUS = 13'h1000,
    parameter [12:0] MINUS = 13'h0
) (
    input signed [WIDTH-1:0] x,
    output signed [WIDTH-1:0] y
);
  generate
    if (PLUS == 13'h1000 && MINUS == 13'h0) begin : g_all
      assign y = x;
    end else if (PLUS == 13'h0) begin : g_none
      assign y = {WIDTH{1'b0}};
      wire unused = &{1'b0, x};
    end else begin : g_sum
      localparam PRODUCT = WIDTH + 13;
      wire [WIDTH-1:0] size = x[WIDTH-1] ? ~x + 1'b1 : x;
      wire [PRODUCT-1:0] wide = {{13{1'b0}}, size};
      reg [PRODUCT-1:0] sum;
      integer i;
      always @* begin
        sum = {PRODUCT{1'b0}};
        for (i = 0; i < 13; i = i + 1) begin
          if (PLUS[i]) sum = sum + (wide << i);
          if (MINUS[i]) sum = sum - (wide << i);
        end
      end
      wire [WIDTH-1:0] kept = sum[WIDTH+11:12];
      assign y = x[WIDTH-1] ? ~kept + 1'b1 : kept;
      wire unused = &{1'b0, sum[PRODUCT-1], sum[11:0]};
    end
  endgenerate
endmodule
