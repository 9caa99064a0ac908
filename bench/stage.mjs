// What the measurements in a real browser stand on: Chromium as a person runs it, and somebody at another desk who
// writes down what the team is told.
import { beckon, createTenant, until } from '../e2e/stories/stage.mjs';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export { beckon, until };

/** No `--disable-background-timer-throttling` here: hidden tabs are slowed down as they are at people's desks. */
const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-component-update', '--disable-sync', '--remote-debugging-port=0', '--window-size=1280,800'];

/** A tenant with Nora, who watches, and Ade, who is measured. */
export async function openDesk() {
  const tenant = await createTenant('https://shop.example');
  const nora = await signIn(tenant.nora);
  const watch = await watchDesk(nora);
  const ade = watch.frames[0].frame.agents.find((agent) => agent.name === tenant.ade.name);
  return { tenant, nora, watch, ade: ade.id };
}

/** An agent's session as a `Cookie` header. */
export async function signIn({ email, password }) {
  const answer = await call('POST', '/v1/auth/sign_in', { origin: beckon }, { email, password });
  return answer.headers.get('set-cookie').split(';')[0];
}

/** An answer of the API, which must be a success. */
export async function call(method, path, headers = {}, body = undefined) {
  const options = { method, headers: { 'content-type': 'application/json', ...headers } };
  const answer = await fetch(`${beckon}${path}`, { ...options, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer;
}

/** Every frame of the desk with the moment it came, by `performance.now()`; the welcome has come. */
async function watchDesk(cookie) {
  const frames = [];
  const socket = new WebSocket(`${beckon.replace('http', 'ws')}/v1/desk/socket`, { headers: { cookie, origin: beckon } });
  const beat = setInterval(() => socket.readyState === 1 && socket.send('ping'), 1000);
  const watch = { frames, lost: false, close: () => { clearInterval(beat); socket.close(); } };
  socket.onmessage = ({ data }) => data !== 'pong' && frames.push({ at: performance.now(), frame: JSON.parse(data) });
  socket.onclose = () => { watch.lost = true; };
  watch.cards = (agent, from = 0) => frames.slice(from)
    .filter(({ frame }) => frame.t === 'agent' && frame.agent.id === agent)
    .map(({ at, frame }) => ({ at, ...frame.agent }));
  await until('the welcome of the desk', () => frames.length > 0);
  return watch;
}

/** Chromium in a process group of its own; with a `profile` it keeps what it knew. */
export async function openChromium({ profile, extra = [] } = {}) {
  const dir = profile ?? await mkdtemp(join(tmpdir(), 'beckon-chromium-'));
  await rm(join(dir, 'DevToolsActivePort'), { force: true });
  const child = spawn(process.env.CHROMIUM ?? '/usr/bin/chromium', [...flags, ...extra, `--user-data-dir=${dir}`, 'about:blank'],
    { detached: true, stdio: 'ignore' });
  const gone = new Promise((ended) => child.once('exit', ended));
  const kill = () => { try { process.kill(-child.pid, 'SIGKILL'); } catch { /* has gone */ } };
  process.once('exit', kill);
  const cdp = await connect(dir);
  const close = async () => {
    kill();
    await gone;
    process.removeListener('exit', kill);
    if (!profile) await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  return { cdp, kill, close, open: (url) => openTab(cdp, url) };
}

/** The browser's own wire; a reply is a promise. */
async function connect(dir) {
  let address;
  await until('Chromium answers', async () => {
    const text = await readFile(join(dir, 'DevToolsActivePort'), 'utf8').catch(() => '');
    address = text.trim().split('\n');
    return address.length === 2;
  });
  const socket = new WebSocket(`ws://127.0.0.1:${address[0]}${address[1]}`);
  await new Promise((opened, failed) => { socket.onopen = opened; socket.onerror = failed; });
  const waiting = new Map();
  let last = 0;
  socket.onmessage = ({ data }) => {
    const { id, result, error } = JSON.parse(data);
    const wait = waiting.get(id);
    waiting.delete(id);
    if (wait) error ? wait.failed(new Error(error.message)) : wait.came(result);
  };
  return (method, params = {}, sessionId = undefined) => new Promise((came, failed) => {
    last += 1;
    waiting.set(last, { came, failed });
    socket.send(JSON.stringify({ id: last, method, params, sessionId }));
  });
}

/** A tab of the one window, in front of the others. */
async function openTab(cdp, url) {
  const { targetId } = await cdp('Target.createTarget', { url });
  const { sessionId } = await cdp('Target.attachToTarget', { targetId, flatten: true });
  const run = async (expression) => {
    const { result, exceptionDetails } = await cdp('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true }, sessionId);
    if (exceptionDetails) throw new Error(exceptionDetails.text);
    return result.value;
  };
  const tab = { run, send: (method, params) => cdp(method, params, sessionId), front: () => cdp('Target.activateTarget', { targetId }) };
  await until(`${url} is there`, () => run('document.readyState === "complete" && location.href !== "about:blank"').catch(() => false));
  return tab;
}

/** Opens the dashboard in a tab, signed in. */
export async function openDashboard(chromium, agent) {
  const tab = await chromium.open(beckon);
  const body = JSON.stringify({ email: agent.email, password: agent.password });
  const signedIn = await tab.run(`fetch('/v1/me').then(async (me) => me.ok || (await fetch('/v1/auth/sign_in',
    { method: 'POST', headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(body)} })).ok)`);
  if (!signedIn) throw new Error('the agent cannot sign in');
  await tab.send('Page.reload');
  await until('the dashboard is open', () => tab.run('document.body.innerText.includes("Available")').catch(() => false));
  return tab;
}

/** `p` of the values, 0 to 1. */
export function quantile(values, p) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(p * sorted.length) - 1)];
}
