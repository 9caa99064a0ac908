-- Delivery: what the history keeps of files, and of messages whose words were taken away.

ALTER TABLE message ADD COLUMN detail TEXT;          -- JSON {file?, of?}, as in protocol::room::Message

-- What a redaction looks for.
CREATE INDEX handoff_by_conversation ON handoff (tenant, conversation);
