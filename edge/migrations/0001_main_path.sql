-- Times are epoch milliseconds. The tenant stands first in every key, so that tenants can be sharded.

CREATE TABLE tenant (
  id         TEXT PRIMARY KEY,
  handle     TEXT NOT NULL UNIQUE,
  name       TEXT NOT NULL,
  created_ms INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE department (
  tenant TEXT NOT NULL REFERENCES tenant (id),
  id     TEXT NOT NULL,
  name   TEXT NOT NULL,
  PRIMARY KEY (tenant, id)
) WITHOUT ROWID;

CREATE TABLE agent (
  tenant        TEXT NOT NULL REFERENCES tenant (id),
  id            TEXT NOT NULL,
  email         TEXT NOT NULL UNIQUE COLLATE NOCASE, -- what they sign in with, over all tenants
  name          TEXT NOT NULL,
  role          TEXT NOT NULL,
  capacity      INTEGER NOT NULL,
  password_hash TEXT NOT NULL,                       -- Argon2id, PHC string
  active        INTEGER NOT NULL DEFAULT 1,
  created_ms    INTEGER NOT NULL,
  PRIMARY KEY (tenant, id)
) WITHOUT ROWID;

CREATE TABLE department_agent (
  tenant     TEXT NOT NULL,
  department TEXT NOT NULL,
  agent      TEXT NOT NULL,
  PRIMARY KEY (tenant, department, agent),
  FOREIGN KEY (tenant, department) REFERENCES department (tenant, id),
  FOREIGN KEY (tenant, agent) REFERENCES agent (tenant, id)
) WITHOUT ROWID;

CREATE TABLE widget (
  tenant  TEXT NOT NULL REFERENCES tenant (id),
  id      TEXT NOT NULL,
  key     TEXT NOT NULL UNIQUE,
  origins TEXT NOT NULL,                             -- JSON list of origins
  look    TEXT NOT NULL,                             -- JSON, protocol::http::WidgetLook
  PRIMARY KEY (tenant, id)
) WITHOUT ROWID;

CREATE TABLE sign_in (
  token_hash TEXT PRIMARY KEY,                       -- SHA-256 of the cookie; the cookie itself is never stored
  tenant     TEXT NOT NULL,
  id         TEXT NOT NULL,
  agent      TEXT NOT NULL,
  browser    TEXT NOT NULL,
  began_ms   INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  ended_ms   INTEGER,
  FOREIGN KEY (tenant, agent) REFERENCES agent (tenant, id)
) WITHOUT ROWID;
CREATE INDEX sign_in_by_agent ON sign_in (tenant, agent);

-- What follows is a projection of the rooms: written by their outboxes, read for history.

CREATE TABLE conversation (
  tenant   TEXT NOT NULL,
  id       TEXT NOT NULL,
  widget   TEXT NOT NULL,
  visitor  TEXT NOT NULL,
  began_ms INTEGER NOT NULL,
  last_seq INTEGER NOT NULL,
  PRIMARY KEY (tenant, id)
) WITHOUT ROWID;

CREATE TABLE message (
  tenant       TEXT NOT NULL,
  conversation TEXT NOT NULL,
  seq          INTEGER NOT NULL,
  kind         TEXT NOT NULL,
  agent        TEXT,
  body         TEXT,
  event        TEXT,
  at_ms        INTEGER NOT NULL,
  PRIMARY KEY (tenant, conversation, seq)
) WITHOUT ROWID;

CREATE TABLE handoff (
  tenant       TEXT NOT NULL,
  id           TEXT NOT NULL,
  conversation TEXT NOT NULL,
  stage        TEXT NOT NULL,
  reason       TEXT,
  agent        TEXT,
  email        TEXT,
  asked_ms     INTEGER NOT NULL,
  closed_ms    INTEGER,
  row          TEXT NOT NULL,                        -- JSON, protocol::desk::QueueRow
  PRIMARY KEY (tenant, id)
) WITHOUT ROWID;
CREATE INDEX handoff_closed ON handoff (tenant, closed_ms DESC, id DESC) WHERE stage = 'closed';

-- What cron reads: desks with something to do, never all tenants.

CREATE TABLE desk_due (
  tenant TEXT PRIMARY KEY,
  due_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX desk_due_by_time ON desk_due (due_ms);

CREATE TABLE job (
  name   TEXT PRIMARY KEY,
  ran_ms INTEGER NOT NULL,
  done   INTEGER NOT NULL,                           -- how many things it did
  failed INTEGER NOT NULL
) WITHOUT ROWID;
