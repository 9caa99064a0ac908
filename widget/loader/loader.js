// All that a page pays before anybody clicks: a button in a shadow root that shows whether somebody can answer, and
// `window.Beckon`.
// The build replaces __WIDGET_JS__ and __WIDGET_WASM__ by the hashed paths below this script's own folder, and
// __CSS__ by loader.css.
(() => {
  const script = document.currentScript;
  // A script tag that was pasted twice, or run again by a page that swaps its content, changes nothing.
  if (window.Beckon?.v) return;
  const base = new URL('.', script.src).href;
  const key = script.dataset.key || '';
  const queue = window.Beckon?.q || [];
  const listeners = {};
  // `here`: whether somebody can answer, as far as known; `asked`: when we asked last.
  let host, root, button, loading, widget, over, here, unread;
  let asked = Infinity;

  // A constructed sheet, because a page's policy may forbid style elements.
  const style = (css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  };

  const tell = (event, detail) => {
    for (const listener of [...(listeners[event] || [])]) {
      try {
        listener(detail);
      } catch (error) {
        console.error(error);
      }
    }
  };

  // Says in words what dot and number show.
  const label = () => {
    // As long as nothing is known, `+here` is NaN.
    button.setAttribute('aria-label', 'Chat' + (unread ? `, ${unread} unread` : [': leave us a message', ': we are here'][+here] || ''));
  };

  // Whether somebody can answer.
  const know = (open) => {
    if (over || here === open) return;
    button.dataset.here = here = open;
    label();
    tell('availability', { open });
  };

  // Asked while the chat is closed; once it runs it knows better, and at once. Without an answer all stays as it is.
  const ask = async () => {
    if (widget || over) return;
    asked = Date.now();
    try {
      const { open } = await (await fetch(base + 'v1/widget/availability?key=' + key, { credentials: 'omit' })).json();
      widget || know(open ?? here);
    } catch {}
  };
  const askSoon = () => (window.requestIdleCallback || setTimeout)(ask);

  // Glue and Wasm side by side; a failed try is forgotten, so that the next click starts over.
  const load = () =>
    (loading ||= Promise.all([
      import(base + '__WIDGET_JS__'),
      fetch(base + '__WIDGET_WASM__').then((reply) => reply.arrayBuffer()),
    ]).catch((error) => {
      loading = 0;
      throw error;
    }));

  const badge = (count) => {
    button.dataset.unread = unread = count || '';
    label();
  };

  // The build has named the module of the Wasm's imports `a`.
  const start = () =>
    (widget ||= load()
      .then(async ([glue, bytes]) => {
        glue.__wbg_set_wasm((await WebAssembly.instantiate(bytes, { a: glue })).instance.exports);
        // What the chat can ask of us.
        if (!over) glue.boot(key, base, root, button, { style, badge, know, tell: (event, json) => tell(event, json && JSON.parse(json)) });
        return glue;
      })
      .catch((error) => {
        widget = loading = 0;
        console.error('Beckon could not start:', error);
        tell('error', 'unavailable');
      }));

  const call = async (command) => {
    button.setAttribute('aria-busy', true);
    const glue = await start();
    button.removeAttribute('aria-busy');
    if (!over) glue?.command(command);
  };

  const commands = {
    open: () => call('open'),
    close: () => widget && call('close'),
    toggle: () => call('toggle'),
    show: () => (button.hidden = false),
    hide: () => (button.hidden = true),
    on: (event, listener) => (listeners[event] ||= []).push(listener),
    off: (event, listener) => (listeners[event] = (listeners[event] || []).filter((one) => listener && one != listener)),
    // Later, because it may be asked for from inside one of our own calls.
    shutdown: () => {
      over = 1;
      host.remove();
      widget && widget.then((glue) => glue && glue.shutdown());
      try {
        localStorage.removeItem('beckon:' + key);
      } catch {}
    },
  };

  const beckon = (command, ...rest) => {
    if (!Object.hasOwn(commands, command)) console.warn('Beckon does not know the command', command);
    else if (!over) commands[command](...rest);
  };
  beckon.v = 1;
  window.Beckon = beckon;

  const draw = (d) => {
    const svg = button.appendChild(document.createElementNS('http://www.w3.org/2000/svg', 'svg'));
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.appendChild(document.createElementNS(svg.namespaceURI, 'path')).setAttribute('d', d);
  };

  const mount = () => {
    host = document.createElement('beckon-chat');
    root = host.attachShadow({ mode: 'open' });
    style(__CSS__);
    button = document.createElement('button');
    button.className = 'launcher';
    label();
    button.setAttribute('aria-expanded', false);
    draw('M4 5.5h16v10.5h-8.5l-4.5 3.5v-3.5h-3z');
    draw('M6 9.5l6 6 6-6');
    // A finger enters, too, before it presses.
    for (const event of ['pointerenter', 'focus']) button.addEventListener(event, () => load().catch(() => {}));
    button.onclick = commands.toggle;
    root.append(button);
    document.body.append(host);
    // Only whoever has opened the chat before has this entry: they have a conversation to go on with.
    try {
      if (localStorage['beckon:' + key]) start();
    } catch {}
    // After that, so that an owner's `close` finds what it closes.
    for (const args of queue) beckon(...args);
    if (document.readyState == 'complete') askSoon();
    else addEventListener('load', askSoon);
    addEventListener('visibilitychange', () => document.hidden || Date.now() - asked < 6e4 || ask());
  };

  if (document.body) mount();
  else addEventListener('DOMContentLoaded', mount);
})();
