// The talk as this browser remembers it, so that a reload keeps it and two windows show the same.
//
// Each item has a storage key of its own: windows never overwrite each other's items, and an item that two windows
// receive is stored once. Where storage is blocked, the talk lasts as long as the window.

const ITEM = "tracuu:item:";
const POSITION = "tracuu:position";
const LANGUAGE = "tracuu:language";
const KEPT = 200;

const storage = openStorage();
const places = new Map(); // id -> `at`, as this window knows it
let newest = 0;

function openStorage() {
  try {
    localStorage.setItem("tracuu:probe", "1");
    localStorage.removeItem("tracuu:probe");
    return localStorage;
  } catch {
    return memory();
  }
}

function memory() {
  const values = new Map();
  return {
    getItem: (key) => values.get(key) ?? null,
    setItem: (key, value) => void values.set(key, value),
    removeItem: (key) => void values.delete(key),
    key: (index) => [...values.keys()][index] ?? null,
    get length() {
      return values.size;
    },
  };
}

// All items, oldest first. An item: {id, at, mine, text, state?, reason?, choice?, choices?, actions?, link?, image?,
// imageText?, said?}
export function readItems() {
  const items = [];
  for (let index = 0; index < storage.length; index += 1) {
    const key = storage.key(index);
    if (key.startsWith(ITEM)) items.push(parse(storage.getItem(key)));
  }
  const found = items.filter(Boolean).sort((one, other) => one.at - other.at);
  for (const item of found) places.set(item.id, item.at);
  return found;
}

// Store an item under its place in the talk, unless it is known, and return what is stored.
export function addItem(item) {
  const known = parse(storage.getItem(ITEM + item.id));
  if (known) return known;
  newest = Math.max(Date.now(), newest + 1);
  const placed = { ...item, at: newest };
  places.set(item.id, newest);
  write(ITEM + item.id, JSON.stringify(placed));
  prune();
  return placed;
}

// Change an item that is there, and return it; null when it is not.
export function changeItem(id, change) {
  const item = parse(storage.getItem(ITEM + id));
  if (!item) return null;
  const changed = { ...item, ...change };
  write(ITEM + id, JSON.stringify(changed));
  return changed;
}

// Whether an item of one's own still has to be sent.
export function isWaiting(item) {
  return item.state === "sending" || item.state === "retrying";
}

// Whether a window of this browser has dealt with the message `id`.
export function isSettled(id) {
  const item = parse(storage.getItem(ITEM + id));
  return item !== null && !isWaiting(item);
}

// Call `show` with each item that another window adds or changes.
export function watchItems(show) {
  window.addEventListener("storage", (event) => {
    const item = event.key?.startsWith(ITEM) ? parse(event.newValue) : null;
    if (item) show(agreePlace(item));
  });
}

// Two windows that receive one reply at the same moment may both store it: the earlier place counts, in both.
function agreePlace(item) {
  const ours = places.get(item.id) ?? item.at;
  const agreed = { ...item, at: Math.min(ours, item.at) };
  places.set(item.id, agreed.at);
  if (agreed.at < item.at) write(ITEM + item.id, JSON.stringify(agreed));
  return agreed;
}

// The id of the last reply that was received.
export function readPosition() {
  return storage.getItem(POSITION) ?? "";
}

export function writePosition(id) {
  write(POSITION, id);
}

export function readLanguage() {
  return storage.getItem(LANGUAGE) ?? "vi";
}

export function writeLanguage(name) {
  write(LANGUAGE, name);
}

function parse(value) {
  try {
    return JSON.parse(value);
  } catch {
    return null;
  }
}

function write(key, value) {
  try {
    storage.setItem(key, value);
  } catch {
    prune(KEPT / 4);
    try {
      storage.setItem(key, value);
    } catch {
      // the browser's storage is full: the item is shown, only not remembered
    }
  }
}

// Forget the oldest items; what still has to be sent stays.
function prune(kept = KEPT) {
  const items = readItems();
  for (const item of items.slice(0, Math.max(0, items.length - kept))) {
    if (!isWaiting(item)) storage.removeItem(ITEM + item.id);
  }
}
