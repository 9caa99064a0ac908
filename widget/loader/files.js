// Joined to the chat's glue, which calls `files`: it tells the module of files, and fetches it once there is something for
// it. The build replaces __FILES_JS__ and __FILES_WASM__ by what stands beside the chat's own script.
let module, place, hurry;

// What a person has chosen must not get lost because the network is gone just then: it is tried for as long as there is a
// chat, and the visitor is told, also of one that hangs. By another address, because some browsers remember a script that
// did not come.
const load = (tries, again = tries ? '?' + tries : '') => {
  const slow = setTimeout(late, 3e3);
  return Promise.race([
    new Promise((_, stop) => setTimeout(stop, 2e4)),
    Promise.all([
      import('./__FILES_JS__' + again),
      fetch(new URL('./__FILES_WASM__' + again, import.meta.url)).then((reply) => reply.arrayBuffer()),
    ]).then(async ([glue, bytes]) => {
      glue.__wbg_set_wasm((await WebAssembly.instantiate(bytes, { a: glue })).instance.exports);
      return glue;
    }),
  ])
    .then((glue) => {
      clearTimeout(slow);
      glue.tell(...place);
      late(true);
      return glue;
    })
    .catch(() => {
      clearTimeout(slow);
      return (
        place &&
        new Promise((later) => {
          late();
          hurry = later;
          setTimeout(later, Math.min(1e3 + 2e3 * tries, 3e4));
        }).then(() => load(tries + 1))
      );
    });
};

const late = (hidden) => place && (place[1].querySelector('.late').hidden = hidden);

const files = (what, element, text) => {
  if (what == 'wake') hurry?.();
  if (what == 'end') place = null;
  if (what == 'at') place = [what, element, text];
  // All else that comes with a text is something to show.
  else if (text) module ||= load(0);
  module?.then((glue) => glue?.tell(what, element, text));
};
