// What a message said can be taken away: for everybody, for ever, and on the record.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { asking, openBrowser, openShop, pane, pick, shoot, signIn } from './stage.mjs';

let browser, shop;
before(async () => {
  browser = await openBrowser();
  shop = await openShop();
});
after(async () => {
  await browser?.close();
  await shop?.close();
});

/** Removes a message by its button, which shows itself when the message is pointed at. */
async function remove(page, text) {
  const message = pane(page).message(text);
  await message.hover();
  await message.getByRole('button', { name: 'Remove message…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Remove this message?' });
  await dialog.getByText(/for ever.*recorded/).waitFor();
  await dialog.getByRole('button', { name: 'Remove message', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}

test('the owner removes a visitor’s message, an admin one of the owner’s, and nobody finds them again', async () => {
  const { ade, mia, nora } = shop.tenant;
  const agent = await signIn(browser, ade);
  const { visitor, chat } = await asking(browser, shop);
  await pick(agent, chat);
  await chat.say('My card number is 4111 1111.');
  await pane(agent).log.getByText('4111').waitFor();
  await pane(agent).say('My password is swordfish.');
  await chat.log.getByText('swordfish').waitFor();

  // Whoever neither owns the chat nor runs the workspace can read along, and that is all.
  const address = new URL(agent.url()).pathname.replace('/active/', '/all/');
  const colleague = await signIn(browser, mia);
  await colleague.goto(new URL(address, colleague.url()).href);
  await pane(colleague).log.getByText('4111').waitFor();
  assert.equal(await colleague.getByRole('button', { name: 'Remove message…' }).count(), 0);

  await remove(agent, '4111');
  for (const log of [pane(agent).log, pane(colleague).log, chat.log]) {
    await log.getByText('Message removed').waitFor();
    await log.getByText('Ade removed a message').waitFor();
    assert.equal(await log.getByText('4111').count(), 0);
  }

  // An admin who only watches may do it, too.
  const admin = await signIn(browser, nora);
  await admin.goto(new URL(address, admin.url()).href);
  await pane(admin).log.getByText('swordfish').waitFor();
  await remove(admin, 'swordfish');
  await chat.log.getByText('Nora removed a message').waitFor();
  await pane(agent).log.getByText('Nora removed a message').waitFor();
  await shoot(agent, 'dashboard-redacted');

  // Nobody finds it after a reload either.
  for (const page of [agent, colleague, visitor]) await page.reload();
  await visitor.locator('beckon-chat .launcher').waitFor();
  if (!(await chat.panel.isVisible())) await chat.open();
  for (const log of [pane(agent).log, pane(colleague).log, chat.log]) {
    await log.getByText('Nora removed a message').waitFor();
    assert.equal(await log.getByText('Message removed').count(), 2);
    assert.equal(await log.getByText(/4111|swordfish/).count(), 0);
  }

  // It is on the record, in words.
  await admin.goto(new URL('/settings/audit', admin.url()).href);
  const deed = (who) => admin.getByRole('row').filter({ hasText: who }).filter({ hasText: 'Removed a message from a chat' });
  await deed('Ade').waitFor();
  await deed('Nora').waitFor();
  await shoot(admin, 'dashboard-audit');
  await deed('Ade').getByRole('link', { name: 'Open chat' }).click();
  await pane(admin).log.getByText('Ade removed a message').waitFor();
  assert.deepEqual([agent.troubles, admin.troubles, visitor.troubles], [[], [], []]);
  for (const page of [visitor, agent, colleague, admin]) await page.context().close();
});

test('a message is removed by keyboard alone', async () => {
  const agent = await signIn(browser, shop.tenant.ade);
  const { visitor, chat } = await asking(browser, shop);
  await pick(agent, chat);
  await chat.say('The first.');
  await chat.say('The second.');
  await pane(agent).log.getByText('The second.').waitFor();
  // One step back from the place to write stands the newest message's button; arrows lead to the others.
  await agent.getByRole('textbox', { name: 'Message' }).focus();
  const here = () => agent.evaluate(() => document.activeElement?.closest('.said')?.innerText ?? document.activeElement?.ariaLabel);
  while (!(await here())?.includes('The second.')) await agent.keyboard.press('Shift+Tab');
  await agent.keyboard.press('ArrowUp');
  assert.match(await here(), /The first\./);
  await agent.keyboard.press('Enter');
  const dialog = agent.getByRole('dialog', { name: 'Remove this message?' });
  await dialog.waitFor();
  await agent.keyboard.press('Escape');
  // A closed one is nobody's dialog any more, and still there until the page has heard of it.
  await agent.locator('dialog').waitFor({ state: 'detached' });
  assert.match(await here(), /The first\./, 'the keyboard is where it was');
  await agent.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Remove message', exact: true }).focus();
  await agent.keyboard.press('Enter');
  await chat.log.getByText('Message removed').waitFor();
  await visitor.context().close();
  await agent.context().close();
});
