// What a visitor writes is sent once, whatever happens to the page, the tab or the network.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { asking, openBrowser, openPage, openShop, pane, pick, shoot, signIn, until, widget } from './stage.mjs';
import { counts, wire } from './wire.mjs';

let browser, shop, agent;
before(async () => {
  browser = await openBrowser();
  shop = await openShop();
  agent = await signIn(browser, shop.tenant.ade);
});
after(async () => {
  await browser?.close();
  await shop?.close();
});

const sending = (chat) => chat.log.getByRole('img', { name: 'Sending…' });

/** The newest message is stored. */
const stored = (chat) => chat.log.getByText(/^(Sent|Delivered|Seen)$/).waitFor();

/** The agent turns to the chat that waits. */
async function turnTo(chat) {
  await agent.getByRole('tab', { name: /^Pending/ }).click();
  await pick(agent, chat);
}

/** Writes without waiting for anything. */
async function write(chat, text) {
  await chat.draft.fill(text);
  await chat.draft.press('Enter');
}

test('what is written without a network outlives the page, and is sent once when the network is back', async () => {
  const { visitor, chat } = await asking(browser, shop);
  const line = await wire(visitor.context());
  await visitor.reload();
  await turnTo(chat);
  await chat.say('With a network.');
  await stored(chat);
  await line.cut();
  await chat.panel.getByText('Reconnecting…').waitFor();
  const texts = ['Without a network.', 'Nor now.'];
  for (const text of texts) await write(chat, text);
  await until('both are on their way', async () => (await sending(chat).count()) === 2);
  await shoot(visitor, 'widget-sending');

  // The page is left, and another one opened: both are still on their way.
  await visitor.reload();
  await until('both are on their way again', async () => (await sending(chat).count()) === 2);
  await chat.panel.getByText('Connecting…').waitFor();
  await line.heal();
  await until('all are sent', async () => (await sending(chat).count()) === 0);
  for (const text of texts) await pane(agent).log.getByText(text).waitFor();
  const all = ['With a network.', ...texts];
  assert.deepEqual(await counts(chat.log, all), [1, 1, 1]);
  assert.deepEqual(await counts(pane(agent).log, all), [1, 1, 1]);

  // Nothing of it is left behind.
  await visitor.reload();
  await chat.log.getByText('Nor now.').waitFor();
  assert.equal(await sending(chat).count(), 0);
  await visitor.context().close();
});

test('a message that was stored while the page could not hear of it is not sent twice', async () => {
  const { visitor, chat } = await asking(browser, shop);
  const line = await wire(visitor.context());
  await visitor.reload();
  await turnTo(chat);
  line.deaf = true;
  await write(chat, 'Did you get this?');
  await pane(agent).log.getByText('Did you get this?').waitFor();
  assert.equal(await sending(chat).count(), 1, 'as far as the page knows');
  line.deaf = false;
  await visitor.reload();
  await stored(chat);
  assert.deepEqual(await counts(chat.log, ['Did you get this?']), [1]);
  assert.deepEqual(await counts(pane(agent).log, ['Did you get this?']), [1]);
  await visitor.context().close();
});

test('what was refused says so, and can be tried again or given up', async () => {
  const { visitor, chat } = await asking(browser, shop);
  const line = await wire(visitor.context());
  await visitor.reload();
  await turnTo(chat);
  line.answer = (frame) => frame.t === 'send' && { t: 'error', code: 'conflicting_retry', id: frame.id };
  await write(chat, 'Once more.');
  await chat.log.getByText('Not sent: please write it again.').waitFor();
  await write(chat, 'Never mind.');
  await chat.panel.getByRole('button', { name: 'Discard' }).nth(1).waitFor();
  await shoot(visitor, 'widget-failed');
  await chat.panel.getByRole('button', { name: 'Discard' }).nth(1).click();
  line.answer = () => null;
  await chat.panel.getByRole('button', { name: 'Try again' }).click();
  await pane(agent).log.getByText('Once more.').waitFor();
  await chat.panel.getByRole('button', { name: 'Try again' }).waitFor({ state: 'detached' });
  await visitor.reload();
  await chat.log.getByText('Once more.').waitFor();
  assert.deepEqual(await counts(chat.log, ['Once more.', 'Never mind.']), [1, 0]);
  await visitor.context().close();
});

test('several tabs are one visitor, and none writes over the other', async () => {
  const first = await openPage(browser);
  const line = await wire(first.context());
  const second = await first.context().newPage();
  // Both are there before either opens the chat.
  for (const tab of [first, second]) await tab.goto(shop.url);
  const [one, two] = [first, second].map(widget);
  await one.open();
  await one.say('From the first tab.');
  await stored(one);
  await two.open();
  await two.log.getByText('From the first tab.').waitFor();
  await two.say('From the second tab.');
  await one.log.getByText('From the second tab.').waitFor();
  await stored(two);

  // Both write without a network, and are left.
  await line.cut();
  for (const [chat, text] of [[one, 'First, offline.'], [two, 'Second, offline.']]) {
    await chat.panel.getByText('Reconnecting…').waitFor();
    await write(chat, text);
    await sending(chat).waitFor();
  }
  await first.close();
  await second.close();
  await line.heal();
  const third = await line.context.newPage();
  await third.goto(shop.url);
  const chat = widget(third);
  const texts = ['From the first tab.', 'From the second tab.', 'First, offline.', 'Second, offline.'];
  for (const text of texts) await chat.log.getByText(text).waitFor();
  await until('all are sent', async () => (await sending(chat).count()) === 0);
  assert.deepEqual(await counts(chat.log, texts), [1, 1, 1, 1]);
  await third.context().close();
});

test('whoever is forgotten leaves nothing behind for the next visitor', async () => {
  const { visitor, chat } = await asking(browser, shop);
  const line = await wire(visitor.context());
  await visitor.reload();
  await chat.draft.waitFor();
  await line.cut();
  await chat.panel.getByText('Reconnecting…').waitFor();
  await write(chat, 'For my eyes only.');
  await sending(chat).waitFor();
  await visitor.evaluate(() => window.Beckon('shutdown'));
  await chat.panel.waitFor({ state: 'detached' });
  await line.heal();
  await visitor.goto(shop.url);
  await chat.open();
  await chat.draft.waitFor();
  await chat.say('Somebody else.');
  assert.deepEqual(await counts(chat.log, ['For my eyes only.', 'Somebody else.']), [0, 1]);
  await visitor.context().close();
});

test('what an older version kept is sent, and kept as everything else from then on', async () => {
  const { visitor, chat } = await asking(browser, shop);
  const line = await wire(visitor.context());
  await chat.say('New.');
  await stored(chat);
  await visitor.evaluate(() => {
    const [name] = Object.keys(localStorage);
    const outbox = [{ id: 'cm_00000000000000000001', body: 'Old.' }];
    localStorage.setItem(name, JSON.stringify({ ...JSON.parse(localStorage.getItem(name)), outbox }));
  });
  await line.cut();
  await visitor.reload();
  await sending(chat).waitFor();
  await line.heal();
  await stored(chat);
  assert.deepEqual(await counts(chat.log, ['Old.', 'New.']), [1, 1]);
  assert.equal(await visitor.evaluate(() => JSON.stringify(localStorage).includes('Old.')), false);
  await visitor.context().close();
});

test('storage that is forbidden, or stuck, holds up nothing', async () => {
  for (const spoil of [
    () => Object.defineProperty(window, 'indexedDB', { get: () => { throw new DOMException('no', 'SecurityError'); } }),
    () => { IDBFactory.prototype.open = () => ({}); },
  ]) {
    const visitor = await openPage(browser);
    await visitor.addInitScript(spoil);
    await visitor.goto(shop.url);
    const chat = widget(visitor);
    await chat.open();
    await chat.say('It works all the same.');
    await stored(chat);
    await visitor.reload();
    await chat.log.getByText('It works all the same.').waitFor();
    assert.deepEqual(visitor.troubles, []);
    await visitor.context().close();
  }
});
