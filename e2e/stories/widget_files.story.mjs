// Files from a visitor: chosen, dropped, pasted, refused; sent once, whatever happens in between.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { asking, image, openBrowser, openShop, pane, pick, shoot, signIn, until } from './stage.mjs';
import { counts, wire } from './wire.mjs';

let browser, shop, agent;
before(async () => {
  browser = await openBrowser();
  shop = await openShop({ conversations: { files: { images: true, documents: true, max_kb: 512 } } });
  agent = await signIn(browser, shop.tenant.ade);
});
after(async () => {
  await browser?.close();
  await shop?.close();
});

/** The agent turns to the chat that waits. */
async function turnTo(chat) {
  await agent.getByRole('tab', { name: /^Pending/ }).click();
  await pick(agent, chat);
}

const pdf = (name, bytes = 2_000) => ({ name, mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7\n'.padEnd(bytes, '% a lamp\n')) });
const clip = (chat) => chat.panel.getByLabel('Attach a file');

/** Lets go of a file over an element, or pastes it there. */
function give(locator, kind, { name, mimeType, buffer }) {
  return locator.evaluate((node, [kind, name, type, bytes]) => {
    const data = new DataTransfer();
    data.items.add(new File([Uint8Array.from(bytes)], name, { type }));
    const init = { bubbles: true, cancelable: true, composed: true };
    if (kind === 'paste') return node.dispatchEvent(new ClipboardEvent('paste', { ...init, clipboardData: data }));
    for (const event of ['dragover', 'drop']) node.dispatchEvent(new DragEvent(event, { ...init, dataTransfer: data }));
  }, [kind, name, mimeType, [...buffer]]);
}

test('a picture and a document reach the agent, and are there again after a reload', async () => {
  const { visitor, chat } = await asking(browser, shop);
  await turnTo(chat);
  await clip(chat).setInputFiles([image('heron.png'), pdf('Invoice 2026-11, with a name that is far too long for one line.pdf')]);
  await chat.log.getByRole('img', { name: 'heron.png' }).waitFor();
  const row = chat.log.getByRole('button', { name: /^Invoice 2026-11/ });
  await row.waitFor();
  assert.match(await row.innerText(), /pdf · 2 KB/i);
  await pane(agent).log.getByRole('img', { name: 'heron.png' }).waitFor();
  // The middle of a long name is left out; the whole stands in its title.
  await pane(agent).log.getByTitle(/^Invoice 2026-11/).first().waitFor();
  await shoot(visitor, 'widget-files');

  await visitor.reload();
  await chat.log.getByRole('img', { name: 'heron.png' }).waitFor();
  const [download] = await Promise.all([visitor.waitForEvent('download'), row.click()]);
  assert.equal(download.suggestedFilename(), 'Invoice 2026-11, with a name that is far too long for one line.pdf');
  assert.equal((await readFile(await download.path())).subarray(0, 8).toString(), '%PDF-1.7');
  assert.deepEqual(visitor.troubles, []);
  await visitor.context().close();
});

test('a file that was taken away before it could be shown is not shown', async () => {
  const { visitor, chat } = await asking(browser, shop);
  await turnTo(chat);
  await clip(chat).setInputFiles([image('secret.png')]);
  await pane(agent).log.getByRole('img', { name: 'secret.png' }).waitFor();
  await visitor.route('**/widget/files/**', (route) => route.abort());
  await visitor.reload();
  await chat.panel.getByText('Files could not be loaded. Trying again…').waitFor();
  const picture = chat.log.locator('[data-pic]');
  assert.ok((await picture.boundingBox()).height > 150, 'there is room for it');
  const status = await agent.evaluate(async () => {
    const address = `/v1/conversations/${location.pathname.split('/').at(-1)}`;
    const { messages } = await (await fetch(`${address}/messages`)).json();
    const { seq } = messages.find((message) => message.file);
    const headers = { 'content-type': 'application/json' };
    return (await fetch(`${address}/redactions`, { method: 'POST', headers, body: JSON.stringify({ seq }) })).status;
  });
  assert.equal(status, 204);
  await chat.log.getByText('Message removed', { exact: true }).waitFor();
  assert.ok((await picture.boundingBox()).height < 60, 'the room is given up');
  await visitor.unroute('**/widget/files/**');
  await visitor.evaluate(() => dispatchEvent(new Event('online')));
  await chat.panel.getByText('Files could not be loaded').waitFor({ state: 'hidden' });
  await clip(chat).setInputFiles([image('other.png')]);
  await chat.log.locator('.thread').getByRole('img', { name: 'other.png' }).waitFor();
  assert.equal(await chat.log.getByText('secret.png').count() + (await chat.log.getByRole('img', { name: 'secret.png' }).count()), 0);
  await visitor.context().close();
});

test('a picture that is gone is asked for once, and one that is coming can be opened already', async () => {
  const { visitor, chat } = await asking(browser, shop);
  await turnTo(chat);
  await clip(chat).setInputFiles([image('lamp.png')]);
  await chat.log.locator('.thread').getByRole('img', { name: 'lamp.png' }).waitFor();
  let asked = 0;
  await visitor.route('**/files?file=*', (route) => {
    asked += 1;
    return route.fulfill({ status: 404, body: '' });
  });
  await visitor.reload();
  await chat.log.getByRole('button', { name: /^lamp\.png/ }).getByText(/png/i).first().waitFor();
  for (const text of ['One.', 'Two.', 'Three.']) {
    await pane(agent).say(text);
    await chat.log.getByText(text, { exact: true }).waitFor();
  }
  assert.equal(asked, 1);
  // Browsers report what was not there.
  visitor.troubles.length = 0;

  await visitor.unroute('**/files?file=*');
  let held;
  await visitor.route('**/files?file=*', (route) => (held = route), { times: 1 });
  await visitor.reload();
  const picture = chat.log.getByRole('button', { name: 'lamp.png' });
  await picture.click();
  await until('it is asked for', () => held);
  const [tab] = await Promise.all([visitor.context().waitForEvent('page'), held.continue()]);
  await chat.log.getByRole('img', { name: 'lamp.png' }).waitFor();
  await tab.close();
  assert.deepEqual(visitor.troubles, []);
  await visitor.context().close();
});

test('what files need is fetched once there are any, and again if that fails', async () => {
  const { visitor, chat } = await asking(browser, shop);
  const fetched = [];
  visitor.on('request', (request) => request.url().includes('/widget/files/') && fetched.push(request.url()));
  await chat.say('No files here.');
  await chat.log.getByText('Sent', { exact: true }).waitFor();
  assert.deepEqual(fetched, []);

  // It does not come: that is said, and what was chosen outlives the page.
  await visitor.route('**/widget/files/**', (route) => route.abort());
  await clip(chat).setInputFiles([image('late.png'), pdf('later.pdf')]);
  const late = chat.panel.getByText('Files could not be loaded. Trying again…');
  await late.waitFor();
  await shoot(visitor, 'widget-files-late');
  await visitor.reload();
  await late.waitFor();
  assert.equal(await chat.log.getByText('late.png').count(), 0);

  // It comes as soon as the network is back, once, and they are sent in the order of choosing.
  await visitor.unroute('**/widget/files/**');
  fetched.length = 0;
  await visitor.evaluate(() => dispatchEvent(new Event('online')));
  await chat.log.locator('.thread').getByRole('img', { name: 'late.png' }).waitFor();
  const row = chat.log.locator('.thread').getByRole('button', { name: /^later/ });
  await row.waitFor();
  await late.waitFor({ state: 'hidden' });
  assert.equal(fetched.length, 2, `a script and its Wasm: ${fetched}`);
  assert.deepEqual(await counts(chat.log, ['later.pdf']), [1]);
  const tops = await Promise.all([chat.log.getByRole('img', { name: 'late.png' }), row].map(async (one) => (await one.boundingBox()).y));
  assert.ok(tops[0] < tops[1], `${tops}`);
  await clip(chat).setInputFiles([image('another.png')]);
  await chat.log.locator('.thread').getByRole('img', { name: 'another.png' }).waitFor();
  assert.equal(fetched.length, 2, 'once is enough');
  await visitor.context().close();
});

test('what files need may hang: that is said, and the chat may go meanwhile', async () => {
  const { visitor, chat } = await asking(browser, shop);
  let held = [];
  await visitor.route('**/widget/files/**', (route) => held.push(route));
  const late = chat.panel.getByText('Files could not be loaded. Trying again…');
  await clip(chat).setInputFiles([image('patient.png')]);
  await late.waitFor();
  await Promise.all(held.map((route) => route.continue()));
  await chat.log.locator('.thread').getByRole('img', { name: 'patient.png' }).waitFor();
  await late.waitFor({ state: 'hidden' });

  held = [];
  await visitor.reload();
  await late.waitFor();
  await visitor.evaluate(() => window.Beckon('shutdown'));
  await Promise.all(held.map((route) => route.continue()));
  await visitor.waitForLoadState('networkidle');
  assert.deepEqual(visitor.troubles, []);
  await visitor.context().close();
});

test('files may be dropped on the chat, and pictures pasted into it', async () => {
  const { visitor, chat } = await asking(browser, shop);
  await give(chat.log, 'drop', image('dropped.png'));
  await chat.log.getByRole('img', { name: 'dropped.png' }).waitFor();
  await give(chat.draft, 'paste', image('pasted.png'));
  await chat.log.getByRole('img', { name: 'pasted.png' }).waitFor();
  await visitor.context().close();
});

test('what cannot be sent says why', async () => {
  const { visitor, chat } = await asking(browser, shop);
  const program = { name: 'lamp.png', mimeType: 'image/png', buffer: Buffer.from('MZ\x90\0\x03 This program cannot be run in DOS mode.') };
  await clip(chat).setInputFiles([program]);
  await chat.log.getByText('Files of this kind cannot be sent here.').waitFor();
  await clip(chat).setInputFiles([pdf('huge.pdf', 600_000)]);
  await chat.log.getByText('This file is larger than 512 KB.').waitFor();
  await clip(chat).setInputFiles([{ ...pdf('empty.pdf'), buffer: Buffer.alloc(0) }]);
  await chat.log.getByText('This file is empty.').waitFor();
  assert.equal(await chat.log.getByRole('button', { name: 'Try again' }).count(), 0, 'it would be of no use');
  await shoot(visitor, 'widget-refused');
  for (let left = 3; left > 0; left -= 1) await chat.log.getByRole('button', { name: 'Discard' }).first().click();
  assert.equal(await chat.log.getByRole('button', { name: 'Discard' }).count(), 0);
  await visitor.context().close();
});

test('a file that waits for the network shows a bar, can be stopped, and outlives the page', async () => {
  const { visitor, chat } = await asking(browser, shop);
  const line = await wire(visitor.context());
  await visitor.reload();
  await chat.draft.waitFor();
  await line.cut();
  await chat.panel.getByText('Reconnecting…').waitFor();
  await clip(chat).setInputFiles([image('first.png'), pdf('second.pdf')]);
  const bar = (name) => chat.log.getByRole('progressbar', { name });
  await bar('first.png').waitFor();
  await bar('second.pdf').waitFor();
  await shoot(visitor, 'widget-uploading');
  await chat.log.getByRole('button', { name: 'Discard second.pdf' }).click();
  await bar('second.pdf').waitFor({ state: 'detached' });

  await visitor.reload();
  await bar('first.png').waitFor();
  assert.equal(await bar('second.pdf').count(), 0, 'it was given up');
  await line.heal();
  await chat.log.locator('.thread').getByRole('img', { name: 'first.png' }).waitFor();
  await until('nothing is on its way', async () => (await chat.log.getByRole('progressbar').count()) === 0);
  assert.equal(await chat.log.getByRole('img', { name: 'first.png' }).count(), 1);
  await visitor.context().close();
});

test('where no files are taken, there is no way to send one', async () => {
  const plain = await openShop({ conversations: { files: { images: false, documents: false, max_kb: 512 } } });
  const nora = await signIn(browser, plain.tenant.nora);
  const { visitor, chat } = await asking(browser, plain);
  await chat.draft.waitFor();
  assert.equal(await clip(chat).isVisible(), false);
  await give(chat.log, 'drop', image('dropped.png'));
  assert.equal(await chat.log.getByRole('img', { name: 'dropped.png' }).count(), 0);
  for (const page of [visitor, nora]) await page.context().close();
  await plain.close();
});
