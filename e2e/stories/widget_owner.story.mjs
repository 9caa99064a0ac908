// What the owner's own script asks of the chat.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, openPage, openShop, signIn, widget } from './stage.mjs';

let browser, shop;
before(async () => {
  browser = await openBrowser();
  shop = await openShop();
  await signIn(browser, shop.tenant.ade);
});
after(async () => {
  await browser?.close();
  await shop?.close();
});

test('a page that wants the chat closed has it closed, though the visitor left it open on the one before', async () => {
  const visitor = await openPage(browser);
  await visitor.goto(shop.url);
  const chat = widget(visitor);
  await chat.open();
  await chat.say('Do you ship to Iceland?');
  // Before the loader has come, as in a shop's checkout.
  await visitor.addInitScript(() => {
    const stub = (...call) => stub.q.push(call);
    stub.q = [];
    window.Beckon = stub;
    window.told = [];
    for (const event of ['ready', 'open', 'close']) stub('on', event, () => window.told.push(event));
    stub('close');
  });
  await visitor.reload();
  await visitor.waitForFunction(() => window.told.includes('ready'));
  assert.equal(await chat.panel.isVisible(), false);
  assert.deepEqual(await visitor.evaluate(() => window.told), ['ready'], 'nor was it open in between');
  assert.equal(await chat.launcher.getAttribute('aria-expanded'), 'false');

  // It is closed, not gone: what was said is there.
  await chat.open();
  await chat.log.getByText('Do you ship to Iceland?').waitFor();
  assert.deepEqual(visitor.troubles, []);
  await visitor.context().close();
});
