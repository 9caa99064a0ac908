//! Time online and available, per agent and day, of the last seven days.

use crate::api;
use crate::components::trouble::{Failed, loading};
use crate::hooks::clock::use_server_now;
use crate::hooks::fetch::use_fetch;
use crate::hooks::{Store, use_store};
use crate::week::{DAYS, Line, Spent, Week, longest};
use crate::{text, web};
use protocol::AgentId;
use protocol::team::{AgentDetails, PresenceReport};
use std::rc::Rc;
use yew::prelude::*;

/// Between two looks, ms: it is about days.
const LOOK_EVERY_MS: i64 = 300_000;

/// Props of [`Report`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// Everybody, for the names of those who were deactivated.
    pub team: Option<Rc<Vec<AgentDetails>>>,
}

/// The section.
#[component]
pub fn Report(props: &Props) -> Html {
    let now = use_server_now();
    let week = Week::until(now, web::offset_min());
    let report = use_fetch((week, now.0 / LOOK_EVERY_MS), |(week, _)| api::team::report(week));
    let (here, failed) = (report.state.here.clone(), report.state.failed.clone());
    html! {
        <section class="block">
            <h2 id="report-title">{ text::team::REPORT }</h2>
            <p class="block-lead">{ text::team::REPORT_LEAD }</p>
            if let Some(problem) = failed { <Failed {problem} again={report.again.clone()} /> }
            else if here.is_none() { { loading() } }
            if let Some(report) = here { <Table {week} {report} team={props.team.clone()} /> }
        </section>
    }
}

#[derive(Properties, PartialEq)]
struct TableProps {
    week: Week,
    report: Rc<PresenceReport>,
    team: Option<Rc<Vec<AgentDetails>>>,
}

/// Apart from the section, so that the clock does not draw it anew.
#[component]
fn Table(props: &TableProps) -> Html {
    let Some(store) = use_store() else { return Html::default() };
    let week = &props.week;
    let lines = week.lines(&props.report);
    if lines.is_empty() {
        return html! { <p class="none">{ text::team::REPORT_EMPTY }</p> };
    }
    let most = longest(&lines);
    let mut named: Vec<_> = lines.into_iter().map(|line| (name(&line.agent, &store, props), line)).collect();
    named.sort_by(|(one, _), (other, _)| one.cmp(other));
    html! {
        <div class="scroll" tabindex="0" role="region" aria-labelledby="report-title">
            <table class="report">
                <thead>
                    <tr>
                        <th scope="col">{ text::team::AGENT }</th>
                        for day in 0..DAYS { <th scope="col">{ text::time::column(web::local(week.noon(day))) }</th> }
                        <th scope="col">{ text::team::SUM }</th>
                    </tr>
                </thead>
                <tbody>for (name, line) in named { { row(&line, most, name) } }</tbody>
            </table>
        </div>
    }
}

fn name(agent: &AgentId, store: &Store, props: &TableProps) -> String {
    let former = || {
        let team = props.team.as_deref()?;
        team.iter().find(|known| &known.id == agent).map(|known| known.name.as_str())
    };
    store.name_of(agent).or_else(former).unwrap_or(text::team::FORMER).to_owned()
}

fn row(line: &Line, most: u32, name: String) -> Html {
    html! {
        <tr key={line.agent.as_str()}>
            <th scope="row">{ name }</th>
            for day in line.days { <td>{ cell(day, most) }</td> }
            <td class="sum">
                <span aria-hidden="true">{ text::time::hours(line.sum().online) }</span>
                <span class="sr">{ text::team::spent(line.sum().online, line.sum().available) }</span>
            </td>
        </tr>
    }
}

fn cell(day: Spent, most: u32) -> Html {
    let part = |seconds: u32| format!("{}%", u64::from(seconds) * 100 / u64::from(most));
    html! {
        <>
            <span class="sr">{ text::team::spent(day.online, day.available) }</span>
            <span class={classes!("cell-hours", (day.online == 0).then_some("none-of"))} aria-hidden="true">
                { if day.online == 0 { "–".to_owned() } else { text::time::hours(day.online) } }
            </span>
            <svg class="bar" aria-hidden="true">
                <rect class="bar-online" width={part(day.online)} height="100%" rx="3" />
                <rect class="bar-available" width={part(day.available)} height="100%" rx="3" />
            </svg>
        </>
    }
}
