// What every story stands on: a browser, a tenant of its own, and the owner's website on another origin.
import { chromium } from 'playwright-core';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32, deflateSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const demo = join(here, '../../demo');
const artifacts = process.env.ARTIFACTS ?? join(here, '../../artifacts');
const password = 'correct horse battery staple';

/** Where the server is; browsers take `__Host-` cookies without encryption from localhost only. */
export const beckon = process.env.BECKON_URL?.replace('127.0.0.1', 'localhost');

/** Long enough for a busy machine; nothing waits that long when all is well. */
export const patience = 30_000;

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

/** Opens a browser; each is a process of its own. */
export async function openBrowser() {
  return chromium.launch({ executablePath, args });
}

/**
 * Opens a browser as people have it: of its tabs only the one in front is visible, and the others' timers are slowed
 * down. In browsers of `openBrowser` every page believes that it is in front.
 */
export async function openWindow() {
  const profile = await mkdtemp(join(tmpdir(), 'beckon-story-'));
  const own = ['--headless=new', `--user-data-dir=${profile}`, '--remote-debugging-port=0', 'about:blank'];
  const child = spawn(executablePath, [...args, ...own], { stdio: ['ignore', 'ignore', 'pipe'] });
  const browser = await chromium.connectOverCDP(await address(child), { noDefaults: true });
  const [context] = browser.contexts();
  context.setDefaultTimeout(patience);
  const close = async () => {
    const gone = once(child, 'exit');
    child.kill();
    await gone;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  return { context, close };
}

/** Where a browser that was just started can be told what to do. */
function address(child) {
  return new Promise((found, failed) => {
    let text = '';
    child.stderr.on('data', (part) => {
      text += part;
      const [, url] = /DevTools listening on (\S+)/.exec(text) ?? [];
      if (url) found(url);
    });
    child.once('exit', () => failed(new Error(`no browser: ${text}`)));
  });
}

/** A page in a profile of its own; what it reports as an error fails the story. */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  hearTroubles(page);
  return page;
}

function hearTroubles(page) {
  page.troubles = [];
  page.on('pageerror', (error) => page.troubles.push(`${error}`));
  page.on('console', (message) => message.type() === 'error' && page.troubles.push(message.text()));
}

/** A tenant whose widget may stand on `origin`; `more` says what else it begins with, such as how it routes. */
export async function createTenant(origin, more = {}) {
  const unique = randomBytes(8).toString('hex');
  const agent = (name, role) => ({ name, role, email: `${name.toLowerCase()}.${unique}@fen-and-ember.example`, password });
  const agents = [agent('Nora', 'client_admin'), agent('Ade', 'support_staff'), agent('Mia', 'support_staff')];
  const answer = await fetch(`${process.env.BECKON_URL}/v1/platform/tenants`, {
    method: 'POST',
    headers: { authorization: `Bearer ${process.env.PLATFORM_TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Fen & Ember', handle: `fen-${unique}`, department: 'Support', agents, origins: [origin], ...more }),
  });
  if (answer.status !== 201) throw new Error(`no tenant: ${answer.status} ${await answer.text()}`);
  const { key } = await answer.json();
  return { key, nora: agents[0], ade: agents[1], mia: agents[2] };
}

/** The demo shop on an origin of its own, as a customer would host it; its tenant begins with `more`. */
export async function openShop(more) {
  const shop = { tenant: null };
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, 'http://shop').pathname;
    const name = path === '/' ? 'index.html' : path.slice(1);
    try {
      if (name.includes('..')) throw new Error('outside');
      const text = await readFile(join(demo, name), 'utf8');
      const types = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.svg': 'image/svg+xml', '.js': 'text/javascript' };
      response.setHeader('content-type', types[extname(name)] ?? 'application/octet-stream');
      response.end(text.replaceAll('{{origin}}', beckon).replaceAll('{{widget_key}}', shop.tenant.key));
    } catch {
      response.statusCode = 404;
      response.end();
    }
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  shop.url = `http://127.0.0.1:${server.address().port}`;
  shop.tenant = await createTenant(shop.url, more);
  shop.close = () => new Promise((closed) => {
    server.close(closed);
    server.closeAllConnections();
  });
  return shop;
}

/** Signs an agent in at the dashboard, by its form, in a browser of its own. */
export async function signIn(browser, agent, options) {
  return enter(await openPage(browser, options), agent);
}

/** Signs an agent in on a page: at the door it stands before, or else at a new one. */
export async function enter(page, agent) {
  if (!page.url().startsWith(beckon)) await page.goto(beckon);
  await page.getByLabel('E-mail').fill(agent.email);
  await page.getByLabel('Password', { exact: true }).fill(agent.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('tab', { name: /^Pending/ }).waitFor();
  await page.getByRole('button', { name: /Available/ }).waitFor();
  // Browsers report that nobody was signed in.
  if (page.troubles) page.troubles.length = 0;
  return page;
}

/** Another tab of the same browser, and so of the same agent. */
export async function openTab(page, path) {
  const tab = await page.context().newPage();
  hearTroubles(tab);
  await tab.goto(new URL(path, page.url()).href);
  return tab;
}

/** The agent picks up the one chat that waits; it is the one on the screen then. */
export async function pick(page, chat) {
  const before = page.url();
  await page.getByRole('button', { name: /^Pick up/ }).first().click();
  await chat.log.getByText('has joined').last().waitFor();
  await page.waitForURL((url) => url.href !== before && /^\/active\/cv_/.test(url.pathname));
  await page.getByRole('textbox', { name: 'Message' }).waitFor();
}

/** An agent's line in the team, beside the queue. */
export function member(page, agent) {
  return page.getByRole('region', { name: 'Team' }).getByRole('listitem').filter({ hasText: agent.name });
}

/**
 * Notes every word that stands beside an agent's name in the team, from now on; a page that reloads forgets them.
 * The answer tells them.
 */
export async function follow(page, agent) {
  await member(page, agent).evaluate((line, name) => {
    const word = () => line.innerText.split(name).at(-1).trim().replace(/\s+/g, ' ');
    const words = [word()];
    const note = () => word() !== words.at(-1) && words.push(word());
    new MutationObserver(note).observe(line, { subtree: true, childList: true, characterData: true });
    (window.followed ??= {})[name] = words;
  }, agent.name);
  return () => page.evaluate((name) => window.followed[name], agent.name);
}

/** The agent's own status, which opens the menu. */
export function ownStatus(page) {
  return page.getByRole('button', { name: /Your status/ });
}

/** Chooses from the agent's menu. */
export async function choose(page, name) {
  await ownStatus(page).click();
  await page.getByRole(/^Where/.test(name) ? 'menuitem' : 'menuitemradio', { name }).click();
}

/** The chat on the owner's page. */
export function widget(page) {
  const panel = page.getByRole('dialog');
  return {
    panel,
    launcher: page.locator('beckon-chat').getByRole('button', { name: /Chat/ }).last(),
    log: panel.getByRole('log', { name: 'Messages' }),
    // Screen readers hear the same from a place of its own.
    standing: (text) => panel.getByRole('paragraph').filter({ hasText: text }),
    human: panel.getByRole('button', { name: /Talk to a human/ }),
    draft: panel.getByLabel('Write a message…'),
    email: panel.getByLabel('E-mail'),
    message: panel.getByLabel('Message', { exact: true }),
    async open() {
      await page.locator('beckon-chat .launcher').click();
      await panel.waitFor();
    },
    async say(text) {
      await this.draft.fill(text);
      await this.draft.press('Enter');
      await this.log.getByText(text).waitFor();
    },
  };
}

/** A visitor on the shop's page who has asked for a human. */
export async function asking(browser, shop) {
  const visitor = await openPage(browser);
  await visitor.goto(shop.url);
  const chat = widget(visitor);
  await chat.open();
  await chat.human.click();
  await chat.panel.getByText('An agent will be with you shortly…').first().waitFor();
  return { visitor, chat };
}

/** A chat that rings, over whatever page there is. */
export function ring(page) {
  const card = page.getByRole('article', { name: /^A visitor for you/ });
  return {
    card,
    accept: card.getByRole('button', { name: /^Accept/ }),
    decline: card.getByRole('button', { name: /^Decline/ }),
  };
}

/** Chooses from the menu of the open chat. */
export async function act(page, name) {
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name }).click();
}

/** The open chat of the dashboard. */
export function pane(page) {
  const log = page.getByRole('log', { name: /^Conversation/ });
  return {
    log,
    /** The message that says this. */
    message: (text) => log.locator('.said').filter({ hasText: text }),
    async say(text) {
      await page.getByRole('textbox', { name: 'Message' }).fill(text);
      await page.getByRole('textbox', { name: 'Message' }).press('Enter');
      await log.getByText(text).waitFor();
    },
  };
}

/** A picture to be sent: 4 by 3 points, all of one colour. */
export function image(name) {
  const chunk = (type, data) => {
    const named = Buffer.concat([Buffer.from(type), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(named));
    return Buffer.concat([length, named, sum]);
  };
  const head = Buffer.from([0, 0, 0, 4, 0, 0, 0, 3, 8, 2, 0, 0, 0]);
  const rows = Buffer.concat(Array(3).fill(Buffer.concat([Buffer.from([0]), Buffer.alloc(12, 0x8c)])));
  const parts = [chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))];
  const buffer = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...parts]);
  return { name, mimeType: 'image/png', buffer };
}

/** Pictures of a page as it stands: on a desk and in a hand, by day and by night. */
export async function shoot(page, name) {
  await mkdir(artifacts, { recursive: true });
  const before = page.viewportSize();
  for (const [size, viewport] of [['desktop', { width: 1280, height: 800 }], ['phone', { width: 390, height: 844 }]]) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.screenshot({ path: join(artifacts, `${name}-${size}-${colorScheme}.png`) });
    }
  }
  await page.setViewportSize(before);
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
}

/** Waits until something holds, looking often. */
export async function until(what, holds) {
  const end = Date.now() + patience;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`not within ${patience} ms: ${what}`);
    await new Promise((later) => setTimeout(later, 50));
  }
}
