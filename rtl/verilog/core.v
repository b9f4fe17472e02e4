// A core: packets come in, are worked on one after the other, and when all of a tick
// are, its neurons are updated. From the end of an update on it works on packets of
// the next tick, before it is released where EARLY is 1.
module core #(
    parameter RANGES = 1,
    parameter KEY = 8,
    parameter KEYS = 256,
    parameter LOCAL = 1,  // cycles from the router
    parameter EARLY = 1,
    parameter QUEUE = 4,  // bits of a place among the packets that wait
    parameter RESET_CYCLES = 16,
    parameter TICKS = 32,
    parameter FIFO = 16,
    parameter [RANGES*16-1:0] DEPTHS = 16'd0,
    parameter POINTER_FILE = "pointers.hex",
    parameter ENTRIES = 16,
    parameter PTR = 4,
    parameter WORDS = 16,
    parameter ROW = 4,
    parameter TIME = 6,
    parameter OVERHEAD = 3,
    parameter LOG = 3,
    parameter BANK = 4,
    parameter WEIGHT = 8,
    parameter SUM = 20,
    parameter DENSE = 1,
    parameter ROTATE = 1,
    parameter SLOTS = 0,
    parameter WORD = 64,
    parameter [RANGES*16-1:0] FIRSTS = 16'd0,
    parameter ENTRY_FILE = "entries.hex",
    parameter WORD_FILE = "words.hex",
    parameter COUNT = 16,
    parameter UPDATE = 2,
    parameter FILL = 2,
    parameter SPIKE_OUT = 1,
    parameter PACKET_OUT = 1,
    parameter [RANGES*16-1:0] LASTS = 16'd0,
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
    parameter [4:0] OWN = 5'b00000,
    parameter CONSTANT = 1,
    parameter signed [POTENTIAL-1:0] THRESHOLD = {POTENTIAL{1'b0}},
    parameter signed [POTENTIAL-1:0] BIAS = {POTENTIAL{1'b0}},
    parameter signed [POTENTIAL-1:0] RESET = {POTENTIAL{1'b0}},
    parameter signed [POTENTIAL-1:0] FIRST = {POTENTIAL{1'b0}},
    parameter SENDS = 1,
    parameter CONSTANT_FILE = "constants.hex",
    parameter SEND_FILE = "sends.hex"
) (
    input clk,
    input clear,
    input go,
    output done,
    input in_valid,
    input [KEY-1:0] in_key,
    output in_flight,
    output out_valid,
    output [KEY-1:0] out_key,
    input out_take,
    output arrived,  // for whoever watches: a packet reached the core
    output [KEY-1:0] arrived_key,
    output written,
    output [LOG+BANK-1:0] written_at,
    output signed [POTENTIAL-1:0] written_v,
    output written_fires
);
  localparam INDEX = LOG + BANK;

  // The wire from the router, and the first axon entry of a source.
  wire [LOCAL:0] valid;
  wire [LOCAL*KEY+KEY-1:0] keys;
  reg [LOCAL-1:0] passed;
  reg [LOCAL*KEY-1:0] passed_keys;
  assign valid = {passed, in_valid};
  assign keys  = {passed_keys, in_key};
  always @(posedge clk) begin
    passed <= clear ? {LOCAL{1'b0}} : valid[LOCAL-1:0];
    passed_keys <= keys[LOCAL*KEY-1:0];
  end
  assign arrived = passed[LOCAL-1];
  assign arrived_key = passed_keys[LOCAL*KEY-1-:KEY];
  generate
    if (LOCAL == 1) begin : g_near
      assign in_flight = 1'b0;
    end else begin : g_far
      assign in_flight = |passed[LOCAL-2:0];
    end
  endgenerate
  wire [PTR-1:0] pointer;
  rom #(
      .WIDTH(PTR),
      .DEPTH(KEYS),
      .ADDR (KEY),
      .FILE (POINTER_FILE)
  ) pointers (
      .clk(clk),
      .re(valid[LOCAL-1]),
      .raddr(keys[(LOCAL-1)*KEY+:KEY]),
      .rdata(pointer)
  );

  // What the core does.
  localparam [1:0] RESETS = 2'd0, IDLE = 2'd1, WORKS = 2'd2, UPDATES = 2'd3;
  reg [1:0] state;
  wire updated;
  wire idle = state == IDLE || (state == UPDATES && updated);
  wire released = state == WORKS || (idle && go);

  localparam COUNTER = $clog2(RESET_CYCLES + 1);
  localparam [31:0] LAST = RESET_CYCLES - 1;
  localparam [31:0] NEURONS = COUNT;
  reg [COUNTER-1:0] counter;
  wire [COUNTER+INDEX-1:0] wide_counter = {{INDEX{1'b0}}, counter};

  // The packets that are due were there when the tick was released.
  wire some;
  wire [PTR-1:0] first;
  wire [QUEUE:0] pushed, popped;
  reg [QUEUE:0] mark;
  wire busy, ending;
  wire due = state == WORKS ? popped != mark : some;
  wire begins = released && !busy && !due;
  wire start;
  wire early = (idle && !go) || (begins && !start);
  wire take = some && !busy && ((released && due) || (early && EARLY != 0 && state != RESETS));
  queue #(
      .WIDTH(PTR),
      .ADDR (QUEUE)
  ) waiting (
      .clk(clk),
      .clear(clear),
      .push(arrived),
      .in(pointer),
      .pop(take),
      .some(some),
      .first(first),
      .pushed(pushed),
      .popped(popped)
  );

  // The ranges of neurons that take part in the coming update.
  reg [31:0] tick;
  reg [RANGES-1:0] open;
  integer r;
  always @* begin
    for (r = 0; r < RANGES; r = r + 1)
      open[r] = tick >= {16'd0, DEPTHS[r*16+:16]} && tick < {16'd0, DEPTHS[r*16+:16]} + TICKS;
  end
  assign start = begins && |open;

  always @(posedge clk)
    if (clear) begin
      state <= RESETS;
      counter <= {COUNTER{1'b0}};
      tick <= 32'd0;
    end else begin
      if (state == RESETS) begin
        counter <= counter + 1'b1;
        if (counter == LAST[COUNTER-1:0]) state <= IDLE;
      end else if (begins) state <= start ? UPDATES : IDLE;
      else if (released) state <= WORKS;
      else if (idle) state <= IDLE;
      if (begins && !start || state == UPDATES && updated) tick <= tick + 32'd1;
      if (idle && go) mark <= pushed;
    end
  assign done = (idle && !go) || (begins && !start);

  wire read;
  wire [INDEX-1:0] neuron;
  wire signed [SUM-1:0] added;
  synapses #(
      .ENTRIES(ENTRIES),
      .PTR(PTR),
      .WORDS(WORDS),
      .ROW(ROW),
      .TIME(TIME),
      .OVERHEAD(OVERHEAD),
      .LOG(LOG),
      .BANK(BANK),
      .WEIGHT(WEIGHT),
      .SUM(SUM),
      .DENSE(DENSE),
      .ROTATE(ROTATE),
      .SLOTS(SLOTS),
      .WORD(WORD),
      .RANGES(RANGES),
      .FIRSTS(FIRSTS),
      .ENTRY_FILE(ENTRY_FILE),
      .WORD_FILE(WORD_FILE)
  ) rows (
      .clk(clk),
      .clear(clear),
      .start(take),
      .first_entry(first),
      .busy(busy),
      .ending(ending),
      .open(open),
      .wipe(state == RESETS),
      .wipe_at(wide_counter[BANK-1:0]),
      .read(read),
      .neuron(neuron),
      .value(added)
  );
  wire full, push;
  wire [KEY-1:0] push_key;
  neurons #(
      .INDEX(INDEX),
      .COUNT(COUNT),
      .KEY(KEY),
      .UPDATE(UPDATE),
      .FILL(FILL),
      .SPIKE_OUT(SPIKE_OUT),
      .PACKET_OUT(PACKET_OUT),
      .RANGES(RANGES),
      .FIRSTS(FIRSTS),
      .LASTS(LASTS),
      .SUM(SUM),
      .POTENTIAL(POTENTIAL),
      .CURRENT(CURRENT),
      .WIDE(WIDE),
      .REST(REST),
      .KEEPS_CURRENT(KEEPS_CURRENT),
      .KEEPS_REST(KEEPS_REST),
      .WRAP_POTENTIAL(WRAP_POTENTIAL),
      .WRAP_CURRENT(WRAP_CURRENT),
      .KINDS(KINDS),
      .KIND(KIND),
      .HAS_CURRENT(HAS_CURRENT),
      .BIAS_TO_CURRENT(BIAS_TO_CURRENT),
      .INTEGRATES(INTEGRATES),
      .SUBTRACTS(SUBTRACTS),
      .HAS_FLOOR(HAS_FLOOR),
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
      .OWN(OWN),
      .CONSTANT(CONSTANT),
      .THRESHOLD(THRESHOLD),
      .BIAS(BIAS),
      .RESET(RESET),
      .FIRST(FIRST),
      .SENDS(SENDS),
      .CONSTANT_FILE(CONSTANT_FILE),
      .SEND_FILE(SEND_FILE)
  ) slots (
      .clk(clk),
      .clear(clear),
      .load(state == RESETS && {{(32 - COUNTER) {1'b0}}, counter} < NEURONS),
      .load_at(wide_counter[INDEX-1:0]),
      .start(start),
      .open(open),
      .done(updated),
      .read(read),
      .neuron(neuron),
      .added(added),
      .full(full),
      .push(push),
      .push_key(push_key),
      .written(written),
      .written_at(written_at),
      .written_v(written_v),
      .written_fires(written_fires)
  );
  fifo #(
      .WIDTH (KEY),
      .PLACES(FIFO)
  ) leaving (
      .clk(clk),
      .clear(clear),
      .push(push),
      .in(push_key),
      .full(full),
      .some(out_valid),
      .first(out_key),
      .take(out_take)
  );
  wire unused = &{1'b0, ending, wide_counter, keys, passed_keys};
endmodule
