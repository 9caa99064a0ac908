// A dashboard in a hidden tab, slowed down as Chromium slows hidden tabs down, must stay online. Says how many beats
// and wake-ups there were, and how often the others were told anything else: it should be never.
import { beckon, call, openChromium, openDashboard, openDesk, until } from './stage.mjs';

const minutes = Number(process.env.MINUTES ?? 11);
/** Intensive throttling (one wake-up a minute) begins after 10 s, not after 5 min. */
const intensive = '--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/10';

const desk = await openDesk();
// Nobody touches the tab, which is the other rule; here it is about beats.
await call('PUT', '/v1/settings/presence', { cookie: desk.nora, origin: beckon }, { idle_after_ms: 3_600_000 });
const chromium = await openChromium({ extra: [intensive] });
const dashboard = await openDashboard(chromium, desk.tenant.ade);
await until('the watcher sees the agent', () => desk.watch.cards(desk.ade).some(online));
// How slow the tab's own timers are, to show that it is throttled.
await dashboard.run(`globalThis.benchTicks = 0; setInterval(() => { benchTicks += 1; }, 1000); 0`);
const front = await chromium.open(`${beckon}/v1/openapi.json`);
await front.front();
await until('the tab is hidden', async () => await dashboard.run('document.visibilityState') === 'hidden');

const [from, began, ticks] = [desk.watch.frames.length, performance.now(), await dashboard.run('benchTicks')];
const elapsed = () => (performance.now() - began) / 60_000;
const ticksByLook = [];
let looks = 0;
while (elapsed() < minutes && !desk.watch.lost) {
  await new Promise((later) => setTimeout(later, 20_000));
  if (await dashboard.run('document.visibilityState') !== 'hidden') throw new Error('the tab is no longer hidden');
  looks += 1;
  ticksByLook.push(await dashboard.run('benchTicks'));
}
const cards = desk.watch.cards(desk.ade, from);
const offline = cards.filter((card) => !online(card)).length;
const now = await (await call('GET', `/v1/agents/${desk.ade}`, { cookie: desk.nora })).json();
console.log(JSON.stringify({
  minutes: Number(elapsed().toFixed(1)), hidden_at_every_look: looks, ticks_of_a_one_second_timer: ticksByLook.at(-1) - ticks, ticks_by_look: ticksByLook.join(' '),
  frames_about_the_agent: cards.length, offline_frames: offline, at_the_end: now.reachability, watcher_lost: desk.watch.lost,
}));
desk.watch.close();
await chromium.close();
process.exit(offline === 0 && online(now) && !desk.watch.lost ? 0 : 1);

function online(card) {
  return card.reachability === 'connected';
}
