// An agent's browser is killed in the middle of a chat.
import { after, before, test } from 'node:test';
import { member, openBrowser, openPage, openShop, pane, shoot, signIn, widget } from './stage.mjs';

let browser, doomed, shop;
before(async () => {
  [browser, doomed, shop] = await Promise.all([openBrowser(), openBrowser(), openShop()]);
});
after(async () => {
  await Promise.allSettled([browser?.close(), doomed?.close()]);
  await shop?.close();
});

test('the others see it, the visitor is told and stands first in line again', async () => {
  const { ade, mia } = shop.tenant;
  const agent = await signIn(doomed, ade);
  const other = await signIn(browser, mia);
  const visitor = await openPage(browser);
  await visitor.goto(shop.url);
  const chat = widget(visitor);
  await chat.open();
  await chat.human.click();
  await agent.getByRole('button', { name: /^Pick up/ }).first().click();
  await chat.log.getByText('Ade has joined').waitFor();
  await member(other, ade).getByText('Available').waitFor();

  // No goodbye: the session ends with the process.
  const cdp = await doomed.newBrowserCDPSession();
  cdp.send('Browser.crash').catch(() => {});

  await member(other, ade).getByText('Offline').waitFor();
  await chat.log.getByText('Ade lost connection; you are first in line again').waitFor();
  const row = other.getByRole('listitem').filter({ hasText: 'Returned to queue' });
  await row.waitFor();
  await shoot(other, 'dashboard-returned');
  await shoot(visitor, 'widget-agent-lost');
  await row.getByRole('button', { name: /^Pick up/ }).click();
  await chat.log.getByText('Mia has joined').waitFor();
  await pane(other).say('I take over from here.');
  await chat.log.getByText('I take over from here.').waitFor();
});
