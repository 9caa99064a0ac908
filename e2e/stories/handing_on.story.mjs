// Chats change hands: passed on with a word for the next agent, watched and taken over by an admin.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { act, asking, openBrowser, openShop, pane, shoot, signIn, until } from './stage.mjs';

let browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser?.close());

const close = (...pages) => Promise.all(pages.map((page) => page.context().close()));
const NOTE = 'Wants three Herons <b>in oak</b>; has waited for a week.';

// Two at a time: each waits for a server most of its time.
describe('handing on', { concurrency: 2 }, () => {
  test('an agent passes a chat on with a note that only the next agent reads', async (t) => {
    const shop = await openShop();
    t.after(shop.close);
    const { ade, mia } = shop.tenant;
    const [agent, next] = await Promise.all([signIn(browser, ade), signIn(browser, mia)]);
    const { visitor, chat } = await asking(browser, shop);
    const heard = [];
    visitor.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => heard.push(String(payload))));
    await visitor.reload();
    await visitor.locator('beckon-chat .launcher').waitFor();
    if (!(await chat.panel.isVisible())) await chat.open();
    await agent.getByRole('button', { name: /^Pick up/ }).first().click();
    await chat.log.getByText('Ade has joined').waitFor();
    await act(agent, 'Transfer…');
    const dialog = agent.getByRole('dialog', { name: 'Transfer this chat' });
    // Nora is not there, and cannot be chosen.
    assert.equal(await dialog.getByRole('radio', { name: /^Nora/ }).isDisabled(), true);
    await dialog.getByRole('radio', { name: /^Mia/ }).check();
    await dialog.getByLabel('Note for whoever gets it').fill(NOTE);
    await shoot(agent, 'dashboard-transfer');
    await dialog.getByRole('button', { name: 'Transfer', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });

    await chat.log.getByText('You are being handed over to a colleague').waitFor();
    await chat.log.getByText('Mia has joined').waitFor();
    await next.getByRole('tab', { name: /^Active/ }).click();
    await next.getByRole('listitem').filter({ hasText: 'Passed on by Ade' }).getByRole('link').first().click();
    await next.getByText(NOTE).first().waitFor();
    await shoot(next, 'dashboard-note');
    await pane(next).say('Three Herons, then?');
    await chat.log.getByText('Three Herons, then?').waitFor();
    const page = await visitor.evaluate(() => document.querySelector('beckon-chat')?.shadowRoot?.textContent ?? '');
    assert.ok(heard.length > 0, 'frames came');
    for (const text of [...heard, page, await chat.panel.innerText()]) assert.doesNotMatch(text, /in oak|waited for a week/);
    assert.deepEqual([agent.troubles, next.troubles, visitor.troubles], [[], [], []]);
    await close(agent, next, visitor);
  });

  test('an admin sees every chat live, watches one unseen, and takes it over', async (t) => {
    const shop = await openShop();
    t.after(shop.close);
    const { ade, nora } = shop.tenant;
    const [admin, agent] = await Promise.all([signIn(browser, nora), signIn(browser, ade)]);
    await admin.getByRole('link', { name: 'Live', exact: true }).click();
    await admin.getByText('No open chats').waitFor();
    const { visitor, chat } = await asking(browser, shop);
    await chat.say('Is anybody there?');
    const row = admin.getByRole('table', { name: 'Open chats' }).getByRole('row').filter({ hasText: 'Is anybody there?' });
    await row.getByText('Nobody').waitFor();
    await agent.getByRole('button', { name: /^Pick up/ }).first().click();
    await row.getByText('Ade').waitFor();
    await shoot(admin, 'dashboard-live');
    await row.getByRole('link', { name: /^Watch/ }).click();
    await admin.getByText('You are watching. Ade and the visitor do not see you.').waitFor();
    assert.equal(await admin.getByRole('textbox', { name: 'Message' }).isVisible(), false);
    await pane(agent).say('Here I am.');
    await pane(admin).log.getByText('Here I am.').waitFor();
    await chat.say('Do you ship to Oslo?');
    await pane(admin).log.getByText('Do you ship to Oslo?').waitFor();
    await shoot(admin, 'dashboard-watching');
    assert.doesNotMatch(await chat.panel.innerText(), /Nora/);
    assert.doesNotMatch(await pane(agent).log.innerText(), /Nora/);

    await act(admin, 'Take over');
    await chat.log.getByText('Nora has joined').waitFor();
    await chat.panel.getByText('You are talking to Nora').waitFor();
    await pane(admin).say('We do ship to Oslo.');
    await chat.log.getByText('We do ship to Oslo.').waitFor();
    await until('Ade writes no more', async () => !(await agent.getByRole('textbox', { name: 'Message' }).isVisible()));
    assert.deepEqual([admin.troubles, agent.troubles, visitor.troubles], [[], [], []]);
    await close(admin, agent, visitor);
  });
});
