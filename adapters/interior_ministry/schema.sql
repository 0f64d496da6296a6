-- The tables that a ministry's case system and tamga-ministry share. To be run once by the owner of the database:
--   psql --single-transaction --set ON_ERROR_STOP=1 --file schema.sql
-- and again after an update, which changes nothing that is there. docs/ministry.md says how they are used, and which
-- rights both sides need.

-- Commands for the node. The case system inserts rows with a command alone; everything else is tamga-ministry's.
CREATE TABLE IF NOT EXISTS tamga_inbox (
  -- Rows are done in this order.
  id bigserial PRIMARY KEY,
  -- Makes the command have one effect, however often it is done.
  key uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  -- tamga.v1.MinistryCommand in the protobuf JSON mapping.
  command jsonb NOT NULL,
  -- NEW: waits. DONE: result is a MinistryAcknowledgement. FAILED: set aside; result is a MinistryError.
  state text NOT NULL DEFAULT 'NEW' CHECK (state IN ('NEW', 'DONE', 'FAILED')),
  created_at timestamptz NOT NULL DEFAULT now(),
  -- When it was done or set aside.
  taken_at timestamptz,
  result jsonb,
  CHECK ((state = 'NEW') = (taken_at IS NULL) AND (state = 'NEW') = (result IS NULL))
);
CREATE INDEX IF NOT EXISTS tamga_inbox_new ON tamga_inbox (id) WHERE state = 'NEW';

-- Changes of cases, in order. The case system reads them, and may delete those that it has dealt with.
CREATE TABLE IF NOT EXISTS tamga_outbox (
  -- Counts from 1, without holes.
  change_number bigint PRIMARY KEY,
  -- Null in the notice of a gap.
  case_id uuid,
  -- tamga.v1.MinistryChange in the protobuf JSON mapping.
  body jsonb NOT NULL,
  written_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS tamga_outbox_case ON tamga_outbox (case_id, change_number);

-- Where tamga-ministry stands: one row.
CREATE TABLE IF NOT EXISTS tamga_place (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  cursor text NOT NULL DEFAULT '',
  next_number bigint NOT NULL DEFAULT 1 CHECK (next_number > 0)
);
INSERT INTO tamga_place DEFAULT VALUES ON CONFLICT DO NOTHING;

-- Cases that the ministry's file numbers stand for.
CREATE TABLE IF NOT EXISTS tamga_file_number (
  file_number text NOT NULL,
  case_id uuid NOT NULL,
  PRIMARY KEY (file_number, case_id)
);

-- LISTEN tamga_inbox wakes tamga-ministry, LISTEN tamga_outbox the case system.
CREATE OR REPLACE FUNCTION tamga_notify() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify(TG_TABLE_NAME, '');
  RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER tamga_inbox_notify AFTER INSERT ON tamga_inbox
  FOR EACH STATEMENT EXECUTE FUNCTION tamga_notify();
CREATE OR REPLACE TRIGGER tamga_outbox_notify AFTER INSERT ON tamga_outbox
  FOR EACH STATEMENT EXECUTE FUNCTION tamga_notify();
