-- Routing: how conversations find an agent and how long they live, who goes before others, and why what was done.

-- JSON of which everything may be absent: then it is as the code says.
ALTER TABLE department ADD COLUMN routing TEXT NOT NULL DEFAULT '{}';    -- protocol::routing::Routing
ALTER TABLE tenant ADD COLUMN conversations TEXT NOT NULL DEFAULT '{}';  -- protocol::routing::ConversationSettings

-- NULL: its conversations are anybody's.
ALTER TABLE widget ADD COLUMN department TEXT;
ALTER TABLE widget ADD COLUMN priority TEXT NOT NULL DEFAULT 'normal';
-- Of several, nobody has said which.
UPDATE widget SET department = (SELECT d.id FROM department d WHERE d.tenant = widget.tenant)
  WHERE (SELECT COUNT(*) FROM department d WHERE d.tenant = widget.tenant) = 1;

-- Visitors of whom there is something to say.
CREATE TABLE visitor (
  tenant TEXT NOT NULL,
  id     TEXT NOT NULL,
  vip    INTEGER NOT NULL,                           -- 1: goes before others
  PRIMARY KEY (tenant, id)
) WITHOUT ROWID;

-- A projection of the desks' logs, as presence_change is. n: the desk's own number of the entry.
CREATE TABLE decision (
  tenant  TEXT NOT NULL,
  handoff TEXT NOT NULL,
  n       INTEGER NOT NULL,
  at_ms   INTEGER NOT NULL,
  entry   TEXT NOT NULL,                             -- JSON, protocol::routing::Decision
  PRIMARY KEY (tenant, handoff, n)                   -- one handoff's stand together, as they are read
) WITHOUT ROWID;
CREATE INDEX decision_by_time ON decision (at_ms);   -- for pruning
