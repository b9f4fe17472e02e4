// What an update makes of a neuron (docs/neurocore.md, sections 3.2, 3.3 and 3.5, and 11 for those
// with a code), in four steps with registers between them: the current, its bound and the decay of
// the potential, the sum and its bounds, the test and the reset.
//
// Neurons of one KIND share a model and its constants; kind k has its k-th part of
// each list.
module membrane #(
    parameter SUM = 20,  // bits of an accumulator
    parameter POTENTIAL = 24,
    parameter CURRENT = 24,
    parameter WIDE = 40,  // bits that hold every sum
    parameter REST = 1,  // bits of a refractory counter
    parameter WRAP_POTENTIAL = 0,
    parameter WRAP_CURRENT = 0,
    parameter KINDS = 1,
    parameter KIND = 1,  // bits of the number of a kind
    parameter [KINDS-1:0] HAS_CURRENT = 1'b0,
    parameter [KINDS-1:0] BIAS_TO_CURRENT = 1'b0,
    parameter [KINDS-1:0] INTEGRATES = 1'b0,
    parameter [KINDS-1:0] SUBTRACTS = 1'b0,
    parameter [KINDS-1:0] HAS_FLOOR = 1'b0,
    // CODED kinds receive and send the digits of an activation; RADIX ones double what
    // they have with each digit, and send them by thresholds of their weights.
    parameter [KINDS-1:0] CODED = 1'b0,
    parameter [KINDS-1:0] RADIX = 1'b0,
    parameter [KINDS*6-1:0] LEFT = 6'd0,
    parameter [KINDS*6-1:0] RIGHT = 6'd0,
    parameter [KINDS*16-1:0] REFRACTORY = 16'd0,
    parameter [KINDS*WIDE-1:0] FLOOR = {KINDS * WIDE{1'b0}},
    parameter [KINDS*WIDE-1:0] LEAK = {KINDS * WIDE{1'b0}},
    // Factors of decays, and which of them a kind has.
    parameter FACTORS_U = 1,
    parameter [FACTORS_U*13-1:0] PLUS_U = 13'h1000,
    parameter [FACTORS_U*13-1:0] MINUS_U = 13'h0,
    parameter [KINDS*4-1:0] FACTOR_U = 4'd0,
    parameter FACTORS_V = 1,
    parameter [FACTORS_V*13-1:0] PLUS_V = 13'h1000,
    parameter [FACTORS_V*13-1:0] MINUS_V = 13'h0,
    parameter [KINDS*4-1:0] FACTOR_V = 4'd0,
    // Registers behind the first, second and third step.
    parameter CUT1 = 1,
    parameter CUT2 = 1,
    parameter CUT3 = 1
) (
    input clk,
    input en,
    // Where coded kinds are in their windows: they integrate, add the bias, and send the
    // digit of weight 1 << digit.
    input [KINDS-1:0] gathers,
    input [KINDS-1:0] closes,
    input [KINDS-1:0] sends,
    input [KINDS*4-1:0] digit,
    input [KIND-1:0] kind,
    input signed [SUM-1:0] added,
    input signed [CURRENT-1:0] u,
    input signed [POTENTIAL-1:0] v,
    input [REST-1:0] rest,
    input signed [POTENTIAL-1:0] bias,
    input signed [POTENTIAL-1:0] threshold,
    input signed [POTENTIAL-1:0] reset,
    output signed [CURRENT-1:0] next_u,
    output signed [POTENTIAL-1:0] next_v,
    output [REST-1:0] next_rest,
    output fires
);
  genvar f;
  integer k;

  // Step 1: the input, scaled, and the current.
  wire [FACTORS_U*CURRENT-1:0] decays_u;
  generate
    for (f = 0; f < FACTORS_U; f = f + 1) begin : g_u
      decay #(
          .WIDTH(CURRENT),
          .PLUS (PLUS_U[f*13+:13]),
          .MINUS(MINUS_U[f*13+:13])
      ) part (
          .x(u),
          .y(decays_u[f*CURRENT+:CURRENT])
      );
    end
  endgenerate
  wire signed [WIDE-1:0] wide_added = {{(WIDE - SUM) {added[SUM-1]}}, added};
  wire signed [WIDE-1:0] wide_bias = {{(WIDE - POTENTIAL) {bias[POTENTIAL-1]}}, bias};
  reg signed [WIDE-1:0] scaled1, sum_u1;
  reg signed [CURRENT-1:0] kept_u;
  integer n;
  always @* begin
    scaled1 = {WIDE{1'b0}};
    kept_u = {CURRENT{1'b0}};
    sum_u1 = {WIDE{1'b0}};
    for (k = 0; k < KINDS; k = k + 1)
      if (kind == k[KIND-1:0]) begin
        scaled1 = (wide_added >>> RIGHT[k*6+:6]) <<< LEFT[k*6+:6];
        for (n = 0; n < FACTORS_U; n = n + 1)
          if (FACTOR_U[k*4+:4] == n[3:0]) kept_u = decays_u[n*CURRENT+:CURRENT];
        if (BIAS_TO_CURRENT[k]) sum_u1 = wide_bias;
      end
    sum_u1 = sum_u1 + {{(WIDE - CURRENT) {kept_u[CURRENT-1]}}, kept_u} + scaled1;
  end

  localparam SHARED = KIND + POTENTIAL + REST + 3 * POTENTIAL;
  wire [SHARED-1:0] shared1, shared2, shared3;
  wire signed [WIDE-1:0] scaled2, sum_u2;
  assign shared1 = {kind, v, rest, bias, threshold, reset};
  pipe #(
      .WIDTH(SHARED + 2 * WIDE),
      .DEPTH(CUT1)
  ) cut1 (
      .clk(clk),
      .en(en),
      .d({shared1, scaled1, sum_u1}),
      .q({shared2, scaled2, sum_u2})
  );

  // Step 2: the current's bound, and what is kept of the potential.
  wire [KIND-1:0] kind2;
  wire signed [POTENTIAL-1:0] v2, bias2, threshold2, reset2;
  wire [REST-1:0] rest2;
  assign {kind2, v2, rest2, bias2, threshold2, reset2} = shared2;
  wire signed [CURRENT-1:0] u2;
  limit #(
      .SUM  (WIDE),
      .WIDTH(CURRENT),
      .WRAP (WRAP_CURRENT)
  ) limit_u (
      .x(sum_u2),
      .y(u2)
  );
  wire [FACTORS_V*POTENTIAL-1:0] decays_v;
  generate
    for (f = 0; f < FACTORS_V; f = f + 1) begin : g_v
      decay #(
          .WIDTH(POTENTIAL),
          .PLUS (PLUS_V[f*13+:13]),
          .MINUS(MINUS_V[f*13+:13])
      ) part (
          .x(v2),
          .y(decays_v[f*POTENTIAL+:POTENTIAL])
      );
    end
  endgenerate
  reg signed [POTENTIAL-1:0] kept_v2;
  reg signed [WIDE-1:0] drive2;
  integer k2, n2;
  always @* begin
    kept_v2 = {POTENTIAL{1'b0}};
    drive2 = scaled2;
    for (k2 = 0; k2 < KINDS; k2 = k2 + 1)
      if (kind2 == k2[KIND-1:0]) begin
        for (n2 = 0; n2 < FACTORS_V; n2 = n2 + 1)
          if (FACTOR_V[k2*4+:4] == n2[3:0]) kept_v2 = decays_v[n2*POTENTIAL+:POTENTIAL];
        if (HAS_CURRENT[k2]) drive2 = {{(WIDE - CURRENT) {u2[CURRENT-1]}}, u2};
        if (!BIAS_TO_CURRENT[k2] && (!CODED[k2] || closes[k2]))
          drive2 = drive2 + {{(WIDE - POTENTIAL) {bias2[POTENTIAL-1]}}, bias2};
        if (CODED[k2]) begin
          kept_v2 = v2;
          if (RADIX[k2]) drive2 = drive2 + {{(WIDE - POTENTIAL) {v2[POTENTIAL-1]}}, v2};
          if (!gathers[k2]) drive2 = {WIDE{1'b0}};
        end
      end
    if (rest2 != {REST{1'b0}}) drive2 = {WIDE{1'b0}};
  end
  assign shared3 = {kind2, kept_v2, rest2, bias2, threshold2, reset2};

  wire [KIND-1:0] kind3;
  wire signed [POTENTIAL-1:0] kept_v3, bias3, threshold3, reset3;
  wire [REST-1:0] rest3;
  wire signed [WIDE-1:0] drive3;
  wire signed [CURRENT-1:0] u3;
  pipe #(
      .WIDTH(SHARED + WIDE + CURRENT),
      .DEPTH(CUT2)
  ) cut2 (
      .clk(clk),
      .en(en),
      .d({shared3, drive2, u2}),
      .q({kind3, kept_v3, rest3, bias3, threshold3, reset3, drive3, u3})
  );

  // Step 3: the potential, the leak by its sign, its bounds.
  reg signed [WIDE-1:0] sum3;
  wire signed [WIDE-1:0] sum_v3 = drive3 + {{(WIDE - POTENTIAL) {kept_v3[POTENTIAL-1]}}, kept_v3};
  integer k3;
  always @* begin
    sum3 = sum_v3;
    for (k3 = 0; k3 < KINDS; k3 = k3 + 1)
      if (kind3 == k3[KIND-1:0] && sum_v3 != {WIDE{1'b0}})
        sum3 = sum_v3[WIDE-1] ? sum_v3 - LEAK[k3*WIDE+:WIDE] : sum_v3 + LEAK[k3*WIDE+:WIDE];
  end
  wire signed [POTENTIAL-1:0] limited3;
  limit #(
      .SUM  (WIDE),
      .WIDTH(POTENTIAL),
      .WRAP (WRAP_POTENTIAL)
  ) limit_v (
      .x(sum3),
      .y(limited3)
  );
  reg signed [POTENTIAL-1:0] v3;
  integer f3;
  always @* begin
    v3 = limited3;
    for (f3 = 0; f3 < KINDS; f3 = f3 + 1)
      if (kind3 == f3[KIND-1:0] && HAS_FLOOR[f3] && limited3 < $signed(FLOOR[f3*WIDE+:POTENTIAL]))
        v3 = FLOOR[f3*WIDE+:POTENTIAL];
  end

  wire [KIND-1:0] kind4;
  wire signed [POTENTIAL-1:0] v4, threshold4, reset4;
  wire [REST-1:0] rest4;
  pipe #(
      .WIDTH(KIND + 3 * POTENTIAL + REST + CURRENT),
      .DEPTH(CUT3)
  ) cut3 (
      .clk(clk),
      .en(en),
      .d({kind3, v3, rest3, threshold3, reset3, u3}),
      .q({kind4, v4, rest4, threshold4, reset4, next_u})
  );

  // Step 4: the test, and the reset.
  // A digit is sent from its threshold on, and the threshold taken off.
  localparam LESS = POTENTIAL + 2;
  reg coded4;
  reg [3:0] digit4;
  integer c4;
  always @* begin
    coded4 = 1'b0;
    digit4 = 4'd0;
    for (c4 = 0; c4 < KINDS; c4 = c4 + 1)
      if (kind4 == c4[KIND-1:0] && CODED[c4]) begin
        coded4 = 1'b1;
        if (RADIX[c4]) digit4 = digit[c4*4+:4];
      end
  end
  wire signed [POTENTIAL-1:0] level4 = CODED != {KINDS{1'b0}} ? threshold4 <<< digit4 : threshold4;
  wire signed [POTENTIAL-1:0] less4 = coded4 ? level4 : reset4;
  wire signed [LESS-1:0] less = {{2{v4[POTENTIAL-1]}}, v4} - {{2{less4[POTENTIAL-1]}}, less4};
  wire signed [POTENTIAL-1:0] subtracted;
  limit #(
      .SUM  (LESS),
      .WIDTH(POTENTIAL),
      .WRAP (WRAP_POTENTIAL)
  ) limit_reset (
      .x(less),
      .y(subtracted)
  );
  wire above = v4 > level4 || (coded4 && v4 == level4);
  reg fired;
  reg signed [POTENTIAL-1:0] after;
  reg [REST-1:0] rests;
  integer k4;
  always @* begin
    fired = 1'b0;
    after = v4;
    rests = rest4 == {REST{1'b0}} ? rest4 : rest4 - 1'b1;
    for (k4 = 0; k4 < KINDS; k4 = k4 + 1)
      if (kind4 == k4[KIND-1:0] && !INTEGRATES[k4] && above && (!CODED[k4] || sends[k4])) begin
        fired = 1'b1;
        after = SUBTRACTS[k4] || CODED[k4] ? subtracted : reset4;
        rests = REFRACTORY[k4*16+:REST];
      end
  end
  assign fires = fired;
  assign next_v = after;
  assign next_rest = rests;
  wire unused = &{1'b0, bias3, gathers, closes, sends, digit};
endmodule
