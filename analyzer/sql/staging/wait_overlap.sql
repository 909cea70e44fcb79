-- Nanoseconds that a wait lasted within the span of so many microseconds that ended at end_ns: whole ones, whose sums do
-- not depend on their order.
CREATE OR REPLACE MACRO wait_overlap(end_ns, span_us, wait_start_ns, wait_end_ns) AS
  greatest(0, least(end_ns, wait_end_ns) - greatest(end_ns - (span_us * 1000)::BIGINT, wait_start_ns));
