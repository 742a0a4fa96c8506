// What may go wrong at each provider, and what an SMS costs.

import { make, redraw, setText } from "./dom.js";
import { currentLanguage, word } from "./words.js";
import { act } from "./wire.js";

const PAUSES = [0, 1, 3, 10, 30];
const RECEIPTS = ["on", "lost", "late", "twice", "reversed"];
const CALM = { down: false, slow: 0, busy: false, silent: false, receipts: "on" };

const OWN_WORDS = { zalo_bot: { busy: "spent" } };

const cards = new Map();

// Show the trouble of every line in `place`.
export function showProviders(place, lines) {
  for (const line of lines) {
    if (!cards.has(line.name)) {
      cards.set(line.name, make("fieldset", { class: "card", "data-line": line.name }));
      place.append(cards.get(line.name));
    }
    const card = cards.get(line.name);
    redraw(card, [line.controls, currentLanguage()], () => drawCard(card, line));
    showTrouble(card, line);
  }
}

// Let every provider be well again.
export function calm(lines) {
  for (const line of lines) {
    act(`lines/${line.name}`, Object.fromEntries(line.controls.map((control) => [control, CALM[control]])));
  }
}

// Show `prices` in `form`, but not in the field that somebody is writing in.
export function showPrices(form, prices) {
  for (const [name, value] of Object.entries(prices)) {
    const field = form.elements[name];
    if (field !== document.activeElement) field.value = value;
  }
}

export function listenToPrices(form) {
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", (event) => {
    const value = Number(event.target.value);
    if (event.target.value !== "" && Number.isInteger(value)) act("prices", { [event.target.name]: value });
  });
}

function drawCard(card, line) {
  const wish = (name, value) => act(`lines/${line.name}`, { [name]: value });
  const controls = line.controls.map((control) => {
    if (control === "slow") {
      const label = (seconds) => (seconds ? word("slow_seconds", { seconds }) : word("slow_0"));
      return drawChoice(line, control, PAUSES.map((value) => [value, label(value)]), (value) => wish(control, Number(value)));
    }
    if (control === "receipts") {
      return drawChoice(line, control, RECEIPTS.map((value) => [value, word(`receipts_${value}`)]), (value) => wish(control, value));
    }
    const box = make("input", { type: "checkbox", name: control, onchange: () => wish(control, box.checked) });
    return make("label", { class: "check" }, box, word(`control_${OWN_WORDS[line.name]?.[control] ?? control}`));
  });
  card.replaceChildren(
    make("legend", {}, make("span", { class: "badge" }, word(`line_${line.name}`)), " ", make("span", { class: "mood" })),
    ...controls,
  );
}

function drawChoice(line, control, options, chosen) {
  const id = `${line.name}-${control}`;
  const select = make("select", { id, name: control, onchange: () => chosen(select.value) });
  select.append(...options.map(([value, label]) => make("option", { value: String(value) }, label)));
  return make("p", { class: "choice" }, make("label", { for: id }, word(`control_${control}`)), select);
}

function showTrouble(card, line) {
  let fine = true;
  for (const control of line.controls) {
    const field = card.querySelector(`[name="${control}"]`);
    const value = line.trouble[control];
    fine &&= value === CALM[control];
    if (field.type === "checkbox") field.checked = value;
    else if (field.value !== String(value)) field.value = String(value);
  }
  card.classList.toggle("troubled", !fine);
  setText(card.querySelector(".mood"), word(fine ? "fine" : "troubled"));
}
