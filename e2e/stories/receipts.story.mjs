// Both sides see how far their messages have come, and agents what they have not read.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { asking, openBrowser, openShop, openTab, pane, pick, signIn, until } from './stage.mjs';

let browser, shop;
before(async () => {
  browser = await openBrowser();
  shop = await openShop();
});
after(async () => {
  await browser?.close();
  await shop?.close();
});

/** What stands beside a chat in the list. */
function mark(page, text) {
  return page.getByRole('region', { name: 'Chats' }).getByRole('listitem').getByText(text, { exact: true });
}

test('an agent sees when a visitor has got a message, and when they have read it', async () => {
  const agent = await signIn(browser, shop.tenant.ade);
  const { visitor, chat } = await asking(browser, shop);
  await pick(agent, chat);
  await pane(agent).say('The panel is open.');
  await pane(agent).log.getByText('Seen', { exact: true }).waitFor();

  // With the panel closed the message has come, and nobody has read it.
  await chat.panel.getByRole('button', { name: 'Close chat' }).click();
  await pane(agent).say('The panel is closed.');
  await pane(agent).log.getByText('Delivered', { exact: true }).waitFor();
  assert.equal(await pane(agent).log.getByText('Seen', { exact: true }).count(), 0);
  await chat.open();
  await pane(agent).log.getByText('Seen', { exact: true }).waitFor();
  assert.equal(await pane(agent).log.getByRole('img', { name: 'Seen' }).count(), 2, 'every message has its ticks');
  assert.deepEqual([visitor.troubles, agent.troubles], [[], []]);
  await visitor.context().close();
  await agent.context().close();
});

test('a visitor sees that a message has come though its chat is on nobody’s screen, and that it was read once it is', async () => {
  const agent = await signIn(browser, shop.tenant.ade);
  const { visitor, chat } = await asking(browser, shop);
  await pick(agent, chat);
  const address = agent.url();
  await agent.getByRole('link', { name: 'Team' }).first().click();
  await agent.getByRole('heading', { name: 'Team', level: 1 }).waitFor();
  await chat.say('Is anybody looking?');
  await chat.log.getByText('Delivered', { exact: true }).waitFor();
  await chat.say('I will wait.');
  await chat.log.getByRole('img', { name: 'Delivered' }).nth(1).waitFor();
  assert.equal(await chat.log.getByRole('img', { name: 'Seen' }).count(), 0);

  // Another tab of the agent counts the same, and stops when the first has read it.
  const other = await openTab(agent, '/active');
  await mark(other, '2 unread messages').waitFor();
  await agent.goBack();
  await agent.waitForURL(address);
  await pane(agent).log.getByText('I will wait.').waitFor();
  await chat.log.getByText('Seen', { exact: true }).waitFor();
  await mark(other, '2 unread messages').waitFor({ state: 'detached' });
  await mark(other, 'Needs a reply').waitFor();
  assert.deepEqual([visitor.troubles, agent.troubles, other.troubles], [[], [], []]);
  await visitor.context().close();
  await agent.context().close();
});

test('two tabs of an agent show the same thread, whatever is written in which', async () => {
  const first = await signIn(browser, shop.tenant.ade);
  const { visitor, chat } = await asking(browser, shop);
  await pick(first, chat);
  const second = await openTab(first, new URL(first.url()).pathname);
  await second.getByRole('textbox', { name: 'Message' }).waitFor();
  const said = ['From the first tab.', 'From the second tab.', 'To both of you.', 'And from the first again.'];
  for (const [at, from] of [pane(first), pane(second), chat, pane(first)].entries()) {
    await from.say(said[at]);
    // Whoever writes sees it before it is stored.
    await (from === chat ? pane(first) : chat).log.getByText(said[at]).waitFor();
  }
  const logs = [pane(first).log, pane(second).log, chat.log];
  for (const log of logs) for (const text of said) await log.getByText(text).waitFor();
  await until('all is seen in both', async () => {
    const seen = await Promise.all(logs.slice(0, 2).map((log) => log.getByRole('img', { name: 'Seen' }).count()));
    return seen.every((count) => count === 3);
  });
  for (const log of logs) {
    const text = await log.innerText();
    const places = said.map((part) => text.indexOf(part));
    assert.ok(places.every((place, at) => place >= 0 && (at === 0 || place > places[at - 1])), text);
    for (const part of said) assert.equal(text.split(part).length, 2, `${part} stands there once: ${text}`);
  }
  assert.deepEqual([visitor.troubles, first.troubles, second.troubles], [[], [], []]);
  await visitor.context().close();
  await first.context().close();
});
