-- How far sequence number a lies beyond b, in the arithmetic of 32 bits (RFC 1982).
CREATE OR REPLACE MACRO serial_distance(a, b) AS
  ((a::BIGINT - b::BIGINT + 2147483648) & 4294967295) - 2147483648;
