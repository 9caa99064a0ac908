//! The backend on Cloudflare Workers: parse, authorise, load, ask the rules, save, speak.

mod auth;
mod calls;
mod clock;
mod config;
mod cron;
mod cx;
mod db;
mod desk;
mod error;
mod files;
mod handlers;
mod object;
mod outbox;
mod random;
mod reply;
mod room;
mod routes;
mod sql;

use protocol::{Timestamp, tree as json};
use worker::{Context, Env, Request, Response, ScheduleContext, ScheduledEvent, event};

#[event(fetch)]
async fn fetch(req: Request, env: Env, ctx: Context) -> worker::Result<Response> {
    routes::answer(req, env, ctx).await
}

#[event(scheduled)]
async fn scheduled(event: ScheduledEvent, env: Env, _: ScheduleContext) {
    #[allow(clippy::cast_possible_truncation, reason = "whole milliseconds")]
    let now = Timestamp(event.schedule() as i64);
    if let Err(error) = cron::run(&env, now).await {
        error.problem();
    }
}
