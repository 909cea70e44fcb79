-- One row per mark of mark_split, at most twelve per flow and half second, as many as a quiet flow keeps (decision 3):
-- a traced second has a hundred times the marks of a quiet one, and must not weigh more in what is normal.
CREATE OR REPLACE MACRO mark_baseline(from_ns, to_ns) AS TABLE
SELECT *
FROM mark_split(from_ns, to_ns)
QUALIFY row_number() OVER (
  PARTITION BY src, src_port, dst, dst_port, at_us // 500000
  ORDER BY (r_ap IS NULL)::INT + (r_au IS NULL)::INT + (t_bu IS NULL)::INT + (t_bp IS NULL)::INT, hash(mark), mark, closing_ack, piggyback
) <= 12;
