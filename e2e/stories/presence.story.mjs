// Who is there, as the others see it: it changes by itself, and only when it is true.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  choose, createTenant, enter, follow, member, openBrowser,
  openPage, openWindow, ownStatus, shoot, signIn, until,
} from './stage.mjs';

/** The shortest rule that a workspace may have: beats leave every 10 s. */
const STALE_AFTER_MS = 30_000;
/** Nobody touched anything for so long: idle, by the rule that workspaces begin with. */
const IDLE_AFTER_MS = 300_000;
const GONE = /^Offline, last seen/;

let browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser?.close());

const newTenant = () => createTenant('https://fen-and-ember.example');

/** Frames that a page sends up its desk's line, from now on; later lines too. */
function framesOf(page) {
  const sent = [];
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => socket.url().includes('/v1/desk/socket') && sent.push(payload));
  });
  return sent;
}

const pings = (frames) => frames.filter((frame) => frame.includes('ping')).length;

// Two at a time: the first one waits for beats, which take their time.
describe('presence', { concurrency: 2 }, () => {
  test('a tab behind another one goes on beating', async (t) => {
    const { ade, mia, nora } = await newTenant();
    const admin = await signIn(browser, nora);
    const answer = await admin.evaluate(async (body) => {
      const headers = { 'content-type': 'application/json' };
      return (await fetch('/v1/settings/presence', { method: 'PUT', headers, body })).status;
    }, JSON.stringify({ stale_after_ms: STALE_AFTER_MS }));
    assert.equal(answer, 200);
    await admin.context().close();

    const window = await openWindow();
    t.after(window.close);
    const page = await window.context.newPage();
    const sent = framesOf(page);
    const [other] = await Promise.all([signIn(browser, mia), enter(page, ade)]);
    await member(other, ade).getByText('Available').waitFor();
    const words = await follow(other, ade);
    const front = await window.context.newPage();
    await front.bringToFront();
    await until('the tab is hidden', () => page.evaluate(() => document.visibilityState === 'hidden'));
    const before = pings(sent);
    await until('two beats from behind', () => pings(sent) >= before + 2);
    assert.equal(await page.evaluate(() => document.visibilityState), 'hidden');
    assert.deepEqual(await words(), ['Available']);
    await other.context().close();
  });

  test('an agent is there for as long as one of two browsers is open', async () => {
    const { ade, mia } = await newTenant();
    const [first, second, other] = await Promise.all([signIn(browser, ade), signIn(browser, ade), signIn(browser, mia)]);
    await member(other, ade).getByText('Available').waitFor();
    const words = await follow(other, ade);

    await second.context().close();
    await until('the desk has seen one of the two go', async () => {
      const { items } = await first.evaluate(async () => (await fetch('/v1/agents/me/sign_ins')).json());
      return items.reduce((leases, item) => leases + item.leases, 0) === 1;
    });
    // A reload takes shorter than the grace.
    await first.reload();
    await ownStatus(first).getByText('Available').waitFor();
    await member(other, ade).getByText('Available').waitFor();
    assert.equal((await words()).some((word) => GONE.test(word)), false, `${await words()}`);
    const known = (await words()).length;

    await first.context().close();
    await member(other, ade).getByText('Reconnecting…').waitFor();
    await member(other, ade).getByText('Offline').waitFor();
    const back = await signIn(browser, ade);
    await member(other, ade).getByText('Available').waitFor();
    const [last, grace, gone, here, ...more] = (await words()).slice(known - 1);
    assert.deepEqual([last, grace, here, more], ['Available', 'Reconnecting…', 'Available', []]);
    assert.match(gone, GONE);
    assert.deepEqual(other.troubles, []);
    await Promise.all([back, other].map((page) => page.context().close()));
  });

  test('a tab that nobody touches says idle, and the next key brings the agent back', async () => {
    const { ade, mia } = await newTenant();
    const page = await openPage(browser);
    // The page's clock goes on as ever; it can be put forward, as a lid that was closed does.
    await page.clock.install();
    const [other] = await Promise.all([signIn(browser, mia), enter(page, ade)]);
    await member(other, ade).getByText('Available').waitFor();
    const words = await follow(other, ade);

    await page.clock.fastForward(IDLE_AFTER_MS);
    await member(other, ade).getByText('Away (idle)').waitFor();
    await ownStatus(page).getByText(/^Away: no activity for/).waitFor();
    await shoot(other, 'dashboard-idle');
    await page.keyboard.press('Shift');
    await member(other, ade).getByText('Available').waitFor();
    await ownStatus(page).getByText('Available').waitFor();

    // Somebody at another browser of theirs is enough.
    await page.clock.fastForward(IDLE_AFTER_MS);
    await member(other, ade).getByText('Away (idle)').waitFor();
    const second = await signIn(browser, ade);
    await member(other, ade).getByText('Available').waitFor();
    assert.deepEqual(await words(), ['Available', 'Away (idle)', 'Available', 'Away (idle)', 'Available']);
    assert.deepEqual(page.troubles, []);
    await Promise.all([page, second, other].map((page) => page.context().close()));
  });

  test('who is cut off is told since when, and is back with the status that was chosen', async () => {
    const { ade, mia } = await newTenant();
    const page = await openPage(browser);
    const sent = framesOf(page);
    await page.clock.install();
    const [other] = await Promise.all([signIn(browser, mia), enter(page, ade)]);
    await choose(page, 'On a break');
    await member(other, ade).getByText('On a break').waitFor();
    await until('the first beat', () => pings(sent) > 0);

    // The network is gone without a word: the next beat is not answered.
    await page.context().setOffline(true);
    const before = pings(sent);
    await page.clock.fastForward(15_000);
    await until('a beat into nothing', () => pings(sent) > before);
    await page.clock.fastForward(10_000);
    const banner = page.getByRole('alert').getByText(/^You appear offline to visitors since \d\d:\d\d, reconnecting…/);
    await banner.waitFor();
    await ownStatus(page).getByText('Offline').waitFor();
    await shoot(page, 'dashboard-cut-off');

    await page.context().setOffline(false);
    await banner.waitFor({ state: 'detached' });
    await ownStatus(page).getByText('On a break').waitFor();
    await member(other, ade).getByText('On a break').waitFor();
    await choose(page, 'Available');
    await member(other, ade).getByText('Available').waitFor();
    await Promise.all([page, other].map((page) => page.context().close()));
  });
});
