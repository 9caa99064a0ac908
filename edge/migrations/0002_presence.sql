-- Presence: what a desk knows of its tenant's administration, who is signed in from where, what changed when.

-- Each version only grows. Whoever finds a sign-in reads both and tells the desk, which reads what it lacks.
ALTER TABLE tenant ADD COLUMN roster_v INTEGER NOT NULL DEFAULT 1;  -- agents, departments, settings
ALTER TABLE tenant ADD COLUMN access_v INTEGER NOT NULL DEFAULT 1;  -- sign-ins that were ended
-- NULL: as the deployment says.
ALTER TABLE tenant ADD COLUMN stale_after_ms INTEGER;
ALTER TABLE tenant ADD COLUMN grace_ms INTEGER;
ALTER TABLE tenant ADD COLUMN idle_after_ms INTEGER;

ALTER TABLE sign_in ADD COLUMN country TEXT;                        -- two letters, by address, where known
ALTER TABLE sign_in ADD COLUMN seen_ms INTEGER;                     -- last proof of life, once its last lease has gone
ALTER TABLE sign_in ADD COLUMN kind TEXT NOT NULL DEFAULT 'browser'; -- or 'api'
CREATE UNIQUE INDEX sign_in_by_id ON sign_in (tenant, id);
CREATE INDEX sign_in_by_end ON sign_in (expires_ms);                -- for pruning

CREATE INDEX department_agent_by_agent ON department_agent (tenant, agent, department);

-- What cron reads (desks with something to do, never all tenants), and what visitors are told.
DROP TABLE desk_due;
CREATE TABLE desk_state (
  tenant        TEXT PRIMARY KEY,
  n             INTEGER NOT NULL DEFAULT 0,                         -- the desk's own; an older write changes nothing
  due_ms        INTEGER,                                            -- when the desk has something to do next
  open_until_ms INTEGER,                                            -- until then it is proven that somebody can answer
  behind        INTEGER NOT NULL DEFAULT 0                          -- 1: it may lack a change of the administration
) WITHOUT ROWID;
CREATE INDEX desk_state_due ON desk_state (due_ms) WHERE due_ms IS NOT NULL;
CREATE INDEX desk_state_behind ON desk_state (tenant) WHERE behind = 1;

-- A projection of the desks' logs. n: the desk's own number of the entry.
CREATE TABLE presence_change (
  tenant       TEXT NOT NULL,
  n            INTEGER NOT NULL,
  agent        TEXT NOT NULL,
  at_ms        INTEGER NOT NULL,
  reachability TEXT NOT NULL,
  intent       TEXT NOT NULL,
  cause        TEXT NOT NULL,
  by_agent     TEXT,
  PRIMARY KEY (tenant, n)
) WITHOUT ROWID;
CREATE INDEX presence_change_by_agent ON presence_change (tenant, agent, at_ms, n);
CREATE INDEX presence_change_by_time ON presence_change (at_ms);    -- for pruning

-- n: random, so that a deed can be told from another of the same moment before it is written.
CREATE TABLE audit (
  tenant   TEXT NOT NULL,
  at_ms    INTEGER NOT NULL,
  n        INTEGER NOT NULL,
  by_agent TEXT NOT NULL,
  deed     TEXT NOT NULL,
  subject  TEXT NOT NULL,
  detail   TEXT NOT NULL,
  PRIMARY KEY (tenant, at_ms, n)
) WITHOUT ROWID;
CREATE INDEX audit_by_time ON audit (at_ms);                        -- for pruning
