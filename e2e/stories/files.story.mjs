// Pictures and documents, from either side; what cannot be sent says why.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { asking, image, openBrowser, openShop, pane, pick, shoot, signIn, until } from './stage.mjs';

let browser, shop;
before(async () => {
  browser = await openBrowser();
  shop = await openShop({ conversations: { files: { images: true, documents: true, max_kb: 512 } } });
});
after(async () => {
  await browser?.close();
  await shop?.close();
});

const pdf = (name, text = 'Hello') => ({ name, mimeType: 'application/pdf', buffer: Buffer.from(`%PDF-1.7\n%${text}\n%%EOF\n`) });
const clip = (page) => page.locator('.composer input[type=file]');
const send = (page) => page.getByRole('button', { name: 'Send', exact: true });
/** The names of files that wait for *Send*. */
const staged = (page) => page.getByRole('list', { name: 'Files to be sent' }).getByRole('listitem');

/** Lets go of files over an element, or pastes them into it. */
function give(locator, kind, files) {
  return locator.evaluate((node, [kind, files]) => {
    const data = new DataTransfer();
    for (const { name, type, bytes } of files) data.items.add(new File([Uint8Array.from(bytes)], name, { type }));
    const init = { bubbles: true, cancelable: true };
    const over = kind === 'drop' ? ['dragover', 'drop'] : [];
    for (const name of over) node.dispatchEvent(new DragEvent(name, { ...init, dataTransfer: data }));
    if (kind === 'paste') node.dispatchEvent(new ClipboardEvent('paste', { ...init, clipboardData: data }));
  }, [kind, files.map(({ name, mimeType, buffer }) => ({ name, type: mimeType, bytes: [...buffer] }))]);
}

test('an agent sends a picture and a document by hand, by drop and by paste, and the visitor has them', async () => {
  const agent = await signIn(browser, shop.tenant.ade);
  const { visitor, chat } = await asking(browser, shop);
  await pick(agent, chat);
  const field = agent.getByRole('textbox', { name: 'Message' });

  // What was chosen waits: a slip of the hand reaches nobody.
  await clip(agent).setInputFiles([image('lamp.png'), pdf('wrong.pdf')]);
  await staged(agent).nth(1).waitFor();
  await agent.getByRole('button', { name: 'Remove wrong.pdf' }).click();
  await staged(agent).filter({ hasText: 'wrong.pdf' }).waitFor({ state: 'detached' });
  await field.fill('Here it is.');
  await field.press('Enter');
  await chat.log.getByText('Here it is.').waitFor();
  await chat.log.getByRole('img', { name: 'lamp.png' }).waitFor();
  const shown = pane(agent).log.getByRole('img', { name: 'lamp.png' });
  await until('the picture has come', () => shown.evaluate((img) => img.naturalWidth > 0));

  await give(agent.locator('.pane-main'), 'drop', [pdf('terms.pdf', 'Terms')]);
  await staged(agent).filter({ hasText: 'terms.pdf' }).waitFor();
  await send(agent).click();
  await chat.log.getByText('terms.pdf').waitFor();
  await give(field, 'paste', [image('screenshot.png')]);
  await staged(agent).filter({ hasText: 'screenshot.png' }).waitFor();
  await field.press('Enter');
  await chat.log.getByRole('img', { name: 'screenshot.png' }).waitFor();
  assert.equal(await staged(agent).count(), 0);

  // A click downloads, byte for byte.
  const [download] = await Promise.all([
    agent.waitForEvent('download'),
    pane(agent).log.getByRole('link', { name: /terms\.pdf/ }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'terms.pdf');
  assert.deepEqual(await readFile(await download.path()), pdf('', 'Terms').buffer);
  await shoot(agent, 'dashboard-files');
  const text = await chat.log.innerText();
  assert.equal(text.split('terms.pdf').length, 2, text);
  assert.deepEqual([visitor.troubles, agent.troubles], [[], []]);
  await visitor.context().close();
  await agent.context().close();
});

test('an agent has what a visitor sends, and the list says that it is a file', async () => {
  const agent = await signIn(browser, shop.tenant.ade);
  const { visitor, chat } = await asking(browser, shop);
  await pick(agent, chat);
  await visitor.locator('beckon-chat input[type=file]').setInputFiles([image('broken-lamp.png')]);
  await pane(agent).log.getByRole('img', { name: 'broken-lamp.png' }).waitFor();
  await visitor.locator('beckon-chat input[type=file]').setInputFiles([pdf('receipt.pdf')]);
  await pane(agent).log.getByRole('link', { name: /receipt\.pdf/ }).waitFor();
  const row = agent.getByRole('region', { name: 'Chats' }).getByRole('listitem').filter({ hasText: 'receipt.pdf' });
  await row.waitFor();
  assert.equal(await row.locator('.row-last .icon').count(), 1, 'a clip stands before the name');
  assert.deepEqual(agent.troubles, []);
  await visitor.context().close();
  await agent.context().close();
});

test('what cannot be sent says why, and the rest goes on', async () => {
  const agent = await signIn(browser, shop.tenant.ade);
  const { visitor, chat } = await asking(browser, shop);
  await pick(agent, chat);
  // Too large is known before anything is sent.
  const large = { name: 'film.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(600 * 1024, 1) };
  await clip(agent).setInputFiles([large]);
  await staged(agent).filter({ hasText: 'The largest file is 512 KB.' }).waitFor();
  assert.equal(await send(agent).isDisabled(), true);
  await agent.getByRole('button', { name: 'Remove film.pdf' }).click();
  // A program in the clothes of a picture is known by its content.
  const program = { name: 'holiday.png', mimeType: 'image/png', buffer: Buffer.from('MZ\x90\x00 this is a program') };
  await clip(agent).setInputFiles([program]);
  await send(agent).click();
  await pane(agent).log.getByText(/^Your message was not sent: Only pictures, PDF/).waitFor();
  await pane(agent).say('Never mind.');
  await chat.log.getByText('Never mind.').waitFor();
  await pane(agent).log.getByRole('button', { name: 'Discard' }).click();
  await pane(agent).log.getByText('holiday.png').waitFor({ state: 'detached' });
  await agent.reload();
  await pane(agent).log.getByText('Never mind.').waitFor();
  assert.equal(await pane(agent).log.getByText('holiday.png').count(), 0, 'what was discarded stays away');
  await visitor.context().close();
  await agent.context().close();
});
