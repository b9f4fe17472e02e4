// The axon entries that are held for later ticks: a list for each tick of a ring. What
// is asked for stands at the output from the next cycle on.
module ring #(
    parameter PTR = 8,
    parameter DELAY = 3,  // bits of a delay: the ring has 1 << DELAY ticks
    parameter PLACE = 4  // bits of a place in a list
) (
    input clk,
    input clear,
    input put,
    input [DELAY-1:0] put_for,  // ticks after the present one, 1 or more
    input [PTR-1:0] in,
    input turn,  // the present tick is over
    input ahead,  // ask for the list of the next tick
    output some,  // the list of the present tick is not read to its end
    output some_ahead,  // the list of the next tick has entries
    input get,
    output [PTR-1:0] out
);
  localparam TICKS = 1 << DELAY;
  reg [PLACE-1:0] counts[0:TICKS-1];
  reg [DELAY-1:0] now;
  reg [PLACE-1:0] got;
  wire [DELAY-1:0] then = now + 1'b1;
  wire [DELAY-1:0] put_at = now + put_for;
  wire [PLACE-1:0] here = counts[now];
  wire [PLACE-1:0] there = counts[put_at];
  assign some = got != here;
  assign some_ahead = counts[then] != {PLACE{1'b0}};

  ram #(
      .WIDTH(PTR),
      .ADDR (DELAY + PLACE)
  ) lists (
      .clk(clk),
      .we(put),
      .waddr({put_at, there}),
      .wdata(in),
      .re(get),
      .raddr(ahead ? {then, {PLACE{1'b0}}} : {now, got}),
      .rdata(out)
  );
  integer s;
  always @(posedge clk)
    if (clear) begin
      for (s = 0; s < TICKS; s = s + 1) counts[s] <= {PLACE{1'b0}};
      now <= {DELAY{1'b0}};
      got <= {PLACE{1'b0}};
    end else begin
      if (put) counts[put_at] <= there + 1'b1;
      if (turn) begin
        counts[now] <= {PLACE{1'b0}};
        now <= then;
        got <= {{(PLACE - 1) {1'b0}}, get};
      end else if (get) got <= got + 1'b1;
    end
endmodule
