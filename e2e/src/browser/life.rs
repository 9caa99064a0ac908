//! One life of a page: asks its link, and does what that says, one by one.

use super::profile::Profile;
use super::seen::Seen;
use super::wire;
use client::link::{Effect, Input, Link, Ms, query};
use protocol::lean;
use protocol::room::{PING, RoomUp, Since};
use protocol::{ClientMsgId, Seq};
use std::ops::ControlFlow;
use std::time::Duration;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::{Instant, sleep_until};

/// What a test wants of a page.
pub(super) enum Order {
    Input(Box<Input>),
    CrashAfter(u32),
}

/// What a task of a page brings it.
pub(super) enum Came {
    Input(Box<Input>),
    /// No frame, though it came by a socket.
    Garbled(String),
}

pub(super) struct Life {
    profile: Profile,
    tab: String,
    link: Link,
    began: Instant,
    orders: UnboundedReceiver<Order>,
    came: UnboundedReceiver<Came>,
    bring: UnboundedSender<Came>,
    seen: watch::Sender<Seen>,
    /// All that is under way; it ends with the page.
    tasks: JoinSet<()>,
    /// To the socket; dropping it closes that.
    line: Option<UnboundedSender<String>>,
    polling: Option<AbortHandle>,
    paging: Option<AbortHandle>,
    /// How much is still done before it dies.
    fuse: Option<u32>,
}

impl Life {
    pub(super) fn new(
        profile: Profile,
        tab: &str,
        orders: UnboundedReceiver<Order>,
        seen: watch::Sender<Seen>,
        fuse: Option<u32>,
    ) -> Self {
        let dice = u32::try_from(crate::seed() & u128::from(u32::MAX)).unwrap_or_default();
        let (bring, came) = unbounded_channel();
        Self {
            link: Link::new(profile.me(), dice),
            profile,
            tab: tab.to_owned(),
            began: Instant::now(),
            orders,
            came,
            bring,
            seen,
            tasks: JoinSet::new(),
            line: None,
            polling: None,
            paging: None,
            fuse,
        }
    }

    /// Until it dies, or nobody has it any more.
    pub(super) async fn live(mut self) {
        let kept = self.profile.outbox();
        let begins = [Input::Attention(true), Input::Restore(kept), Input::Start];
        if begins.into_iter().any(|input| self.drive(input).is_break()) {
            return;
        }
        while self.step().await.is_continue() {}
    }

    async fn step(&mut self) -> ControlFlow<()> {
        while self.tasks.try_join_next().is_some() {}
        let due =
            self.link.next_deadline().map(|at| self.began + Duration::from_millis(u64::try_from(at).unwrap_or(0)));
        let tick = async move {
            match due {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            order = self.orders.recv() => match order {
                Some(Order::Input(input)) => self.drive(*input),
                Some(Order::CrashAfter(effects)) => {
                    self.fuse = Some(effects);
                    ControlFlow::Continue(())
                }
                None => ControlFlow::Break(()),
            },
            came = self.came.recv() => match came {
                Some(Came::Input(input)) => self.drive(*input),
                Some(Came::Garbled(text)) => {
                    self.seen.send_modify(|seen| seen.garbled.push(text));
                    ControlFlow::Continue(())
                }
                None => ControlFlow::Break(()),
            },
            () = tick => self.drive(Input::Tick),
        }
    }

    fn now(&self) -> Ms {
        Ms::try_from(self.began.elapsed().as_millis()).unwrap_or(Ms::MAX)
    }

    fn drive(&mut self, input: Input) -> ControlFlow<()> {
        let effects = self.link.apply(self.now(), input);
        for effect in effects {
            match &mut self.fuse {
                Some(0) => return ControlFlow::Break(()),
                Some(left) => *left -= 1,
                None => {}
            }
            self.act(effect);
        }
        let (phase, has_earlier) = (self.link.phase(), self.link.has_earlier());
        self.seen.send_if_modified(|seen| {
            let news = (seen.carrier, seen.has_earlier) != (phase.into(), has_earlier);
            (seen.phase, seen.carrier, seen.has_earlier) = (phase, phase.into(), has_earlier);
            news
        });
        ControlFlow::Continue(())
    }

    fn act(&mut self, effect: Effect) {
        match effect {
            Effect::Connect { socket, since } => self.connect(socket, since),
            Effect::Disconnect => self.line = None,
            Effect::Transmit(frame) => {
                if let RoomUp::Send { id, .. } = &frame {
                    self.must_be_kept(id);
                }
                self.say(lean::write(&frame));
            }
            Effect::Ping => self.say(PING.to_owned()),
            Effect::Poll { poll, since, rev } => {
                let request = self.profile.request("GET", &format!("events?{}", query(since, rev)));
                let asking = async move { Input::Polled { poll, reply: wire::ask(request).await } };
                let task = self.bring(asking);
                if let Some(earlier) = self.polling.replace(task) {
                    earlier.abort();
                }
            }
            Effect::Post(send) => {
                self.must_be_kept(&send.id);
                let (profile, request) = (self.profile.clone(), self.post("messages", lean::write(&send)));
                self.bring(async move {
                    let reply = wire::ask(request).await;
                    profile.kept().acked.extend(reply.as_ref().ok().cloned());
                    Input::Posted { id: send.id, reply }
                });
            }
            Effect::PostTyping(on) => {
                let request = self.post("typing", format!("{{\"on\":{on}}}"));
                // Nobody misses it.
                self.tasks.spawn(async move { drop(request.send().await) });
            }
            Effect::PostReceipt(receipt) => {
                let request = self.post("receipts", lean::write(&receipt));
                self.bring(async move { Input::ReceiptPosted(wire::tell(request).await) });
            }
            Effect::FetchEarlier { before } => self.fetch(before),
            Effect::Keep(send) => self.profile.kept().keep(&self.tab, send),
            Effect::Forget(id) => self.profile.kept().forget(&id),
            effect => self.show(effect),
        }
    }

    /// What a person sees.
    fn show(&mut self, effect: Effect) {
        let link = &self.link;
        self.seen.send_modify(|seen| match effect {
            Effect::Message(message) => seen.messages.push(message),
            Effect::Earlier(messages) => drop(seen.messages.splice(0..0, messages)),
            Effect::Redacted(seq) => seen.redact(seq),
            Effect::Anew => {
                seen.messages.clear();
                seen.anew += 1;
            }
            Effect::Receipts(receipts) => seen.receipts = receipts,
            Effect::State(state) => seen.state = Some(state),
            Effect::Outbox => seen.outbox = link.outbox().to_vec(),
            Effect::Paging(paging) => seen.paging = paging,
            Effect::OtherTypes(on) => seen.other_types = on,
            Effect::Health(health) => seen.health = health,
            Effect::Refused(code) => seen.refused = Some(code),
            Effect::Boot => seen.is_locked = true,
            effect => panic!("nothing that is shown: {effect:?}"),
        });
    }

    fn must_be_kept(&self, id: &ClientMsgId) {
        if !self.profile.kept().has_kept(id) {
            self.seen.send_modify(|seen| seen.unkept.push(id.clone()));
        }
    }

    fn connect(&mut self, socket: u32, since: Since) {
        let (line, say) = unbounded_channel();
        self.line = Some(line);
        let upgrade = self.profile.upgrade(&query(since, None));
        self.tasks.spawn(wire::carry(upgrade, socket, say, self.bring.clone(), self.profile.clone()));
    }

    fn say(&self, text: String) {
        if let Some(line) = &self.line {
            let _ = line.send(text);
        }
    }

    fn post(&self, rest: &str, json: String) -> reqwest::RequestBuilder {
        self.profile.request("POST", rest).header("content-type", "application/json").body(json)
    }

    fn fetch(&mut self, before: Seq) {
        let request = self.profile.request("GET", &format!("messages?before={}&limit=50", before.0));
        let task = self.bring(async move { Input::EarlierCame { before, reply: wire::ask(request).await } });
        if let Some(earlier) = self.paging.replace(task) {
            earlier.abort();
        }
    }

    /// Brings the page what a task ends with.
    fn bring(&mut self, task: impl Future<Output = Input> + Send + 'static) -> AbortHandle {
        let bring = self.bring.clone();
        self.tasks.spawn(async move { drop(bring.send(Came::Input(Box::new(task.await)))) })
    }
}
