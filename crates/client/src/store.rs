//! What was written and not sent, kept in the browser: the IndexedDB database `beckon`, one row a message, so that several
//! tabs never write over each other.
//!
//! Everything here may be forbidden, full or stuck; then nothing is kept, and nobody waits for it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// A database, a transaction, a request, a list: one type for all, because types of JavaScript cost nothing here
    /// and say little.
    #[derive(Clone)]
    type Idb;

    // Not there at all, or forbidden.
    #[wasm_bindgen(catch, js_namespace = indexedDB, js_name = open)]
    fn open(name: &str, version: u32) -> Result<Idb, JsValue>;
    // Of a request. Throws while there is no answer.
    #[wasm_bindgen(catch, method, getter)]
    fn result(this: &Idb) -> Result<Option<Idb>, JsValue>;
    #[wasm_bindgen(method, getter, js_name = transaction)]
    fn upgrade(this: &Idb) -> Option<Idb>;
    #[wasm_bindgen(method, setter)]
    fn set_onsuccess(this: &Idb, ear: &JsValue);
    #[wasm_bindgen(method, setter)]
    fn set_onerror(this: &Idb, ear: &JsValue);
    #[wasm_bindgen(method, setter)]
    fn set_onupgradeneeded(this: &Idb, ear: &JsValue);

    #[wasm_bindgen(method, js_name = createObjectStore)]
    fn create(this: &Idb, name: &str);
    // Throws once the person has wiped the page's data.
    #[wasm_bindgen(catch, method)]
    fn transaction(this: &Idb, stores: &str, mode: &str) -> Result<Idb, JsValue>;
    #[wasm_bindgen(method, js_name = objectStore)]
    fn rows(this: &Idb, name: &str) -> Idb;
    #[wasm_bindgen(method)]
    fn commit(this: &Idb);
    #[wasm_bindgen(method, js_name = getAll)]
    fn get_all(this: &Idb) -> Idb;
    // Some browsers keep no files.
    #[wasm_bindgen(catch, method)]
    fn put(this: &Idb, row: &Idb, key: &str) -> Result<(), JsValue>;
    #[wasm_bindgen(method, js_name = delete)]
    fn delete(this: &Idb, key: &str);

    #[wasm_bindgen(js_name = Array)]
    fn list() -> Idb;
    #[wasm_bindgen(method)]
    fn push(this: &Idb, value: &JsValue);
    #[wasm_bindgen(method)]
    fn sort(this: &Idb);
    #[wasm_bindgen(method, getter)]
    fn length(this: &Idb) -> u32;
    #[wasm_bindgen(method)]
    fn at(this: &Idb, place: u32) -> Idb;
    #[wasm_bindgen(method, js_name = at)]
    fn text(this: &Idb, place: u32) -> String;
    #[wasm_bindgen(method, js_name = at)]
    fn value(this: &Idb, place: u32) -> JsValue;

    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    fn now() -> f64;
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(then: &JsValue, wait: u32);
}

/// The name of the database, and of the one table in it.
const NAME: &str = "beckon";
/// Whoever waits for storage waits no longer, ms.
const GIVE_UP_AFTER: u32 = 1_000;

/// The open database.
#[derive(Clone)]
pub struct Store {
    raw: Idb,
    /// When the last row was written, ms: the next one is later.
    last: Cell<f64>,
}

/// A row: what was put under an id.
pub struct Kept {
    /// The message's id.
    pub id: String,
    /// What was put.
    pub json: String,
    /// And the file with it.
    pub blob: Option<JsValue>,
}

impl Store {
    /// Opens the database. `then` is called later; with nothing if it takes longer than a second, and once more if it opens
    /// after all.
    pub fn open(mut then: impl FnMut(Option<Store>) + 'static) {
        let then = move |raw: Option<Idb>| then(raw.map(|raw| Store { raw, last: Cell::default() }));
        wait(open(NAME, 1).ok(), true, Box::new(then));
    }

    /// Keeps something of `scope` under an id, in place of what was kept under it.
    pub fn put(&self, scope: &str, id: &str, json: &str, blob: Option<&JsValue>) {
        let Some(transaction) = self.begin("readwrite") else { return };
        self.last.set(now().max(self.last.get() + 1.0));
        let row = list();
        // First of all when, so that rows can be sorted; 13 digits until the year 2286.
        row.push(&JsValue::from_f64(self.last.get()));
        [scope, id, json].iter().for_each(|text| row.push(&JsValue::from_str(text)));
        if let Some(blob) = blob {
            row.push(blob);
        }
        let _ = transaction.rows(NAME).put(&row, id);
        // Not left to the next turn of the page, which may be its last.
        transaction.commit();
    }

    /// Forgets what was kept under an id.
    pub fn remove(&self, id: &str) {
        if let Some(transaction) = self.begin("readwrite") {
            transaction.rows(NAME).delete(id);
            transaction.commit();
        }
    }

    /// Everything of `scope`, in the order of putting. `then` is called later; with nothing if it takes longer than a
    /// second, and once more if it can be read after all.
    pub fn all(&self, scope: &str, then: impl FnMut(Vec<Kept>) + 'static) {
        self.read(scope, Box::new(then));
    }

    fn read(&self, scope: &str, mut then: Box<dyn FnMut(Vec<Kept>)>) {
        let scope = scope.to_owned();
        let then = move |rows: Option<Idb>| then(rows.map_or_else(Vec::new, |rows| read(&rows, &scope)));
        wait(self.begin("readonly").map(|transaction| transaction.rows(NAME).get_all()), false, Box::new(then));
    }

    /// Forgets everything of `scope`.
    pub fn forget(&self, scope: &str) {
        let own = self.clone();
        self.all(scope, move |kept| kept.iter().for_each(|row| own.remove(&row.id)));
    }

    fn begin(&self, mode: &str) -> Option<Idb> {
        self.raw.transaction(NAME, mode).ok()
    }
}

fn read(rows: &Idb, scope: &str) -> Vec<Kept> {
    rows.sort();
    let mut all = Vec::new();
    for place in 0..rows.length() {
        let row = rows.at(place);
        if row.text(1) == scope {
            let blob = row.value(4);
            all.push(Kept { id: row.text(2), json: row.text(3), blob: (!blob.is_undefined()).then_some(blob) });
        }
    }
    all
}

/// Calls back with the answer to `ask`; before that with nothing if there is none in time. One ear for all that may
/// happen; it holds itself until the clock and the request have both spoken.
fn wait(ask: Option<Idb>, opens: bool, mut then: Box<dyn FnMut(Option<Idb>)>) {
    let own = Rc::new(RefCell::new(None));
    let (held, asked) = (own.clone(), ask.clone());
    let (mut made, mut told) = (false, 0);
    let mut left = 1 + u32::from(ask.is_some());
    // It takes what it has no use for, as all closures here do: another kind of them would be more glue.
    let ear = Closure::<dyn FnMut(JsValue)>::new(move |_| {
        let mut answer = asked.as_ref().and_then(|ask| ask.result().ok().flatten());
        // A request to open has a transaction only while the database is being made; that may last.
        if opens && asked.as_ref().and_then(Idb::upgrade).is_some() {
            let new = answer.take();
            if !std::mem::replace(&mut made, true) {
                return new.iter().for_each(|new| new.create(NAME));
            }
        }
        let tells = 1 + u32::from(answer.is_some());
        if told < tells {
            told = tells;
            then(answer);
        }
        left -= 1;
        if left == 0 {
            held.take();
        }
    });
    set_timeout(ear.as_ref(), if ask.is_some() { GIVE_UP_AFTER } else { 0 });
    if let Some(ask) = ask {
        ask.set_onsuccess(ear.as_ref());
        ask.set_onerror(ear.as_ref());
        if opens {
            ask.set_onupgradeneeded(ear.as_ref());
        }
    }
    own.replace(Some(ear));
}
