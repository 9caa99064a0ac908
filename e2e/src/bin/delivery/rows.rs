//! Rows written for a message, in every database: counted by triggers that are put there while nobody has it open.

use super::rooms::House;
use super::runtime::{Runtime, answers, sqlite};
use e2e::{Page, Profile, Server};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::time::sleep;

/// How many messages are counted over, so that what happens now and then has its part.
const MESSAGES: usize = 40;
const CLASSES: [(&str, &str); 3] = [("room", "RoomObject"), ("desk", "DeskObject"), ("D1", "D1DatabaseObject")];

pub async fn measure() {
    let runtime = Runtime::start(&super::VARS).await;
    let house = House::with(&Server::at(&runtime.url), 1).await;
    let (visitor, _) = &house.chats[0];
    settled(&house).await;
    runtime.kill();
    answers(&runtime.url).await;
    CLASSES.iter().flat_map(|(_, class)| runtime.databases(class)).for_each(|file| count_in(&file));
    let visitors = Profile::of_visitor(visitor, &house.tenant.server).open("the visitor");
    let agents =
        Profile::of_agent(&house.seats[0].agent, visitor.conversation(), &house.tenant.server).open("the agent");
    // The desk's sockets went with the runtime: whoever sits there comes back.
    let _seat = e2e::Seat::take(house.tenant.sign_in(1).await).await;
    say(&visitors, &agents, "first").await;
    settled(&house).await;
    for (name, pause) in [("one a second, both sides looking on", 1_000), ("in one burst", 0)] {
        let before = counts(&runtime);
        for n in 0..MESSAGES {
            if pause > 0 {
                say(&visitors, &agents, &format!("{name} {n}")).await;
                sleep(Duration::from_millis(pause)).await;
            } else {
                visitors.write(&format!("{name} {n}"));
            }
        }
        agents.shows(&format!("{name} {}", MESSAGES - 1)).await;
        settled(&house).await;
        print(name, &before, &counts(&runtime));
    }
}

async fn say(from: &Page, to: &Page, text: &str) {
    from.write(text);
    to.shows(text).await;
}

async fn settled(house: &House) {
    loop {
        sleep(Duration::from_millis(1_500)).await;
        let vitals = house.tenant.room_vitals(house.chats[0].0.conversation()).await;
        if vitals.behind_ms == 0 && vitals.projected == vitals.last_seq {
            return;
        }
    }
}

/// Puts a counter beside each table.
fn count_in(file: &Path) {
    let mut sql = String::from("CREATE TABLE bench_rows (name TEXT PRIMARY KEY, rows INTEGER) WITHOUT ROWID;");
    for name in tables(file) {
        // What is billed: the row, and one more for every index in which it changes.
        let indexes = indexes(file, &name);
        let all = 1 + indexes.len();
        let differs = |columns: &String| {
            let of = |when: &str| columns.split(',').map(|it| format!("{when}.{it}")).collect::<Vec<_>>().join(",");
            format!(" + (({}) IS NOT ({}))", of("OLD"), of("NEW"))
        };
        let changed = format!("1{}", indexes.iter().map(differs).collect::<String>());
        sql.push_str(&format!("INSERT INTO bench_rows VALUES ('{name}', 0);"));
        for (what, cost) in [("INSERT", all.to_string()), ("UPDATE", changed), ("DELETE", all.to_string())] {
            sql.push_str(&format!(
                "CREATE TRIGGER bench_{name}_{what} AFTER {what} ON \"{name}\" BEGIN \
                 UPDATE bench_rows SET rows = rows + {cost} WHERE name = '{name}'; END;"
            ));
        }
    }
    sqlite(file, &sql);
}

/// The columns of every index that is a table of its own.
fn indexes(file: &Path, table: &str) -> Vec<String> {
    let sql = format!(
        "SELECT (SELECT group_concat(name) FROM pragma_index_info(list.name)) FROM pragma_index_list('{table}') AS list, sqlite_master \
         WHERE sqlite_master.name = '{table}' AND (list.origin <> 'pk' OR sqlite_master.sql NOT LIKE '%WITHOUT ROWID%')"
    );
    sqlite(file, &sql).lines().filter(|columns| !columns.is_empty()).map(str::to_owned).collect()
}

fn tables(file: &Path) -> Vec<String> {
    let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf%' ESCAPE '\\' AND name NOT LIKE 'sqlite%' \
               AND name NOT LIKE 'bench%' AND name NOT LIKE 'd1_migrations'";
    sqlite(file, sql).lines().map(str::to_owned).collect()
}

/// By database and table.
type Counts = Vec<(&'static str, String, f64)>;

fn counts(runtime: &Runtime) -> Counts {
    let of = |file: PathBuf| {
        let rows = sqlite(&file, "SELECT name || ' ' || rows FROM bench_rows");
        let read = |line: &str| line.split_once(' ').map(|(name, rows)| (name.to_owned(), rows.parse().unwrap_or(0.0)));
        rows.lines().filter_map(read).collect::<Vec<_>>()
    };
    let mut counts = Counts::new();
    for (name, class) in CLASSES {
        for (table, rows) in runtime.databases(class).into_iter().flat_map(of) {
            counts.push((name, table, rows));
        }
    }
    counts
}

fn print(name: &str, before: &Counts, after: &Counts) {
    let each = |(after, before): (&(&'static str, String, f64), &(&'static str, String, f64))| {
        (after.0, after.1.clone(), (after.2 - before.2) / MESSAGES as f64)
    };
    let rows: Vec<_> = after.iter().zip(before).map(each).filter(|row| row.2 > 0.0).collect();
    let whole: f64 = rows.iter().map(|row| row.2).sum();
    println!("rows written a message, {name}: {whole:.1}");
    for (database, _) in CLASSES {
        let its: Vec<_> = rows.iter().filter(|row| row.0 == database).collect();
        let parts: Vec<_> = its.iter().map(|(_, table, rows)| format!("{table} {rows:.2}")).collect();
        let sum: f64 = its.iter().map(|row| row.2).sum();
        println!("  {database} {sum:.1}: {}", parts.join(", "));
    }
}
