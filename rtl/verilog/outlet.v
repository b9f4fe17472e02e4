// An output of a router: which input sends by it. The class decides, spikes before
// packets of the host, and then the turn goes around the inputs.
module outlet #(
    parameter KEY = 8
) (
    input clk,
    input clear,
    input [4:0] want,
    input [4:0] host,
    input [5*KEY-1:0] keys,
    input free,
    output [4:0] grant,
    output valid,
    output is_host,
    output reg [KEY-1:0] key
);
  reg [4:0] above;  // the inputs behind the one that sent last
  wire [4:0] spikes = want & ~host;
  wire [4:0] first = |spikes ? spikes : want;
  wire [4:0] turn = |(first & above) ? first & above : first;
  wire [4:0] lowest = turn & (~turn + 5'd1);

  assign grant = free ? lowest : 5'd0;
  assign valid = |grant;
  assign is_host = |(grant & host);
  integer i;
  always @* begin
    key = {KEY{1'b0}};
    for (i = 0; i < 5; i = i + 1) key = key | ({KEY{grant[i]}} & keys[i*KEY+:KEY]);
  end
  always @(posedge clk)
    if (clear) above <= 5'b11111;
    else if (valid) above <= ~(grant | (grant - 5'd1));
endmodule
