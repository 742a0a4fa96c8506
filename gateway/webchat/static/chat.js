// The page: what is typed goes out, what comes back is shown, and somebody who cannot see hears of it.

import { makeBubble, updateBubble } from "./bubble.js";
import * as transcript from "./transcript.js";
import { Incoming, newId, Outgoing, reportSeen } from "./wire.js";
import { currentLanguage, speak, word } from "./words.js";

const STALE_SECONDS = 6;
const SLOW_SECONDS = 20;
const NEAR_PIXELS = 120;

const account = document.body.dataset.account;
const $ = (id) => document.getElementById(id);
const [log, scroller, field, typing, note, status, connection] = [
  "log", "scroller", "field", "typing", "note", "status", "connection",
].map($);
const framed = window.parent !== window;
const finePointer = matchMedia("(pointer: fine)").matches;

const bubbles = new Map();
let connectionState = "waiting";
let awaiting = false;
let timers = [];
let unseen = [];

const outgoing = new Outgoing(account, {
  report: onOutgoing,
  isSettled: (message) => transcript.isSettled(message.id),
  renewed: () => incoming.open(),
});
const incoming = new Incoming({ position: transcript.readPosition, receive: onReply, show: showConnection });

// --- the talk ---------------------------------------------------------------------------------------

function showItem(item) {
  const known = bubbles.get(item.id);
  if (known) {
    updateBubble(known, item);
    if (Number(known.dataset.at) !== item.at) place(known, item.at);
    return;
  }
  const follow = item.mine || isNearEnd();
  const bubble = makeBubble(item, { choose: (choice) => send({ choice: choice.value }, choice.label) });
  bubbles.set(item.id, bubble);
  place(bubble, item.at);
  if (follow) scrollTo(bubble);
  // a picture has its height only once it is there
  bubble.querySelector(".chart")?.addEventListener("load", () => follow && bubble === log.lastElementChild && scrollTo(bubble));
}

// In the order of the talk: what another window wrote may become known here after the reply to it.
function place(bubble, at) {
  bubble.dataset.at = at;
  bubble.remove();
  let before = log.lastElementChild;
  while (before && Number(before.dataset.at) > at) before = before.previousElementSibling;
  if (before) before.after(bubble);
  else log.prepend(bubble);
}

function isNearEnd() {
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR_PIXELS;
}

// The end of the talk, or the beginning of an item that is too long to be seen whole.
function scrollTo(bubble) {
  const tooLong = bubble.offsetHeight > scroller.clientHeight - 40;
  scroller.scrollTop = tooLong ? bubble.offsetTop - 12 : scroller.scrollHeight;
}

// --- out --------------------------------------------------------------------------------------------

function send(content, shown) {
  const message = { id: newId(), ...content };
  const item = { id: message.id, mine: true, text: shown, choice: content.choice, state: "sending" };
  note.textContent = "";
  awaiting = true;
  showItem(transcript.addItem(item));
  outgoing.add(message);
  if (!incoming.source) incoming.open();
  if (finePointer) field.focus();
}

function onOutgoing(message, state, httpStatus) {
  const item = transcript.changeItem(message.id, { state, reason: reasonOf(state, httpStatus) });
  if (item) showItem(item);
  note.textContent = state === "retrying" && httpStatus === 401 ? word("noSession") : "";
  status.textContent = item?.reason ?? "";
  if (state === "refused") awaiting = false;
  if (state === "sent" && awaiting && outgoing.isLast(message)) showTyping();
}

function reasonOf(state, httpStatus) {
  if (state !== "refused") return undefined;
  return httpStatus === 413 ? word("tooLong") : word("notTaken", { status: httpStatus });
}

function resumeOutgoing() {
  for (const { id, text, choice } of transcript.readItems().filter(transcript.isWaiting)) {
    outgoing.add(choice ? { id, choice } : { id, text });
  }
}

// --- in ---------------------------------------------------------------------------------------------

function onReply(id, { text, choices, actions, link, image, image_text: imageText, at }) {
  transcript.writePosition(id);
  hideTyping();
  awaiting = false;
  note.textContent = "";
  unseen.push(id);
  showItem(transcript.addItem({ id, mine: false, text, choices, actions, link, image, imageText, said: at }));
  queueMicrotask(reportAll);
}

function reportAll() {
  if (document.hidden || unseen.length === 0) return;
  reportSeen(account, unseen.splice(0, 200));
}

function showTyping() {
  hideTyping();
  typing.hidden = false;
  status.textContent = word("typing");
  if (isNearEnd()) scroller.scrollTop = scroller.scrollHeight;
  timers = [
    setTimeout(() => incoming.open(), STALE_SECONDS * 1000),
    setTimeout(() => {
      hideTyping();
      note.textContent = word("slow");
    }, SLOW_SECONDS * 1000),
  ];
}

function hideTyping() {
  timers.forEach(clearTimeout);
  typing.hidden = true;
  status.textContent = "";
}

function showConnection(state) {
  connectionState = state;
  connection.dataset.state = state;
  connection.textContent = word(state);
}

// --- the field --------------------------------------------------------------------------------------

function grow() {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}

function submit() {
  const text = field.value.trim();
  if (!text) return;
  field.value = "";
  grow();
  send({ text }, text);
}

function onKey(event) {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return; // an input method's Enter ends a word
  event.preventDefault();
  submit();
}

// --- language ---------------------------------------------------------------------------------------

function showLanguage(name) {
  speak(name);
  transcript.writeLanguage(name);
  const button = $("language");
  button.textContent = word("other");
  button.lang = name === "vi" ? "en" : "vi";
  button.setAttribute("aria-label", word("otherLabel"));
  document.title = `tracuu – ${word("name")}`;
  showConnection(connectionState);
}

// The service answers in the new language too: its word for that is the language's name.
function switchLanguage() {
  const name = currentLanguage() === "vi" ? "en" : "vi";
  showLanguage(name);
  send({ text: name.toUpperCase() }, name.toUpperCase());
}

// --- the window -------------------------------------------------------------------------------------

// Some phones lay the keyboard over the page: then the page is as high as what stays visible.
function fitAboveKeyboard() {
  const { height, scale } = window.visualViewport;
  document.body.style.setProperty("--visible", scale === 1 ? `${height}px` : "");
  if (document.activeElement === field && isNearEnd()) scroller.scrollTop = scroller.scrollHeight;
}

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
field.addEventListener("keydown", onKey);
field.addEventListener("input", grow);
$("language").addEventListener("click", switchLanguage);
$("examples").addEventListener("click", ({ target }) => {
  const example = target.closest("button")?.textContent;
  if (example) send({ text: example }, example);
});
document.addEventListener("visibilitychange", reportAll);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && framed) window.parent.postMessage("tracuu:close", "*");
});
window.visualViewport?.addEventListener("resize", fitAboveKeyboard);
transcript.watchItems(showItem);
showLanguage(transcript.readLanguage());
transcript.readItems().forEach(showItem);
scroller.scrollTop = bubbles.size ? scroller.scrollHeight : 0;
resumeOutgoing();
incoming.open();
if (framed) window.parent.postMessage("tracuu:ready", "*");
if (finePointer && !framed) field.focus();
