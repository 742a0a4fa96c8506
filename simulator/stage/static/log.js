// What the providers saw, newest first.

import { make } from "./dom.js";
import { currentLanguage, moment, word } from "./words.js";

const SHOWN = 120;
let drawn = "";

export function showLog(list, entries) {
  const last = entries.at(-1)?.number ?? 0;
  const now = `${last} ${currentLanguage()}`;
  if (drawn === now) return;
  drawn = now;
  list.replaceChildren(...entries.slice(-SHOWN).reverse().map(drawEntry));
  if (!entries.length) list.append(make("li", { class: "nothing" }, word("log_empty")));
}

function drawEntry(entry) {
  return make(
    "li",
    { class: entry.good ? "good" : "bad", "data-way": entry.way },
    make("span", { class: "when" }, moment(entry.at, true)),
    make("span", { class: "way" }, `${word(`line_${entry.line}`)} · ${word(`way_${entry.way}`)}`),
    make("span", { class: "verdict" }, make("span", { class: "unseen" }, `${word(entry.good ? "good" : "bad")}: `), entry.verdict),
    make("code", { class: "what" }, entry.what),
  );
}
