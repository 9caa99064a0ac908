// The visitor's side of a long conversation, of receipts, and of what was taken away.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { asking, openBrowser, openShop, pane, pick, shoot, signIn, until, widget } from './stage.mjs';
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

/** The agent turns to the chat that waits. */
async function turnTo(chat) {
  await agent.getByRole('tab', { name: /^Pending/ }).click();
  await pick(agent, chat);
}

const MANY = 180;

/** Sends so many messages as the agent of the page, as fast as the server lets. */
function sendMany(page, many) {
  return page.evaluate(async (many) => {
    const conversation = location.pathname.split('/').at(-1);
    for (let n = 1; n <= many; n += 1) {
      const body = JSON.stringify({ id: `cm_${String(n).padStart(20, '0')}`, body: `Message ${n}, and some words.` });
      const headers = { 'content-type': 'application/json' };
      const reply = await fetch(`/v1/conversations/${conversation}/messages`, { method: 'POST', headers, body });
      if (reply.status === 429) {
        const { retry_after_ms: pause } = await reply.json();
        await new Promise((later) => setTimeout(later, pause));
        n -= 1;
      } else if (!reply.ok) throw new Error(`${reply.status} ${await reply.text()}`);
    }
  }, many);
}

const words = (n) => `Message ${n}, and some words.`;
const message = (chat, n) => chat.log.getByText(words(n), { exact: true });

/**
 * How far below the upper edge of the log a message stands, once nothing moves any more. Looked up when it is measured: the
 * first of a page is built anew when another page comes before it.
 */
const top = (chat, n) => chat.log.evaluate(async (log, text) => {
  const moving = log.getRootNode().getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime < Infinity);
  await Promise.all(moving.map((animation) => animation.finished.catch(() => {})));
  const bubble = [...log.querySelectorAll('.row > *')].find((node) => node.textContent.startsWith(text));
  return bubble.getBoundingClientRect().top - log.getBoundingClientRect().top;
}, words(n));

test('of a long conversation the end comes first; earlier messages come on demand, and the reader stays where they are', async () => {
  const { visitor, chat } = await asking(browser, shop);
  const line = await wire(visitor.context());
  await turnTo(chat);
  await sendMany(agent, MANY);
  await visitor.reload();
  await message(chat, MANY).waitFor();
  const shown = () => chat.log.getByText(/^Message \d+, and/).count();
  assert.equal(await shown(), 50);
  const first = MANY - 49;
  const earlier = chat.panel.getByRole('button', { name: 'Load earlier messages' });

  // By scrolling up.
  await chat.log.evaluate((log) => { log.scrollTop = 60; });
  const before = await top(chat, first);
  await message(chat, first - 50).waitFor();
  assert.ok(Math.abs((await top(chat, first)) - before) < 3, 'it stands where it stood');
  assert.equal(await shown(), 100);

  // Something new moves nobody who reads above.
  await pane(agent).say('Something new.');
  await chat.log.getByText('Something new.').waitFor();
  assert.ok(Math.abs((await top(chat, first)) - before) < 3, 'it still does');

  // A page that does not come says so.
  await visitor.route('**/messages?before=*', (route) => route.abort(), { times: 1 });
  await earlier.evaluate((button) => button.focus());
  await visitor.keyboard.press('Enter');
  const again = chat.panel.getByRole('button', { name: 'Not loaded. Try again' });
  await again.waitFor();
  await shoot(visitor, 'widget-not-loaded');
  await again.click();
  await message(chat, first - 51).waitFor();

  // To the very beginning.
  await until('everything is there', async () => {
    if (await earlier.isVisible()) await earlier.evaluate((button) => button.click());
    return message(chat, 1).isVisible().then((there) => there && earlier.isHidden());
  });
  assert.equal(await shown(), MANY);
  const numbers = await chat.log.getByText(/^Message \d+, and/).allInnerTexts();
  assert.deepEqual(numbers.map((text) => Number(/\d+/.exec(text)[0])), Array.from({ length: MANY }, (_, at) => at + 1));
  assert.deepEqual(await counts(chat.log, ['An agent will be with you shortly…']), [1]);

  // Asked for while the network is gone, it comes when it is back.
  await visitor.reload();
  await message(chat, MANY).waitFor();
  await line.cut();
  await chat.panel.getByText('Reconnecting…').waitFor();
  await earlier.evaluate((button) => button.click());
  await again.waitFor();
  await line.heal();
  await again.click();
  await message(chat, first - 1).waitFor();
  await visitor.context().close();
});

test('a message is sent, delivered and seen, and what was read in one tab is read in all', async () => {
  const { visitor, chat } = await asking(browser, shop);
  await chat.say('Is anybody there?');
  await chat.log.getByText('Sent', { exact: true }).waitFor();
  await turnTo(chat);
  await chat.log.getByText('Seen', { exact: true }).waitFor();
  await chat.log.getByRole('img', { name: 'Seen' }).waitFor();
  await shoot(visitor, 'widget-seen');

  // Another tab with its panel closed counts what it has not shown, until the first tab has.
  const other = await visitor.context().newPage();
  await other.goto(shop.url);
  const there = widget(other);
  await there.panel.waitFor();
  await there.panel.getByRole('button', { name: 'Close chat' }).click();
  await chat.panel.getByRole('button', { name: 'Close chat' }).click();
  await pane(agent).say('Yes, here I am.');
  for (const page of [visitor, other]) await page.getByRole('button', { name: 'Chat, 1 unread' }).waitFor();
  await chat.open();
  await other.getByRole('button', { name: /^Chat(?!.*unread)/ }).last().waitFor();
  await visitor.context().close();
});

test('what an agent takes away is gone, also for who comes later', async () => {
  const { visitor, chat } = await asking(browser, shop);
  await turnTo(chat);
  await chat.say('My number is 4711.');
  await pane(agent).say('And mine is 0815.');
  const status = await agent.evaluate(async () => {
    const address = `/v1/conversations/${location.pathname.split('/').at(-1)}`;
    const { messages } = await (await fetch(`${address}/messages`)).json();
    const { seq } = messages.find((message) => message.body?.includes('4711'));
    const headers = { 'content-type': 'application/json' };
    return (await fetch(`${address}/redactions`, { method: 'POST', headers, body: JSON.stringify({ seq }) })).status;
  });
  assert.equal(status, 204);
  await chat.log.getByText('Ade removed a message').waitFor();
  await chat.log.getByText('Message removed', { exact: true }).waitFor();
  await shoot(visitor, 'widget-removed');
  await visitor.reload();
  await chat.log.getByText('And mine is 0815.').waitFor();
  assert.deepEqual(await counts(chat.log, ['4711', '0815', 'Message removed', 'Ade removed a message']), [0, 1, 1, 1]);
  await visitor.context().close();
});
