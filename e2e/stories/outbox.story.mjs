// What an agent has written is sent once, whatever happens to the network and to the page.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { asking, image, openBrowser, openShop, pane, pick, signIn, until } from './stage.mjs';

let browser, shop;
before(async () => {
  browser = await openBrowser();
  shop = await openShop();
});
after(async () => {
  await browser?.close();
  await shop?.close();
});

/** A network whose way to rooms can be cut, before the page is loaded; pages and the desk stay within reach. */
async function cuttable(page) {
  const network = { cut: false, sockets: new Set() };
  await page.context().route('**/v1/conversations/**', (route) => (network.cut ? route.abort() : route.continue()));
  await page.context().routeWebSocket(/\/v1\/conversations\//, (socket) => {
    if (network.cut) return socket.close({ code: 1011 });
    network.sockets.add(socket).add(socket.connectToServer());
  });
  network.set = async (cut) => {
    network.cut = cut;
    if (cut) await Promise.all([...network.sockets].map((socket) => socket.close({ code: 1011 })));
    network.sockets.clear();
  };
  return network;
}

/** An agent with a chat, and a network that can be cut. */
async function talking() {
  const agent = await signIn(browser, shop.tenant.ade);
  const network = await cuttable(agent);
  await agent.reload();
  await agent.getByRole('button', { name: /Available/ }).waitFor();
  const { visitor, chat } = await asking(browser, shop);
  await pick(agent, chat);
  await pane(agent).say('Hello!');
  await chat.log.getByText('Hello!').waitFor();
  return { visitor, chat, agent, network };
}

async function write(page, text) {
  await page.getByRole('textbox', { name: 'Message' }).fill(text);
  await page.getByRole('textbox', { name: 'Message' }).press('Enter');
  await pane(page).log.getByText(text).waitFor();
}

/** Each stands there once, in this order. */
async function stands(log, texts) {
  const all = await log.innerText();
  const places = texts.map((text) => all.indexOf(text));
  assert.ok(places.every((place, at) => place >= 0 && (at === 0 || place > places[at - 1])), all);
  for (const text of texts) assert.equal(all.split(text).length, 2, `${text} stands there once: ${all}`);
}

test('what is written without a network survives a reload and goes out once, in order', async () => {
  const { visitor, chat, agent, network } = await talking();
  await network.set(true);
  await agent.getByText('Reconnecting to this chat…').waitFor();
  await write(agent, 'Written in a tunnel.');
  await write(agent, 'And this as well.');
  await pane(agent).log.getByText('Sending…').waitFor();
  await agent.locator('.composer input[type=file]').setInputFiles([image('tunnel.png')]);
  await agent.getByRole('button', { name: 'Send', exact: true }).click();
  await pane(agent).log.getByText('tunnel.png').waitFor();
  await agent.reload();
  for (const text of ['Written in a tunnel.', 'And this as well.', 'tunnel.png']) await pane(agent).log.getByText(text).waitFor();
  await pane(agent).log.getByRole('img', { name: 'Sending…' }).nth(2).waitFor();
  assert.equal(await chat.log.getByText('Written in a tunnel.').count(), 0);
  await network.set(false);
  const texts = ['Hello!', 'Written in a tunnel.', 'And this as well.'];
  for (const text of texts) await chat.log.getByText(text).waitFor();
  await chat.log.getByRole('img', { name: 'tunnel.png' }).waitFor();
  await pane(agent).log.getByRole('img', { name: 'tunnel.png' }).waitFor();
  await pane(agent).log.getByText('Seen', { exact: true }).waitFor();
  await stands(chat.log, texts);
  await stands(pane(agent).log, texts);
  // Nothing is left that could be sent again.
  await agent.reload();
  await pane(agent).log.getByText('Seen', { exact: true }).waitFor();
  await stands(chat.log, texts);
  for (const log of [chat.log, pane(agent).log]) assert.equal(await log.getByRole('img', { name: 'tunnel.png' }).count(), 1);
  await visitor.context().close();
  await agent.context().close();
});

test('what waits goes out though its chat is not opened again', async () => {
  const { visitor, chat, agent, network } = await talking();
  await network.set(true);
  await write(agent, 'On my way out.');
  await pane(agent).log.getByText('Sending…').waitFor();
  await agent.goto(new URL('/team', agent.url()).href);
  await agent.getByRole('heading', { name: 'Team', level: 1 }).waitFor();
  await network.set(false);
  await chat.log.getByText('On my way out.').waitFor();
  await stands(chat.log, ['Hello!', 'On my way out.']);
  assert.equal(await agent.getByText(/was not sent/).count(), 0);
  await visitor.context().close();
  await agent.context().close();
});

test('what can no longer be sent is told, wherever the agent is, until they have dealt with it', async () => {
  const { visitor, chat, agent, network } = await talking();
  const address = new URL(agent.url()).pathname;
  await network.set(true);
  await write(agent, 'I will look after you.');
  await pane(agent).log.getByText('Sending…').waitFor();
  await agent.goto(new URL('/team', agent.url()).href);
  await agent.getByRole('heading', { name: 'Team', level: 1 }).waitFor();
  // Meanwhile an admin takes the chat.
  const admin = await signIn(browser, shop.tenant.nora);
  await admin.goto(new URL(address.replace('/active/', '/all/'), admin.url()).href);
  await admin.getByRole('button', { name: 'Take over' }).first().click();
  await chat.log.getByText('Nora has joined').waitFor();
  await network.set(false);
  const told = agent.getByRole('alert').filter({ hasText: 'Your message was not sent: This chat is no longer yours.' });
  await told.getByText('“I will look after you.”').waitFor();
  await agent.reload();
  await told.waitFor();
  await told.getByRole('link', { name: 'Open chat' }).click();
  await pane(agent).log.getByText('Your message was not sent: This chat is no longer yours.').waitFor();
  await pane(agent).log.getByRole('button', { name: 'Discard' }).click();
  await pane(agent).log.getByText('I will look after you.').waitFor({ state: 'detached' });
  await agent.reload();
  await pane(agent).log.getByText('Nora joined').waitFor();
  await until('the room has said all', () => pane(agent).log.evaluate((log) => log.ariaBusy === 'false'));
  assert.equal(await agent.getByText('I will look after you.').count(), 0);
  assert.equal(await chat.log.getByText('I will look after you.').count(), 0);
  await admin.context().close();
  await visitor.context().close();
  await agent.context().close();
});
