// Adds the rows of a packet's axon entries into accumulators, which lie in LANES
// banks: neuron n in bank n mod LANES. An entry takes OVERHEAD cycles and one for each
// word of its row: a group of lanes of a dense row, or entries of a sparse row that
// fall into different banks. An *others* row is one word, which a group of lanes after
// the other adds. An entry with a delay has no row: it says which entry is held, and for
// how long.
module synapses #(
    parameter ENTRIES = 16,
    parameter PTR = 4,
    parameter WORDS = 16,
    parameter ROW = 4,  // bits of the address of a word
    parameter TIME = 6,  // bits of the time of an entry
    parameter OVERHEAD = 3,
    parameter LOG = 3,  // of LANES
    parameter BANK = 4,  // bits of an address in a bank
    parameter WEIGHT = 8,
    parameter ADDEND = 8,  // bits of what a lane adds: a weight, or that of an *others* row
    parameter SUM = 20,  // bits of an accumulator
    parameter DENSE = 1,
    parameter ROTATE = 1,  // some dense row starts in another bank than the first
    parameter PAIRS = 0,  // most pairs of neuron and weight in a word of a sparse row
    parameter OTHERS = 0,  // there are *others* rows
    parameter DELAY = 1,  // bits of a delay
    parameter AT = 7,  // bits of a neuron, or of a delay
    parameter WORD = 64,  // bits of a word
    parameter RANGES = 1,
    parameter [RANGES*16-1:0] FIRSTS = 16'd0,
    parameter ENTRY_FILE = "entries.hex",
    parameter WORD_FILE = "words.hex"
) (
    input clk,
    input clear,
    input start,
    input [PTR-1:0] first_entry,
    output busy,
    output ending,  // the last cycle of a packet's last entry
    output hold,  // hold an entry
    output [DELAY-1:0] hold_for,
    output [PTR-1:0] hold_entry,
    input [RANGES-1:0] open,  // the ranges of neurons that take part
    input wipe,  // empty all banks at an address
    input [BANK-1:0] wipe_at,
    input read,  // the accumulator of a neuron, which is emptied behind it
    input [LOG+BANK-1:0] neuron,
    output signed [SUM-1:0] value
);
  localparam LANES = 1 << LOG;
  localparam INDEX = LOG + BANK;
  localparam ENTRY = 3 + AT + TIME + ROW;
  localparam [1:0] IS_SPARSE = 2'd1, IS_OTHERS = 2'd2, IS_HELD = 2'd3;
  localparam PAIR = 1 + INDEX + WEIGHT;

  // Entry after entry.
  reg act;
  reg [PTR-1:0] ptr;
  reg [TIME-1:0] at;
  wire begins = start || (act && at == {TIME{1'b0}});
  wire [ENTRY-1:0] entry;
  wire last = entry[ENTRY-1];
  wire sparse = entry[ENTRY-2-:2] == IS_SPARSE;
  wire others = entry[ENTRY-2-:2] == IS_OTHERS;
  wire held = entry[ENTRY-2-:2] == IS_HELD;
  wire [INDEX-1:0] first = entry[ROW+TIME+:INDEX];
  wire [TIME-1:0] final_cycle = entry[ROW+:TIME];
  wire [ROW-1:0] row = entry[ROW-1:0];
  wire ends = act && !begins && at == final_cycle;

  rom #(
      .WIDTH(ENTRY),
      .DEPTH(ENTRIES),
      .ADDR (PTR),
      .FILE (ENTRY_FILE)
  ) entry_memory (
      .clk(clk),
      .re(begins),
      .raddr(act ? ptr : first_entry),
      .rdata(entry)
  );
  assign busy   = act;
  assign ending = ends && last;
  assign hold = ends && held;
  assign hold_for = entry[ROW+TIME+:DELAY];
  wire [ROW+PTR-1:0] wide_row = {{PTR{1'b0}}, row};
  assign hold_entry = wide_row[PTR-1:0];
  always @(posedge clk)
    if (clear) begin
      act <= 1'b0;
      at  <= {TIME{1'b0}};
    end else if (start || act) begin
      act <= !ending;
      at  <= ends ? {TIME{1'b0}} : at + 1'b1;
      if (start) ptr <= first_entry + 1'b1;
      else if (begins) ptr <= ptr + 1'b1;
    end

  // Word after word: the first cycle reads it, the second finds its banks, in the
  // third they add.
  localparam [31:0] LEAD = OVERHEAD - 2;
  wire leads = at == LEAD[TIME-1:0];
  wire [TIME:0] behind = {1'b0, at} + {{(TIME - 1) {1'b0}}, 2'd2};
  wire issue = act && !begins && !held && at >= LEAD[TIME-1:0] && behind <= {1'b0, final_cycle};
  reg [ROW-1:0] next_word;
  reg [BANK-1:0] next_group;
  wire [ROW-1:0] word_at = leads ? row : next_word;
  wire [BANK-1:0] group_at = leads ? first[INDEX-1:LOG] : next_group;
  reg found;
  reg [BANK-1:0] group;
  wire [WORD-1:0] word;
  rom #(
      .WIDTH(WORD),
      .DEPTH(WORDS),
      .ADDR (ROW),
      .FILE (WORD_FILE)
  ) word_memory (
      .clk(clk),
      .re(issue && !(others && !leads)),
      .raddr(word_at),
      .rdata(word)
  );
  always @(posedge clk) begin
    found <= issue && !clear;
    if (issue) begin
      next_word <= word_at + 1'b1;
      next_group <= group_at + 1'b1;
      group <= group_at;
    end
  end

  // The second cycle: which weight goes to which bank, and where there. `first` and
  // `sparse` stand until the entry ends.
  wire [LANES-1:0] sparse_to, others_to;
  wire [LANES*BANK-1:0] dense_at, sparse_at;
  wire [LANES*WEIGHT-1:0] dense_weight, sparse_weight;
  wire [ADDEND-1:0] others_weight;
  genvar b, k;
  generate
    // Where a run lies: a group further in the banks before that of its first neuron.
    if ((DENSE != 0 || OTHERS != 0) && ROTATE != 0) begin : g_turned
      for (b = 0; b < LANES; b = b + 1) begin : g_at
        localparam [31:0] B = b;
        wire behind_turn = {1'b0, first[LOG-1:0]} > B[LOG:0];
        assign dense_at[b*BANK+:BANK] = group + {{(BANK - 1) {1'b0}}, behind_turn};
      end
    end else begin : g_straight
      assign dense_at = {LANES{group}};
      wire unused_first = &{1'b0, first, group};
    end
    if (DENSE != 0 && ROTATE != 0) begin : g_rotate
      wire [2*LANES*WEIGHT-1:0] twice = {word[LANES*WEIGHT-1:0], word[LANES*WEIGHT-1:0]};
      reg [LANES*WEIGHT-1:0] turned;
      integer r;
      always @* begin
        turned = twice[LANES*WEIGHT-1:0];
        for (r = 1; r < LANES; r = r + 1)
          if (first[LOG-1:0] == r[LOG-1:0]) turned = twice[(LANES-r)*WEIGHT+:LANES*WEIGHT];
      end
      assign dense_weight = turned;
    end else if (DENSE != 0) begin : g_dense
      assign dense_weight = word[LANES*WEIGHT-1:0];
    end else begin : g_no_dense
      assign dense_weight = {(LANES * WEIGHT) {1'b0}};
    end
    if (PAIRS != 0) begin : g_sparse
      wire [PAIRS*INDEX-1:0] index;
      for (k = 0; k < PAIRS; k = k + 1) begin : g_pair
        assign index[k*INDEX+:INDEX] = word[k*PAIR+WEIGHT+:INDEX] + first;
      end
      for (b = 0; b < LANES; b = b + 1) begin : g_bank
        reg to;
        reg [BANK-1:0] place;
        reg [WEIGHT-1:0] weight;
        integer s;
        always @* begin
          to = 1'b0;
          place = {BANK{1'b0}};
          weight = {WEIGHT{1'b0}};
          for (s = 0; s < PAIRS; s = s + 1)
            if (word[s*PAIR+PAIR-1] && index[s*INDEX+:LOG] == b[LOG-1:0]) begin
              to = 1'b1;
              place = place | index[s*INDEX+LOG+:BANK];
              weight = weight | word[s*PAIR+:WEIGHT];
            end
        end
        assign sparse_to[b] = to;
        assign sparse_at[b*BANK+:BANK] = place;
        assign sparse_weight[b*WEIGHT+:WEIGHT] = weight;
      end
    end else begin : g_no_sparse
      assign sparse_to = {LANES{1'b0}};
      assign sparse_at = {(LANES * BANK) {1'b0}};
      assign sparse_weight = {(LANES * WEIGHT) {1'b0}};
    end
    if (OTHERS != 0) begin : g_others
      wire [INDEX:0] excluded = word[ADDEND+:INDEX+1];
      wire [INDEX:0] beyond = word[ADDEND+INDEX+1+:INDEX+1];
      assign others_weight = word[ADDEND-1:0];
      for (b = 0; b < LANES; b = b + 1) begin : g_reached
        localparam [31:0] B = b;
        wire [INDEX:0] target = {1'b0, dense_at[b*BANK+:BANK], B[LOG-1:0]};
        // What a lane has behind the last neuron of a full core wraps to the first ones.
        assign others_to[b] = target >= {1'b0, first} && target < beyond && target != excluded;
      end
    end else begin : g_no_others
      assign others_weight = {ADDEND{1'b0}};
      assign others_to = {LANES{1'b0}};
    end
  endgenerate

  // The banks.
  wire [LOG-1:0] lane = neuron[LOG-1:0];
  reg [LOG-1:0] read_lane;
  reg was_read;
  reg [BANK-1:0] was_at;
  always @(posedge clk) begin
    was_read <= read;
    if (read) begin
      read_lane <= lane;
      was_at <= neuron[INDEX-1:LOG];
    end
  end
  wire [LANES*SUM-1:0] values;
  generate
    for (b = 0; b < LANES; b = b + 1) begin : g_lane
      wire to = sparse ? sparse_to[b] : others ? others_to[b] : 1'b1;
      wire [BANK-1:0] place = sparse ? sparse_at[b*BANK+:BANK] : dense_at[b*BANK+:BANK];
      wire [WEIGHT-1:0] stored = sparse ? sparse_weight[b*WEIGHT+:WEIGHT] : dense_weight[b*WEIGHT+:WEIGHT];
      wire [ADDEND+WEIGHT-1:0] wide = {{ADDEND{stored[WEIGHT-1]}}, stored};
      wire [ADDEND-1:0] weight = others ? others_weight : wide[ADDEND-1:0];
      wire takes;
      window #(
          .INDEX (INDEX),
          .RANGES(RANGES),
          .FIRSTS(FIRSTS)
      ) mask (
          .neuron({place, b[LOG-1:0]}),
          .open  (open),
          .takes(takes)
      );

      reg add;
      reg [BANK-1:0] add_at;
      reg [ADDEND-1:0] addend;
      wire unused_wide = &{1'b0, wide};
      always @(posedge clk) begin
        add <= found && to && takes && !clear;
        if (found) begin
          add_at <= place;
          addend <= weight;
        end
      end
      wire mine = was_read && read_lane == b[LOG-1:0];
      wire [SUM-1:0] old;
      wire [SUM-1:0] sum = old + {{(SUM - ADDEND) {addend[ADDEND-1]}}, addend};
      ram #(
          .WIDTH(SUM),
          .ADDR (BANK)
      ) accumulators (
          .clk(clk),
          .we(wipe || mine || add),
          .waddr(wipe ? wipe_at : add ? add_at : was_at),
          .wdata(add && !wipe ? sum : {SUM{1'b0}}),
          .re(found || (read && lane == b[LOG-1:0])),
          .raddr(read ? neuron[INDEX-1:LOG] : place),
          .rdata(old)
      );
      assign values[b*SUM+:SUM] = old;
    end
  endgenerate
  reg signed [SUM-1:0] chosen;
  integer v;
  always @* begin
    chosen = values[SUM-1:0];
    for (v = 1; v < LANES; v = v + 1) if (read_lane == v[LOG-1:0]) chosen = values[v*SUM+:SUM];
  end
  assign value = chosen;
  wire unused = &{1'b0, wide_row, entry};
endmodule
