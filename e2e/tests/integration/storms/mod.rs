//! Rooms in a storm: visitors and agents write, over sockets and where none gets through, while their roads delay,
//! throttle, swallow, refuse, reset and cut, while pages die and are reloaded, and while the runtime is killed. Then all is
//! well again, and not one message may be lost, doubled or out of order. `KILLS` and `FAULTS` ask for more than twenty and
//! two hundred, `SEED` for the same once more; the figures go to stderr.

mod cast;
mod healing;
mod party;
mod plan;

use cast::{Cast, flaws};
use e2e::{Dice, Faults, Flaw, History};
use healing::Healing;
use std::io::Write;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Nobody is stuck: beyond this something waits that should not. What is promised is 5 s; the figures say what it took, and
/// a machine that builds beside the test may take longer.
const STUCK: Duration = Duration::from_secs(20);

#[tokio::test]
#[ignore = "needs a server: cargo xtask test"]
async fn not_one_message_is_lost_or_doubled_whatever_happens() {
    let (kills, faults) = (asked("KILLS", 20), asked("FAULTS", 200));
    let (seed, mut dice) = Dice::from_env();
    say(&format!("a storm of {kills} kills and {faults} faults; SEED={seed}"));
    let mut cast = Cast::gather().await;
    cast.settles().await;
    let (mut killed, mut rounds, mut heals) = (0, 0, Vec::new());
    while killed < kills || total(&cast).accidents() < faults {
        let left = faults.saturating_sub(total(&cast).accidents()).div_ceil((kills - killed).max(1));
        let kill = killed < kills;
        let plan = plan::round(&mut dice, cast.parties.len(), cast.roads.len(), left.clamp(8, 40), kill);
        killed += u32::from(kill);
        rounds += 1;
        let since = Instant::now();
        for (at, deed) in plan {
            // When it happens is a part of what happens.
            sleep_until(since + at).await;
            cast.act(deed).await;
        }
        cast.heal(kill).await;
        heals.push(cast.settles().await);
        cast.check_pages();
        cast.beat().await;
    }
    let histories = cast.histories().await;
    let flaws = flaws(&histories);
    say(&format!("{rounds} rounds, {killed} kills, {} faults: {}", total(&cast).accidents(), total(&cast)));
    say(&figures(&histories, &flaws, &mut heals));
    assert!(flaws.is_empty(), "SEED={seed}: {flaws:#?}");
    cast.check_history(&histories).await;
    let late: Vec<_> = heals.iter().filter(|healing| healing.took >= STUCK).collect();
    assert!(late.is_empty(), "SEED={seed}: somebody was stuck: {late:#?}");
}

fn figures(histories: &[History], flaws: &[Flaw], heals: &mut [Healing]) -> String {
    heals.sort_by_key(|healing| healing.took);
    let count = |of: fn(&History) -> usize| histories.iter().map(of).sum::<usize>();
    let wrong = |is: fn(&Flaw) -> bool| flaws.iter().filter(|flaw| is(flaw)).count();
    format!(
        "{} lives of pages; written {}, acknowledged {}; lost {}, doubled {}, gaps {}, wrong otherwise {}; \
         healed within {} ms (median), {} ms (longest: {})",
        count(|history| history.shown.len()),
        count(|history| history.written.len()),
        count(|history| history
            .acked
            .iter()
            .map(|ack| ack.id.clone())
            .collect::<std::collections::BTreeSet<_>>()
            .len()),
        wrong(Flaw::is_loss),
        wrong(Flaw::is_double),
        wrong(Flaw::is_gap),
        wrong(|flaw| !flaw.is_loss() && !flaw.is_double() && !flaw.is_gap()),
        heals[heals.len() / 2].took.as_millis(),
        heals[heals.len() - 1].took.as_millis(),
        heals[heals.len() - 1].longest(),
    )
}

fn total(cast: &Cast) -> Faults {
    let mut total = Faults::default();
    cast.roads.iter().for_each(|road| total.add(&road.faults()));
    total
}

fn asked(name: &str, least: u32) -> u32 {
    std::env::var(name).map_or(least, |text| text.parse().expect("a number"))
}

/// Past the test runner, which keeps what tests that pass print to itself.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "  {line}");
}
