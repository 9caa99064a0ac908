// Nobody is there; then somebody comes.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, openPage, openShop, shoot, signIn, widget } from './stage.mjs';

let browser, shop;
before(async () => {
  browser = await openBrowser();
  shop = await openShop();
});
after(async () => {
  await browser?.close();
  await shop?.close();
});

test('a visitor leaves an address, and the open widget turns into a chat when an agent signs in', async () => {
  const visitor = await openPage(browser);
  await visitor.goto(shop.url);
  const chat = widget(visitor);
  await chat.open();
  const { email } = chat;
  await email.waitFor();
  await shoot(visitor, 'widget-form');

  // What is wrong is said beside the field.
  await email.fill('vera');
  await chat.panel.getByRole('button', { name: 'Send message' }).click();
  await chat.panel.getByText(/Please enter an e-mail address/).waitFor();
  assert.equal(await email.getAttribute('aria-invalid'), 'true');
  await shoot(visitor, 'widget-form-wrong');

  await email.fill('vera@mail.example');
  await chat.panel.getByLabel('Name (optional)').fill('Vera');
  await chat.message.fill('Is the Heron back in oak?');
  await chat.panel.getByRole('button', { name: 'Send message' }).click();
  await chat.panel.getByText('Thank you, your message is saved').waitFor();
  await shoot(visitor, 'widget-form-sent');

  // An agent comes: the request stands in the history, and the widget offers a chat again by itself.
  const agent = await signIn(browser, shop.tenant.ade);
  await chat.human.waitFor();
  await agent.getByRole('tab', { name: /^History/ }).click();
  const row = agent.getByRole('listitem').filter({ hasText: 'After hours' });
  await row.waitFor();
  assert.match(await row.innerText(), /Vera/);
  await row.getByRole('link').first().click();
  await agent.getByText('Is the Heron back in oak?').last().waitFor();
  await agent.getByRole('link', { name: /Reply by e-mail/ }).waitFor();
  await shoot(agent, 'dashboard-after-hours');

  await chat.human.click();
  await agent.getByRole('tab', { name: /^Pending/ }).click();
  await agent.getByRole('button', { name: /^Pick up/ }).first().click();
  await chat.log.getByText('Ade has joined').waitFor();
  await visitor.context().close();
  await agent.context().close();
});
