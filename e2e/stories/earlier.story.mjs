// A long conversation: its end first, the rest on demand, and the reader's place stays.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { asking, openBrowser, openShop, pane, pick, shoot, signIn, until } from './stage.mjs';

let browser, shop;
before(async () => {
  browser = await openBrowser();
  shop = await openShop();
});
after(async () => {
  await browser?.close();
  await shop?.close();
});

/** Two pages; what was told before them is on a third. */
const MANY = 100;

/** Sends so many messages as the page's agent, one after the other, as fast as the server lets. */
function sendMany(page, many) {
  return page.evaluate(async (many) => {
    const conversation = location.pathname.split('/').at(-1);
    const id = (n) => `cm_${String(n).padStart(20, '0')}`;
    for (let n = 1; n <= many; n += 1) {
      const body = JSON.stringify({ id: id(n), body: `Message number ${n}.` });
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

/** Where a message stands on the screen. */
const place = (log, n) => log.getByText(`Message number ${n}.`, { exact: true }).evaluate((node) => node.getBoundingClientRect().top);

test('the last messages come first, earlier ones by scrolling and by the button, and the reader’s place stays', async () => {
  const agent = await signIn(browser, shop.tenant.ade);
  const { visitor, chat } = await asking(browser, shop);
  await pick(agent, chat);
  await sendMany(agent, MANY);
  await agent.reload();
  const { log } = pane(agent);
  await log.getByText(`Message number ${MANY}.`).waitFor();
  assert.equal(await log.getByText(/^Message number/).count(), 50);
  const button = log.getByRole('button', { name: 'Load earlier messages' });

  // By scrolling to the top.
  const first = MANY - 49;
  await log.evaluate((node) => {
    node.scrollTop = 20;
  });
  const before = await place(log, first);
  await log.getByText(`Message number ${first - 1}.`, { exact: true }).waitFor();
  await until('the first message stands where it stood', async () => Math.abs((await place(log, first)) - before) < 3);
  assert.equal(await log.getByText(/^Message number/).count(), 100);

  // A message that comes meanwhile moves nothing, and is told of.
  await log.evaluate((node) => {
    node.scrollTop = 400;
  });
  const held = await log.evaluate((node) => node.scrollTop);
  await chat.say('Still there?');
  await agent.getByRole('button', { name: 'New messages' }).waitFor();
  assert.equal(await log.evaluate((node) => node.scrollTop), held);

  // The button does the same; after a failure it tries again.
  let broken = true;
  await agent.route('**/messages?before=*', (route) => (broken ? route.fulfill({ status: 503, body: '' }) : route.continue()));
  await button.click();
  await log.getByText('Earlier messages could not be loaded.').waitFor();
  await shoot(agent, 'dashboard-earlier-failed');
  broken = false;
  await log.getByRole('button', { name: 'Try again' }).click();
  await log.getByText('The visitor asked for a human').waitFor();
  await button.waitFor({ state: 'detached' });
  assert.equal(await log.getByText(/^Message number/).count(), MANY);
  const numbers = (await log.innerText()).match(/(?<=Message number )\d+/g).map(Number);
  assert.deepEqual(numbers, Array.from({ length: MANY }, (_, n) => n + 1), 'none is missing, none is there twice');
  await visitor.context().close();
  await agent.context().close();
});
