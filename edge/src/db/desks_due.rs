//! Desks with something to do, for cron: an index of what is due, never all tenants.

use super::{all, int, run, text};
use crate::error::EdgeError;
use protocol::{TenantId, Timestamp};
use serde::Deserialize;
use worker::D1Database;

const SET: &str = "INSERT INTO desk_due (tenant, due_ms) VALUES (?1, ?2) \
    ON CONFLICT (tenant) DO UPDATE SET due_ms = excluded.due_ms";
const CLEAR: &str = "DELETE FROM desk_due WHERE tenant = ?1";

/// Says when a desk has something to do next; `None`: nothing.
pub async fn set(db: &D1Database, tenant: &TenantId, due: Option<Timestamp>) -> Result<(), EdgeError> {
    match due {
        Some(at) => run(db, SET, &[text(tenant.as_str()), int(at.0)]).await,
        None => run(db, CLEAR, &[text(tenant.as_str())]).await,
    }
}

const DUE: &str = "SELECT tenant FROM desk_due WHERE due_ms <= ?1 ORDER BY due_ms LIMIT 500";

/// Desks whose time has come by `now`, longest waiting first.
pub async fn due(db: &D1Database, now: Timestamp) -> Result<Vec<TenantId>, EdgeError> {
    #[derive(Deserialize)]
    struct Row {
        tenant: TenantId,
    }
    let rows: Vec<Row> = all(db, DUE, &[int(now.0)]).await?;
    Ok(rows.into_iter().map(|row| row.tenant).collect())
}
