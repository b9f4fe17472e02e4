// The neurons of a core, updated slot by slot: their state and constants, the pipeline
// of an update, and the packets of those that fire. The result of a slot is there
// UPDATE + FILL cycles after it begins, and everything stands still while a packet is
// formed or waits for room.
module neurons #(
    parameter COUNT = 16,
    parameter INDEX = 8,  // bits of a neuron's number
    parameter KEY = 8,
    parameter UPDATE = 2,
    parameter FILL = 2,
    parameter SPIKE_OUT = 1,
    parameter PACKET_OUT = 1,
    parameter RANGES = 1,
    parameter [RANGES*16-1:0] FIRSTS = 16'd0,
    parameter [RANGES*16-1:0] LASTS = 16'd0,
    parameter SUM = 20,
    parameter POTENTIAL = 24,
    parameter CURRENT = 24,
    parameter WIDE = 40,
    parameter REST = 1,
    parameter KEEPS_CURRENT = 0,
    parameter KEEPS_REST = 0,
    parameter WRAP_POTENTIAL = 0,
    parameter WRAP_CURRENT = 0,
    parameter KINDS = 1,
    parameter KIND = 1,
    parameter [KINDS-1:0] HAS_CURRENT = 1'b0,
    parameter [KINDS-1:0] BIAS_TO_CURRENT = 1'b0,
    parameter [KINDS-1:0] INTEGRATES = 1'b0,
    parameter [KINDS-1:0] SUBTRACTS = 1'b0,
    parameter [KINDS-1:0] HAS_FLOOR = 1'b0,
    parameter [KINDS-1:0] CODED = 1'b0,
    parameter [KINDS-1:0] RADIX = 1'b0,
    // Coded kinds close their windows in tick CLOSES[k] and have BITS[k] digits.
    parameter [KINDS*16-1:0] CLOSES = {KINDS * 16{1'b0}},
    parameter [KINDS*5-1:0] BITS = {KINDS * 5{1'b0}},
    parameter [KINDS*6-1:0] LEFT = 6'd0,
    parameter [KINDS*6-1:0] RIGHT = 6'd0,
    parameter [KINDS*16-1:0] REFRACTORY = 16'd0,
    parameter [KINDS*WIDE-1:0] FLOOR = {KINDS * WIDE{1'b0}},
    parameter [KINDS*WIDE-1:0] LEAK = {KINDS * WIDE{1'b0}},
    parameter FACTORS_U = 1,
    parameter [FACTORS_U*13-1:0] PLUS_U = 13'h1000,
    parameter [FACTORS_U*13-1:0] MINUS_U = 13'h0,
    parameter [KINDS*4-1:0] FACTOR_U = 4'd0,
    parameter FACTORS_V = 1,
    parameter [FACTORS_V*13-1:0] PLUS_V = 13'h1000,
    parameter [FACTORS_V*13-1:0] MINUS_V = 13'h0,
    parameter [KINDS*4-1:0] FACTOR_V = 4'd0,
    // Constants that all neurons share, or a column of CONSTANT bits of the file for
    // each of kind, threshold, bias, reset and the first potential that they do not.
    parameter [4:0] OWN = 5'b00000,
    parameter CONSTANT = 1,
    parameter signed [POTENTIAL-1:0] THRESHOLD = {POTENTIAL{1'b0}},
    parameter signed [POTENTIAL-1:0] BIAS = {POTENTIAL{1'b0}},
    parameter signed [POTENTIAL-1:0] RESET = {POTENTIAL{1'b0}},
    parameter signed [POTENTIAL-1:0] FIRST = {POTENTIAL{1'b0}},
    parameter SENDS = 1,  // some neuron has a destination
    parameter CONSTANT_FILE = "constants.hex",
    parameter SEND_FILE = "sends.hex"
) (
    input clk,
    input clear,
    input load,  // write the first state of neuron load_at, word by word behind it
    input [INDEX-1:0] load_at,
    input start,
    input [RANGES-1:0] open,
    input [31:0] tick,
    output done,  // no slot is left and nothing is on its way
    output read,  // a slot begins
    output [INDEX-1:0] neuron,
    input signed [SUM-1:0] added,
    input full,
    output push,
    output [KEY-1:0] push_key,
    output written,  // for whoever watches: a potential, and whether the neuron fired
    output [INDEX-1:0] written_at,
    output signed [POTENTIAL-1:0] written_v,
    output written_fires
);
  localparam STEPS = UPDATE + FILL - 1;  // cycles from the read of a slot to its result
  localparam PHASE = $clog2(UPDATE + 1);
  localparam [31:0] PAUSE = UPDATE - 1;
  localparam WAIT = $clog2(SPIKE_OUT + PACKET_OUT + 1) + 1;

  // Slot after slot.
  reg left;
  reg [INDEX-1:0] now;
  reg [PHASE-1:0] phase;
  wire frozen;
  wire slot = start || (left && !frozen && phase == {PHASE{1'b0}});
  reg [INDEX-1:0] begin_at, next_at, end_at;
  reg more;
  integer r;
  // Where the first slot is, and from a neuron on the next.
  wire [INDEX-1:0] here = start ? begin_at : now;
  always @* begin
    begin_at = {INDEX{1'b0}};
    for (r = RANGES - 1; r >= 0; r = r - 1) if (open[r]) begin_at = FIRSTS[r*16+:INDEX];
  end
  integer q;
  always @* begin
    more = 1'b0;
    next_at = here + 1'b1;
    end_at = {INDEX{1'b0}};
    for (q = RANGES - 1; q >= 0; q = q - 1) begin
      if (open[q] && {{(16 - INDEX) {1'b0}}, here} < FIRSTS[q*16+:16]) begin
        more = 1'b1;
        end_at = FIRSTS[q*16+:INDEX];
      end
    end
    for (q = 0; q < RANGES; q = q + 1)
      if ({{(16 - INDEX) {1'b0}}, here} == LASTS[q*16+:16]) next_at = end_at;
      else if ({{(16 - INDEX) {1'b0}}, here} >= FIRSTS[q*16+:16] && {{(16 - INDEX) {1'b0}}, here} < LASTS[q*16+:16])
        more = 1'b1;
  end
  assign read   = slot;
  assign neuron = here;
  always @(posedge clk)
    if (clear) begin
      left  <= 1'b0;
      phase <= {PHASE{1'b0}};
    end else if (slot) begin
      left  <= more;
      now   <= next_at;
      phase <= PAUSE[PHASE-1:0];
    end else if (!frozen && phase != {PHASE{1'b0}}) phase <= phase - 1'b1;

  // State and constants of the slot, from its second cycle on.
  wire [POTENTIAL-1:0] v, threshold, bias, reset, first;
  wire [CURRENT-1:0] u;
  wire [REST-1:0] rest;
  wire [KIND-1:0] kind;
  wire commit, fires;
  wire [INDEX-1:0] number;
  wire [POTENTIAL-1:0] next_v;
  wire [CURRENT-1:0] next_u;
  wire [REST-1:0] next_rest;

  reg loads;
  reg [INDEX-1:0] loads_at;
  always @(posedge clk) begin
    loads <= load && !clear;
    loads_at <= load_at;
  end
  wire [INDEX-1:0] write_at = loads ? loads_at : number;
  generate
    if (OWN != 5'b00000) begin : g_own
      wire [CONSTANT-1:0] word;
      rom #(
          .WIDTH(CONSTANT),
          .DEPTH(COUNT),
          .ADDR (INDEX),
          .FILE (CONSTANT_FILE)
      ) constants (
          .clk(clk),
          .re(slot || load),
          .raddr(load ? load_at : here),
          .rdata(word)
      );
      localparam K = OWN[0] ? KIND : 0;
      localparam T = OWN[1] ? POTENTIAL : 0;
      localparam B = OWN[2] ? POTENTIAL : 0;
      localparam R = OWN[3] ? POTENTIAL : 0;
      if (OWN[0]) begin : g_k
        assign kind = word[KIND-1:0];
      end else begin : g_kc
        assign kind = {KIND{1'b0}};
      end
      if (OWN[1]) begin : g_t
        assign threshold = word[K+:POTENTIAL];
      end else begin : g_tc
        assign threshold = THRESHOLD;
      end
      if (OWN[2]) begin : g_b
        assign bias = word[K+T+:POTENTIAL];
      end else begin : g_bc
        assign bias = BIAS;
      end
      if (OWN[3]) begin : g_r
        assign reset = word[K+T+B+:POTENTIAL];
      end else begin : g_rc
        assign reset = RESET;
      end
      if (OWN[4]) begin : g_f
        assign first = word[K+T+B+R+:POTENTIAL];
      end else begin : g_fc
        assign first = FIRST;
      end
    end else begin : g_shared
      assign kind = {KIND{1'b0}};
      assign threshold = THRESHOLD;
      assign bias = BIAS;
      assign reset = RESET;
      assign first = FIRST;
    end
    if (KEEPS_CURRENT != 0) begin : g_current
      ram #(
          .WIDTH(CURRENT),
          .ADDR (INDEX)
      ) currents (
          .clk(clk),
          .we(loads || commit),
          .waddr(write_at),
          .wdata(loads ? {CURRENT{1'b0}} : next_u),
          .re(slot),
          .raddr(here),
          .rdata(u)
      );
    end else begin : g_no_current
      assign u = {CURRENT{1'b0}};
      wire unused = &{1'b0, next_u};
    end
    if (KEEPS_REST != 0) begin : g_rest
      ram #(
          .WIDTH(REST),
          .ADDR (INDEX)
      ) rests (
          .clk(clk),
          .we(loads || commit),
          .waddr(write_at),
          .wdata(loads ? {REST{1'b0}} : next_rest),
          .re(slot),
          .raddr(here),
          .rdata(rest)
      );
    end else begin : g_no_rest
      assign rest = {REST{1'b0}};
      wire unused = &{1'b0, next_rest};
    end
  endgenerate
  ram #(
      .WIDTH(POTENTIAL),
      .ADDR (INDEX)
  ) potentials (
      .clk(clk),
      .we(loads || commit),
      .waddr(write_at),
      .wdata(loads ? first : next_v),
      .re(slot),
      .raddr(here),
      .rdata(v)
  );

  // The pipeline: which of its steps hold a neuron, and which one.
  reg [STEPS-1:0] valid;
  wire [STEPS:0] next_valid = {valid, slot};
  reg [STEPS*INDEX-1:0] numbers;
  wire [STEPS*INDEX+INDEX-1:0] next_numbers = {numbers, here};
  always @(posedge clk)
    if (clear) valid <= {STEPS{1'b0}};
    else if (!frozen) begin
      valid   <= next_valid[STEPS-1:0];
      numbers <= next_numbers[STEPS*INDEX-1:0];
    end
  assign number = numbers[STEPS*INDEX-1-:INDEX];
  assign commit = valid[STEPS-1] && !frozen;

  // Where coded kinds are in their windows, which stands for the whole update.
  reg [KINDS-1:0] gathers, closes, sending;
  reg [KINDS*4-1:0] digit;
  reg [31:0] last_tick, weight_of;
  integer c;
  always @* begin
    gathers = {KINDS{1'b0}};
    closes = {KINDS{1'b0}};
    sending = {KINDS{1'b0}};
    digit = {KINDS * 4{1'b0}};
    last_tick = 32'd0;
    weight_of = 32'd0;
    for (c = 0; c < KINDS; c = c + 1)
      if (CODED[c]) begin
        last_tick = {16'd0, CLOSES[c*16+:16]};
        weight_of = {27'd0, BITS[c*5+:5]} - 32'd1 - (tick - last_tick);
        gathers[c] = tick <= last_tick;
        closes[c] = tick == last_tick;
        sending[c] = tick >= last_tick;
        digit[c*4+:4] = weight_of[3:0];
      end
  end
  wire unused_window = &{1'b0, tick, last_tick, weight_of};

  membrane #(
      .SUM(SUM),
      .POTENTIAL(POTENTIAL),
      .CURRENT(CURRENT),
      .WIDE(WIDE),
      .REST(REST),
      .WRAP_POTENTIAL(WRAP_POTENTIAL),
      .WRAP_CURRENT(WRAP_CURRENT),
      .KINDS(KINDS),
      .KIND(KIND),
      .HAS_CURRENT(HAS_CURRENT),
      .BIAS_TO_CURRENT(BIAS_TO_CURRENT),
      .INTEGRATES(INTEGRATES),
      .SUBTRACTS(SUBTRACTS),
      .HAS_FLOOR(HAS_FLOOR),
      .CODED(CODED),
      .RADIX(RADIX),
      .LEFT(LEFT),
      .RIGHT(RIGHT),
      .REFRACTORY(REFRACTORY),
      .FLOOR(FLOOR),
      .LEAK(LEAK),
      .FACTORS_U(FACTORS_U),
      .PLUS_U(PLUS_U),
      .MINUS_U(MINUS_U),
      .FACTOR_U(FACTOR_U),
      .FACTORS_V(FACTORS_V),
      .PLUS_V(PLUS_V),
      .MINUS_V(MINUS_V),
      .FACTOR_V(FACTOR_V),
      .CUT1(STEPS >= 3 ? 1 : 0),
      .CUT2(STEPS >= 2 ? 1 : 0),
      .CUT3(STEPS >= 4 ? STEPS - 3 : 0)
  ) update (
      .clk(clk),
      .en(!frozen),
      .gathers(gathers),
      .closes(closes),
      .sends(sending),
      .digit(digit),
      .kind(kind),
      .added(added),
      .u(u),
      .v(v),
      .rest(rest),
      .bias(bias),
      .threshold(threshold),
      .reset(reset),
      .next_u(next_u),
      .next_v(next_v),
      .next_rest(next_rest),
      .fires(fires)
  );

  // What fired forms its packet: the read of its destination, then the packet.
  localparam [31:0] READ = SPIKE_OUT;
  localparam [31:0] FORM = PACKET_OUT;
  reg [WAIT-1:0] wait_for;
  reg fresh, sends, pending;
  wire [KEY:0] send;
  wire [WAIT-1:0] waits = fresh && send[KEY] ? wait_for + FORM[WAIT-1:0] : wait_for;
  generate
    if (SENDS != 0) begin : g_sends
      rom #(
          .WIDTH(KEY + 1),
          .DEPTH(COUNT),
          .ADDR (INDEX),
          .FILE (SEND_FILE)
      ) destinations (
          .clk(clk),
          .re(commit && fires),
          .raddr(number),
          .rdata(send)
      );
    end else begin : g_silent
      assign send = {(KEY + 1) {1'b0}};
    end
  endgenerate
  assign frozen = wait_for != {WAIT{1'b0}} || (pending && full);
  always @(posedge clk)
    if (clear) begin
      wait_for <= {WAIT{1'b0}};
      fresh <= 1'b0;
      sends <= 1'b0;
      pending <= 1'b0;
    end else begin
      fresh <= commit && fires;
      if (commit && fires) begin
        wait_for <= READ[WAIT-1:0];
        sends <= 1'b0;
      end else if (wait_for != {WAIT{1'b0}}) begin
        wait_for <= waits - 1'b1;
        if (fresh) sends <= send[KEY];
      end
      pending <= (pending && full) || (waits == {{(WAIT - 1) {1'b0}}, 1'b1} && sends && !fresh);
    end
  assign push = pending && !full;
  assign push_key = send[KEY-1:0];
  assign done = !left && valid == {STEPS{1'b0}} && !frozen;

  wire unused = &{1'b0, next_valid[STEPS], next_numbers};
  assign written = loads || commit;
  assign written_at = write_at;
  assign written_v = loads ? first : next_v;
  assign written_fires = !loads && fires;
endmodule
