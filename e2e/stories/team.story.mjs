// The team in the hands of its people: ending sign-ins, and what admins do for everybody.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  choose, createTenant, enter, member, openBrowser, openPage,
  openShop, ownStatus, pane, shoot, signIn, widget,
} from './stage.mjs';

/** A sign-in that was ended is over in every tab within this, ms. */
const SOON = 2_000;
const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0';
const SAFARI = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15';

let browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser?.close());

const newTenant = () => createTenant('https://fen-and-ember.example');
const close = (...pages) => Promise.all(pages.map((page) => page.context().close()));

/** From now on the page must not load again: what it shows comes to it. */
async function stays(page) {
  await page.evaluate(() => (window.stayed = true));
  return () => page.evaluate(() => window.stayed === true);
}

/** The page is shown the door, at once and by itself. */
const shownOut = (page) => page.getByText('Your sign-in has ended. Please sign in again.').waitFor({ timeout: SOON });

/** What admins read while nobody can take chats. */
const nobody = (page) => page.getByRole('status').getByText(/^Nobody in Support can take chats right now\./);

/** Goes to the page of an agent, by the team's. */
async function manage(page, agent) {
  await page.getByRole('link', { name: 'Team', exact: true }).click();
  await row(page, agent).getByRole('link', { name: agent.name }).click();
  await page.getByRole('heading', { name: agent.name, level: 1 }).waitFor();
}

/** An agent's line on the team's page. */
const row = (page, agent) => page.getByRole('region', { name: 'Agents' }).getByRole('row').filter({ hasText: agent.name });

// Two at a time: each waits for a server most of its time.
describe('team', { concurrency: 2 }, () => {
  test('an agent ends other browsers of theirs, also one in the middle of a chat', async (t) => {
    const shop = await openShop();
    t.after(shop.close);
    const { ade } = shop.tenant;
    const [page, firefox, safari] = await Promise.all([
      signIn(browser, ade), signIn(browser, ade, { userAgent: FIREFOX }), signIn(browser, ade, { userAgent: SAFARI }),
    ]);
    const visitor = await openPage(browser);
    await visitor.goto(shop.url);
    const chat = widget(visitor);
    await chat.open();
    await chat.human.click();
    await safari.getByRole('button', { name: /^Pick up/ }).first().click();
    await chat.log.getByText('Ade has joined').waitFor();
    await pane(safari).say('One moment, please.');
    const stayed = await Promise.all([stays(firefox), stays(safari)]);

    await choose(page, 'Where you’re signed in');
    const line = (name) => page.getByRole('listitem').filter({ hasText: name });
    await line('Chrome on Linux').getByText('This browser').waitFor();
    await line('Safari on macOS').getByText('Open now in 1 tab').waitFor();
    await shoot(page, 'dashboard-sign-ins');
    for (const [name, other] of [['Firefox on Windows', firefox], ['Safari on macOS', safari]]) {
      await line(name).getByRole('button', { name: `End: ${name}` }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'End', exact: true }).click();
      await shownOut(other);
      await page.getByText('The sign-in has ended.').first().waitFor();
      await line(name).waitFor({ state: 'detached' });
    }
    assert.deepEqual(await Promise.all(stayed.map((stayed) => stayed())), [true, true]);
    await page.getByText('You are signed in nowhere else.').waitFor();
    await ownStatus(page).getByText('Available').waitFor();

    // The chat is still theirs, where they are signed in.
    await page.getByRole('link', { name: /^Chats/ }).click();
    await page.getByRole('tab', { name: /^Active/ }).click();
    await page.getByRole('listitem').filter({ hasText: 'One moment, please.' }).getByRole('link').first().click();
    await pane(page).say('Here I am again.');
    await chat.log.getByText('Here I am again.').waitFor();
    assert.deepEqual(page.troubles, []);
    await close(page, firefox, safari, visitor);
  });

  test('an admin sets an agent’s status, and reads it when nobody can take chats', async () => {
    const { ade, mia, nora } = await newTenant();
    const [admin, agent] = await Promise.all([signIn(browser, nora), signIn(browser, ade)]);
    await choose(admin, 'Away');
    await ownStatus(admin).getByText('Away').waitFor();
    await manage(admin, ade);
    assert.equal(await nobody(admin).isVisible(), false);

    // The last one who can answer goes on a break, by the admin's word; and comes back by their own.
    const statuses = admin.getByRole('group', { name: 'Set their status' });
    await statuses.getByRole('button', { name: /^On a break/ }).click();
    await statuses.getByRole('button', { name: /^On a break/, pressed: true }).waitFor();
    await ownStatus(agent).getByText('On a break').waitFor();
    await nobody(admin).waitFor();
    await shoot(admin, 'dashboard-uncovered');
    assert.equal(await nobody(agent).isVisible(), false, 'only admins are told');
    await choose(agent, 'Available');
    await nobody(admin).waitFor({ state: 'detached' });
    await statuses.getByRole('button', { name: /^Available/, pressed: true }).waitFor();

    // The last one closes the browser; another one comes.
    await close(agent);
    await nobody(admin).waitFor();
    const other = await signIn(browser, mia);
    await nobody(admin).waitFor({ state: 'detached' });
    assert.deepEqual(admin.troubles, []);
    await close(admin, other);
  });

  test('an admin deactivates an agent, who is out at once and stays out', async () => {
    const { ade, nora } = await newTenant();
    const [admin, agent] = await Promise.all([signIn(browser, nora), signIn(browser, ade)]);
    const stayed = await stays(agent);
    await manage(admin, ade);
    const ask = () => admin.getByRole('button', { name: 'Deactivate', exact: true }).first().click();
    const dialog = admin.getByRole('dialog', { name: 'Deactivate Ade?' });
    await ask();
    await dialog.getByText(/^Ade is signed out everywhere within seconds/).waitFor();
    await admin.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await ask();
    await dialog.getByRole('button', { name: 'Deactivate' }).click();
    await shownOut(agent);
    assert.equal(await stayed(), true);
    await admin.getByText('Ade was deactivated.').waitFor();
    await member(admin, ade).waitFor({ state: 'detached' });
    await shoot(admin, 'dashboard-deactivated');

    await agent.getByLabel('E-mail').fill(ade.email);
    await agent.getByLabel('Password', { exact: true }).fill(ade.password);
    await agent.getByRole('button', { name: 'Sign in' }).click();
    await agent.getByText('The e-mail address or the password is wrong.').waitFor();

    await admin.getByRole('button', { name: 'Reactivate' }).click();
    await admin.getByText('Ade can sign in again.').waitFor();
    await enter(agent, ade);
    await member(admin, ade).getByText('Available').waitFor();
    assert.deepEqual(admin.troubles, []);
    await close(admin, agent);
  });

  test('an admin adds an agent, who signs in and is there for all', async () => {
    const { ade, nora } = await newTenant();
    const zoe = { name: 'Zoe', email: nora.email.replace('nora', 'zoe'), password: 'a lamp for every desk' };
    const [admin, other] = await Promise.all([signIn(browser, nora), signIn(browser, ade)]);
    await admin.getByRole('link', { name: 'Team', exact: true }).click();
    await admin.getByRole('button', { name: 'Add agent' }).click();
    const form = admin.getByRole('dialog', { name: 'Add agent' });
    const add = () => form.getByRole('button', { name: 'Add agent' }).click();
    await form.getByLabel('Name').fill(zoe.name);
    await form.getByLabel('E-mail').fill(ade.email);
    await form.getByLabel('Support').check();
    await form.getByLabel('Password', { exact: true }).fill(zoe.password);
    await add();
    await form.getByText(/^That is taken/).waitFor();
    await form.getByLabel('E-mail').fill(zoe.email);
    await add();
    await admin.getByText('Zoe was added.').waitFor();
    await form.waitFor({ state: 'detached' });
    await row(admin, zoe).getByText('Never').waitFor();
    await member(other, zoe).getByText('never signed in').waitFor();

    const agent = await signIn(browser, zoe);
    await row(admin, zoe).getByText('Available').waitFor();
    await row(admin, zoe).getByText('Support').waitFor();
    await member(other, zoe).getByText('Available').waitFor();
    assert.deepEqual(other.troubles, []);
    await close(admin, other, agent);
  });
});
