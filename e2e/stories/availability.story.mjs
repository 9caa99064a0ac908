// The visitor sees whether somebody can answer: on the closed widget, and live in the open one.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { member, openBrowser, openPage, openShop, shoot, signIn, until, widget } from './stage.mjs';

let browser, shop;
before(async () => {
  browser = await openBrowser();
  shop = await openShop();
});
after(async () => {
  await browser?.close();
  await shop?.close();
});

/** A visitor's page that keeps what the owner's script hears. */
async function openVisitor() {
  const page = await openPage(browser);
  await page.addInitScript(() => {
    window.heard = [];
    window.Beckon = Object.assign((...args) => window.Beckon.q.push(args), { q: [] });
    window.Beckon('on', 'availability', ({ open }) => window.heard.push(open));
  });
  await page.goto(shop.url);
  return page;
}

const heard = (page) => page.evaluate(() => window.heard);

/** Whether the launcher shows its dot, to those who see. */
const dot = (page) =>
  page.locator('beckon-chat .launcher').evaluate((launcher) => !['none', 'normal'].includes(getComputedStyle(launcher, '::after').content));

const launcher = (page, name) => page.getByRole('button', { name, exact: true });

test('the closed widget says whether somebody is here, and keeps nothing for it', async () => {
  const visitor = await openVisitor();
  const asked = [];
  visitor.on('request', (request) => request.url().includes('/v1/') && asked.push(request));
  await launcher(visitor, 'Chat: leave us a message').waitFor();
  assert.deepEqual([await dot(visitor), await heard(visitor)], [false, [false]]);

  // The answer may be a few seconds old.
  const agent = await signIn(browser, shop.tenant.ade);
  await until('the closed widget shows the dot', async () => {
    asked.length = 0;
    await visitor.reload({ waitUntil: 'load' });
    await until('the page has heard', async () => (await heard(visitor)).length > 0);
    return (await heard(visitor))[0];
  });
  await launcher(visitor, 'Chat: we are here').waitFor();
  assert.equal(await dot(visitor), true);
  await shoot(visitor, 'widget-closed-here');
  assert.deepEqual(asked.map((request) => new URL(request.url()).pathname), ['/v1/widget/availability'], 'once per page view');
  assert.equal((await asked[0].allHeaders()).cookie, undefined);
  assert.deepEqual(await visitor.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]), [0, 0, '']);
  assert.deepEqual(visitor.troubles, []);
  await visitor.context().close();
  await agent.context().close();
});

test('the open widget turns from form to chat and back as agents come and go, and keeps what was typed', async () => {
  const visitor = await openVisitor();
  const chat = widget(visitor);
  await chat.open();
  // The agent of the story before may still be within the grace: then the form comes as it ends.
  await chat.panel.getByText('We are away right now').waitFor();
  await chat.email.waitFor();
  assert.equal(await chat.human.isVisible(), false);
  await chat.email.fill('vera@mail.example');
  await chat.message.fill('Is the Heron');
  await shoot(visitor, 'widget-away');

  // Somebody comes: the same page, the same words, and the keyboard goes on where it was.
  const ade = await signIn(browser, shop.tenant.ade);
  await chat.panel.getByText('We are here').waitFor();
  await chat.human.waitFor();
  assert.equal(await chat.email.isVisible(), false);
  await visitor.keyboard.type(' back');
  assert.equal(await chat.draft.inputValue(), 'Is the Heron back');
  await shoot(visitor, 'widget-here');

  // One of two goes: nothing changes. The last one goes: the form is back.
  const mia = await signIn(browser, shop.tenant.mia);
  await ade.context().close();
  await member(mia, shop.tenant.ade).getByText('Offline').waitFor();
  assert.equal(await chat.draft.isVisible(), true);
  await mia.context().close();
  await chat.email.waitFor();
  await chat.panel.getByText('We are away right now').waitFor();
  await visitor.keyboard.type(' in oak?');
  assert.equal(await chat.message.inputValue(), 'Is the Heron back in oak?');
  assert.equal(await chat.email.inputValue(), 'vera@mail.example');

  assert.deepEqual((await heard(visitor)).slice(-3), [false, true, false]);
  assert.deepEqual(visitor.troubles, []);
  await visitor.context().close();
});

test('who talks to an agent goes on talking when the desk closes', async () => {
  const agent = await signIn(browser, shop.tenant.ade);
  const visitor = await openVisitor();
  const chat = widget(visitor);
  await chat.open();
  await chat.human.click();
  await agent.getByRole('button', { name: /^Pick up/ }).first().click();
  await chat.panel.getByText('You are talking to Ade').waitFor();
  // Away takes no new conversations, and keeps the one there is.
  await agent.getByRole('button', { name: /Available/ }).click();
  await agent.getByRole('menuitemradio', { name: /Away/ }).click();
  await until('the desk is closed', async () => (await heard(visitor)).at(-1) === false);
  assert.equal(await chat.draft.isVisible(), true);
  await chat.panel.getByText('You are talking to Ade').waitFor();
  await chat.say('Still there?');
  await visitor.context().close();
  await agent.context().close();
});
