// A visitor and an agent side by side, from the first look at the page to the history.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, openPage, openShop, pane, shoot, signIn, widget } from './stage.mjs';

let browser, shop;
before(async () => {
  browser = await openBrowser();
  shop = await openShop();
});
after(async () => {
  await browser?.close();
  await shop?.close();
});

test('a page with the widget on it pays one script and one small question, and stores nothing before it is opened', async () => {
  const page = await openPage(browser);
  const requests = [];
  page.on('request', (request) => requests.push(request.url()));
  const sockets = [];
  page.on('websocket', (socket) => sockets.push(socket.url()));
  await page.goto(shop.url, { waitUntil: 'networkidle' });
  await widget(page).launcher.waitFor();
  const ours = requests.filter((url) => !url.startsWith(shop.url));
  assert.deepEqual(ours.map((url) => new URL(url).pathname), ['/beckon.js', '/v1/widget/availability']);
  assert.deepEqual(sockets, []);
  const kept = await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]);
  assert.deepEqual(kept, [0, 0, '']);
  const globals = await page.evaluate(() => {
    const frame = document.body.appendChild(document.createElement('iframe'));
    const names = Object.getOwnPropertyNames(window).filter((name) => !(name in frame.contentWindow) && !/^\d+$/.test(name));
    frame.remove();
    return names;
  });
  assert.deepEqual(globals, ['Beckon']);
  await shoot(page, 'shop');
  await page.context().close();
});

test('a visitor talks to an agent, both reload, a second agent comes too late, and it ends in the history', async () => {
  const { ade, mia } = shop.tenant;
  const agent = await signIn(browser, ade);
  await agent.getByText('Nobody is waiting').first().waitFor();
  await shoot(agent, 'dashboard-empty');

  // The second agent's dashboard will hear nothing more once it is told to be deaf.
  let deaf = false;
  const late = await openPage(browser);
  await late.routeWebSocket(/\/v1\/desk\/socket/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => deaf || socket.send(message));
  });
  await late.goto(new URL('/', agent.url()).href);
  await late.getByLabel('E-mail').fill(mia.email);
  await late.getByLabel('Password', { exact: true }).fill(mia.password);
  await late.getByRole('button', { name: 'Sign in' }).click();
  await late.getByText('Nobody is waiting').first().waitFor();

  // The visitor opens the chat and asks; the button comes by itself.
  const visitor = await openPage(browser);
  await visitor.goto(shop.url);
  const chat = widget(visitor);
  await chat.open();
  assert.equal(await chat.human.isVisible(), false, 'the button waits for its moment');
  await chat.human.waitFor();
  await shoot(visitor, 'widget-open');
  await chat.human.click();
  await chat.panel.getByText('An agent will be with you shortly…').first().waitFor();
  await chat.say('Do you repair lamps that are not yours?');
  await shoot(visitor, 'widget-waiting');

  // It stands in both queues without a reload, with the last message and the page.
  const row = agent.getByRole('listitem').filter({ hasText: 'Do you repair lamps' });
  await row.waitFor();
  assert.match(await row.innerText(), /Fen & Ember/, 'the page the visitor is on');
  await late.getByRole('listitem').filter({ hasText: 'Do you repair lamps' }).waitFor();
  deaf = true;
  await shoot(agent, 'dashboard-pending');
  await row.getByRole('button', { name: /^Pick up/ }).click();
  await chat.log.getByText('Ade has joined').waitFor();
  await agent.waitForURL(/\/active\/cv_/);

  // Who comes too late is told who has it.
  await late.getByRole('button', { name: /^Pick up/ }).first().click();
  await late.getByText(/^Ade picked this up/).waitFor();
  await shoot(late, 'dashboard-too-late');
  await late.context().close();

  // Both write, and see each other write.
  const open = pane(agent);
  await open.log.getByText('Do you repair lamps').waitFor();
  await agent.getByRole('textbox', { name: 'Message' }).pressSequentially('We do!', { delay: 30 });
  await chat.panel.getByRole('img', { name: 'The agent is typing' }).waitFor();
  await agent.getByRole('textbox', { name: 'Message' }).press('Enter');
  await chat.log.getByText('We do!').waitFor();
  await chat.draft.pressSequentially('Wonderful', { delay: 30 });
  await open.log.getByText(/is typing…/).waitFor();
  await chat.draft.press('Enter');
  await open.log.getByText('Wonderful').waitFor();
  await shoot(visitor, 'widget-talking');
  await shoot(agent, 'dashboard-talking');

  // Either page reloads in the middle.
  await visitor.reload();
  await visitor.locator('beckon-chat .launcher').waitFor();
  if (!(await chat.panel.isVisible())) await chat.open();
  for (const text of ['Do you repair lamps', 'We do!', 'Wonderful']) await chat.log.getByText(text).waitFor();
  await open.say('What is wrong with it?');
  await chat.log.getByText('What is wrong with it?').waitFor();
  await agent.reload();
  await open.log.getByText('What is wrong with it?').waitFor();
  await chat.say('It flickers.');
  await open.log.getByText('It flickers.').waitFor();
  await open.say('Bring it in.');
  await chat.log.getByText('Bring it in.').waitFor();
  const order = ['Do you repair lamps', 'We do!', 'Wonderful', 'What is wrong with it?', 'It flickers.', 'Bring it in.'];
  for (const log of [chat.log, open.log]) {
    const text = await log.innerText();
    const places = order.map((part) => text.indexOf(part));
    assert.ok(places.every((place, at) => place >= 0 && (at === 0 || place > places[at - 1])), text);
    for (const part of order) assert.equal(text.split(part).length, 2, `${part} stands there once: ${text}`);
  }

  // It ends, and can begin again.
  await agent.getByRole('button', { name: 'Resolve chat' }).click();
  await chat.log.getByText('The agent has ended this conversation').waitFor();
  await shoot(visitor, 'widget-ended');
  await agent.getByRole('tab', { name: /^History/ }).click();
  const closed = agent.getByRole('listitem').filter({ hasText: 'Resolved' });
  await closed.first().waitFor();
  await shoot(agent, 'dashboard-history');
  await chat.human.click();
  await agent.getByRole('tab', { name: /^Pending/ }).click();
  await agent.getByRole('button', { name: /^Pick up/ }).first().waitFor();

  assert.deepEqual([visitor.troubles, agent.troubles], [[], []]);
  await visitor.context().close();
  await agent.context().close();
});
