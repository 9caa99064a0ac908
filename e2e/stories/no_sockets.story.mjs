// A network that lets no WebSocket through, and then does.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, openPage, openShop, pane, signIn, until, widget } from './stage.mjs';

let browser, shop;
before(async () => {
  browser = await openBrowser();
  shop = await openShop();
});
after(async () => {
  await browser?.close();
  await shop?.close();
});

/** Talks both ways; the visitor waits in the queue. */
async function talk(agent, chat) {
  await agent.getByRole('button', { name: /^Pick up/ }).first().click();
  await chat.log.getByText('Ade has joined').waitFor();
  await chat.say('Can you read me?');
  await pane(agent).log.getByText('Can you read me?').waitFor();
  await pane(agent).say('Loud and clear.');
  await chat.log.getByText('Loud and clear.').waitFor();
}

test('the switch of the playground: the same chat by polling', async () => {
  const agent = await signIn(browser, shop.tenant.ade);
  const visitor = await openPage(browser);
  const polls = [];
  const sockets = [];
  visitor.on('request', (request) => request.url().includes('/events') && polls.push(request.url()));
  visitor.on('websocket', (socket) => sockets.push(socket.url()));
  await visitor.goto(`${shop.url}/playground.html`);
  await visitor.getByRole('switch', { name: 'Block WebSockets' }).check();
  await visitor.waitForLoadState();
  const chat = widget(visitor);
  await chat.open();
  await chat.human.click();
  await talk(agent, chat);
  assert.deepEqual(sockets, []);
  assert.ok(polls.length >= 2, `${polls.length} polls`);
  await visitor.context().close();
  await agent.context().close();
});

test('when sockets are let through again, the chat climbs back by itself', async () => {
  const agent = await signIn(browser, shop.tenant.ade);
  const visitor = await openPage(browser);
  let blocked = true;
  let live = 0;
  await visitor.routeWebSocket(/\/v1\/conversations\//, (socket) => {
    if (blocked) return socket.close({ code: 1011 });
    const server = socket.connectToServer();
    server.onMessage((message) => {
      live += 1;
      socket.send(message);
    });
  });
  await visitor.goto(shop.url);
  const chat = widget(visitor);
  await chat.open();
  await chat.human.click();
  await talk(agent, chat);
  assert.equal(live, 0);
  blocked = false;
  await until('frames come over a socket', async () => live > 0);
  const before = live;
  await pane(agent).say('And now over a socket.');
  await chat.log.getByText('And now over a socket.').waitFor();
  assert.ok(live > before, 'the message came over the socket');
  const text = await chat.log.innerText();
  for (const part of ['Can you read me?', 'Loud and clear.', 'And now over a socket.']) {
    assert.equal(text.split(part).length, 2, `${part} stands there once: ${text}`);
  }
  await visitor.context().close();
  await agent.context().close();
});
