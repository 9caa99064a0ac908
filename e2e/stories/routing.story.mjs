// Chats find their agents: they ring, are declined, stand in line, and end.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { asking, openBrowser, openShop, pane, ring, shoot, signIn, until } from './stage.mjs';

const RINGS = { routing: { mode: 'round_robin', delivery: 'offer', offer_ms: 120_000 } };

let browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser?.close());

const close = (...pages) => Promise.all(pages.map((page) => page.context().close()));

async function openUp(t, more) {
  const shop = await openShop(more);
  t.after(shop.close);
  return shop;
}

// Two at a time: each waits for a server most of its time.
describe('routing', { concurrency: 2 }, () => {
  test('a chat rings on any page, counts down, and opens when it is accepted', async (t) => {
    const shop = await openUp(t, RINGS);
    const agent = await signIn(browser, shop.tenant.ade);
    await agent.getByRole('link', { name: 'Team', exact: true }).click();
    await agent.getByRole('heading', { name: 'Team', level: 1 }).waitFor();
    const { visitor, chat } = await asking(browser, shop);
    const { card, accept } = ring(agent);
    await card.waitFor();
    assert.match(await agent.title(), /1 chat for you/);
    const left = async () => Number(/(\d+) seconds? left/.exec(await card.getByRole('timer').innerText())?.[1]);
    const before = await left();
    await until('the seconds run', async () => (await left()) < before);
    await shoot(agent, 'dashboard-ring');
    // By keyboard, as whoever types somewhere else would.
    await accept.focus();
    await agent.keyboard.press('Enter');
    await agent.waitForURL(/\/active\/cv_/);
    await card.waitFor({ state: 'detached' });
    await chat.log.getByText('Ade has joined').waitFor();
    await pane(agent).say('Hello, I am Ade.');
    await chat.log.getByText('Hello, I am Ade.').waitFor();
    assert.deepEqual([visitor.troubles, agent.troubles], [[], []]);
    await close(visitor, agent);
  });

  test('who declines passes it on to the next, and both see where it is', async (t) => {
    const shop = await openUp(t, RINGS);
    const { ade, mia } = shop.tenant;
    const first = await signIn(browser, ade);
    const { visitor, chat } = await asking(browser, shop);
    await ring(first).card.waitFor();
    const second = await signIn(browser, mia);
    await second.getByText('Ringing Ade').first().waitFor();
    assert.equal(await ring(second).card.isVisible(), false);
    await ring(first).decline.click();
    await ring(second).card.waitFor();
    await ring(first).card.waitFor({ state: 'detached' });
    await first.getByText('Ringing Mia').first().waitFor();
    await ring(second).accept.click();
    await chat.log.getByText('Mia has joined').waitFor();
    // Why it went that way is told beside the chat.
    await second.getByRole('button', { name: 'Details' }).click();
    await second.getByText('Ade declined.').waitFor();
    await second.getByText(/^Offered to Mia\./).waitFor();
    await shoot(second, 'dashboard-why');
    assert.deepEqual([visitor.troubles, second.troubles], [[], []]);
    await close(visitor, first, second);
  });

  test('a visitor who waits sees their place, and how it moves', async (t) => {
    const shop = await openUp(t);
    const agent = await signIn(browser, shop.tenant.ade);
    const one = await asking(browser, shop);
    await one.chat.standing("You're next.").waitFor();
    const two = await asking(browser, shop);
    await two.chat.standing('1 person is ahead of you.').waitFor();
    const three = await asking(browser, shop);
    await three.chat.standing('2 people are ahead of you.').waitFor();
    await shoot(three.visitor, 'widget-place');
    await agent.getByRole('button', { name: /^Pick up/ }).first().click();
    await one.chat.log.getByText('Ade has joined').waitFor();
    await two.chat.standing("You're next.").waitFor();
    await three.chat.standing('1 person is ahead of you.').waitFor();
    assert.equal(await one.chat.standing("You're next.").isVisible(), false);
    // The one in front gives up.
    await end(two.chat);
    await three.chat.standing("You're next.").waitFor();
    assert.deepEqual(three.visitor.troubles, []);
    await close(agent, one.visitor, two.visitor, three.visitor);
  });

  test('a visitor ends the chat, by button or by typing, and can ask again', async (t) => {
    const shop = await openUp(t);
    const agent = await signIn(browser, shop.tenant.ade);
    const { visitor, chat } = await asking(browser, shop);
    const pickUp = () => agent.getByRole('button', { name: /^Pick up/ }).first().click();
    await pickUp();
    await chat.log.getByText('Ade has joined').waitFor();
    // Asked whether they mean it, they may stay.
    await chat.panel.getByRole('button', { name: 'End chat' }).click();
    await shoot(visitor, 'widget-end');
    await chat.panel.getByRole('button', { name: 'Keep chatting' }).click();
    await chat.say('One more thing.');
    await pane(agent).log.getByText('One more thing.').waitFor();
    await end(chat);
    await pane(agent).log.getByText('The visitor ended the chat').waitFor();
    await shoot(visitor, 'widget-ended-by-visitor');

    await chat.human.click();
    await agent.getByRole('tab', { name: /^Pending/ }).click();
    await pickUp();
    await until('both have joined', async () => (await chat.log.getByText('Ade has joined').count()) === 2);
    await chat.draft.fill('End chat');
    await chat.draft.press('Enter');
    await until('it has ended twice', async () => (await chat.log.getByText('You have ended this conversation').count()) === 2);
    await agent.getByRole('tab', { name: /^History/ }).click();
    await agent.getByRole('listitem').filter({ hasText: 'Ended by visitor' }).first().waitFor();
    assert.deepEqual([visitor.troubles, agent.troubles], [[], []]);
    await close(visitor, agent);
  });

  test('an admin says how a department routes, and the next chat goes by it', async (t) => {
    const shop = await openUp(t);
    const { ade, nora } = shop.tenant;
    const [admin, agent] = await Promise.all([signIn(browser, nora), signIn(browser, ade)]);
    // Nora is of the same department: only Ade is to be asked.
    await admin.getByRole('button', { name: /Your status/ }).click();
    await admin.getByRole('menuitemradio', { name: 'Away' }).click();
    await admin.getByRole('link', { name: 'Settings', exact: true }).click();
    await admin.getByRole('link', { name: 'Departments', exact: true }).click();
    await admin.getByRole('button', { name: 'Edit Support' }).click();
    const form = admin.getByRole('dialog', { name: 'Edit Support' });
    await form.getByRole('radio', { name: /^In turn/ }).check();
    await form.getByRole('radio', { name: /^Ask first/ }).check();
    await form.getByLabel('Time to answer').fill('4');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('Enter a time from 5 seconds to 5 minutes.').waitFor();
    await form.getByLabel('Time to answer').fill('120');
    await shoot(admin, 'dashboard-department');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.waitFor({ state: 'detached' });
    await admin.getByText('In turn, rings for 2 minutes').waitFor();
    const { visitor, chat } = await asking(browser, shop);
    await ring(agent).accept.click();
    await chat.log.getByText('Ade has joined').waitFor();
    assert.deepEqual([admin.troubles, agent.troubles, visitor.troubles], [[], [], []]);
    await close(admin, agent, visitor);
  });
});

/** Ends a chat, and means it. */
async function end(chat) {
  await chat.panel.getByRole('button', { name: 'End chat' }).click();
  await chat.panel.getByRole('group', { name: 'End this chat?' }).getByRole('button', { name: 'End chat' }).click();
  await chat.log.getByText('You have ended this conversation').first().waitFor();
}
