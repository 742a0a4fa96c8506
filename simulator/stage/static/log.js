// What the providers saw, newest first.

import { make } from "./dom.js";
import { currentLanguage, moment, word } from "./words.js";

const SHOWN = 120;
const OURS = { "no answer": "no_answer", "not told": "not_told" }; // of a verdict; the rest is the provider's
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
  const verdict = entry.verdict.replace(/(no answer|not told)$/, (ours) => word(OURS[ours]));
  return make(
    "li",
    { class: entry.good ? "good" : "bad", "data-way": entry.way },
    make("span", { class: "when" }, moment(entry.at, true)),
    make("span", { class: "way" }, `${word(`line_${entry.line}`)} · ${word(`way_${entry.way}`)}`),
    make("span", { class: "verdict" }, make("span", { class: "unseen" }, `${word(entry.good ? "good" : "bad")}: `), verdict),
    make("code", { class: "what" }, entry.what),
  );
}
