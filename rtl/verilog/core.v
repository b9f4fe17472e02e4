// A core: packets come in, are worked on one after the other, and when all of a tick
// are, its neurons are updated. From the end of an update on it works on packets of
// the next tick, before it is released where EARLY is 1. What was held for a tick comes
// before the packets that are due in it.
module core #(
    parameter RANGES = 1,
    parameter KEY = 8,
    parameter KEYS = 256,
    parameter LOCAL = 1,  // cycles from the router
    parameter EARLY = 1,
    parameter QUEUE = 4,  // bits of a place among the packets that wait
    parameter RESET_CYCLES = 16,
    parameter FIFO = 16,
    // Range r takes part for TICKS[r] ticks from DEPTHS[r] on.
    parameter [RANGES*16-1:0] TICKS = 16'd32,
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
    parameter ADDEND = 8,
    parameter SUM = 20,
    parameter DENSE = 1,
    parameter ROTATE = 1,
    parameter PAIRS = 0,
    parameter OTHERS = 0,
    parameter HOLDS = 0,  // there are axon entries with a delay
    parameter DELAY = 1,
    parameter PLACE = 1,
    parameter DELAY_READ = 1,
    parameter AT = 7,
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
    parameter [KINDS-1:0] CODED = 1'b0,
    parameter [KINDS-1:0] RADIX = 1'b0,
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
  wire working, ending;
  wire reading, held, held_ahead, held_start;
  wire [PTR-1:0] held_entry;
  wire busy = working || reading;
  wire due = held || (state == WORKS ? popped != mark : some);
  wire begins = released && !busy && !due;
  wire start;
  // Before the release of a tick, from the cycle on in which the one before is over.
  wire turn = (begins && !start) || (state == UPDATES && updated);
  wire early = ((idle && !go) || turn) && EARLY != 0 && state != RESETS;
  wire first_held = turn ? held_ahead : held;
  wire may = !busy && ((released && due) || early);
  wire take_held = may && first_held;
  wire take = may && !first_held && some;
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
      open[r] = tick >= {16'd0, DEPTHS[r*16+:16]} && tick < {16'd0, DEPTHS[r*16+:16]} + {16'd0, TICKS[r*16+:16]};
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
      if (turn) tick <= tick + 32'd1;
      if (idle && go) mark <= pushed;
    end
  assign done = (idle && !go) || (begins && !start);

  // What is held: an entry is read from its list, then it is worked on as one that comes.
  wire hold;
  wire [DELAY-1:0] hold_for;
  wire [PTR-1:0] hold_entry;
  generate
    if (HOLDS != 0) begin : g_holds
      ring #(
          .PTR  (PTR),
          .DELAY(DELAY),
          .PLACE(PLACE)
      ) lists (
          .clk(clk),
          .clear(clear),
          .put(hold),
          .put_for(hold_for),
          .in(hold_entry),
          .turn(turn),
          .ahead(turn),
          .some(held),
          .some_ahead(held_ahead),
          .get(take_held),
          .out(held_entry)
      );
      reg [DELAY_READ-1:0] passes;
      wire [DELAY_READ:0] next_passes = {passes, take_held};
      always @(posedge clk) passes <= clear ? {DELAY_READ{1'b0}} : next_passes[DELAY_READ-1:0];
      assign reading = |passes;
      assign held_start = passes[DELAY_READ-1];
      wire unused_passes = &{1'b0, next_passes[DELAY_READ]};
    end else begin : g_holds_none
      assign held = 1'b0;
      assign held_ahead = 1'b0;
      assign held_entry = {PTR{1'b0}};
      assign reading = 1'b0;
      assign held_start = 1'b0;
      wire unused_hold = &{1'b0, hold, hold_for, hold_entry, take_held};
    end
  endgenerate

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
      .ADDEND(ADDEND),
      .SUM(SUM),
      .DENSE(DENSE),
      .ROTATE(ROTATE),
      .PAIRS(PAIRS),
      .OTHERS(OTHERS),
      .DELAY(DELAY),
      .AT(AT),
      .WORD(WORD),
      .RANGES(RANGES),
      .FIRSTS(FIRSTS),
      .ENTRY_FILE(ENTRY_FILE),
      .WORD_FILE(WORD_FILE)
  ) rows (
      .clk(clk),
      .clear(clear),
      .start(take || held_start),
      .first_entry(held_start ? held_entry : first),
      .busy(working),
      .ending(ending),
      .hold(hold),
      .hold_for(hold_for),
      .hold_entry(hold_entry),
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
      .CODED(CODED),
      .RADIX(RADIX),
      .CLOSES(CLOSES),
      .BITS(BITS),
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
      .tick(tick),
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
