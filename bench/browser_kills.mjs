// Chromium is killed (SIGKILL to its whole process group) with the dashboard open, again and again. Says how long it
// took until the agent was not routable and until they were offline, and what a claim of theirs came to afterwards.
import { beckon, call, openChromium, openDashboard, openDesk, quantile, until } from './stage.mjs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const trials = Number(process.env.TRIALS ?? 5);
const desk = await openDesk();
const { tenant, watch, ade } = desk;
const { token } = await (await call('POST', '/v1/auth/tokens', {}, { email: tenant.ade.email, password: tenant.ade.password })).json();
const profile = await mkdtemp(join(tmpdir(), 'beckon-killed-'));
const [hidden, offline] = [[], []];
let given = 0;
for (let trial = 0; trial < trials; trial += 1) {
  const from = watch.frames.length;
  const chromium = await openChromium({ profile });
  await openDashboard(chromium, tenant.ade);
  await until('the watcher sees the agent', () => watch.cards(ade, from).at(-1)?.reachability === 'connected');
  const [at, killed] = [watch.frames.length, performance.now()];
  chromium.kill();
  await until('the watcher sees them offline', () => watch.cards(ade, at).some((card) => card.reachability === 'offline'));
  const cards = watch.cards(ade, at);
  hidden.push(cards.find((card) => card.status === 'offline').at - killed);
  offline.push(cards.find((card) => card.reachability === 'offline').at - killed);
  given += await reach();
  await chromium.close();
}
await rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
const ms = (times) => ({ median_ms: Math.round(quantile(times, 0.5)), worst_ms: Math.round(Math.max(...times)) });
console.log(JSON.stringify({ trials, not_routable: ms(hidden), offline: ms(offline), claims_given: given }));
process.exit(given === 0 ? 0 : 1);

/** A visitor asks, and the lost agent reaches for them: 1 if they got them. */
async function reach() {
  const origin = 'https://shop.example';
  const boot = await (await call('POST', '/v1/widget/boot', { origin }, { key: tenant.key })).json();
  const at = watch.frames.length;
  const page = { url: `${origin}/lamps`, title: 'Lamps' };
  const bearer = { origin, authorization: `Bearer ${boot.token}` };
  await call('POST', `/v1/conversations/${boot.conversation}/handoff`, bearer, { page });
  const rows = () => watch.frames.slice(at).filter(({ frame }) => frame.t === 'row' && frame.row.conversation === boot.conversation);
  await until('the visitor waits', () => rows().length > 0);
  const { handoff, epoch } = rows()[0].frame.row;
  const answer = await fetch(`${beckon}/v1/handoffs/${handoff}/claim`, {
    method: 'POST', headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` }, body: JSON.stringify({ epoch }),
  });
  const { code } = await answer.json();
  if (!answer.ok && code !== 'not_routable') throw new Error(`a claim was refused as ${code}`);
  return answer.ok ? 1 : 0;
}
