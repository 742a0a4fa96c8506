// The page: shows what is on the stage, in two languages, on a desk or on a phone.

import { make, redraw, setText } from "./dom.js";
import { showLog } from "./log.js";
import { calm, listenToPrices, showPrices, showProviders } from "./panel.js";
import { Phone } from "./phone.js";
import { act, follow } from "./wire.js";
import { currentLanguage, otherLanguage, speak, word } from "./words.js";

const find = (id) => document.getElementById(id);
const phones = new Map();
let state = null;
let connection = "waiting";
let chosen = -1; // 0 is the form to add one
let wanted = null; // the phone that was added here and is not on the stage yet

function show() {
  showConnection();
  if (!state) return;
  showService(state.service);
  showPhones();
  showProviders(find("providers"), state.lines);
  showPrices(find("prices"), state.prices);
  showLog(find("log"), state.log);
  const lines = state.lines.map((line) => line.name);
  redraw(find("add-line"), [lines, currentLanguage()], () => {
    const kept = find("add-line").value;
    find("add-line").replaceChildren(...lines.map((name) => make("option", { value: name }, word(`line_${name}`))));
    if (kept) find("add-line").value = kept;
  });
}

function showConnection() {
  find("connection").dataset.state = connection;
  setText(find("connection"), word(`page_${connection}`));
}

function showService(service) {
  find("service").dataset.state = service.state;
  setText(find("service"), word(`service_${service.state}`, service));
  const runs = service.state === "running" || service.state === "starting";
  find("start").hidden = runs;
  find("stop").hidden = find("kill").hidden = !runs;
}

function showPhones() {
  for (const [id, phone] of phones) {
    if (state.phones.some((one) => one.id === id)) continue;
    phone.element.remove();
    phones.delete(id);
  }
  for (const one of state.phones) {
    if (!phones.has(one.id)) {
      phones.set(one.id, new Phone(one));
      find("adder").before(phones.get(one.id).element);
    }
    phones.get(one.id).show(one, state.prices);
  }
  if (phones.has(wanted)) {
    choose(wanted);
    wanted = null;
    if (!find("adder").checkVisibility()) phones.get(chosen).field.focus();
  }
  if (chosen !== 0 && !phones.has(chosen)) chosen = state.phones[0]?.id ?? 0;
  const names = state.phones.map((one) => [one.id, `${word(`line_${one.line}`)} – ${one.name}`]);
  redraw(find("which"), [names, currentLanguage()], () => {
    const add = make("option", { value: "0" }, `+ ${word("add")}`);
    find("which").replaceChildren(...names.map(([id, name]) => make("option", { value: id }, name)), add);
  });
  choose(chosen);
}

// On a phone one phone is shown at a time.
function choose(id) {
  chosen = id;
  find("which").value = String(id);
  for (const [one, phone] of phones) {
    const shown = one === id;
    if (phone.element.classList.contains("chosen") === shown) continue;
    phone.element.classList.toggle("chosen", shown);
    if (shown) phone.scrollDown();
  }
  find("adder").classList.toggle("chosen", id === 0);
}

function view(name) {
  document.body.dataset.view = name;
  for (const button of document.querySelectorAll(".views button")) {
    button.setAttribute("aria-pressed", String(button.dataset.view === name));
  }
}

function change(language) {
  speak(language);
  const other = find("language");
  other.textContent = word("other");
  other.lang = otherLanguage();
  other.setAttribute("aria-label", word("other_label"));
  show();
}

async function add(event) {
  event.preventDefault();
  const { line, name } = event.target.elements;
  const wish = { line: line.value, name: name.value };
  name.value = "";
  const answer = await act("phones", wish);
  setText(find("added"), word(answer ? "added" : "not_done"));
  if (!answer) {
    name.value ||= wish.name;
    return;
  }
  wanted = answer.done;
  show(); // the stage may have been faster than the answer
}

for (const deed of ["start", "stop", "kill"]) find(deed).addEventListener("click", () => act(`service/${deed}`));
for (const button of document.querySelectorAll(".views button")) {
  button.addEventListener("click", () => view(button.dataset.view));
}
find("language").addEventListener("click", () => change(otherLanguage()));
find("which").addEventListener("change", (event) => choose(Number(event.target.value)));
find("adder").addEventListener("submit", add);
find("calm").addEventListener("click", () => calm(state?.lines ?? []));
listenToPrices(find("prices"));
change(currentLanguage());
follow(
  (seen) => {
    state = seen;
    show();
  },
  (heard) => {
    connection = heard;
    showConnection();
  },
);
